//! Changes to a course's agenda, gathered into letters: what changes within ten minutes of the first change,
//! or less where it would come too late, is told in one letter, and what is as the person knows it in the end
//! is not told at all.
//!
//! A letter tells what the person does not know, as it is when the letter is written: old is what the person
//! was last told ([`super::told`]), new is what holds now. So of two gatherings that wait to be told, the
//! later one says it all.

use uuid::Uuid;

use super::told::Knowledge;
use super::{CourseFacts, NotSentReason, PlannedLetter, RegistrationFacts, SessionFacts, past};
use crate::letter::{CourseAnchor, Trigger};
use crate::{Instant, schedule_change};

/// How long changes are gathered before they are told, in minutes.
pub const GATHERING_MINUTES: i64 = 10;
/// How long before a session begins, by its old or its new time, people are told at the latest, in minutes;
/// where a change is made later than that, they are told at once.
pub const IN_TIME_MINUTES: i64 = 30;

/// From when to when a session takes place.
pub type Span = (Instant, Instant);

/// What became of one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The session; it may be gone.
    pub session_id: Uuid,
    /// Its name when it was last changed.
    pub title: String,
    /// When it was; none: it is new.
    pub old: Option<Span>,
    /// When it is; none: it was taken out.
    pub new: Option<Span>,
    /// Whether the link to join it changed, and the person has been told another one.
    pub link: bool,
}

impl Moved {
    /// From when on nobody needs to know any more: its old or its new start, whichever is later.
    pub fn pointless_at(&self) -> Option<Instant> {
        self.old.map(|span| span.0).max(self.new.map(|span| span.0))
    }
}

/// Changes that are told together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathering {
    /// The first change.
    pub since: Instant,
    /// When they are told.
    pub due_at: Instant,
    /// Whether they have been told.
    pub told: bool,
    /// What became of the sessions, in the order of their time; never none.
    pub moved: Vec<Moved>,
}

/// A stretch of time in which changes are gathered.
#[derive(Clone, Copy, Debug)]
struct Window {
    since: Instant,
    due_at: Instant,
    /// When the last of its changes was made.
    last: Instant,
}

impl Window {
    fn holds(&self, change: &schedule_change::Model) -> bool {
        self.since <= change.at && change.at <= self.last
    }
}

/// When the changes of the course are told, whomever they concern.
pub fn moments(facts: &CourseFacts) -> Vec<Instant> {
    windows(&facts.changes).into_iter().map(|window| window.due_at).collect()
}

/// The changes that the person of this registration is to be told, or was: those made since the confirmation,
/// or, as long as there is none, since the start, which said how things stood, to sessions in which the
/// person takes part, and of which no letter has told meanwhile.
pub fn of_person(facts: &CourseFacts, person: &RegistrationFacts) -> Vec<Gathering> {
    let mut gatherings = Vec::new();
    for window in windows(&facts.changes) {
        let knowledge = Knowledge::before(&facts.changes, person, window.since);
        let concerned = |change: &&schedule_change::Model| concerns(person, change);
        if !knowledge.changes().filter(concerned).any(|change| window.holds(change)) {
            continue;
        }
        let mut moved = net(knowledge.changes().filter(concerned), &|session| knowledge.knows_link(session));
        // What waited so long that nobody needs to know is left out beside what is of use.
        let of_use = |moved: &Moved| moved.pointless_at().is_some_and(|at| at > window.due_at);
        if moved.iter().any(of_use) {
            moved.retain(of_use);
        }
        if !moved.is_empty() {
            let Window { since, due_at, last: _ } = window;
            gatherings.push(Gathering { since, due_at, told: knowledge.is_told(), moved });
        }
    }
    gatherings
}

/// Lets reminders wait that fall due while a change is being gathered that they would tell of: the change may
/// be taken back, or go on. One that would be of no more use by then does not wait. One that fell due by dates
/// that were set only later is not sent: the change tells of them.
pub(super) fn wait_for_gatherings(
    letters: &mut [PlannedLetter],
    facts: &CourseFacts,
    person: &RegistrationFacts,
) {
    let windows = windows(&facts.changes);
    for planned in letters.iter_mut().filter(|planned| tells_of_sessions(planned) && planned.verdict.is_ok())
    {
        let waits_for = |window: &&Window| {
            window.since <= planned.due_at
                && planned.due_at < window.due_at
                && planned.pointless_at.is_none_or(|pointless| window.due_at < pointless)
                && facts.changes.iter().any(|change| {
                    window.holds(change) && concerns(person, change) && is_about(planned, change, facts)
                })
        };
        if let Some(window) = windows.iter().find(waits_for) {
            planned.due_at = window.due_at;
        } else if past::set_after_its_moment(facts, planned, person.registration.track_id) {
            planned.verdict = Err(NotSentReason::MomentPassed);
        }
    }
}

/// Lets the last of several gatherings that are due by `now` and have not been told speak for all: it is
/// written from what holds then.
pub(super) fn verdict(
    gatherings: &[Gathering],
    gathering: &Gathering,
    now: Instant,
) -> Result<(), NotSentReason> {
    let later = |other: &&Gathering| other.since > gathering.since && other.due_at <= now && !other.told;
    if !gathering.told && gatherings.iter().any(|other| later(&other)) {
        return Err(NotSentReason::Superseded);
    }
    Ok(())
}

/// Whether a letter says when sessions begin.
fn tells_of_sessions(planned: &PlannedLetter) -> bool {
    match planned.letter.spec().trigger {
        Trigger::Date(CourseAnchor::CourseStart | CourseAnchor::DayStart | CourseAnchor::SessionStart) => {
            true
        }
        Trigger::Date(
            CourseAnchor::EarlyDeadline
            | CourseAnchor::RegistrationDeadline
            | CourseAnchor::EvaluationDeadline
            | CourseAnchor::CourseEnd,
        )
        | Trigger::Act(_)
        | Trigger::HoldEnd
        | Trigger::Request(_)
        | Trigger::News(_) => false,
    }
}

/// Whether the letter tells of what has changed: of the day, or of the whole course.
fn is_about(planned: &PlannedLetter, change: &schedule_change::Model, facts: &CourseFacts) -> bool {
    let zone = &facts.course.time_zone;
    // What begins after midnight may belong to the evening before.
    let now_on = |day| {
        let on_it = |one: &SessionFacts| one.session.id == change.session_id && one.session.day(zone) == day;
        facts.sessions.iter().any(on_it)
    };
    planned.day.is_none_or(|day| {
        let mut times = [change.old_starts_at, change.new_starts_at].into_iter().flatten();
        times.any(|at| at.date_in(zone) == day) || now_on(day)
    })
}

/// Whether the change was made after it was said to the person how things stood, and is to a session in which
/// the person takes part.
fn concerns(person: &RegistrationFacts, change: &schedule_change::Model) -> bool {
    let registration = &person.registration;
    change.at >= registration.confirmed_at.unwrap_or(registration.started_at)
        && change.concerns(registration.track_id)
}

/// The stretches of time in which `changes`, oldest first, are gathered; what is changed in one go stays
/// together.
fn windows(changes: &[schedule_change::Model]) -> Vec<Window> {
    let mut windows: Vec<Window> = Vec::new();
    for change in changes {
        let told_by = in_time(change);
        match windows.last_mut() {
            Some(window) if change.at < window.due_at || change.at == window.last => {
                window.due_at = window.due_at.min(told_by.max(window.since));
                window.last = change.at;
            }
            Some(_) | None => windows.push(Window { since: change.at, due_at: told_by, last: change.at }),
        }
    }
    windows
}

/// When `change` is told at the latest.
fn in_time(change: &schedule_change::Model) -> Instant {
    let starts = [change.old_starts_at, change.new_starts_at].into_iter().flatten();
    let next = starts.filter(|start| *start > change.at).min();
    let gathered = change.at.plus_minutes(GATHERING_MINUTES);
    next.map_or(gathered, |start| gathered.min(start.plus_minutes(-IN_TIME_MINUTES).max(change.at)))
}

/// What is left of `changes`, oldest first, in the end. Somebody in no track takes part in all of them, so one
/// edit may have several parts to them: out of one track, and into another. A changed link counts where the
/// person knows another one.
fn net<'a>(
    changes: impl Iterator<Item = &'a schedule_change::Model>,
    knows_link: &dyn Fn(Uuid) -> bool,
) -> Vec<Moved> {
    let mut moved: Vec<(Moved, Instant)> = Vec::new();
    for change in changes {
        let old = change.old_starts_at.zip(change.old_ends_at);
        let new = change.new_starts_at.zip(change.new_ends_at);
        let link = change.link_changed && knows_link(change.session_id);
        match moved.iter_mut().find(|(known, _)| known.session_id == change.session_id) {
            Some((known, at)) => {
                let same_edit = *at == change.at;
                known.title.clone_from(&change.title);
                known.new = if same_edit { new.or(known.new) } else { new };
                if same_edit && known.old.is_none() {
                    known.old = old;
                }
                known.link |= link;
                *at = change.at;
            }
            None => {
                let (session_id, title) = (change.session_id, change.title.clone());
                moved.push((Moved { session_id, title, old, new, link }, change.at));
            }
        }
    }
    let mut moved: Vec<Moved> = moved.into_iter().map(|(moved, _)| moved).collect();
    moved.retain(|moved| moved.old != moved.new || (moved.link && moved.new.is_some()));
    moved.sort_by_key(|moved| (moved.new.or(moved.old), moved.session_id));
    moved
}
