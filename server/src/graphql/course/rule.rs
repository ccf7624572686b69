//! Reminder rules as staff see them.

use std::sync::Arc;

use async_graphql::{Enum, SimpleObject};
use entity::letter::{CourseAnchor, PersonalAnchor, Trigger};
use entity::reminder_rule::{self, Offset};

use crate::catalogue::CoursePage;
use crate::graphql::directive::list_size;
use crate::graphql::letter::Letter;
use crate::graphql::profession::Profession;
use crate::graphql::scalar::{LocalTime, Markdown};
use crate::graphql::track::Track;

/// From what a rule counts its moment; it follows from the letter. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ReminderAnchor {
    /// The moment at which somebody begins to register.
    RegistrationStart,
    /// The receipt of the payment; the registration itself where the course is free.
    Confirmation,
    /// The moment at which a registration is given up.
    Cancellation,
    /// The end of the last day on which a seat is held for somebody who has not paid.
    HoldEnd,
    /// The end of the last day of the early price.
    EarlyDeadline,
    /// The end of the last day of registration.
    RegistrationDeadline,
    /// The start of the first session in which the person takes part.
    CourseStart,
    /// The start of the first session of each course day.
    DayStart,
    /// The start of each teaching session.
    SessionStart,
    /// The end of the last session.
    CourseEnd,
    /// The end of the last day of the evaluation.
    EvaluationDeadline,
    /// What the letter tells of; no rule counts from it.
    Event,
}

impl From<Trigger> for ReminderAnchor {
    fn from(trigger: Trigger) -> Self {
        match trigger {
            Trigger::Act(PersonalAnchor::RegistrationStart) => Self::RegistrationStart,
            Trigger::Act(PersonalAnchor::Confirmation) => Self::Confirmation,
            Trigger::Act(PersonalAnchor::Cancellation) => Self::Cancellation,
            Trigger::Act(PersonalAnchor::Expiry) | Trigger::HoldEnd => Self::HoldEnd,
            Trigger::Date(CourseAnchor::EarlyDeadline) => Self::EarlyDeadline,
            Trigger::Date(CourseAnchor::RegistrationDeadline) => Self::RegistrationDeadline,
            Trigger::Date(CourseAnchor::CourseStart) => Self::CourseStart,
            Trigger::Date(CourseAnchor::DayStart) => Self::DayStart,
            Trigger::Date(CourseAnchor::SessionStart) => Self::SessionStart,
            Trigger::Date(CourseAnchor::CourseEnd) => Self::CourseEnd,
            Trigger::Date(CourseAnchor::EvaluationDeadline) => Self::EvaluationDeadline,
            Trigger::Request(_) | Trigger::News(_) => Self::Event,
        }
    }
}

/// To whom the letter of a rule goes; it follows from the letter, and `professions` and `track` narrow it.
/// More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::letter::Audience")]
pub enum ReminderAudience {
    /// Who has begun to register and not paid.
    Started,
    /// Who has begun at the early price and not paid; and who asked about the course and agreed to letters
    /// about its deadlines.
    StartedEarlyOrEnquirer,
    /// Who has begun to register and not paid; and who asked about the course and agreed to letters about its
    /// deadlines.
    StartedOrEnquirer,
    /// The confirmed.
    Confirmed,
    /// The confirmed who have not evaluated.
    NotEvaluated,
    /// Who has given up a registration.
    Cancelled,
    /// Who has not paid in time.
    Expired,
    /// Whom the event concerns; no rule says who.
    Concerned,
    /// Who asked about the course without registering; no rule says who.
    Enquirer,
    /// An address that asked to sign in; no rule says who.
    Address,
}

/// A rule by which a letter is sent for a course. What the moment is counted from, and to whom the letter
/// goes, follows from the letter.
#[derive(Clone, Debug, SimpleObject)]
pub struct ReminderRule {
    /// Stable name within the course, such as `course_starting_7d`.
    slug: String,
    /// Which letter is sent.
    letter: Letter,
    /// From what the moment is counted.
    anchor: ReminderAnchor,
    /// To whom the letter goes.
    audience: ReminderAudience,
    /// When it is sent, counted from the moment that the letter is about.
    offset: ReminderOffset,
    /// Whether the rule is switched on.
    enabled: bool,
    /// A subject line of the office's own; null: the letter's usual one. Plain text.
    subject: Option<String>,
    /// An opening paragraph of the office's own; null: none.
    opening: Option<Markdown>,
    /// To these professions alone; empty: to all that the letter goes to.
    #[graphql(directive = list_size::apply(3))]
    professions: Vec<Profession>,
    /// To people in this track, and those who have chosen none; null: to all.
    track: Option<Track>,
}

/// How far from its moment a letter is sent: in calendar days together with a time on the clock, or in exact
/// minutes.
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
    /// The rules of a course, in order.
    pub fn all(page: &CoursePage) -> Vec<Self> {
        page.rules.iter().map(|row| Self::of(page, row)).collect()
    }

    fn of(page: &CoursePage, row: &reminder_rule::Model) -> Self {
        let offset = match row.offset() {
            Offset::Days { days, at } => {
                ReminderOffset { days: Some(days.into()), time: Some(LocalTime(at)), minutes: None }
            }
            Offset::Exact { minutes } => ReminderOffset { days: None, time: None, minutes: Some(minutes) },
        };
        let track = page.tracks.iter().find(|track| Some(track.id) == row.track_id);
        Self {
            slug: row.slug.clone(),
            letter: row.letter.into(),
            anchor: row.letter.spec().trigger.into(),
            audience: row.letter.spec().audience.into(),
            offset,
            enabled: row.enabled,
            subject: row.subject.clone(),
            opening: row.opening.clone().map(Markdown),
            professions: row
                .professions
                .iter()
                .flat_map(|wanted| &wanted.0)
                .map(|profession| (*profession).into())
                .collect(),
            track: track.map(|track| Track(Arc::clone(track))),
        }
    }
}
