//! Who should take part in a course.

use sea_orm::entity::prelude::*;

/// One group of people whom a course is made for.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audience")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// Place in the list, from 1.
    pub position: i16,
    /// The group as the course page names it.
    pub name: String,
    /// The profession as which its members register, and so the price they pay.
    pub profession: crate::profession::Profession,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
