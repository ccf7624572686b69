//! Every expected "no", with a message that the learner or the member of staff can act on.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// One mistake of several, or one part that is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// Where: names of input fields, or of the fields of a course file, outermost first; a place in a list is
    /// a number from 0.
    pub path: Vec<String>,
    /// What is wrong, and what would be right.
    pub message: String,
    /// The line of the text, from 1; none where there is no text.
    pub line: Option<u32>,
}

/// The things that carry a version, so that two people do not undo one another's edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Versioned {
    /// A course, with everything on its page.
    Course,
    /// A member of the faculty.
    FacultyMember,
    /// An organization.
    Organization,
    /// A series.
    Series,
}

/// An expected "no". Each variant is a value of `RefusalCode` in schema.graphql.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum Refusal {
    /// Nobody is signed in.
    #[error("Please sign in first.")]
    Unauthenticated,
    /// Signed in, but not as somebody who may do this.
    #[error("Your account is not allowed to do this.")]
    Forbidden,
    /// The same where it is about somebody whom others know as well, or who works here.
    #[error("Only an administrator can correct this person's name or e-mail address, or merge this account.")]
    OfAdministrators,
    /// Nobody would be left who decides about roles.
    #[error("This is the last administrator. Please make someone else an administrator first.")]
    LastAdministrator,
    /// There is no such thing, or it is not yours to see.
    #[error("There is no such {what}.")]
    NotFound {
        /// The thing, in words.
        what: Cow<'static, str>,
    },
    /// The input has a mistake.
    #[error("{message}")]
    InvalidInput {
        /// What is wrong, and what would be right.
        message: String,
        /// Where: names of input fields, outermost first.
        path: Vec<String>,
        /// Every mistake, where there may be several; the first is the one that `message` tells.
        details: Vec<Detail>,
    },
    /// Another edit came first.
    #[error(
        "Someone else changed this after you opened it. Please review the current version, then try again."
    )]
    Stale {
        /// What sort of thing it is.
        thing: Versioned,
        /// Its row.
        id: Uuid,
    },
    /// A course lacks what it needs before it is announced.
    #[error("This course cannot be published yet. {}", missing.iter().map(|part| part.message.as_str()).collect::<Vec<_>>().join(" "))]
    NotReady {
        /// Every part that is missing.
        missing: Vec<Detail>,
    },
    /// The course was announced before.
    #[error("This course is already published.")]
    AlreadyPublished,
    /// The course is a draft, which nobody knows of.
    #[error("This course is still a draft. Archive it instead.")]
    NotPublished,
    /// The course is kept for reference and does not change any more.
    #[error("This course is archived and can no longer be changed.")]
    CourseArchived,
    /// The course has taken place.
    #[error("This course is over.")]
    CourseOver,
    /// People have registered for it.
    #[error("People have registered for this course.")]
    HasRegistrations,
    /// The course has not been over for long enough.
    #[error("This course can be archived on or after {from}, once its evaluation has closed.")]
    TooEarlyToArchive {
        /// The first day, in the course's zone, written `YYYY-MM-DD`.
        from: String,
    },
    /// Other people would get the announcement than its author has seen.
    #[error(
        "The number of recipients has changed to {count}. Please review the announcement, then confirm it again."
    )]
    AnnouncementChanged {
        /// To how many it would go.
        count: u64,
    },
    /// Nobody is there to whom the announcement could go.
    #[error("No one would receive this announcement right now.")]
    NobodyToTell,
    /// The announcement is confirmed or stopped already, or has gone out.
    #[error("{words}")]
    AnnouncementSettled {
        /// What has become of it, in words.
        words: String,
    },
    /// The letter cannot be stopped any more.
    #[error("This e-mail cannot be stopped. {why}")]
    NoticeSettled {
        /// What has become of it, in words.
        why: String,
    },
    /// The letter cannot be sent again.
    #[error("This e-mail cannot be sent again. {why}")]
    CannotResend {
        /// What stands against it, in words.
        why: String,
    },
    /// The key was used with another input.
    #[error("This idempotency key was used for a different request. Please use a new key.")]
    IdempotencyKeyReused,
    /// Too much was asked for within the hour.
    #[error("There were too many requests in the last hour. Please try again in an hour.")]
    RateLimited,
    /// The code is wrong, used, dead or was never given.
    #[error(
        "This code is incorrect or has expired. Please request a new one and enter it within 10 minutes."
    )]
    SignInCodeInvalid,
    /// Registration has not opened.
    #[error("Registration for this course has not opened yet.")]
    RegistrationNotOpen,
    /// Registration is over.
    #[error("Registration for this course has closed.")]
    RegistrationClosed,
    /// The course will not take place.
    #[error("This course has been canceled.")]
    CourseCancelled,
    /// No seat is free.
    #[error("All seats in this course are taken.")]
    CourseFull,
    /// The person has a live registration.
    #[error("You are already registered for this course.")]
    AlreadyRegistered,
    /// The same, told to staff.
    #[error("This person is already registered for the course.")]
    LearnerRegistered,
    /// Two accounts that are to be put together both have a live registration for a course.
    #[error("Both accounts have a registration for {course}. Please cancel one of them first.")]
    BothRegistered {
        /// The course, as people read it.
        course: String,
    },
    /// Who works here does not change the own address alone.
    #[error("Your account has a staff role, so only an administrator can change its e-mail address.")]
    EmailOfStaff,
    /// Another account has the address.
    #[error(
        "Another account uses this address. If both belong to the same person, the course office can merge them."
    )]
    EmailTaken,
    /// The course has no price for the profession.
    #[error("This course has no price for your profession. Please contact the course office.")]
    NoPrice,
    /// The same, told to staff who choose a profession for somebody.
    #[error(
        "This course has no price for this profession. Please choose another one, or give it a price first."
    )]
    NoPriceForLearner,
    /// The same, told to staff where the profession was chosen before.
    #[error(
        "This course has no price for the learner's profession any more. Please give it a price, or correct the registration, first."
    )]
    NoPriceToPay,
    /// The course has tracks and none was chosen.
    #[error("Please choose one of the course's tracks.")]
    TrackRequired,
    /// The registration is over, so it cannot be cancelled or paid.
    #[error("This registration is no longer active.")]
    RegistrationNotLive,
    /// The course is over, so its registrations stay as they are.
    #[error(
        "This course has started, so its registrations can no longer be canceled here. Please contact the course office."
    )]
    CourseStarted,
    /// The registration is paid already.
    #[error("This registration is already paid in full.")]
    AlreadyPaid,
    /// More than what is open.
    #[error("The payment is larger than the amount due, which is {due}.")]
    PaymentTooLarge {
        /// What is open, for people.
        due: String,
    },
    /// Money of another currency.
    #[error("Payments for this course are taken in {currency}.")]
    WrongCurrency {
        /// ISO 4217 code of the course's currency.
        currency: String,
    },
    /// Only a confirmed learner can do this.
    #[error("Only learners with a confirmed registration can do this.")]
    NotConfirmed,
    /// The course is not over.
    #[error("The evaluation opens when the course ends.")]
    EvaluationNotOpen,
    /// Too late.
    #[error("The evaluation of this course has closed.")]
    EvaluationClosed,
    /// Once is all.
    #[error("You have already submitted your evaluation. Thank you.")]
    EvaluationAlreadySubmitted,
    /// A letter about nothing.
    #[error("There is no reason to send this e-mail now: what it is about has not happened or has no date.")]
    LetterNotCalledFor,
    /// The proof of work is forged, wrong, used, too old, or was made for another form.
    #[error("The human check failed or has expired. Please complete it again, then send the form.")]
    HumanCheckFailed,
    /// So many sign-in codes were asked for that the next one costs a proof of work.
    #[error(
        "Many codes were requested in the last hour. Please complete the human check, then request your code again."
    )]
    HumanCheckRequired {
        /// The address that a code was asked for, in lower case: the challenge is good for it alone.
        email_key: String,
    },
    /// Another wording than today's was agreed to, or it was not said which.
    #[error(
        "The consent text has changed. Please read the current text, then agree to it or leave the box unchecked."
    )]
    ConsentOutdated,
    /// Once is all.
    #[error("This question has already been answered.")]
    EnquiryAlreadyAnswered,
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, message, line: _ } = self;
        if path.is_empty() { f.write_str(message) } else { write!(f, "{}: {message}", path.join(".")) }
    }
}

impl Refusal {
    /// There is no such `what`, or it is not the asker's to see.
    pub fn not_found(what: &'static str) -> Self {
        Self::NotFound { what: Cow::Borrowed(what) }
    }

    /// A mistake in the input field at `path`.
    pub fn invalid(message: impl Into<String>, path: &[&str]) -> Self {
        Self::InvalidInput {
            message: message.into(),
            path: path.iter().map(|part| (*part).to_owned()).collect(),
            details: Vec::new(),
        }
    }

    /// Several mistakes; the message tells the first, and how many more there are. None: one that has no name.
    pub fn mistakes(details: Vec<Detail>) -> Self {
        let first = details.first();
        let path = first.map(|first| first.path.clone()).unwrap_or_default();
        let told = first
            .map_or_else(|| "There is a mistake in the input.".to_owned(), |first| first.message.clone());
        let message = match details.len().saturating_sub(1) {
            0 => told,
            1 => format!("{told} (and 1 more)"),
            more => format!("{told} (and {more} more)"),
        };
        Self::InvalidInput { message, path, details }
    }

    /// Every mistake, or every part that is missing; empty where the message says all.
    pub fn details(&self) -> &[Detail] {
        if let Self::InvalidInput { message: _, path: _, details } | Self::NotReady { missing: details } =
            self
        {
            details
        } else {
            &[]
        }
    }

    /// Where the mistake is: names of input fields, outermost first; empty where no field is at fault.
    pub fn path(&self) -> Vec<String> {
        match self {
            Self::InvalidInput { message: _, path, details: _ } => path.clone(),
            Self::TrackRequired => vec!["trackId".to_owned()],
            Self::NoPrice | Self::NoPriceForLearner => vec!["professionCode".to_owned()],
            Self::PaymentTooLarge { due: _ } | Self::WrongCurrency { currency: _ } => {
                vec!["amount".to_owned()]
            }
            Self::BothRegistered { course: _ } => vec!["mergeId".to_owned()],
            Self::EmailTaken => vec!["email".to_owned()],
            Self::IdempotencyKeyReused => vec!["idempotencyKey".to_owned()],
            Self::SignInCodeInvalid => vec!["code".to_owned()],
            Self::HumanCheckFailed | Self::HumanCheckRequired { email_key: _ } => vec!["proof".to_owned()],
            Self::ConsentOutdated => vec!["consentVersion".to_owned()],
            Self::Unauthenticated
            | Self::Forbidden
            | Self::OfAdministrators
            | Self::LastAdministrator
            | Self::EmailOfStaff
            | Self::NotFound { what: _ }
            | Self::RateLimited
            | Self::RegistrationNotOpen
            | Self::RegistrationClosed
            | Self::CourseCancelled
            | Self::CourseFull
            | Self::AlreadyRegistered
            | Self::LearnerRegistered
            | Self::NoPriceToPay
            | Self::RegistrationNotLive
            | Self::CourseStarted
            | Self::AlreadyPaid
            | Self::NotConfirmed
            | Self::EvaluationNotOpen
            | Self::EvaluationClosed
            | Self::EvaluationAlreadySubmitted
            | Self::EnquiryAlreadyAnswered
            | Self::NotReady { missing: _ }
            | Self::AlreadyPublished
            | Self::NotPublished
            | Self::CourseArchived
            | Self::CourseOver
            | Self::HasRegistrations
            | Self::TooEarlyToArchive { from: _ }
            | Self::LetterNotCalledFor
            | Self::NobodyToTell
            | Self::AnnouncementSettled { words: _ }
            | Self::NoticeSettled { why: _ }
            | Self::CannotResend { why: _ } => Vec::new(),
            Self::AnnouncementChanged { count: _ } => vec!["recipientCount".to_owned()],
            Self::Stale { thing: _, id: _ } => vec!["version".to_owned()],
        }
    }
}
