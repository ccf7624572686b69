//! A suppression in the API.

use async_graphql::{Context, Enum, ID, Object, Result};
use entity::suppression::{self, Model};

use crate::app::AppState;
use crate::graphql::global_id::{Kind, global};
use crate::graphql::scalar::DateTime;

/// Which letters are kept back from an address. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "suppression::Scope")]
pub enum SuppressionScope {
    /// Those that invite people to register.
    Commercial,
    /// All from which one can unsubscribe: the same, reminders, and letters about evaluations.
    Optional,
    /// All but codes to sign in and to change an address, which somebody asks for who waits for them.
    All,
}

/// Why letters are kept back from an address. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "suppression::Reason")]
pub enum SuppressionReason {
    /// A mail server says that there is no such address, or that it takes no mail.
    HardBounce,
    /// Several letters came back for reasons that may pass, such as a full mailbox.
    SoftBounces,
    /// Somebody who reads mail at the address reported a letter as spam.
    Complaint,
    /// Staff said so.
    Staff,
}

/// From where it is known. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "suppression::Source")]
pub enum SuppressionSource {
    /// From a letter that came back (RFC 3464).
    Dsn,
    /// From a report of abuse (RFC 5965).
    Arf,
    /// From the mail server's answer to a letter.
    Smtp,
    /// From staff.
    Staff,
}

/// A suppression of an address that the viewer writes to.
#[derive(Clone, Debug)]
pub struct Suppression(pub Model);

/// Nothing, or less, is sent to an address, until that expires or staff lift it. It belongs to the address: who
/// gets another address is written to again. Staff see it who run a course for which somebody has registered,
/// or asked, with the address.
#[Object]
impl Suppression {
    /// Global id.
    pub async fn id(&self) -> ID {
        global(Kind::Suppression, self.0.id)
    }

    /// The address.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// Which letters are kept back.
    async fn scope(&self) -> SuppressionScope {
        self.0.scope.into()
    }

    /// Why.
    async fn reason(&self) -> SuppressionReason {
        self.0.reason.into()
    }

    /// From where it is known.
    async fn source(&self) -> SuppressionSource {
        self.0.source.into()
    }

    /// What a mail server said; null where none did.
    async fn diagnostic(&self) -> Option<&str> {
        self.0.diagnostic.as_deref()
    }

    /// What staff said, when they suppressed the address or lifted it; null where they did neither.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Since when; where it was told again, since the last time.
    async fn suppressed_at(&self) -> DateTime {
        DateTime(self.0.suppressed_at)
    }

    /// Until when; null where it holds until it is lifted.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }

    /// When it was lifted; null where it was not.
    async fn lifted_at(&self) -> Option<DateTime> {
        self.0.lifted_at.map(DateTime)
    }

    /// Whether it keeps letters back now: it has neither expired nor been lifted.
    async fn in_force(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.0.is_in_force(ctx.data::<AppState>()?.nature.now()))
    }
}
