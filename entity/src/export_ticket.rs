//! Tickets to a file that leaves Lectern: good for ten minutes, and only while their person still runs the
//! course.

use sea_orm::entity::prelude::*;

/// For how many minutes a ticket is good.
pub const LIFE_MINUTES: i64 = 10;

/// One ticket.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_ticket")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Hash of the token in the address; the token itself is stored nowhere.
    pub token_hash: String,
    /// Who asked for it.
    pub learner_id: Uuid,
    /// The course whose roster it is for.
    pub course_id: Uuid,
    /// Which rows, in which order.
    pub filter: Json,
    /// When it was given.
    pub created_at: crate::Instant,
    /// From when on it is good no more.
    pub expires_at: crate::Instant,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
