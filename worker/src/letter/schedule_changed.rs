//! To those registered whom changes to the agenda concern: what they knew and what holds now, session by
//! session. The calendar as it is now goes with it.

use entity::mailing::change::{Moved, Span};
use entity::mailing::{Letter, SessionFacts};
use serde::Serialize;

use super::plain::{NAME_LENGTH, line};
use super::sample::{self, NoSample};
use super::view::{Course, Day};
use super::wording::Told;
use super::{Matter, view::View};

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct ScheduleChanged {
    /// The course.
    pub course: Course,
    /// The page of the registration.
    pub registration_url: String,
    /// The changes, by the day on which the sessions are now, or were.
    pub changes: Vec<ChangedDay>,
    /// The learner's course days as they are now.
    pub days: Vec<Day>,
}

/// The changes of one day.
#[derive(Clone, Debug, Serialize)]
pub struct ChangedDay {
    /// The day.
    pub date: String,
    /// Its sessions.
    pub sessions: Vec<ChangedSession>,
}

/// What became of one session.
#[derive(Clone, Debug, Serialize)]
pub struct ChangedSession {
    /// Its name.
    pub title: String,
    /// When it was; none: it is new.
    pub old: Option<Told>,
    /// When it is; none: it was taken out.
    pub new: Option<Told>,
    /// Whether it takes place, and not for this learner any more.
    pub elsewhere: bool,
}

impl ScheduleChanged {
    /// The letter about the facts of `view`; none where there are no such changes.
    pub fn of(view: &View<'_>) -> Option<Self> {
        let gathering = view.matter.gathering()?;
        let mut changes: Vec<ChangedDay> = Vec::new();
        for moved in &gathering.moved {
            let Some((at, _)) = moved.new.or(moved.old) else { continue };
            let date = view.clocks.date(view.clocks.date_of(at));
            if changes.last().is_none_or(|last| last.date != date) {
                changes.push(ChangedDay { date: date.clone(), sessions: Vec::new() });
            }
            let Some(day) = changes.last_mut() else { continue };
            day.sessions.push(ChangedSession::of(moved, view));
        }
        let days = view.days();
        Some(Self { course: view.course(), registration_url: view.registration_url(), changes, days })
    }

    /// A matter to try it with.
    ///
    /// # Errors
    /// When this machine does not know the sample's time zones.
    pub fn sample() -> Result<Matter, NoSample> {
        sample::matter(Letter::ScheduleChanged)
    }
}

impl ChangedSession {
    fn of(moved: &Moved, view: &View<'_>) -> Self {
        let told = |span: Option<Span>| span.map(|(from, to)| view.clocks.dated_span(from, to));
        let takes_place = |facts: &SessionFacts| facts.session.id == moved.session_id;
        Self {
            title: line(&moved.title, NAME_LENGTH),
            old: told(moved.old),
            new: told(moved.new),
            elsewhere: moved.new.is_none() && view.matter.course.sessions.iter().any(takes_place),
        }
    }
}
