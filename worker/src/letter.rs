//! Letters: what is said. (The words themselves are written in another room; this is the form they have.)

use entity::{Instant, agenda, learner, organization, quote, quote_line, track};

/// What every letter says about the house.
#[derive(Clone, Debug)]
pub struct HouseStyle {
    /// Where the house is found, without a slash at the end.
    pub public_url: String,
    /// Its name.
    pub house_name: String,
    /// Where readers write with questions.
    pub contact: String,
    /// Postal address.
    pub postal_address: Option<String>,
}

/// Writes letters.
#[derive(Debug)]
pub struct Writer {
    house: HouseStyle,
}

/// A letter could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the letter cannot be written: {0}")]
pub struct CannotWrite(pub String);

/// What a letter is about.
#[derive(Clone, Debug)]
pub enum Matter {
    /// A sign-in code.
    SignInCode {
        /// The code as it is typed.
        code: String,
        /// When it dies.
        expires_at: Instant,
    },
    /// Something about a registration.
    Registration(Box<RegistrationMatter>),
}

/// Everything that a letter about a registration may say.
#[derive(Clone, Debug)]
pub struct RegistrationMatter {
    /// What calls for the letter.
    pub occasion: agenda::Occasion,
    /// The course.
    pub course: agenda::CourseFacts,
    /// Who offers it, in order.
    pub offered_by: Vec<organization::Model>,
    /// Its tracks, in order.
    pub tracks: Vec<track::Model>,
    /// The registration.
    pub registration: agenda::RegistrationFacts,
    /// The reader.
    pub learner: learner::Model,
    /// What it costs.
    pub quote: Option<quote::Model>,
    /// The lines of the quote, in order.
    pub quote_lines: Vec<quote_line::Model>,
    /// What was paid, in cents.
    pub paid_cents: i64,
    /// The moment of writing.
    pub now: Instant,
}

/// A letter as written.
#[derive(Clone, Debug)]
pub struct Written {
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
    /// Calendar to go with it.
    pub calendar: Option<Calendar>,
}

/// A calendar to go with a letter.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// iCalendar (RFC 5545).
    pub ics: String,
    /// Method (RFC 5546).
    pub method: &'static str,
    /// Name of the file.
    pub file_name: String,
}

impl Writer {
    /// A writer for this house.
    pub fn new(house: HouseStyle) -> Result<Self, CannotWrite> {
        Ok(Self { house })
    }

    /// Writes a letter.
    pub fn write(&self, matter: &Matter) -> Result<Written, CannotWrite> {
        let (subject, text) = match matter {
            Matter::SignInCode { code, expires_at } => ("Your sign-in code".to_owned(), format!("{code}, good until {expires_at}")),
            Matter::Registration(matter) => {
                (format!("{:?}: {}", matter.occasion.letter, matter.course.course.title), matter.occasion.occurrence.clone())
            }
        };
        let html = format!("<p>{text}</p>");
        Ok(Written { subject, text: format!("{text}\n\n{}", self.house.house_name), html, calendar: None })
    }
}
