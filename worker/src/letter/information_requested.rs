//! To somebody who asked about a course: the course in short, and what the office will do with the question.

use entity::mailing::Letter;
use serde::Serialize;

use super::enquirer::{EnquirerView, Prices};
use super::plain::line;
use super::sample::{self, NoSample};
use super::view::{self, Course, Day, Place};
use super::wording::Told;
use super::{Matter, plain::NAME_LENGTH};

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct InformationRequested {
    /// The course.
    pub course: Course,
    /// What it is about, in a line or two.
    pub summary: Option<String>,
    /// How it is held, in words.
    pub held: &'static str,
    /// Where people come to; none where they come to nowhere, or nothing is said.
    pub place: Option<Place>,
    /// Its days.
    pub days: Vec<Day>,
    /// When registration opens, where it has not yet.
    pub opens: Option<Told>,
    /// The last minute of registration, where it is not over.
    pub open_until: Option<Told>,
    /// Whether the course has only so many seats, which may all be taken.
    pub limited: bool,
    /// What it costs.
    pub prices: Prices,
    /// What one can earn.
    pub credit: Option<String>,
    /// Whether there is a question for staff to answer. What it says is not repeated: nobody has shown yet
    /// that the address is the asker's.
    pub asks: bool,
    /// Whether a letter is to come before the early price ends.
    pub before_early: bool,
    /// Whether one is to come before registration closes.
    pub before_closing: bool,
    /// Where to have none of them.
    pub stop_url: Option<String>,
}

impl InformationRequested {
    /// The letter about the facts of `view`, with the address at which letters about deadlines are stopped.
    pub fn of(view: &EnquirerView<'_>, stop_url: Option<String>) -> Self {
        let course = &view.matter.course.course;
        let prices = view.prices();
        let [before_early, before_closing] =
            view.will_send([Letter::EarlyFeeEnding, Letter::RegistrationClosing]);
        Self {
            course: view.course(),
            summary: course
                .summary
                .as_deref()
                .map(|summary| line(summary, 4 * NAME_LENGTH))
                .filter(|summary| !summary.is_empty()),
            held: view::held(course.format),
            place: view::place_of(course),
            days: view.days(),
            opens: view.opens(),
            open_until: view.open_until(),
            limited: course.capacity.is_some(),
            // Who has no early price to lose is promised nothing about it.
            before_early: before_early && prices.early_until.is_some(),
            before_closing,
            prices,
            credit: view.credit(),
            asks: view.matter.enquiry.enquiry.question.is_some(),
            stop_url,
        }
    }

    /// A matter to try it with.
    ///
    /// # Errors
    /// When this machine does not know the sample's time zones.
    pub fn sample() -> Result<Matter, NoSample> {
        sample::matter(Letter::InformationRequested)
    }
}
