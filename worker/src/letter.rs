//! Letters: what the house says, written from the facts.
//!
//! Each letter is a struct that holds exactly what the letter says, in a file of its own, and three templates under `templates/<letter>/`.
//! [`Writer`] brings the two together. The HTML templates were made from MJML when the crate was built; no text that a person typed has gone
//! through MJML. What may not enter: sending, the database, the clock.

use entity::agenda::{self, Letter};
use entity::{Instant, learner, organization, quote, quote_line, track};
use minijinja::Error as TemplateError;
use serde::Serialize;

use self::paper::Paper;
use self::plain::{House, NAME_LENGTH, SUBJECT_LENGTH, line};
use self::view::View;
use crate::calendar;

pub mod course_starting;
pub mod day_starting;
pub mod early_fee_ending;
pub mod evaluation_closing;
pub mod evaluation_open;
mod paper;
pub mod plain;
pub mod registration_cancelled;
pub mod registration_closing;
pub mod registration_confirmed;
pub mod registration_started;
pub mod sample;
pub mod session_starting;
pub mod sign_in_code;
#[cfg(test)]
mod tests;
pub mod view;
pub mod wording;
pub mod zone_name;

/// How the house signs its letters.
#[derive(Clone, Debug)]
pub struct HouseStyle {
    /// Address under which people reach the house, http or https, without a path of its own pages.
    pub public_url: String,
    /// Its name.
    pub house_name: String,
    /// Where people write with questions, unless the course has an office of its own.
    pub contact: String,
    /// Its postal address, lines parted by line breaks.
    pub postal_address: Option<String>,
}

/// What a letter is about.
#[derive(Clone, Debug)]
pub enum Matter {
    /// Somebody asked to sign in.
    SignInCode {
        /// The code, as it is to be typed.
        code: String,
        /// When it dies.
        expires_at: Instant,
    },
    /// Something in the life of a registration.
    Registration(Box<RegistrationMatter>),
}

/// The facts that a letter about a registration is written from, as they are when it is written.
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
    /// The person.
    pub learner: learner::Model,
    /// What was quoted.
    pub quote: Option<quote::Model>,
    /// The quote's lines.
    pub quote_lines: Vec<quote_line::Model>,
    /// What was paid and not paid back, in cents of the quote's currency.
    pub paid_cents: i64,
    /// The moment of writing.
    pub now: Instant,
}

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
    /// The house's address is not one.
    #[error(transparent)]
    PublicUrl(#[from] entity::plain::NotAHouse),
    /// A template has a mistake, or says something that the letter does not hold.
    #[error("a template cannot be filled in")]
    Template(#[from] TemplateError),
    /// The letter cannot be written from this matter.
    #[error("{0:?} is not a letter about this matter")]
    WrongMatter(Letter),
}

include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// Writes letters.
#[derive(Debug)]
pub struct Writer {
    paper: Paper,
    style: HouseStyle,
    house: House,
}

impl Writer {
    /// A writer for the house.
    ///
    /// # Errors
    /// When the house's address is none, or a template has a mistake.
    pub fn new(house: HouseStyle) -> Result<Self, CannotWrite> {
        Ok(Self { paper: Paper::new(&TEMPLATES)?, house: House::parse(&house.public_url)?, style: house })
    }

    /// Writes the letter about `matter`.
    ///
    /// # Errors
    /// When the template asks for what the letter does not say, or when the matter is not one of that letter's.
    pub fn write(&self, matter: &Matter) -> Result<Written, CannotWrite> {
        match matter {
            Matter::SignInCode { code, expires_at } => {
                let says = sign_in_code::SignInCode::of(code, *expires_at);
                let because = format!("{} {}.", entitlement(Letter::SignInCode), line(&self.style.house_name, NAME_LENGTH));
                let head = self.head(None, Vec::new(), &self.style.contact, &because);
                self.fill(Letter::SignInCode, head, &says, None, None)
            }
            Matter::Registration(matter) => self.about_registration(matter),
        }
    }

    fn about_registration(&self, matter: &RegistrationMatter) -> Result<Written, CannotWrite> {
        let view = View::new(matter, &self.house);
        let letter = matter.occasion.letter;
        match letter {
            Letter::SignInCode
            | Letter::ScheduleChanged
            | Letter::CourseCancelled
            | Letter::Announcement
            | Letter::InformationRequested
            | Letter::EnquiryAnswered => Err(CannotWrite::WrongMatter(letter)),
            Letter::RegistrationStarted => self.tell(&view, &registration_started::RegistrationStarted::of(&view), None),
            Letter::RegistrationConfirmed => {
                let days = calendar::of_days(&view, &self.style, calendar::Standing::Confirmed);
                self.tell(&view, &registration_confirmed::RegistrationConfirmed::of(&view), days)
            }
            Letter::RegistrationCancelled => {
                let entered = matter.registration.registration.confirmed_at.is_some();
                let days = if entered { calendar::of_days(&view, &self.style, calendar::Standing::Cancelled) } else { None };
                self.tell(&view, &registration_cancelled::RegistrationCancelled::of(&view), days)
            }
            Letter::EarlyFeeEnding => self.tell(&view, &early_fee_ending::EarlyFeeEnding::of(&view), None),
            Letter::RegistrationClosing => self.tell(&view, &registration_closing::RegistrationClosing::of(&view), None),
            Letter::CourseStarting => self.tell(&view, &course_starting::CourseStarting::of(&view), None),
            Letter::DayStarting => self.tell(&view, &day_starting::DayStarting::of(&view), None),
            Letter::SessionStarting => self.tell(&view, &session_starting::SessionStarting::of(&view), None),
            Letter::EvaluationOpen => self.tell(&view, &evaluation_open::EvaluationOpen::of(&view), None),
            Letter::EvaluationClosing => self.tell(&view, &evaluation_closing::EvaluationClosing::of(&view), None),
        }
    }

    /// Writes a letter to the learner of `view`, with the course office's own words where its rule has some.
    fn tell<L: Serialize>(&self, view: &View<'_>, says: &L, calendar: Option<Calendar>) -> Result<Written, CannotWrite> {
        let letter = view.matter.occasion.letter;
        let rule = view.rule();
        let opening = rule.and_then(|rule| rule.opening.as_deref()).map(plain::paragraphs).unwrap_or_default();
        let own_subject = rule.and_then(|rule| rule.subject.as_deref()).map(|own| line(own, SUBJECT_LENGTH)).filter(|own| !own.is_empty());
        let contact = view.matter.course.course.contact_email.as_deref().unwrap_or(&self.style.contact);
        let because = format!("{} {}.", entitlement(letter), line(&view.matter.course.course.title, NAME_LENGTH));
        let head = self.head(view.matter.learner.name.as_deref(), opening, contact, &because);
        self.fill(letter, head, says, own_subject, calendar)
    }

    fn head(&self, name: Option<&str>, opening: Vec<String>, contact: &str, because: &str) -> paper::Head {
        let name = name.map(|name| line(name, NAME_LENGTH)).filter(|name| !name.is_empty());
        let postal: Vec<String> =
            self.style.postal_address.iter().flat_map(|address| address.lines()).map(|row| line(row, NAME_LENGTH)).collect();
        paper::Head {
            subject: String::new(),
            greeting: name.map_or_else(|| "Hello,".to_owned(), |name| format!("Dear {name},")),
            opening,
            because: because.to_owned(),
            house_name: line(&self.style.house_name, NAME_LENGTH),
            contact: line(contact, NAME_LENGTH),
            postal_address: postal.into_iter().filter(|row| !row.is_empty()).collect(),
        }
    }

    fn fill<L: Serialize>(
        &self,
        letter: Letter,
        head: paper::Head,
        says: &L,
        own_subject: Option<String>,
        calendar: Option<Calendar>,
    ) -> Result<Written, CannotWrite> {
        let name = sea_orm::ActiveEnum::to_value(&letter);
        let mut sheet = paper::Sheet { head, says };
        let subject = match own_subject {
            Some(subject) => subject,
            None => self.paper.fill(&format!("{name}/subject.txt"), &sheet)?,
        };
        sheet.head.subject = line(&subject, SUBJECT_LENGTH);
        let text = paper::tidy(&self.paper.fill(&format!("{name}/body.txt"), &sheet)?);
        let html = self.paper.fill(&format!("{name}/body.html"), &sheet)?;
        Ok(Written { subject: sheet.head.subject, text, html, calendar })
    }
}

/// Why the person gets the letter; the name of the course, or of the house, follows.
fn entitlement(letter: Letter) -> &'static str {
    match letter {
        Letter::SignInCode => "somebody asked to sign in with this address at",
        Letter::RegistrationStarted | Letter::EarlyFeeEnding | Letter::RegistrationClosing => "you started to register for",
        Letter::InformationRequested | Letter::EnquiryAnswered => "you asked about",
        Letter::RegistrationCancelled => "you were registered, or had started to register, for",
        Letter::RegistrationConfirmed
        | Letter::CourseStarting
        | Letter::DayStarting
        | Letter::SessionStarting
        | Letter::EvaluationOpen
        | Letter::EvaluationClosing
        | Letter::ScheduleChanged
        | Letter::CourseCancelled
        | Letter::Announcement => "you are registered for",
    }
}
