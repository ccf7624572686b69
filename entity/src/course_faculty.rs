//! Who belongs to a course's faculty, and who directs it.

use sea_orm::entity::prelude::*;

/// The part a person has in a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Role {
    /// Directs the course.
    Director,
    /// Teaches in it.
    Faculty,
}

/// One person of one course.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "course_faculty")]
pub struct Model {
    /// The course.
    #[sea_orm(primary_key, auto_increment = false)]
    pub course_id: Uuid,
    /// The person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub faculty_member_id: Uuid,
    /// As what.
    pub role: Role,
    /// Place in the course's list, from 1.
    pub position: i16,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
