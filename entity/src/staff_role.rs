//! Who works here: staff of one organization or of all, and administrators.

use sea_orm::entity::prelude::*;

/// What a person may do beyond a learner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Role {
    /// Runs courses.
    Staff,
    /// Runs the office: everything staff may, everywhere, and people's roles.
    Admin,
}

/// One role of one person.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "staff_role")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person.
    pub learner_id: Uuid,
    /// The role.
    pub role: Role,
    /// The organization whose courses it is good for; none: all.
    pub organization_id: Option<Uuid>,
    /// Since when.
    pub created_at: crate::Instant,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
