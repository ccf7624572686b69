//! To those registrants whom staff write to: their own subject and words, within the office's frame.

use entity::mailing::Letter;
use serde::Serialize;

use super::plain::{SUBJECT_LENGTH, line};
use super::sample::{self, NoSample};
use super::view::Course;
use super::{Matter, view::View};

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct Announcement {
    /// The course.
    pub course: Course,
    /// The page of the registration.
    pub registration_url: String,
    /// The subject line of the staff's own.
    pub headline: String,
    /// What they say. Markdown.
    pub body: String,
}

impl Announcement {
    /// The letter about the facts of `view`; none where there is no such announcement.
    pub fn of(view: &View<'_>) -> Option<Self> {
        let announcement = view.matter.announcement()?;
        Some(Self {
            course: view.course(),
            registration_url: view.registration_url(),
            headline: line(&announcement.subject, SUBJECT_LENGTH),
            body: announcement.body.clone(),
        })
    }

    /// A matter to try it with.
    ///
    /// # Errors
    /// When this machine does not know the sample's time zones.
    pub fn sample() -> Result<Matter, NoSample> {
        sample::matter(Letter::Announcement)
    }
}
