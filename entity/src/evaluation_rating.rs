//! Ratings of an evaluation: of an objective, of a session, or of a speaker in a session.

use sea_orm::entity::prelude::*;

/// The lowest and the highest rating.
pub const RANGE: std::ops::RangeInclusive<i16> = 1..=5;

/// One rating.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "evaluation_rating")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// The objective, where one is rated.
    pub objective_id: Option<Uuid>,
    /// The session, where one or a speaker in it is rated.
    pub session_id: Option<Uuid>,
    /// The speaker, where one is rated.
    pub faculty_member_id: Option<Uuid>,
    /// From 1 (not at all) to 5 (fully).
    pub rating: i16,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
