//! Statements that a course page must carry, in versions: a registration remembers those it was made under.

use sea_orm::entity::prelude::*;

/// What a statement is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Who accredits the provider, and for whom (ACCME, ACPE, ANCC).
    Accreditation,
    /// Financial relationships of those in control of content (ACCME Standards for Integrity and
    /// Independence).
    Disclosure,
    /// What the course is not: medical advice, a guarantee.
    Disclaimer,
    /// What is paid back, and until when.
    CancellationPolicy,
    /// Access from regions under sanctions.
    ExportControl,
    /// Through which site alone registrations count.
    RegistrationSite,
    /// Who may take part, and what they should have learned before.
    Eligibility,
    /// Prices for teams.
    GroupDiscount,
    /// How much of the credit a learner may claim.
    CreditClaim,
    /// What the price includes.
    Materials,
}

/// One version of one statement.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "statement")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// What it is about.
    pub kind: Kind,
    /// Counted up from 1 whenever the text changes.
    pub version: i32,
    /// Place in the list, from 1.
    pub position: i16,
    /// Markdown.
    pub text: String,
    /// When this version began to count.
    pub created_at: crate::Instant,
    /// When it stopped to; the current version has none.
    pub retired_at: Option<crate::Instant>,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
