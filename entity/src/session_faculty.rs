//! Who speaks in a session, in the order of the agenda.

use sea_orm::entity::prelude::*;

/// The part a person has in a session.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Speaks.
    Speaker,
    /// Moderates.
    Moderator,
    /// Leads a group.
    Facilitator,
    /// Sits on a panel.
    Panelist,
}

/// One person of one session.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session_faculty")]
pub struct Model {
    /// The session.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: Uuid,
    /// The person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub faculty_member_id: Uuid,
    /// As what.
    pub role: Role,
    /// Place in the agenda's order, from 1.
    pub position: i16,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
