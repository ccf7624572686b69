//! What a learner must have done to be given a credit.

use sea_orm::entity::prelude::*;

/// Kinds of duty that accreditors and boards name.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Taking part in the course.
    Participation,
    /// Taking part in the evaluation of the course.
    Evaluation,
    /// An individual assessment of the learner, with feedback to the learner (ABP, MOC part 2).
    AssessmentWithFeedback,
}

/// One requirement.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credit_requirement")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The offer.
    pub credit_offer_id: Uuid,
    /// Place in the list, from 1.
    pub position: i16,
    /// What must be done.
    pub kind: Kind,
    /// The same for the learner to read, where the kind alone does not say enough.
    pub text: Option<String>,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
