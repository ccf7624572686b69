//! What staff say of a session, written into a draft of its course.

use async_graphql::{ID, InputObject, MaybeUndefined};
use entity::Refusal;
use uuid::Uuid;

use crate::catalogue::CoursePage;
use crate::catalogue::draft::agenda::{Place, find, fresh_key, put, replace};
use crate::catalogue::draft::text::Slug;
use crate::catalogue::draft::{Field, Mistakes, Needs, Open, Session, Speaker, Standing, at};
use crate::graphql::global_id::Kind;
use crate::graphql::input::{Reader, named};
use crate::graphql::scalar::{Date, LocalTime, Url};
use crate::graphql::session::{SessionFacultyRole, SessionKind};

/// A new session of a course.
#[derive(Clone, Debug, InputObject)]
pub struct AddSessionInput {
    /// The course.
    pub course_id: ID,
    /// The version of the course that the session was made for: `Course.version` as it was read.
    pub version: i32,
    /// Stable name within the course, for files: 1 to 100 small letters, digits, `-` and `_`; left out: made of the day and the title.
    key: Option<String>,
    /// Name as people read it. Plain text, up to 300 characters.
    title: String,
    /// What happens.
    kind: SessionKind,
    /// The day on which it begins: one of the course's days, in the course's zone.
    date: Date,
    /// Start on the clock in the course's zone. A time that the clocks jump over is refused; of one that comes twice the first is meant.
    start_time: LocalTime,
    /// End on the clock in the course's zone, after the start.
    end_time: LocalTime,
    /// The day of the end, for a session that goes over midnight: the day after `date`.
    ends_on: Option<Date>,
    /// Tracks of the course that it is taught in; none: it is for everyone.
    #[graphql(default)]
    track_ids: Vec<ID>,
    /// Who has a part in it, in order; each person once.
    #[graphql(default)]
    faculty: Vec<SessionFacultyInput>,
    /// Where the confirmed join: an address that begins with `https://`.
    join_url: Option<Url>,
}

/// Changes to a session. What is left out stays as it is; null takes away what may be missing; a list replaces the whole list.
#[derive(Clone, Debug, InputObject)]
pub struct UpdateSessionInput {
    /// The session.
    pub session_id: ID,
    /// The version of the course that the change was made for: `Course.version` as it was read.
    pub version: i32,
    /// Name as people read it. Plain text, up to 300 characters.
    title: Option<String>,
    /// What happens.
    kind: Option<SessionKind>,
    /// The day on which it begins: one of the course's days. The times on the clock stay, and the session lasts over midnight as before.
    date: Option<Date>,
    /// Start on the clock in the course's zone. The end does not move with it.
    start_time: Option<LocalTime>,
    /// End on the clock in the course's zone, after the start.
    end_time: Option<LocalTime>,
    /// The day of the end, for a session that goes over midnight; null: the day of the start.
    ends_on: MaybeUndefined<Date>,
    /// Tracks of the course that it is taught in; null or none: it is for everyone.
    track_ids: MaybeUndefined<Vec<ID>>,
    /// Who has a part in it, in order; each person once.
    faculty: MaybeUndefined<Vec<SessionFacultyInput>>,
    /// Where the confirmed join: an address that begins with `https://`; null: nowhere yet.
    join_url: MaybeUndefined<Url>,
}

/// Somebody's part in a session.
#[derive(Clone, Debug, InputObject)]
pub struct SessionFacultyInput {
    /// The person: an id, or a slug. Somebody whom the course does not list becomes a guest.
    member_id: ID,
    /// The part; left out: speaks.
    role: Option<SessionFacultyRole>,
}

fn needs<'a>(faculty: impl Iterator<Item = &'a SessionFacultyInput>) -> Needs {
    Needs { faculty: faculty.map(|row| named(Kind::FacultyMember, &row.member_id)).collect(), ..Needs::default() }
}

/// The slugs of tracks of the course; `session` is where the session stands.
fn tracks(open: &mut Open<'_>, session: &Place, ids: &[ID]) -> Vec<Slug> {
    let mut slugs = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        let name = named(Kind::Track, id);
        let known = open.page().map(|page| page.tracks.as_slice()).unwrap_or_default();
        let found = known.iter().find(|row| name.is(row.id, &row.slug)).map(|row| row.slug.clone());
        let found = found.and_then(|slug| open.draft.tracks.iter().find(|row| row.slug == slug)).map(|row| row.slug.clone());
        let path = session.path().then(&at![SessionTracks, index]);
        slugs.push(open.there(found, "track in this course", path).unwrap_or_default());
    }
    slugs
}

/// The people of a session; whom the course does not know yet becomes a guest of it.
fn speakers(open: &mut Open<'_>, session: &Place, faculty: Vec<SessionFacultyInput>) -> Vec<Speaker> {
    let mut speakers = Vec::new();
    for (index, SessionFacultyInput { member_id, role }) in faculty.into_iter().enumerate() {
        let path = session.path().then(&at![Faculty, index, Member]);
        let found = open.faculty_member(&named(Kind::FacultyMember, &member_id), Standing::Guest, path).unwrap_or_default();
        speakers.push(Speaker { member: found.slug.clone(), role: role.unwrap_or(SessionFacultyRole::Speaker).into() });
        if !open.draft.faculty.iter().any(|row| row.slug == found.slug) {
            open.draft.faculty.push(found);
        }
    }
    speakers
}

impl AddSessionInput {
    /// What must be read for it.
    pub fn needs(&self) -> Needs {
        needs(self.faculty.iter())
    }

    /// Puts the session into the course.
    pub fn write(self, open: &mut Open<'_>) -> Place {
        let Self { course_id: _, version: _, key, title, kind, date, start_time, end_time, ends_on, track_ids, faculty, join_url } = self;
        let mut own = Mistakes::default();
        let mut read = Reader::at(at![], &mut own);
        let said = read.some_text(Field::Key, key);
        if said.as_ref().is_some_and(|key: &Slug| find(&open.draft, key).is_some()) {
            read.wrong(Field::Key, "Another session of this course has this key.");
        }
        let session = Session {
            title: read.text(Field::Title, &title),
            key: said.unwrap_or_else(|| fresh_key(&open.draft, date.0, &title)),
            start: start_time.0,
            end: end_time.0,
            ends_on: ends_on.map(|day| day.0).filter(|day| *day != date.0),
            kind: kind.into(),
            tracks: Vec::new(),
            faculty: Vec::new(),
            join_url: read.some_text(Field::JoinUrl, join_url.map(|url| url.0)),
        };
        let place = put(&mut open.draft, date.0, session);
        open.mistakes.extend(own.under(&place.path()));
        let (tracks, faculty) = (tracks(open, &place, &track_ids), speakers(open, &place, faculty));
        let session = &mut open.draft.days[place.day].sessions[place.index];
        (session.tracks, session.faculty) = (tracks, faculty);
        open.telling = place.telling();
        place
    }
}

impl UpdateSessionInput {
    /// What must be read for it.
    pub fn needs(&self) -> Needs {
        match &self.faculty {
            MaybeUndefined::Undefined | MaybeUndefined::Null => Needs::default(),
            MaybeUndefined::Value(faculty) => needs(faculty.iter()),
        }
    }

    /// Changes the session `id` of the course.
    ///
    /// # Errors
    /// Refuses where the course has no such session.
    pub fn write(self, open: &mut Open<'_>, id: Uuid) -> Result<Place, Refusal> {
        let Self { session_id: _, version: _, title, kind, date, start_time, end_time, ends_on, track_ids, faculty, join_url } = self;
        let no_such = || Refusal::not_found("session");
        let place = find(&open.draft, key_of(open.page()?, id)?).ok_or_else(no_such)?;
        let stood_on = open.draft.days[place.day].date;
        let mut session = open.draft.days[place.day].sessions[place.index].clone();
        let mut own = Mistakes::default();
        let mut read = Reader::at(at![], &mut own);
        let date = date.map_or(stood_on, |day| day.0);
        session.title = read.some_text(Field::Title, title).unwrap_or(session.title);
        session.kind = kind.map_or(session.kind, Into::into);
        session.start = start_time.map_or(session.start, |time| time.0);
        session.end = end_time.map_or(session.end, |time| time.0);
        session.ends_on = match ends_on {
            MaybeUndefined::Undefined => session.ends_on.map(|last| date.plus_days(stood_on.days_until(last))),
            MaybeUndefined::Null => None,
            MaybeUndefined::Value(last) => Some(last.0),
        };
        session.ends_on = session.ends_on.filter(|last| *last != date);
        read.patch_text(Field::JoinUrl, join_url.map_value(|url| url.0)).put(&mut session.join_url);
        let place = replace(&mut open.draft, date, session).ok_or_else(no_such)?;
        open.mistakes.extend(own.under(&place.path()));
        let tracks = match track_ids {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(Vec::new()),
            MaybeUndefined::Value(ids) => Some(tracks(open, &place, &ids)),
        };
        let faculty = match faculty {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(Vec::new()),
            MaybeUndefined::Value(faculty) => Some(speakers(open, &place, faculty)),
        };
        let session = &mut open.draft.days[place.day].sessions[place.index];
        session.tracks = tracks.unwrap_or_else(|| std::mem::take(&mut session.tracks));
        session.faculty = faculty.unwrap_or_else(|| std::mem::take(&mut session.faculty));
        open.telling = place.telling();
        Ok(place)
    }
}

/// The key under which a session of the course stands in its draft.
///
/// # Errors
/// Refuses where the course has no such session.
pub fn key_of(page: &CoursePage, id: Uuid) -> Result<&str, Refusal> {
    let row = page.sessions.iter().find(|row| row.session.id == id);
    row.map(|row| row.session.slug.as_str()).ok_or_else(|| Refusal::not_found("session"))
}
