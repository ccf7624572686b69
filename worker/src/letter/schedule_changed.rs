//! To those registered whom changes to the agenda concern: what they knew and what holds now, session by
//! session. The calendar as it is now goes with it.

use entity::mailing::change::{Moved, Span};
use entity::mailing::{Letter, SessionFacts};
use entity::registration::Status;
use entity::{Instant, LocalDate};
use serde::Serialize;
use uuid::Uuid;

use super::plain::{NAME_LENGTH, line};
use super::sample::{self, NoSample};
use super::view::{Course, Day, Session, only_join_url};
use super::wording::Told;
use super::{Matter, view::View};

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct ScheduleChanged {
    /// The course.
    pub course: Course,
    /// The page of the registration.
    pub registration_url: String,
    /// Course days that have moved as a whole, with the same times on the clock.
    pub moved_days: Vec<MovedDay>,
    /// The other changes, by the day on which the sessions are now, or were.
    pub changes: Vec<ChangedDay>,
    /// The learner's course days as they are now.
    pub days: Vec<Day>,
    /// The sessions that are near or under way and of which no reminder is to come, because its moment had passed
    /// when they were moved: where to join them is told here.
    pub sessions: Vec<Session>,
    /// Where to join these, where it is one place, https.
    pub join_url: Option<String>,
    /// From when on the evaluation is taken, and its last minute, where the end of the course has moved; only for
    /// the confirmed.
    pub evaluation: Option<(Told, Told)>,
    /// Until when the seat is held; none where it is paid for.
    pub held_until: Option<Told>,
    /// Until when the price holds, where that ends before the seat is let go.
    pub price_until: Option<Told>,
}

/// A course day that has moved as a whole.
#[derive(Clone, Debug, Serialize)]
pub struct MovedDay {
    /// The day that it was.
    pub from: String,
    /// The day that it is.
    pub to: String,
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
    /// The new link to join it, where that changed and the learner has been told another one.
    pub new_link: Option<String>,
}

impl ScheduleChanged {
    /// The letter about the facts of `view`; none where there are no such changes.
    pub fn of(view: &View<'_>) -> Option<Self> {
        let gathering = view.matter.gathering()?;
        let whole = whole_days(view, &gathering.moved);
        let in_whole = |moved: &&Moved| days_of(view, moved).is_some_and(|days| whole.contains(&days));
        let mut changes: Vec<ChangedDay> = Vec::new();
        for moved in gathering.moved.iter().filter(|moved| !in_whole(moved)) {
            let Some((at, _)) = moved.new.or(moved.old) else { continue };
            let date = view.clocks.date(view.clocks.date_of(at));
            if changes.last().is_none_or(|last| last.date != date) {
                changes.push(ChangedDay { date: date.clone(), sessions: Vec::new() });
            }
            let Some(day) = changes.last_mut() else { continue };
            day.sessions.push(ChangedSession::of(moved, view));
        }
        let status = view.matter.registration.registration.status_at(view.matter.now);
        let is_confirmed = status == Status::Confirmed;
        let (held_until, price_until) = if status == Status::Started { view.hold() } else { (None, None) };
        let mut sessions = view.sessions_without_reminder();
        sessions.retain(|session| session.join_url.is_some());
        let join_url = only_join_url(&mut sessions);
        let moved_days = whole
            .iter()
            .map(|(from, to)| MovedDay { from: view.clocks.date(*from), to: view.clocks.date(*to) });
        Some(Self {
            course: view.course(),
            registration_url: view.registration_url(),
            moved_days: moved_days.collect(),
            changes,
            days: view.days(),
            sessions,
            join_url,
            evaluation: (is_confirmed && ends_anew(view, &gathering.moved)).then(|| {
                let course = &view.matter.course.course;
                let opens = view.clocks.moment(course.last_instant());
                (opens, view.clocks.until(course.evaluation_closes_at()))
            }),
            held_until,
            price_until,
        })
    }

    /// A matter to try it with.
    ///
    /// # Errors
    /// When this machine does not know the sample's time zones.
    pub fn sample() -> Result<Matter, NoSample> {
        sample::matter(Letter::ScheduleChanged)
    }
}

/// Whether the course ends at another time since.
fn ends_anew(view: &View<'_>, moved: &[Moved]) -> bool {
    let last = view.matter.course.course.last_instant();
    moved.iter().filter(|moved| moved.old != moved.new).any(|moved| {
        moved.new.is_some_and(|(_, to)| to == last) || moved.old.is_some_and(|(_, to)| to > last)
    })
}

/// The day that the session was on and the day that it is on, where it is on another one at the same times.
fn days_of(view: &View<'_>, moved: &Moved) -> Option<(LocalDate, LocalDate)> {
    let (old, new) = moved.old.zip(moved.new).filter(|_| !moved.link)?;
    let zone = &view.matter.course.course.time_zone;
    let days = (old.0.date_in(zone), new.0.date_in(zone));
    let time = |at: Instant| at.in_zone(zone).time();
    let same_times = time(old.0) == time(new.0) && time(old.1) == time(new.1);
    (days.0 != days.1 && same_times).then_some(days)
}

/// The days that have moved as a whole, in the order of time: every session of the learner's that was on the
/// one is on the other, at the same times, and no other is on that.
fn whole_days(view: &View<'_>, moved: &[Moved]) -> Vec<(LocalDate, LocalDate)> {
    let zone = &view.matter.course.course.time_zone;
    let mut days: Vec<(LocalDate, LocalDate)> = moved.iter().filter_map(|one| days_of(view, one)).collect();
    days.sort_unstable();
    days.dedup();
    let is_whole = |(from, to): &(LocalDate, LocalDate)| {
        let went = |one: &Moved| days_of(view, one) == Some((*from, *to));
        let was_there = |one: &Moved| one.old.is_some_and(|old| old.0.date_in(zone) == *from);
        let has_moved = |id: Uuid| moved.iter().find(|one| one.session_id == id);
        let stays = |facts: &SessionFacts| {
            facts.session.starts_at.date_in(zone) == *from && has_moved(facts.session.id).is_none()
        };
        let came_alone = |facts: &SessionFacts| {
            facts.session.starts_at.date_in(zone) == *to && !has_moved(facts.session.id).is_some_and(went)
        };
        moved.iter().filter(|one| was_there(one)).all(went)
            && !view.matter.taught().any(|facts| stays(facts) || came_alone(facts))
    };
    days.retain(is_whole);
    days
}

impl ChangedSession {
    fn of(moved: &Moved, view: &View<'_>) -> Self {
        let told = |span: Option<Span>| span.map(|(from, to)| view.clocks.dated_span(from, to));
        let takes_place =
            view.matter.course.sessions.iter().find(|facts| facts.session.id == moved.session_id);
        Self {
            title: line(&moved.title, NAME_LENGTH),
            old: told(moved.old.filter(|_| moved.old != moved.new)),
            new: told(moved.new),
            elsewhere: moved.new.is_none() && takes_place.is_some(),
            new_link: takes_place.filter(|_| moved.link).and_then(|facts| view.session(facts).join_url),
        }
    }
}
