//! The facts that the mailing plan goes by.

use uuid::Uuid;

use super::told::Said;
use super::{NotSentReason, Topic};
use crate::quote::Basis;
use crate::{
    Instant, announcement, course, enquiry, letter_instruction, registration, reminder_rule, schedule_change,
    session, suppression, track,
};

/// The facts about a course that the mailing plan goes by.
#[derive(Clone, Debug)]
pub struct CourseFacts {
    /// The course.
    pub course: course::Model,
    /// Its sessions in the order of time, each with its tracks (none: for everyone).
    pub sessions: Vec<SessionFacts>,
    /// Its rules.
    pub rules: Vec<reminder_rule::Model>,
    /// What was changed in its agenda since it was published, oldest first.
    pub changes: Vec<schedule_change::Model>,
    /// Announcements to its registrants that were confirmed.
    pub announcements: Vec<announcement::Model>,
}

/// What has happened to a course since it was published, as far as letters tell of it.
#[derive(Clone, Debug, Default)]
pub struct News {
    /// What was changed in its agenda, oldest first.
    pub changes: Vec<schedule_change::Model>,
    /// Announcements to its registrants that were confirmed.
    pub announcements: Vec<announcement::Model>,
}

impl CourseFacts {
    /// Whether the course takes place as far as anybody knows, or why letters about it are not sent.
    pub fn runs(&self) -> Result<(), NotSentReason> {
        if self.course.is_cancelled() {
            return Err(NotSentReason::CourseCancelled);
        }
        match self.course.status {
            course::Status::Published => Ok(()),
            course::Status::Draft | course::Status::Cancelled | course::Status::Archived => {
                Err(NotSentReason::CourseNotRunning)
            }
        }
    }
}

/// A session and its tracks.
#[derive(Clone, Debug)]
pub struct SessionFacts {
    /// The session.
    pub session: session::Model,
    /// Its tracks; none: for everyone.
    pub track_ids: Vec<Uuid>,
}

impl SessionFacts {
    /// Whether a learner in the track `chosen` takes part; one who has chosen none takes part in everything.
    pub fn concerns(&self, chosen: Option<Uuid>) -> bool {
        track::concerns(&self.track_ids, chosen)
    }
}

/// The facts about a registration that the mailing plan goes by.
#[derive(Clone, Debug)]
pub struct RegistrationFacts {
    /// The registration.
    pub registration: registration::Model,
    /// Which price its quote rests on.
    pub basis: Option<Basis>,
    /// Whether the person has another registration for the course, which is live.
    pub registered_again: bool,
    /// When its evaluation was handed in.
    pub evaluated_at: Option<Instant>,
    /// What the person does not want letters about.
    pub unsubscribed: Vec<Topic>,
    /// What keeps letters from the person's address, and has not been lifted; it may have expired.
    pub suppressions: Vec<suppression::Model>,
    /// What staff said about single letters, oldest first.
    pub instructions: Vec<letter_instruction::Model>,
    /// The letters that have told the person something of the agenda.
    pub said: Vec<Said>,
}

/// The facts about an enquiry that the mailing plan goes by.
#[derive(Clone, Debug)]
pub struct EnquiryFacts {
    /// The enquiry.
    pub enquiry: enquiry::Model,
    /// Whether a registration for the course has been begun with the same address.
    pub has_registered: bool,
    /// Since when the address does not want letters about deadlines.
    pub unsubscribed_at: Option<Instant>,
    /// What keeps letters from the address, and has not been lifted; it may have expired.
    pub suppressions: Vec<suppression::Model>,
    /// What staff said about single letters, oldest first.
    pub instructions: Vec<letter_instruction::Model>,
}
