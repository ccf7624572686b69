//! A letter that is shown before it is sent.

use async_graphql::SimpleObject;

use crate::graphql::letter::Letter;
use crate::graphql::notice::planned::NotSentReason;
use crate::graphql::payload::payload;
use crate::graphql::scalar::{Date, DateTime, Url};
use crate::preview::letter::Previewed;

/// A letter as it would be sent, written from the facts as they are now; nothing is sent. One that will not
/// be sent is shown with the reason.
#[derive(Clone, Debug, SimpleObject)]
pub struct LetterPreview {
    /// Which letter it is.
    letter: Letter,
    /// The name of the course's rule that calls for it.
    rule: String,
    /// Which time the rule speaks: the day that it is counted from, or the fact that it follows.
    occurrence: String,
    /// Its subject line.
    subject: String,
    /// As plain text.
    text: String,
    /// As HTML; it loads nothing from anywhere.
    html: String,
    /// The calendar that goes with it (iCalendar, RFC 5545); null where none does.
    calendar: Option<String>,
    /// Where its reader can have no more of its kind, as the header List-Unsubscribe names it (RFC 2369);
    /// null where it belongs to what was asked for or bought. The link, here and in the texts, works for
    /// nobody: the reader's own is in the letter alone.
    list_unsubscribe: Option<Url>,
    /// When it is to be sent; an announcement that is still a draft: if it were confirmed now.
    due_at: DateTime,
    /// From when on it would no longer be of use, and is not sent; null where there is no such moment.
    pointless_at: Option<DateTime>,
    /// The course day that it is about; null where it is not about one.
    day: Option<Date>,
    /// To how many people it goes as of now, or would, were it not for the reason: those of the kind, or the
    /// one of the registration or enquiry.
    audience: i32,
    /// Why it will not be sent; null where it will.
    reason: Option<NotSentReason>,
    /// The reason as a full sentence; null where it will be sent.
    reason_in_words: Option<String>,
}

impl LetterPreview {
    /// What was written, to so many people.
    pub fn new(previewed: Previewed, audience: i32) -> Self {
        let Previewed { planned, subject, text, html, calendar, list_unsubscribe, announcement: _ } =
            previewed;
        let reason = planned.verdict.err();
        Self {
            letter: planned.letter.into(),
            rule: planned.rule,
            occurrence: planned.occurrence,
            subject,
            text,
            html,
            calendar,
            list_unsubscribe: list_unsubscribe.map(Url),
            due_at: DateTime(planned.due_at),
            pointless_at: planned.pointless_at.map(DateTime),
            day: planned.day.map(Date),
            audience,
            reason: reason.map(Into::into),
            reason_in_words: reason.map(|reason| reason.in_words().to_owned()),
        }
    }
}

payload! {
    /// What came of asking for a letter.
    PreviewLetterPayload {
        /// The letter. Null where refused.
        letter_preview: LetterPreview,
    }
}
