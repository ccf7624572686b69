//! Days and their sessions: what a draft says of them, and what an edit does.

use entity::{LocalDate, WallTime, session, session_faculty};

use super::agenda::{self, Place};
use super::beside::{Name, Needs};
use super::open::Open;
use super::patch::{Patch, replace};
use super::path::at;
use super::text::{Language, Prose, Slug, Title, Url};
use super::{Mistakes, Standing};

/// A day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub date: LocalDate,
    /// What happens.
    pub sessions: Vec<Session>,
}

/// One session of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Stable name within the course.
    pub key: Slug,
    /// Start.
    pub start: WallTime,
    /// The day of the start, where that is the day after the one that it stands under: it begins after
    /// midnight and belongs to the evening.
    pub starts_on: Option<LocalDate>,
    /// End.
    pub end: WallTime,
    /// The day of the end, where that is another than the day of the start.
    pub ends_on: Option<LocalDate>,
    /// What happens.
    pub kind: session::Kind,
    /// Name as people read it.
    pub title: Title,
    /// Slugs of its tracks; none: for everyone.
    pub tracks: Vec<Slug>,
    /// Who speaks, in order.
    pub faculty: Vec<Speaker>,
    /// Where the confirmed join, https.
    pub join_url: Option<Url>,
    /// Slug of its room.
    pub room: Option<Slug>,
    /// What it is about. Markdown.
    pub description: Option<Prose>,
    /// For whom it is, by what they know already.
    pub level: Option<Title>,
    /// The language in which it is held.
    pub language: Option<Language>,
    /// What it is about in a few words each, in order; nobody chooses a theme.
    pub themes: Vec<Title>,
}

impl Session {
    /// The day of the start and that of the end, for a session that stands under `date`.
    pub fn days(&self, date: LocalDate) -> (LocalDate, LocalDate) {
        let first = self.starts_on.unwrap_or(date);
        (first, self.ends_on.unwrap_or(first))
    }

    /// What orders the sessions of a day: those that begin after midnight come last.
    pub fn order(&self) -> (bool, WallTime) {
        (self.starts_on.is_some(), self.start)
    }
}

/// Somebody in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// Slug of the person.
    pub member: Slug,
    /// As what.
    pub role: session_faculty::Role,
}

/// A session that is new, as far as it cannot be without it.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Stable name within the course; none: made of the day and the title.
    pub key: Option<Slug>,
    /// Name as people read it.
    pub title: Title,
    /// What happens.
    pub kind: session::Kind,
    /// The day on which it begins.
    pub date: LocalDate,
    /// Start on the clock.
    pub start: WallTime,
    /// End on the clock.
    pub end: WallTime,
}

/// What is to be different about a session; of a new one, what it is beyond [`NewSession`].
#[derive(Clone, Debug, Default)]
pub struct SessionChange {
    /// Another title.
    pub title: Option<Title>,
    /// What happens.
    pub kind: Option<session::Kind>,
    /// The day on which it begins. A session that lasts over midnight does so as before.
    pub date: Option<LocalDate>,
    /// Start on the clock.
    pub start: Option<WallTime>,
    /// The day of the start.
    pub starts_on: Patch<LocalDate>,
    /// End on the clock.
    pub end: Option<WallTime>,
    /// The day of the end.
    pub ends_on: Patch<LocalDate>,
    /// All tracks that it is taught in.
    pub tracks: Option<Vec<Name>>,
    /// All who have a part in it.
    pub faculty: Option<Vec<(Name, session_faculty::Role)>>,
    /// Where the confirmed join.
    pub join_url: Patch<Url>,
    /// Its room.
    pub room: Patch<Slug>,
    /// What it is about. Markdown.
    pub description: Patch<Prose>,
    /// For whom it is.
    pub level: Patch<Title>,
    /// The language in which it is held.
    pub language: Patch<Language>,
    /// All its themes.
    pub themes: Option<Vec<Title>>,
}

impl NewSession {
    /// Puts the session into the course, and says where. `mistakes` are those of reading it and what more it
    /// is, seen from the session.
    pub fn put(self, open: &mut Open<'_>, change: SessionChange, mut mistakes: Mistakes) -> Place {
        let Self { key, title, kind, date, start, end } = self;
        if key.as_ref().is_some_and(|key| agenda::find(&open.draft, key).is_some()) {
            mistakes.add(at![Key], "Another session of this course has this key.");
        }
        let key = key.unwrap_or_else(|| agenda::fresh_key(&open.draft, date, &title));
        let session = Session {
            key,
            start,
            starts_on: None,
            end,
            ends_on: None,
            kind,
            title,
            tracks: Vec::new(),
            faculty: Vec::new(),
            join_url: None,
            room: None,
            description: None,
            level: None,
            language: None,
            themes: Vec::new(),
        };
        let place = agenda::put(&mut open.draft, date, session);
        change.write(open, &place, mistakes)
    }
}

impl SessionChange {
    /// What must be read for it.
    pub fn needs(&self) -> Needs {
        Needs {
            faculty: self.faculty.iter().flatten().map(|(member, _)| member.clone()).collect(),
            ..Needs::default()
        }
    }

    /// Changes the session at `place`, and says where it stands then. `mistakes` are those of reading the
    /// change, seen from the session.
    pub fn write(self, open: &mut Open<'_>, place: &Place, mistakes: Mistakes) -> Place {
        let Self {
            title,
            kind,
            date,
            start,
            starts_on,
            end,
            ends_on,
            tracks,
            faculty,
            join_url,
            room,
            description,
            level,
            language,
            themes,
        } = self;
        let stood_on = open.draft.days[place.day].date;
        let mut session = open.draft.days[place.day].sessions[place.index].clone();
        let date = date.unwrap_or(stood_on);
        replace(title, &mut session.title);
        replace(kind, &mut session.kind);
        replace(start, &mut session.start);
        replace(end, &mut session.end);
        for day in [&mut session.starts_on, &mut session.ends_on] {
            *day = day.map(|day| date.plus_days(stood_on.days_until(day)));
        }
        starts_on.put(&mut session.starts_on);
        ends_on.put(&mut session.ends_on);
        session.starts_on = session.starts_on.filter(|first| *first != date);
        let (first, _) = session.days(date);
        session.ends_on = session.ends_on.filter(|last| *last != first);
        join_url.put(&mut session.join_url);
        room.put(&mut session.room);
        description.put(&mut session.description);
        level.put(&mut session.level);
        language.put(&mut session.language);
        replace(themes, &mut session.themes);
        let place = agenda::replace(&mut open.draft, date, session).unwrap_or_else(|| place.clone());
        open.mistakes.extend(mistakes.under(&place.path()));
        let tracks = tracks.map(|names| taught_in(open, &place, &names));
        let faculty = faculty.map(|said| speakers(open, &place, said));
        let session = &mut open.draft.days[place.day].sessions[place.index];
        replace(tracks, &mut session.tracks);
        replace(faculty, &mut session.faculty);
        open.telling = place.telling();
        place
    }
}

/// The slugs of tracks of the course; `session` is where the session stands.
fn taught_in(open: &mut Open<'_>, session: &Place, names: &[Name]) -> Vec<Slug> {
    let mut slugs = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let found = open
            .track(name)
            .and_then(|slug| open.draft.tracks.iter().find(|row| row.slug == slug))
            .map(|row| row.slug.clone());
        let path = session.path().then(&at![SessionTracks, index]);
        slugs.push(open.there(found, "track in this course", path).unwrap_or_default());
    }
    slugs
}

/// The people of a session; whom the course does not know yet becomes a guest of it.
fn speakers(open: &mut Open<'_>, session: &Place, said: Vec<(Name, session_faculty::Role)>) -> Vec<Speaker> {
    let mut speakers = Vec::new();
    for (index, (name, role)) in said.into_iter().enumerate() {
        let path = session.path().then(&at![Faculty, index, Member]);
        let found = open.faculty_member(&name, Standing::Guest, path).unwrap_or_default();
        speakers.push(Speaker { member: found.slug.clone(), role });
        if !open.draft.faculty.iter().any(|row| row.slug == found.slug) {
            open.draft.faculty.push(found);
        }
    }
    speakers
}
