//! A letter in the ledger.

use async_graphql::{Enum, ID, Object};
use entity::notice;

use super::planned::NotSentReason;
use crate::graphql::global_id::{Kind, global};
use crate::graphql::letter::Letter;
use crate::graphql::scalar::DateTime;

/// Where a letter is in its life.
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
        self.row.reason.map(entity::agenda::Reason::in_words)
    }

    /// When it was to be sent.
    async fn due_at(&self) -> DateTime {
        DateTime(self.row.due_at)
    }

    /// When the mail server accepted it; null until it does.
    async fn sent_at(&self) -> Option<DateTime> {
        self.row.sent_at.map(DateTime)
    }

    /// How often its content was handed to a mail server.
    async fn attempts(&self) -> i32 {
        self.row.attempts.into()
    }

    /// The mail server's last answer; null before one came, and for who does not run the course.
    async fn smtp_reply(&self) -> Option<&str> {
        self.row.smtp_reply.as_deref().filter(|_| self.staff)
    }
}
