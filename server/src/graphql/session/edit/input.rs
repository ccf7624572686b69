//! What staff say of a session, put into the course as a file value.

use async_graphql::{ID, InputObject, MaybeUndefined};
use entity::Refusal;
use uuid::Uuid;

use crate::course_file::agenda::{Place, find, fresh_key, put, replace};
use crate::course_file::format::{self, CourseFile, Speaker, Standing};
use crate::course_file::{Name, Needs, Stored};
use crate::graphql::course::edit::at::none_such;
use crate::graphql::course::edit::describe::{named, set};
use crate::graphql::global_id::Kind;
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

/// The slugs of tracks of the course.
fn tracks(stored: &Stored<'_>, ids: &[ID]) -> Result<Vec<String>, Refusal> {
    let known = stored.page.map(|page| page.tracks.as_slice()).unwrap_or_default();
    let slug = |(index, id): (usize, &ID)| {
        let track = match named(Kind::Track, id) {
            Name::Id(id) => known.iter().find(|row| row.id == id),
            Name::Slug(slug) => known.iter().find(|row| row.slug == slug),
        };
        track.map(|row| row.slug.clone()).ok_or_else(|| none_such("track in this course", &["trackIds", &index.to_string()]))
    };
    ids.iter().enumerate().map(slug).collect()
}

/// The people of a session; whom the course does not know yet becomes a guest of it.
fn speakers(stored: &Stored<'_>, file: &mut CourseFile, faculty: Vec<SessionFacultyInput>) -> Result<Vec<Speaker>, Refusal> {
    let mut speakers = Vec::new();
    for (index, SessionFacultyInput { member_id, role }) in faculty.into_iter().enumerate() {
        let found = stored.faculty_member(&named(Kind::FacultyMember, &member_id), Standing::Guest);
        let found = found.ok_or_else(|| none_such("faculty member", &["faculty", &index.to_string(), "memberId"]))?;
        speakers.push(Speaker { member: found.slug.clone(), role: role.unwrap_or(SessionFacultyRole::Speaker).into() });
        if !file.faculty.iter().any(|row| row.slug == found.slug) {
            file.faculty.push(found);
        }
    }
    Ok(speakers)
}

impl AddSessionInput {
    /// What must be read for it.
    pub fn needs(&self) -> Needs {
        needs(self.faculty.iter())
    }

    /// Puts the session into the course.
    pub fn write(self, stored: &Stored<'_>, file: &mut CourseFile) -> Result<Place, Refusal> {
        let Self { course_id: _, version: _, key, title, kind, date, start_time, end_time, ends_on, track_ids, faculty, join_url } = self;
        if key.as_ref().is_some_and(|key| find(file, key).is_some()) {
            return Err(Refusal::invalid("Another session of this course has this key.", &["key"]));
        }
        let session = format::Session {
            key: key.unwrap_or_else(|| fresh_key(file, date.0, &title)),
            start: start_time.0,
            end: end_time.0,
            ends_on: ends_on.map(|day| day.0).filter(|day| *day != date.0),
            kind: kind.into(),
            title,
            tracks: tracks(stored, &track_ids)?,
            faculty: speakers(stored, file, faculty)?,
            join_url: join_url.map(|url| url.0),
        };
        Ok(put(file, date.0, session))
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
    pub fn write(self, stored: &Stored<'_>, file: &mut CourseFile, id: Uuid) -> Result<Place, Refusal> {
        let Self { session_id: _, version: _, title, kind, date, start_time, end_time, ends_on, track_ids, faculty, join_url } = self;
        let place = find(file, key_of(stored, id)?).ok_or_else(|| Refusal::not_found("session"))?;
        let stood_on = file.days[place.day].date;
        let mut session = file.days[place.day].sessions[place.index].clone();
        let date = date.map_or(stood_on, |day| day.0);
        session.title = title.unwrap_or(session.title);
        session.kind = kind.map_or(session.kind, Into::into);
        session.start = start_time.map_or(session.start, |time| time.0);
        session.end = end_time.map_or(session.end, |time| time.0);
        session.ends_on = match ends_on {
            MaybeUndefined::Undefined => session.ends_on.map(|last| date.plus_days(stood_on.days_until(last))),
            MaybeUndefined::Null => None,
            MaybeUndefined::Value(last) => Some(last.0),
        };
        session.ends_on = session.ends_on.filter(|last| *last != date);
        match track_ids {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => session.tracks.clear(),
            MaybeUndefined::Value(ids) => session.tracks = tracks(stored, &ids)?,
        }
        match faculty {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => session.faculty.clear(),
            MaybeUndefined::Value(faculty) => session.faculty = speakers(stored, file, faculty)?,
        }
        set(&mut session.join_url, join_url, |url| url.0);
        replace(file, date, session).ok_or_else(|| Refusal::not_found("session"))
    }
}

/// The key under which a session of the course stands in its file.
pub fn key_of<'a>(stored: &Stored<'a>, id: Uuid) -> Result<&'a str, Refusal> {
    let page = stored.page.ok_or_else(|| Refusal::not_found("session"))?;
    let row = page.sessions.iter().find(|row| row.session.id == id);
    row.map(|row| row.session.slug.as_str()).ok_or_else(|| Refusal::not_found("session"))
}

/// The path in the input of the session at `place` that belongs to a path in a course file.
pub fn input_path(path: Vec<String>, place: &Place) -> Vec<String> {
    let (day, index) = (place.day.to_string(), place.index.to_string());
    let words: Vec<&str> = path.iter().map(String::as_str).collect();
    let told = match words.as_slice() {
        ["days", at, "date"] if *at == day => vec!["date"],
        ["days", at, "sessions", which, field, rest @ ..] if *at == day && *which == index => {
            let field = match *field {
                "start" => "startTime",
                "end" => "endTime",
                "ends_on" => "endsOn",
                "tracks" => "trackIds",
                "join_url" => "joinUrl",
                other => other,
            };
            let rest = rest.iter().map(|part| if *part == "member" { "memberId" } else { part });
            std::iter::once(field).chain(rest).collect()
        }
        _ => return path,
    };
    told.into_iter().map(str::to_owned).collect()
}
