//! To the confirmed who have not evaluated, before the evaluation closes.

use entity::mailing::Letter;
use serde::Serialize;

use super::sample::{self, NoSample};
use super::view::Course;
use super::wording::Told;
use super::{Matter, view::View};

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct EvaluationClosing {
    /// The course.
    pub course: Course,
    /// The form of the evaluation.
    pub evaluation_url: String,
    /// The last day of the evaluation.
    pub closes_on: String,
    /// The last minute of the evaluation.
    pub open_until: Told,
    /// What it unlocks.
    pub credit: Option<String>,
}

impl EvaluationClosing {
    /// The letter about the facts of `view`.
    pub fn of(view: &View<'_>) -> Self {
        Self {
            course: view.course(),
            evaluation_url: view.evaluation_url(),
            closes_on: view.clocks.last_day(view.matter.course.course.evaluation_closes_at()),
            open_until: view.clocks.until(view.matter.course.course.evaluation_closes_at()),
            credit: view.credit(),
        }
    }

    /// A matter to try it with.
    ///
    /// # Errors
    /// When this machine does not know the sample's time zones.
    pub fn sample() -> Result<Matter, NoSample> {
        sample::matter(Letter::EvaluationClosing)
    }
}
