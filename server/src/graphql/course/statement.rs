//! Statements as the API shows them.

use async_graphql::{Enum, ID, SimpleObject};
use entity::statement;

use crate::graphql::global_id::{Kind, global};
use crate::graphql::scalar::Markdown;

/// What a statement is about. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::Kind")]
pub enum StatementKind {
    /// Who accredits the provider, and for whom.
    Accreditation,
    /// Financial relationships of those in control of content.
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

/// One statement of a course page, in its current version.
#[derive(Clone, Debug, SimpleObject)]
pub struct Statement {
    /// Opaque id of this version.
    id: ID,
    /// What it is about.
    kind: StatementKind,
    /// What it says.
    text: Markdown,
    /// Counted up from 1 whenever the text changes.
    version: i32,
}

impl Statement {
    /// The statement as stored.
    pub fn of(row: &statement::Model) -> Self {
        let statement::Model {
            id,
            course_id: _,
            kind,
            version,
            position: _,
            text,
            created_at: _,
            retired_at: _,
        } = row;
        Self {
            id: global(Kind::Statement, *id),
            kind: (*kind).into(),
            text: Markdown(text.clone()),
            version: *version,
        }
    }
}
