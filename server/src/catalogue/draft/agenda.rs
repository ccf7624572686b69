//! Sessions of a draft: found, put where their time says, and put in order where the time says nothing.

use std::collections::HashSet;

use entity::LocalDate;

use super::mistake::Telling;
use super::path::{Path, at};
use super::text::Slug;
use super::{Day, Draft, Field, Session};

/// The longest key that is made of a title.
const KEY: usize = 80;

/// Where a session stands in the draft, and under which key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Which of the days.
    pub day: usize,
    /// Which of the day's sessions.
    pub index: usize,
    /// The session's key.
    pub key: Slug,
}

impl Place {
    /// The same as a path of the draft.
    pub fn path(&self) -> Path {
        at![Days, self.day, Sessions, self.index]
    }

    /// Where a field of the session stands; its date is that of its day.
    pub fn of(&self, field: Field) -> Path {
        if field == Field::Date { at![Days, self.day, field] } else { self.path().at(field) }
    }

    /// The words of an input whose fields are those of the session.
    pub fn telling(&self) -> Telling {
        Telling::input_of(self.path())
    }
}

/// Where the session with this key stands.
pub fn find(draft: &Draft, key: &str) -> Option<Place> {
    draft.days.iter().enumerate().find_map(|(day, row)| {
        let index = row.sessions.iter().position(|session| session.key == key)?;
        Some(Place { day, index, key: row.sessions[index].key.clone() })
    })
}

/// Adds a session to a day, after all that start with it.
pub fn put(draft: &mut Draft, date: LocalDate, session: Session) -> Place {
    let key = session.key.clone();
    let day = match draft.days.iter().position(|row| row.date == date) {
        Some(day) => day,
        None => {
            draft.days.push(Day { date, sessions: Vec::new() });
            draft.days.len() - 1
        }
    };
    let sessions = &mut draft.days[day].sessions;
    sessions.push(session);
    Place { day, index: sessions.len() - 1, key }
}

/// Takes a session out, and its day where nothing else is left of it; returns its day and the session.
pub fn take(draft: &mut Draft, key: &str) -> Option<(LocalDate, Session)> {
    let Place { day, index, key: _ } = find(draft, key)?;
    let date = draft.days[day].date;
    let session = draft.days[day].sessions.remove(index);
    if draft.days[day].sessions.is_empty() {
        draft.days.remove(day);
    }
    Some((date, session))
}

/// Writes a session in the place of the one with its key: where it was, as long as its day and its start
/// stay, and after all that start with it where they do not.
pub fn replace(draft: &mut Draft, date: LocalDate, session: Session) -> Option<Place> {
    let place = find(draft, &session.key)?;
    let stored = &mut draft.days[place.day];
    if stored.date == date && stored.sessions[place.index].order() == session.order() {
        stored.sessions[place.index] = session;
        return Some(place);
    }
    take(draft, &session.key)?;
    Some(put(draft, date, session))
}

/// Why sessions cannot be put in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disorder {
    /// The one at this place is not there, or is there twice.
    Strange(usize),
    /// They start at different times.
    Apart,
    /// Another one starts with them.
    Missing,
}

/// Puts the sessions with these keys in this order; they must be all that start at one time of one day.
///
/// # Errors
/// Why they cannot be; nothing has changed then.
pub fn reorder(draft: &mut Draft, keys: &[&str]) -> Result<(), Disorder> {
    let mut seen = HashSet::new();
    let mut places = Vec::new();
    for (at, key) in keys.iter().enumerate() {
        let place = find(draft, key).filter(|_| seen.insert(*key)).ok_or(Disorder::Strange(at))?;
        places.push(place);
    }
    let Some(first) = places.first() else { return Err(Disorder::Missing) };
    let start = draft.days[first.day].sessions[first.index].order();
    let together = |place: &Place| {
        place.day == first.day && draft.days[place.day].sessions[place.index].order() == start
    };
    if !places.iter().all(together) {
        return Err(Disorder::Apart);
    }
    let sessions = &mut draft.days[first.day].sessions;
    let slots: Vec<usize> = (0..sessions.len()).filter(|index| sessions[*index].order() == start).collect();
    if slots.len() != places.len() {
        return Err(Disorder::Missing);
    }
    let ordered: Vec<Session> = places.iter().map(|place| sessions[place.index].clone()).collect();
    for (slot, session) in slots.into_iter().zip(ordered) {
        sessions[slot] = session;
    }
    Ok(())
}

/// A key that no session of the course has, made of a day and a title:
/// `2026-05-13-the-frame-of-palliative-care`.
pub fn fresh_key(draft: &Draft, date: LocalDate, title: &str) -> Slug {
    let mut words = String::new();
    for char in title.chars() {
        if char.is_ascii_alphanumeric() {
            words.push(char.to_ascii_lowercase());
        } else if !words.is_empty() && !words.ends_with('-') {
            words.push('-');
        }
    }
    words.truncate(KEY);
    let words = match words.trim_matches('-') {
        "" => "session",
        words => words,
    };
    let key = format!("{date}-{words}");
    let free = |key: &String| find(draft, key).is_none();
    let numbered = (2..).map(|number| format!("{key}-{number}"));
    // Letters, digits and dashes: it is a slug as it is made.
    Slug::stored(std::iter::once(key.clone()).chain(numbered).find(free).unwrap_or(key))
}
