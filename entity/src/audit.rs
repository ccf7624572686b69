//! Who did what. Rows are added, never changed or removed; the database refuses both.

use sea_orm::entity::prelude::*;

/// One act.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// When.
    pub at: crate::Instant,
    /// The person; none for the command line.
    pub actor_id: Option<Uuid>,
    /// Who it was in words that stay readable when the person is gone.
    pub actor: String,
    /// The act, named as the mutation or the command is.
    pub act: String,
    /// Table of what was acted on.
    pub subject_type: String,
    /// Row of what was acted on.
    pub subject_id: Uuid,
    /// The course it belongs to.
    pub course_id: Option<Uuid>,
    /// What changed, as it was.
    pub before: Option<Json>,
    /// What changed, as it became.
    pub after: Option<Json>,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
