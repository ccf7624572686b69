//! Letters: what Lectern says, written from the facts.
//!
//! Each letter is a struct that holds exactly what the letter says, in a file of its own, and three templates
//! under `templates/<letter>/`. [`Writer`] brings the two together. The HTML templates were made from MJML
//! when the crate was built; no text that a person typed has gone through MJML. What may not enter: sending,
//! the database, the clock.

use entity::email::Address;
use entity::mailing::Letter;
use minijinja::Error as TemplateError;

pub mod announcement;
pub mod course_cancelled;
pub mod course_starting;
pub mod day_starting;
pub mod deadline_nearing;
pub mod early_fee_ending;
pub mod email_changed;
pub mod enquirer;
pub mod enquiry_answered;
pub mod evaluation_closing;
pub mod evaluation_open;
pub mod information_requested;
pub mod markdown;
pub mod matter;
mod paper;
pub mod payment_due;
pub mod plain;
pub mod registration_cancelled;
pub mod registration_closing;
pub mod registration_confirmed;
pub mod registration_corrected;
pub mod registration_expired;
pub mod registration_started;
pub mod sample;
pub mod schedule_changed;
pub mod session_starting;
pub mod sign_in_code;
#[cfg(test)]
mod tests;
pub mod view;
pub mod wording;
pub mod writer;

pub use matter::{EnquiryMatter, Matter, RegistrationMatter};
pub use writer::{Letterhead, Writer};

/// A letter, ready to be put into an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// One line without control characters.
    pub subject: String,
    /// The letter as plain text, lines ended by LF.
    pub text: String,
    /// The same as HTML; it loads nothing from anywhere.
    pub html: String,
    /// The calendar that goes with it.
    pub calendar: Option<Calendar>,
    /// Where its reader can have no more letters of its kind, where one may: mail programs make a button of
    /// it.
    pub unsubscribe_url: Option<String>,
    /// Where answers go: to the office of the course; none where that is told in other words than an address.
    pub reply_to: Option<Address>,
}

/// A calendar file (RFC 5545).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Its text, lines ended by CRLF.
    pub ics: String,
    /// Its method, for the content type.
    pub method: &'static str,
    /// A name to save it under, ASCII.
    pub file_name: String,
}

/// Why a letter could not be written: always a mistake of ours, never of the learner's.
#[derive(Debug, thiserror::Error)]
pub enum CannotWrite {
    /// The public address is not one.
    #[error(transparent)]
    PublicUrl(#[from] entity::plain::NotAPublicUrl),
    /// A template has a mistake, or says something that the letter does not hold.
    #[error("a template cannot be filled in")]
    Template(#[from] TemplateError),
    /// The letter cannot be written from this matter.
    #[error("{0:?} is not an e-mail about this matter")]
    WrongMatter(Letter),
    /// A letter that invites people to buy must say where the office is to be found.
    #[error(
        "no postal address is configured (POSTAL_ADDRESS), and an e-mail to people who have not registered must bear one"
    )]
    NoPostalAddress,
}
