//! A letter in the ledger.

use async_graphql::{Context, Enum, ID, Object, Result};
use entity::notice;

use super::planned::NotSentReason;
use crate::graphql::global_id::{Kind, global};
use crate::graphql::letter::Letter;
use crate::graphql::registration::loader::{PageById, load};
use crate::graphql::scalar::DateTime;
use crate::viewer::Viewer;

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
pub struct Notice(pub notice::Model);

/// A letter that fell due, and what became of it.
#[Object]
impl Notice {
    /// Global id.
    pub async fn id(&self) -> ID {
        global(Kind::Notice, self.0.id)
    }

    /// Which letter it is.
    async fn letter(&self) -> Letter {
        self.0.letter.into()
    }

    /// The name of the course's rule that called for it.
    async fn rule(&self) -> &str {
        &self.0.rule
    }

    /// Where it is in its life.
    async fn state(&self) -> NoticeState {
        self.0.status.into()
    }

    /// Why it was not sent; null unless it was not.
    async fn reason(&self) -> Option<NotSentReason> {
        self.0.reason.map(Into::into)
    }

    /// When it was to be sent.
    async fn due_at(&self) -> DateTime {
        DateTime(self.0.due_at)
    }

    /// When the mail server accepted it; null until it does.
    async fn sent_at(&self) -> Option<DateTime> {
        self.0.sent_at.map(DateTime)
    }

    /// How often its content was handed to a mail server.
    async fn attempts(&self) -> i32 {
        self.0.attempts.into()
    }

    /// The mail server's last answer; null before one came, and for who does not run the course.
    async fn smtp_reply(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let Some(course_id) = self.0.course_id else { return Ok(None) };
        let page = load::<PageById>(ctx, course_id).await?;
        let staff = page.is_some_and(|page| ctx.data::<Viewer>().is_ok_and(|viewer| viewer.runs_course(&page)));
        Ok(self.0.smtp_reply.as_deref().filter(|_| staff))
    }
}
