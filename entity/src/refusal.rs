//! Every expected "no", with a message that the learner or the member of staff can act on.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An expected "no". Each variant is a value of `RefusalCode` in schema.graphql.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum Refusal {
    /// Nobody is signed in.
    #[error("Please sign in first.")]
    Unauthenticated,
    /// Signed in, but not as somebody who may do this.
    #[error("Your account is not allowed to do this.")]
    Forbidden,
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
    },
    /// The key was used with another input.
    #[error("This idempotency key was already used with a different input. Use a new key for a new request.")]
    IdempotencyKeyReused,
    /// Too many codes were asked for.
    #[error("Too many sign-in codes were requested. Please wait an hour, then try again.")]
    RateLimited,
    /// The code is wrong, used, dead or was never given.
    #[error("That code is not right, or no longer good. Request a new one and enter it within ten minutes.")]
    SignInCodeInvalid,
    /// Registration has not opened.
    #[error("Registration for this course has not opened yet.")]
    RegistrationNotOpen,
    /// Registration is over.
    #[error("Registration for this course is closed.")]
    RegistrationClosed,
    /// The course will not take place.
    #[error("This course has been cancelled.")]
    CourseCancelled,
    /// No seat is free.
    #[error("All seats in this course are taken.")]
    CourseFull,
    /// The person has a live registration.
    #[error("You are already registered for this course.")]
    AlreadyRegistered,
    /// The course has no price for the profession.
    #[error("This course has no price for your profession. Please write to the course office.")]
    NoPrice,
    /// The course has tracks and none was chosen.
    #[error("Please choose one of the course's tracks.")]
    TrackRequired,
    /// The registration is over, so it cannot be cancelled or paid.
    #[error("This registration is no longer active.")]
    RegistrationNotLive,
    /// The course is over, so its registrations stay as they are.
    #[error("The course has started; its registrations can no longer be cancelled here. Please write to the course office.")]
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
    #[error("The evaluation of this course is closed.")]
    EvaluationClosed,
    /// Once is all.
    #[error("You have already submitted your evaluation. Thank you.")]
    EvaluationAlreadySubmitted,
    /// A letter about nothing.
    #[error("As things stand, nothing calls for this letter: what it would be about has not happened, or has no date.")]
    LetterNotCalledFor,
}

impl Refusal {
    /// There is no such `what`, or it is not the asker's to see.
    pub fn not_found(what: &'static str) -> Self {
        Self::NotFound { what: Cow::Borrowed(what) }
    }

    /// A mistake in the input field at `path`.
    pub fn invalid(message: impl Into<String>, path: &[&str]) -> Self {
        Self::InvalidInput { message: message.into(), path: path.iter().map(|part| (*part).to_owned()).collect() }
    }

    /// Where the mistake is: names of input fields, outermost first; empty where no field is at fault.
    pub fn path(&self) -> Vec<String> {
        match self {
            Self::InvalidInput { message: _, path } => path.clone(),
            Self::TrackRequired => vec!["trackId".to_owned()],
            Self::NoPrice => vec!["profession".to_owned()],
            Self::PaymentTooLarge { due: _ } | Self::WrongCurrency { currency: _ } => vec!["amount".to_owned()],
            Self::IdempotencyKeyReused => vec!["idempotencyKey".to_owned()],
            Self::SignInCodeInvalid => vec!["code".to_owned()],
            Self::Unauthenticated
            | Self::Forbidden
            | Self::NotFound { what: _ }
            | Self::RateLimited
            | Self::RegistrationNotOpen
            | Self::RegistrationClosed
            | Self::CourseCancelled
            | Self::CourseFull
            | Self::AlreadyRegistered
            | Self::RegistrationNotLive
            | Self::CourseStarted
            | Self::AlreadyPaid
            | Self::NotConfirmed
            | Self::EvaluationNotOpen
            | Self::EvaluationClosed
            | Self::EvaluationAlreadySubmitted
            | Self::LetterNotCalledFor => Vec::new(),
        }
    }
}
