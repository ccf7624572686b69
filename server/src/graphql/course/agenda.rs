//! The part of a course that says who teaches what, when.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use entity::course_faculty::Role;

use crate::catalogue::CoursePage;
use crate::graphql::directive::list_size;
use crate::graphql::faculty::FacultyMember;
use crate::graphql::keyset::{Key, Page, Shape, Wanted};
use crate::graphql::list::Items;
use crate::graphql::room::Room;
use crate::graphql::scalar::Date;
use crate::graphql::session::{Session, SessionFilter};
use crate::graphql::track::Track;

/// Days, sessions, tracks and people of a course.
#[derive(Clone, Debug)]
pub struct Agenda(pub(super) Arc<CoursePage>);

/// A day of a course.
#[derive(Clone, Debug, SimpleObject)]
pub struct CourseDay {
    /// The day, in the course's zone.
    date: Date,
    /// What happens on it, in the order of the agenda; the last of it may be after midnight.
    #[graphql(directive = list_size::apply(15))]
    sessions: Items<Session>,
}

impl CourseDay {
    /// The days that these sessions belong to, which are in the order of the agenda.
    pub fn of(sessions: impl Iterator<Item = Session>) -> Items<Self> {
        let mut days: Vec<Self> = Vec::new();
        for session in sessions {
            let date = session.local_date();
            match days.last_mut().filter(|day| day.date.0 == date) {
                Some(day) => day.sessions.0.push(session),
                None => days.push(Self { date: Date(date), sessions: Items(vec![session]) }),
            }
        }
        Items(days)
    }
}

#[Object]
impl Agenda {
    /// The days that sessions belong to, in order.
    #[graphql(directive = list_size::apply(4))]
    async fn days(&self) -> Items<CourseDay> {
        CourseDay::of(Session::all(&self.0))
    }

    /// The sessions of the course, in the order of the agenda.
    async fn sessions(
        &self,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which sessions; all where nothing is said.")] filter: Option<SessionFilter>,
    ) -> async_graphql::Result<Page<Session>> {
        let wanted = Wanted::read(first, after, last, before)?
            .shaped("course.sessions", &[Shape::At, Shape::Place, Shape::Id])?;
        let filter = filter.unwrap_or_default();
        let sessions: Vec<Session> = Session::all(&self.0).filter(|session| filter.takes(session)).collect();
        let total = u64::try_from(sessions.len()).ok();
        let key = |session: &Session| {
            let row = &session.row().session;
            vec![Key::At(row.starts_at), Key::Place(row.position.into()), Key::Id(row.id)]
        };
        Ok(wanted.pick(sessions.into_iter(), key).connection(total, |session| (key(&session), session)))
    }

    /// Parallel tracks, in order; empty where everybody takes part in the same.
    #[graphql(directive = list_size::apply(4))]
    async fn tracks(&self) -> Vec<Track> {
        self.0.tracks.iter().cloned().map(Track).collect()
    }

    /// Rooms in which sessions are held, in order; empty where nothing is said.
    #[graphql(directive = list_size::apply(5))]
    async fn rooms(&self) -> Vec<Room> {
        self.0.rooms.iter().map(Into::into).collect()
    }

    /// Who directs the course, in order.
    #[graphql(directive = list_size::apply(4))]
    async fn directors(&self) -> Items<FacultyMember> {
        let directs = |role: Role| match role {
            Role::Director => true,
            Role::Faculty => false,
        };
        let directors = self.0.faculty.iter().filter(|row| directs(row.role));
        Items(directors.map(|row| FacultyMember(Arc::clone(&row.member))).collect())
    }

    /// Everyone listed for the course, directors among them, in the course's order.
    async fn faculty(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<Page<FacultyMember>> {
        let wanted =
            Wanted::read(first, after, last, before)?.shaped("course.faculty", &[Shape::Place, Shape::Id])?;
        let total = ctx
            .look_ahead()
            .field("totalCount")
            .exists()
            .then(|| u64::try_from(self.0.faculty.len()).ok())
            .flatten();
        let members = wanted.slice(self.0.faculty.iter(), |row| row.member.id);
        Ok(members.connection_of(total, |row| FacultyMember(Arc::clone(&row.member))))
    }
}
