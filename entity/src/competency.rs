//! Competencies that a course addresses, in the groups of the bodies that define them.

use sea_orm::entity::prelude::*;

/// One competency.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "competency")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// Place of the group, from 1.
    pub group_position: i16,
    /// The body that defines it, such as `Institute of Medicine`.
    pub group_name: String,
    /// Place in the group, from 1.
    pub position: i16,
    /// The competency.
    pub name: String,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
