//! To whom the letters of a course go: to somebody who has registered, or to somebody who only asked.

use uuid::Uuid;

use crate::mailing::{self, CourseFacts, EnquiryFacts, PlannedLetter, RegistrationFacts};
use crate::{Instant, letter_instruction};

/// Which of the two somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Who has registered.
    Registrant,
    /// Who only asked.
    Enquirer,
}

impl Kind {
    /// Both, registrants first.
    pub const ALL: [Self; 2] = [Self::Registrant, Self::Enquirer];
}

/// Somebody to whom letters go, with the facts that say which.
#[derive(Clone, Debug)]
pub enum Recipient {
    /// Who has registered.
    Registrant(Box<RegistrationFacts>),
    /// Who only asked.
    Enquirer(Box<EnquiryFacts>),
}

impl From<RegistrationFacts> for Recipient {
    fn from(person: RegistrationFacts) -> Self {
        Self::Registrant(Box::new(person))
    }
}

impl From<EnquiryFacts> for Recipient {
    fn from(person: EnquiryFacts) -> Self {
        Self::Enquirer(Box::new(person))
    }
}

impl Recipient {
    /// The id of the registration or the enquiry.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Registrant(person) => person.registration.id,
            Self::Enquirer(person) => person.enquiry.id,
        }
    }

    /// The course.
    pub fn course_id(&self) -> Uuid {
        match self {
            Self::Registrant(person) => person.registration.course_id,
            Self::Enquirer(person) => person.enquiry.course_id,
        }
    }

    /// When the registration or the enquiry last changed.
    pub fn changed_at(&self) -> Instant {
        match self {
            Self::Registrant(person) => person.registration.updated_at,
            Self::Enquirer(person) => person.enquiry.updated_at,
        }
    }

    /// What the ledger calls the person: a learner's id, or the key of an address. One person who asks twice
    /// is told once. A registration that moved when two accounts were merged keeps the name under which it
    /// was spoken of.
    pub fn key(&self) -> String {
        match self {
            Self::Registrant(person) => {
                person.registration.known_as.unwrap_or(person.registration.learner_id).to_string()
            }
            Self::Enquirer(person) => person.enquiry.email_key.clone(),
        }
    }

    /// What staff said about single letters, oldest first.
    pub fn instructions(&self) -> &[letter_instruction::Model] {
        match self {
            Self::Registrant(person) => &person.instructions,
            Self::Enquirer(person) => &person.instructions,
        }
    }

    /// Takes it that staff have said this, too.
    pub fn instruct(&mut self, said: letter_instruction::Model) {
        match self {
            Self::Registrant(person) => person.instructions.push(said),
            Self::Enquirer(person) => person.instructions.push(said),
        }
    }

    /// Every letter that the facts call for, in the order of their moments, as judged at `now`.
    pub fn plan(&self, course: &CourseFacts, now: Instant) -> Vec<PlannedLetter> {
        match self {
            Self::Registrant(person) => mailing::of_registration(course, person, now),
            Self::Enquirer(person) => mailing::of_enquiry(course, person, now),
        }
    }

    /// The letter of the plan that `rule` calls for, the time it speaks of `occurrence`.
    pub fn planned(
        &self,
        course: &CourseFacts,
        rule: &str,
        occurrence: &str,
        now: Instant,
    ) -> Option<PlannedLetter> {
        self.plan(course, now).into_iter().find(|planned| planned.is(rule, occurrence))
    }
}
