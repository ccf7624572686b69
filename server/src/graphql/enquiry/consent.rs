//! The wording of the consent that a form shows.

use async_graphql::SimpleObject;
use entity::enquiry::Consent;

/// What somebody agrees to who wants letters about the deadlines of a course.
#[derive(Clone, Debug, SimpleObject)]
pub struct ConsentWording {
    /// Its name; it is handed in with the consent.
    version: &'static str,
    /// What the form must show beside the box that is ticked. Plain text.
    text: &'static str,
}

impl From<Consent> for ConsentWording {
    fn from(consent: Consent) -> Self {
        let Consent { version, text } = consent;
        Self { version, text }
    }
}
