//! Parallel tracks of a course, such as adult and pediatric.

use sea_orm::entity::prelude::*;

/// One track.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "track")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// Stable name within the course.
    pub slug: String,
    /// Place in the list, from 1.
    pub position: i16,
    /// Name as people read it.
    pub name: String,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Whether what is for `tracks` (none: for everyone) concerns a learner who has chosen `chosen`; one who has
/// chosen none takes part in everything.
pub fn concerns(tracks: &[Uuid], chosen: Option<Uuid>) -> bool {
    tracks.is_empty() || chosen.is_none_or(|chosen| tracks.contains(&chosen))
}
