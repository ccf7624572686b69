//! Which of the rules that every course starts with have been given to the courses that were there before
//! them.

use sea_orm::entity::prelude::*;

use crate::Instant;

/// One rule of [`crate::mailing::DEFAULT_RULES`] that every course has been given.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shipped_rule")]
pub struct Model {
    /// The rule's slug.
    #[sea_orm(primary_key, auto_increment = false)]
    pub slug: String,
    /// Since when courses have it; for the first ones, from the beginning of time.
    pub since: Instant,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
