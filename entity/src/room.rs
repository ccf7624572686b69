//! Rooms of a course, in which sessions are held.

use sea_orm::entity::prelude::*;

/// One room.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "room")]
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
    /// How many people it holds; none: it is not said.
    pub capacity: Option<i32>,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
