//! Which versions of a course's statements a registration was made under.

use sea_orm::entity::prelude::*;

/// One statement that one registration accepted.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "registration_statement")]
pub struct Model {
    /// The registration.
    #[sea_orm(primary_key, auto_increment = false)]
    pub registration_id: Uuid,
    /// The version of the statement that counted when it was made.
    #[sea_orm(primary_key, auto_increment = false)]
    pub statement_id: Uuid,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
