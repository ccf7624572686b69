//! What an edit says of a course as a whole, read into values that have checked themselves.

use super::beside::Needs;
use super::open::Open;
use super::{CourseChange, OfferChange, RegistrationChange};

/// What is to be different about a course.
#[derive(Clone, Debug, Default)]
pub struct DraftChange {
    /// The course itself.
    pub course: CourseChange,
    /// When and how people register.
    pub registration: RegistrationChange,
    /// What it offers and says.
    pub offer: OfferChange,
}

impl DraftChange {
    /// What must be read for it.
    pub fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        self.course.needs(&mut needs);
        self.registration.needs(&mut needs);
        needs
    }

    /// Writes it into a course.
    pub fn write(self, open: &mut Open<'_>) {
        let Self { course, registration, offer } = self;
        // The zone first: what follows is read on the clocks of the zone that the course will have.
        course.write(open);
        registration.write(open);
        offer.write(open);
    }
}
