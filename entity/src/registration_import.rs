//! Imports of registrations: what became of every line.

use sea_orm::entity::prelude::*;

/// One import. A dry run leaves none behind.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "registration_import")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// Who imported.
    pub learner_id: Uuid,
    /// Whether it counted; a file with a line that is refused does not.
    pub applied: bool,
    /// The verdict on each line.
    pub rows: Json,
    /// When.
    pub created_at: crate::Instant,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
