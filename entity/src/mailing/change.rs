//! Changes to a course's agenda, gathered into letters: what changes within ten minutes of the first change
//! is told in one letter, old and new side by side, and what is as before in the end is not told at all.

use uuid::Uuid;

use super::CourseFacts;
use crate::{Instant, registration, schedule_change};

/// How long changes are gathered before they are told, in minutes.
pub const GATHERING_MINUTES: i64 = 10;

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
    /// What became of the sessions, in the order of their time; never none.
    pub moved: Vec<Moved>,
}

/// When the changes of the course are told, whomever they concern.
pub fn moments(facts: &CourseFacts) -> Vec<Instant> {
    starts(&facts.changes).into_iter().map(due).collect()
}

/// The changes that the person of this registration is to be told: those made since the confirmation, which
/// said how things stood, to sessions in which the person takes part.
pub fn of_person(facts: &CourseFacts, person: &registration::Model) -> Vec<Gathering> {
    let Some(confirmed_at) = person.confirmed_at else { return Vec::new() };
    let starts = starts(&facts.changes);
    let mut gatherings = Vec::new();
    for (place, since) in starts.iter().enumerate() {
        let next = starts.get(place + 1);
        let told = |change: &&schedule_change::Model| {
            change.at >= *since
                && next.is_none_or(|next| change.at < *next)
                && change.at >= confirmed_at
                && change.concerns(person.track_id)
        };
        let moved = net(facts.changes.iter().filter(told));
        if !moved.is_empty() {
            gatherings.push(Gathering { since: *since, due_at: due(*since), moved });
        }
    }
    gatherings
}

/// The first change of each gathering.
fn starts(changes: &[schedule_change::Model]) -> Vec<Instant> {
    let mut starts: Vec<Instant> = Vec::new();
    for change in changes {
        if starts.last().is_none_or(|last| change.at >= due(*last)) {
            starts.push(change.at);
        }
    }
    starts
}

fn due(since: Instant) -> Instant {
    since.plus_minutes(GATHERING_MINUTES)
}

/// What is left of `changes`, oldest first, in the end.
fn net<'a>(changes: impl Iterator<Item = &'a schedule_change::Model>) -> Vec<Moved> {
    let mut moved: Vec<Moved> = Vec::new();
    for change in changes {
        let new = change.new_starts_at.zip(change.new_ends_at);
        match moved.iter_mut().find(|known| known.session_id == change.session_id) {
            Some(known) => {
                known.title.clone_from(&change.title);
                known.new = new;
            }
            None => moved.push(Moved {
                session_id: change.session_id,
                title: change.title.clone(),
                old: change.old_starts_at.zip(change.old_ends_at),
                new,
            }),
        }
    }
    moved.retain(|moved| moved.old != moved.new);
    moved.sort_by_key(|moved| (moved.new.or(moved.old), moved.session_id));
    moved
}
