//! Reminder rules as staff see them.

use async_graphql::SimpleObject;
use entity::agenda::Offset;
use entity::reminder_rule;

use crate::graphql::letter::Letter;
use crate::graphql::scalar::{LocalTime, Markdown};

/// A rule by which a letter is sent for a course. What the moment is counted from, and to whom the letter goes, follows from the letter.
#[derive(Clone, Debug, SimpleObject)]
pub struct ReminderRule {
    /// Stable name within the course, such as `course_starting_7d`.
    slug: String,
    /// Which letter is sent.
    letter: Letter,
    /// When it is sent, counted from the moment that the letter is about.
    offset: ReminderOffset,
    /// Whether the rule is switched on.
    enabled: bool,
    /// A subject line of the office's own. Plain text.
    subject: Option<String>,
    /// An opening paragraph of the office's own.
    opening: Option<Markdown>,
}

/// How far from its moment a letter is sent: in calendar days together with a time on the clock, or in exact minutes.
#[derive(Clone, Debug, SimpleObject)]
pub struct ReminderOffset {
    /// Calendar days from the local day of the moment, negative: before; null where minutes are counted.
    days: Option<i32>,
    /// Time on the clock in the course's zone; null where minutes are counted.
    time: Option<LocalTime>,
    /// Exact minutes from the moment, negative: before; null where days are counted.
    minutes: Option<i32>,
}

impl ReminderRule {
    /// The rule as stored.
    pub fn of(row: &reminder_rule::Model) -> Self {
        let offset = match row.offset() {
            Offset::Days { days, at } => ReminderOffset { days: Some(days.into()), time: Some(LocalTime(at)), minutes: None },
            Offset::Exact { minutes } => ReminderOffset { days: None, time: None, minutes: Some(minutes) },
        };
        Self {
            slug: row.slug.clone(),
            letter: row.letter.into(),
            offset,
            enabled: row.enabled,
            subject: row.subject.clone(),
            opening: row.opening.clone().map(Markdown),
        }
    }
}
