//! What staff say who want to see letters.

use async_graphql::{Enum, ID, InputObject};
use entity::Refusal;

use crate::graphql::global_id::{Kind, must};
use crate::graphql::notice::LearnerKind;
use crate::graphql::scalar::{Date, Markdown};
use crate::preview::letter::{Call, PreviewLetter, Reader, Supposed};
use crate::preview::script::{CourseDay, Move, Role};

/// Which letter of a course is to be shown, and to whom it would go: to a kind of learner, or to the person
/// of a registration or an enquiry.
#[derive(Clone, Debug, InputObject)]
pub struct PreviewLetterInput {
    /// The course.
    course_id: ID,
    /// The name of the course's rule that calls for the letter, such as `course_starting_7d`; or of a letter
    /// that goes out without a rule: `schedule_changed`, `course_cancelled`, `announcement`,
    /// `information_requested`, `enquiry_answered`. Either this or `announcementId`.
    rule: Option<String>,
    /// An announcement of the course, a draft, too: as it will read. Either this or `rule`.
    announcement_id: Option<ID>,
    /// A kind of learner: the letter is written to a made-up person, one of those for whom the rule or the
    /// announcement is meant, else in the course's first track where it has tracks. Exactly one of this,
    /// `registrationId` and `enquiryId`.
    learner_kind: Option<LearnerKind>,
    /// A registration for the course: the letter is written to its person.
    registration_id: Option<ID>,
    /// An enquiry about the course: the letter is written to who made it.
    enquiry_id: Option<ID>,
    /// Only about this course day; where neither this nor `occurrence` is given, the next letter to come is
    /// shown, or the last one.
    day: Option<Date>,
    /// Only this time that the rule speaks, as `LetterPreview.occurrence` names it.
    occurrence: Option<String>,
    /// Why the course will not take place, to see `course_cancelled` before the course is cancelled.
    cancellation_note: Option<Markdown>,
    /// An answer to the enquiry, to see `enquiry_answered` before it is given.
    answer: Option<Markdown>,
}

impl PreviewLetterInput {
    /// The same, for the preview.
    pub fn read(self) -> Result<PreviewLetter, Refusal> {
        let Self {
            course_id,
            rule,
            announcement_id,
            learner_kind,
            registration_id,
            enquiry_id,
            day,
            occurrence,
            cancellation_note,
            answer,
        } = self;
        let call = match (rule, announcement_id) {
            (Some(rule), None) => Call::Rule(rule),
            (None, Some(id)) => Call::Announcement(must(Kind::Announcement, &id)?),
            (Some(_), Some(_)) | (None, None) => {
                return Err(Refusal::invalid("Give either rule or announcementId.", &["rule"]));
            }
        };
        let reader = match (learner_kind, registration_id, enquiry_id) {
            (Some(kind), None, None) => Reader::Kind(kind.into()),
            (None, Some(id), None) => Reader::Registration(must(Kind::Registration, &id)?),
            (None, None, Some(id)) => Reader::Enquiry(must(Kind::Enquiry, &id)?),
            (Some(_) | None, Some(_) | None, Some(_) | None) => {
                return Err(Refusal::invalid(
                    "Give one of learnerKind, registrationId and enquiryId.",
                    &["learnerKind"],
                ));
            }
        };
        Ok(PreviewLetter {
            course_id: must(Kind::Course, &course_id)?,
            call,
            reader,
            day: day.map(|day| day.0),
            occurrence,
            supposed: Supposed {
                cancellation_note: cancellation_note.map(|note| note.0),
                answer: answer.map(|answer| answer.0),
            },
        })
    }
}

/// Who takes part in a rehearsal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum RehearsalRole {
    /// Registers as soon as registration is open, and pays at once.
    Confirmed,
    /// Registers as soon as registration is open, and never pays.
    Started,
    /// Registers and pays at noon of the day `lateOn`.
    Late,
    /// Asks for information, agrees to letters about the deadlines, and does not register.
    Enquirer,
}

impl RehearsalRole {
    /// The same, for the rehearsal; what is wrong where a late person has no day, or somebody else has one.
    pub fn read(self, late_on: Option<Date>) -> Result<Role, &'static str> {
        match (self, late_on) {
            (Self::Confirmed, None) => Ok(Role::Confirmed),
            (Self::Started, None) => Ok(Role::Started),
            (Self::Enquirer, None) => Ok(Role::Enquirer),
            (Self::Late, Some(day)) => Ok(Role::Late(day.0)),
            (Self::Late, None) => Err("`lateOn` says on which day the late learner registers"),
            (Self::Confirmed | Self::Started | Self::Enquirer, Some(_)) => {
                Err("`lateOn` goes with the role LATE alone")
            }
        }
    }
}

/// A course day that is moved during a rehearsal, with all its sessions; times on the clock stay as they are.
#[derive(Clone, Debug, InputObject)]
pub struct RehearsalMove {
    /// The course day, as it is before anything is moved.
    date: Date,
    /// By how many days it is moved; negative: to an earlier day.
    by_days: i32,
    /// On which day it is moved, at noon; three days before the course day where it is not given.
    on: Option<Date>,
}

impl RehearsalMove {
    /// The same, for the rehearsal.
    pub fn read(self) -> Move {
        let Self { date, by_days, on } = self;
        Move { day: CourseDay::Date(date.0), by_days, on: on.map(|day| day.0) }
    }
}
