//! The letters, the default rules, and the reasons for which a letter is not sent.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::WallTime;

/// Every letter that the house writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Letter {
    /// To an address that asked to sign in.
    SignInCode,
    /// To somebody who has started to register and not paid.
    RegistrationStarted,
    /// To the confirmed, on receipt of payment (at once where the course is free), with the calendar of the course days.
    RegistrationConfirmed,
    /// To somebody whose registration was cancelled.
    RegistrationCancelled,
    /// To the started at an early price, before the early deadline.
    EarlyFeeEnding,
    /// To the started, before the registration deadline.
    RegistrationClosing,
    /// To the confirmed, before the first session.
    CourseStarting,
    /// To the confirmed, before each course day.
    DayStarting,
    /// To the confirmed, before each teaching session; off by default.
    SessionStarting,
    /// To the confirmed, after the last session.
    EvaluationOpen,
    /// To the confirmed who have not evaluated, before the evaluation deadline.
    EvaluationClosing,
    /// To the confirmed whom a change to the agenda concerns.
    ScheduleChanged,
    /// To everybody with a live registration, when the course is cancelled.
    CourseCancelled,
    /// To those registrants whom staff write to.
    Announcement,
    /// To somebody who asked about a course.
    InformationRequested,
    /// To the same, when staff have answered.
    EnquiryAnswered,
}

/// What one can have enough of: kinds of letters that people may unsubscribe from. All others are part of what was asked for or bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Letters about deadlines of a course that one is not registered for.
    Deadlines,
    /// Reminders of what one is registered for.
    Reminders,
    /// Letters about the evaluation.
    Evaluations,
}

impl Letter {
    /// Which goes first when many are ready: codes, then what follows an act, then reminders of the day, then the rest.
    pub fn priority(self) -> i16 {
        match self {
            Self::SignInCode => 0,
            Self::RegistrationStarted
            | Self::RegistrationConfirmed
            | Self::RegistrationCancelled
            | Self::ScheduleChanged
            | Self::CourseCancelled
            | Self::InformationRequested
            | Self::EnquiryAnswered => 1,
            Self::DayStarting | Self::SessionStarting => 2,
            Self::EarlyFeeEnding
            | Self::RegistrationClosing
            | Self::CourseStarting
            | Self::EvaluationOpen
            | Self::EvaluationClosing
            | Self::Announcement => 3,
        }
    }

    /// Whether the letter follows a fact at once, rather than reminding of a date; only reminders can come too late to be entitled to.
    pub fn follows_a_fact(self) -> bool {
        match self {
            Self::SignInCode
            | Self::RegistrationStarted
            | Self::RegistrationConfirmed
            | Self::RegistrationCancelled
            | Self::InformationRequested
            | Self::EnquiryAnswered => true,
            Self::EarlyFeeEnding
            | Self::RegistrationClosing
            | Self::CourseStarting
            | Self::DayStarting
            | Self::SessionStarting
            | Self::EvaluationOpen
            | Self::EvaluationClosing
            | Self::ScheduleChanged
            | Self::CourseCancelled
            | Self::Announcement => false,
        }
    }

    /// The topic under which one can unsubscribe from the letter; none where it belongs to what was asked for or bought.
    pub fn topic(self) -> Option<Topic> {
        match self {
            Self::EarlyFeeEnding | Self::RegistrationClosing => Some(Topic::Deadlines),
            Self::CourseStarting | Self::DayStarting | Self::SessionStarting => Some(Topic::Reminders),
            Self::EvaluationOpen | Self::EvaluationClosing => Some(Topic::Evaluations),
            Self::SignInCode
            | Self::RegistrationStarted
            | Self::RegistrationConfirmed
            | Self::RegistrationCancelled
            | Self::ScheduleChanged
            | Self::CourseCancelled
            | Self::Announcement
            | Self::InformationRequested
            | Self::EnquiryAnswered => None,
        }
    }

    /// The name under which the ledger remembers a letter that no rule of the course calls for, because nobody can switch it off.
    pub fn ruleless(self) -> Option<&'static str> {
        match self {
            Self::SignInCode => Some("sign_in_code"),
            Self::ScheduleChanged => Some("schedule_changed"),
            Self::CourseCancelled => Some("course_cancelled"),
            Self::Announcement => Some("announcement"),
            Self::InformationRequested => Some("information_requested"),
            Self::EnquiryAnswered => Some("enquiry_answered"),
            Self::RegistrationStarted
            | Self::RegistrationConfirmed
            | Self::RegistrationCancelled
            | Self::EarlyFeeEnding
            | Self::RegistrationClosing
            | Self::CourseStarting
            | Self::DayStarting
            | Self::SessionStarting
            | Self::EvaluationOpen
            | Self::EvaluationClosing => None,
        }
    }

    /// Whether it is sent once more when the mail server's answer was lost: a code is not, it would only confuse.
    pub fn resend_when_unknown(self) -> bool {
        match self {
            Self::SignInCode => false,
            Self::RegistrationStarted
            | Self::RegistrationConfirmed
            | Self::RegistrationCancelled
            | Self::EarlyFeeEnding
            | Self::RegistrationClosing
            | Self::CourseStarting
            | Self::DayStarting
            | Self::SessionStarting
            | Self::EvaluationOpen
            | Self::EvaluationClosing
            | Self::ScheduleChanged
            | Self::CourseCancelled
            | Self::Announcement
            | Self::InformationRequested
            | Self::EnquiryAnswered => true,
        }
    }
}

/// When a rule speaks, counted from its anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offset {
    /// On the day so many calendar days from the anchor's local date (negative: before), at a time on the clock in the course's zone.
    Days {
        /// Calendar days.
        days: i16,
        /// Time of day.
        at: WallTime,
    },
    /// So many exact minutes from the anchor (negative: before). A deadline's anchor is the first instant after its day.
    Exact {
        /// Minutes.
        minutes: i32,
    },
}

/// A rule that a course starts with.
#[derive(Clone, Copy, Debug)]
pub struct DefaultRule {
    /// Stable name.
    pub slug: &'static str,
    /// Which letter.
    pub letter: Letter,
    /// When.
    pub offset: Offset,
    /// Whether it is on.
    pub enabled: bool,
}

const fn days(slug: &'static str, letter: Letter, days: i16) -> DefaultRule {
    DefaultRule { slug, letter, offset: Offset::Days { days, at: WallTime::NINE }, enabled: true }
}

const fn exact(slug: &'static str, letter: Letter, minutes: i32, enabled: bool) -> DefaultRule {
    DefaultRule { slug, letter, offset: Offset::Exact { minutes }, enabled }
}

/// The rules that every course starts with a copy of. What each letter is counted from, and after what it is pointless, is in
/// [`super::moment`]; to whom it goes, in [`super::entitlement`].
pub const DEFAULT_RULES: [DefaultRule; 14] = [
    exact("registration_started", Letter::RegistrationStarted, 0, true),
    exact("registration_confirmed", Letter::RegistrationConfirmed, 0, true),
    exact("registration_cancelled", Letter::RegistrationCancelled, 0, true),
    days("early_fee_ending_7d", Letter::EarlyFeeEnding, -7),
    days("early_fee_ending_1d", Letter::EarlyFeeEnding, -1),
    days("registration_closing_7d", Letter::RegistrationClosing, -7),
    days("registration_closing_1d", Letter::RegistrationClosing, -1),
    days("course_starting_7d", Letter::CourseStarting, -7),
    days("course_starting_1d", Letter::CourseStarting, -1),
    exact("day_starting_1h", Letter::DayStarting, -60, true),
    exact("session_starting_10min", Letter::SessionStarting, -10, false),
    exact("evaluation_open_1h", Letter::EvaluationOpen, 60, true),
    days("evaluation_closing_7d", Letter::EvaluationClosing, -7),
    days("evaluation_closing_1d", Letter::EvaluationClosing, -1),
];

/// Why a letter is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Reason {
    /// Its moment lies before the person became entitled to it; the confirmation has said it.
    LateRegistration,
    /// The registration was cancelled.
    Cancelled,
    /// The seat was not paid for in time.
    Expired,
    /// The course will not take place.
    CourseCancelled,
    /// The course is not published, or was archived.
    CourseNotRunning,
    /// The registration is confirmed already, so there is nothing left to do.
    AlreadyConfirmed,
    /// The registration is not confirmed.
    NotConfirmed,
    /// The evaluation was handed in.
    AlreadyEvaluated,
    /// It would be about something that does not touch the person, such as an early price that the person does not have.
    NotConcerned,
    /// The rule is switched off.
    RuleOff,
    /// The rule is younger than the moment.
    RuleTooNew,
    /// What it is about was moved.
    Moved,
    /// It came too late to be of use.
    Pointless,
    /// A newer letter says the same.
    Superseded,
    /// The sign-in code was used already.
    CodeUsed,
    /// The mail server refused the message for good.
    RefusedByServer,
    /// The mail server says the address does not exist.
    AddressRefused,
    /// The stored address cannot be written to.
    AddressInvalid,
    /// The mail server deferred it for four days.
    GaveUp,
    /// It was handed over, no answer came, and this kind is not sent again.
    OutcomeUnknown,
    /// It could not be written.
    CannotBeWritten,
    /// It crashed its worker three times.
    CrashedWorker,
    /// Staff stopped it.
    StoppedByStaff,
    /// The person does not want letters of this topic.
    Unsubscribed,
    /// The person did not agree to letters about deadlines.
    NoConsent,
    /// Who asked has registered since.
    HasRegistered,
}

impl Reason {
    /// The reason as a full sentence, for the staff who ask why somebody was not written to.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::LateRegistration => {
                "Its moment had passed before the person came to be one of those to whom it goes; the confirmation says what it would have said."
            }
            Self::Cancelled => "The registration has been cancelled.",
            Self::Expired => "The seat was not paid for in time, so it is no longer held.",
            Self::CourseCancelled => "The course has been cancelled.",
            Self::CourseNotRunning => "The course is not published, or has been archived.",
            Self::AlreadyConfirmed => "The registration is confirmed, so there is nothing left to do.",
            Self::NotConfirmed => "It goes to confirmed learners only, and this registration is not confirmed.",
            Self::AlreadyEvaluated => "The evaluation has been handed in.",
            Self::NotConcerned => "It is about something that does not touch this person.",
            Self::RuleOff => "The rule is switched off.",
            Self::RuleTooNew => "Its moment had passed before the rule was made or switched on.",
            Self::Moved => "What it is about was moved to another day or taken away.",
            Self::Pointless => "It would have come too late to be of use.",
            Self::Superseded => "A later letter says the same.",
            Self::CodeUsed => "The sign-in code has been used.",
            Self::RefusedByServer => "The mail server refused the message for good.",
            Self::AddressRefused => "The mail server says that the address does not exist.",
            Self::AddressInvalid => "The address on record cannot be written to.",
            Self::GaveUp => "The mail server put it off for four days, so it was given up.",
            Self::OutcomeUnknown => "It was handed over and the mail server's answer was lost; it may have arrived, and is not sent again.",
            Self::CannotBeWritten => "The letter could not be written; this is a mistake of ours.",
            Self::CrashedWorker => "It brought its worker down three times and was set aside.",
            Self::StoppedByStaff => "A member of staff stopped it.",
            Self::Unsubscribed => "The person does not want letters of this kind.",
            Self::NoConsent => "The person did not agree to letters about deadlines.",
            Self::HasRegistered => "The person has registered for the course since.",
        }
    }
}
