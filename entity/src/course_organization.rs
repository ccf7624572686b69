//! Which organization stands behind a course, and as what.

use sea_orm::entity::prelude::*;

/// The part an organization has in a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Role {
    /// Develops and offers the course; its staff run it.
    OfferedBy,
    /// Accredits the course.
    AccreditedBy,
}

/// One organization of one course.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "course_organization")]
pub struct Model {
    /// The course.
    #[sea_orm(primary_key, auto_increment = false)]
    pub course_id: Uuid,
    /// The organization.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    /// As what.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: Role,
    /// Place among the organizations of this role, from 1.
    pub position: i16,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
