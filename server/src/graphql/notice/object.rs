//! A letter in the ledger.

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Enum, ID, Object, Result};
use entity::mailing::instructed;
use entity::{letter_instruction, notice};
use uuid::Uuid;

use super::loader::{Instructions, SentAgain};
use super::planned::NotSentReason;
use super::tried::NoticeTry;
use crate::graphql::directive::list_size;
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::global_id::{Kind, global};
use crate::graphql::letter::Letter;
use crate::graphql::scalar::DateTime;

/// Where a letter is in its life. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "notice::Status")]
pub enum NoticeState {
    /// Due, and waiting for a worker.
    Planned,
    /// In a worker's hands; nothing is sent yet.
    Claimed,
    /// Its content is being handed to the mail server.
    Sending,
    /// Accepted by the mail server.
    Sent,
    /// Deferred by the mail server; it will be tried again.
    Retry,
    /// Refused for good.
    Failed,
    /// Handed over, and no answer came.
    Unknown,
    /// No longer called for.
    Lapsed,
    /// Stopped by staff.
    Cancelled,
    /// Set aside, because it crashed its worker again and again.
    Quarantined,
}

/// A letter in the ledger, about a registration that the viewer may see.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The stored notice.
    pub row: Box<notice::Model>,
    /// Whether the viewer runs the course.
    pub staff: bool,
}

impl Notice {
    /// The registration or the enquiry that it is about.
    fn subject(&self) -> Option<Uuid> {
        self.row.registration_id.or(self.row.enquiry_id)
    }

    /// What staff said about it and its like, oldest first.
    async fn said(&self, ctx: &Context<'_>) -> Result<Vec<letter_instruction::Model>> {
        let Some(subject) = self.subject() else { return Ok(Vec::new()) };
        let said = ctx.data::<DataLoader<Instructions>>()?.load_one(subject).await?.unwrap_or_default();
        Ok(said.into_iter().filter(|row| row.rule == self.row.rule).collect())
    }
}

/// A letter that fell due, and what became of it.
#[Object]
impl Notice {
    /// Global id.
    pub async fn id(&self) -> ID {
        global(Kind::Notice, self.row.id)
    }

    /// Which letter it is.
    async fn letter(&self) -> Letter {
        self.row.letter.into()
    }

    /// The name of the course's rule that called for it.
    async fn rule(&self) -> &str {
        &self.row.rule
    }

    /// Where it is in its life.
    async fn state(&self) -> NoticeState {
        self.row.status.into()
    }

    /// Why it was not sent; null unless it was not.
    async fn reason(&self) -> Option<NotSentReason> {
        self.row.reason.map(Into::into)
    }

    /// The reason as a full sentence; null unless it was not sent.
    async fn reason_in_words(&self) -> Option<&str> {
        self.row.reason.map(entity::mailing::NotSentReason::in_words)
    }

    /// When it was to be sent.
    async fn due_at(&self) -> DateTime {
        DateTime(self.row.due_at)
    }

    /// When the mail server accepted it; null until it does.
    async fn sent_at(&self) -> Option<DateTime> {
        self.row.sent_at.map(DateTime)
    }

    /// When staff said that it is not to be sent; null where nobody did.
    async fn stop_requested_at(&self, ctx: &Context<'_>) -> Nullable<DateTime> {
        nullable(async {
            let said = self.said(ctx).await?;
            let about = |row: &&letter_instruction::Model| {
                row.kind == letter_instruction::Kind::Stop && row.occurrence == self.row.occurrence
            };
            Ok(said.iter().rfind(about).map(|row| DateTime(row.at)))
        })
        .await
    }

    /// When staff last said that it, or the letter that it repeats, is to be sent again; null where nobody
    /// did. What is sent again is a letter of its own: see `resentAs`.
    async fn resend_requested_at(&self, ctx: &Context<'_>) -> Nullable<DateTime> {
        nullable(async {
            let said = self.said(ctx).await?;
            let first = instructed::first_time(&self.row.occurrence);
            let about = |row: &&letter_instruction::Model| {
                row.kind == letter_instruction::Kind::Again && row.occurrence == first
            };
            Ok(said.iter().rfind(about).map(|row| DateTime(row.at)))
        })
        .await
    }

    /// The letter as which it was last sent again; null where it was not, until the worker has entered it,
    /// and on that letter itself.
    async fn resent_as(&self, ctx: &Context<'_>) -> Nullable<Notice> {
        nullable(async {
            let Some(subject) = self.subject() else { return Ok(None) };
            let again = ctx.data::<DataLoader<SentAgain>>()?.load_one(subject).await?.unwrap_or_default();
            let first = instructed::first_time(&self.row.occurrence);
            let about = |row: &&notice::Model| {
                row.rule == self.row.rule && instructed::first_time(&row.occurrence) == first
            };
            let last = again.iter().rfind(about).filter(|row| row.id != self.row.id);
            Ok(last.map(|row| Notice { row: Box::new(row.clone()), staff: self.staff }))
        })
        .await
    }

    /// How often its content was handed to a mail server.
    async fn attempts(&self) -> i32 {
        self.row.attempts.into()
    }

    /// The mail server's last answer; null before one came, and for who does not run the course.
    async fn smtp_reply(&self) -> Option<&str> {
        self.row.smtp_reply.as_deref().filter(|_| self.staff)
    }

    /// What came of each try to send it, oldest first, the last 40; those that a mail server ended before it
    /// heard of the reader are none of this letter's. Null for who does not run the course.
    #[graphql(directive = list_size::apply(40))]
    async fn tries(&self) -> Option<Vec<NoticeTry>> {
        let tries = self.row.tries.as_ref().map(|tries| tries.0.as_slice()).unwrap_or_default();
        self.staff.then(|| tries.iter().map(NoticeTry::from).collect())
    }
}
