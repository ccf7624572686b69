//! To the confirmed, on receipt of payment: the receipt, the days, and what comes next. The calendar of the
//! days goes with it.

use entity::mailing::Letter;
use serde::Serialize;

use super::sample::{self, NoSample};
use super::view::{Bill, Course, Day, Place, Session, only_join_url};
use super::wording::Told;
use super::{Matter, view::View};

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct RegistrationConfirmed {
    /// The course.
    pub course: Course,
    /// Where people come to; none where they come to nowhere, or nothing is said.
    pub place: Option<Place>,
    /// Whether the reminders of the course days will have a link to join.
    pub links: bool,
    /// Whether people come to the course.
    pub in_person: bool,
    /// The page of the registration.
    pub registration_url: String,
    /// The registration's code, for the phone.
    pub code: String,
    /// The learner's track.
    pub track: Option<String>,
    /// The learner's course days.
    pub days: Vec<Day>,
    /// The sessions that are near or under way and of which no reminder is to come: who is confirmed so late is
    /// told here where to join.
    pub sessions: Vec<Session>,
    /// Where to join these, where it is one place, https.
    pub join_url: Option<String>,
    /// What it costs; none where it is free.
    pub bill: Option<Bill>,
    /// Whether a reminder comes before the course.
    pub before_course: bool,
    /// Whether a reminder comes before each course day.
    pub before_days: bool,
    /// From when on the evaluation is taken.
    pub evaluation_opens: Told,
    /// The last minute of the evaluation.
    pub evaluation_until: Told,
    /// What the learner can earn.
    pub credit: Option<String>,
}

impl RegistrationConfirmed {
    /// The letter about the facts of `view`.
    pub fn of(view: &View<'_>) -> Self {
        let course = &view.matter.course.course;
        let mut sessions = view.sessions_without_reminder();
        let join_url = only_join_url(&mut sessions);
        let [before_course, before_days] = view.will_send([Letter::CourseStarting, Letter::DayStarting]);
        Self {
            course: view.course(),
            place: view.place(),
            links: view.is_online() && view.has_links(),
            in_person: view.is_in_person(),
            registration_url: view.registration_url(),
            code: view.matter.registration.registration.code.clone(),
            track: view.track(),
            days: view.days(),
            sessions,
            join_url,
            bill: view.bill(),
            before_course,
            before_days,
            evaluation_opens: view.clocks.moment(course.last_instant()),
            evaluation_until: view.clocks.until(course.evaluation_closes_at()),
            credit: view.credit(),
        }
    }

    /// A matter to try it with.
    ///
    /// # Errors
    /// When this machine does not know the sample's time zones.
    pub fn sample() -> Result<Matter, NoSample> {
        sample::matter(Letter::RegistrationConfirmed)
    }
}
