//! To somebody who asked about a course, when staff have answered.

use entity::mailing::Letter;
use serde::Serialize;

use super::Matter;
use super::enquirer::EnquirerView;
use super::sample::{self, NoSample};
use super::view::Course;

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct EnquiryAnswered {
    /// The course.
    pub course: Course,
    /// What was asked, paragraph by paragraph.
    pub question: Vec<String>,
    /// What staff answer. Markdown.
    pub answer: String,
}

impl EnquiryAnswered {
    /// The letter about the facts of `view`; none where there is no answer.
    pub fn of(view: &EnquirerView<'_>) -> Option<Self> {
        let answer = view.matter.enquiry.enquiry.answer.clone()?;
        Some(Self { course: view.course(), question: view.question(), answer })
    }

    /// A matter to try it with.
    ///
    /// # Errors
    /// When this machine does not know the sample's time zones.
    pub fn sample() -> Result<Matter, NoSample> {
        sample::matter(Letter::EnquiryAnswered)
    }
}
