//! A session as the API shows it.

use std::sync::Arc;

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use entity::{Instant, LocalDate, WallTime};
use uuid::Uuid;

use crate::catalogue::{CoursePage, SessionRow};
use crate::graphql::course::{Confirmed, Course};
use crate::graphql::directive::list_size;
use crate::graphql::faculty::FacultyMember;
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::global_id::{Kind, global};
use crate::graphql::list::Items;
use crate::graphql::room::Room;
use crate::graphql::scalar::{Date, DateTime, LocalTime, Markdown, Url};
use crate::graphql::track::Track;
use crate::viewer::Viewer;

/// What happens in a session. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::session::Kind")]
pub enum SessionKind {
    /// Somebody teaches.
    Talk,
    /// Learners practise.
    Practice,
    /// Learners meet in small groups.
    SmallGroup,
    /// Everybody together.
    Plenary,
    /// A pause; nothing is taught.
    Break,
    /// A meal; nothing is taught.
    Meal,
    /// Time to move from one thing to another; nothing is taught.
    Transition,
}

/// The part that a person has in a session. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::session_faculty::Role")]
pub enum SessionFacultyRole {
    /// Speaks.
    Speaker,
    /// Moderates.
    Moderator,
    /// Leads a group.
    Facilitator,
    /// Sits on a panel.
    Panelist,
}

/// Somebody's part in a session.
#[derive(Clone, Debug, SimpleObject)]
pub struct SessionFaculty {
    /// The part.
    role: SessionFacultyRole,
    /// The person.
    member: FacultyMember,
}

/// A session: a row of a course's agenda.
#[derive(Clone, Debug)]
pub struct Session {
    page: Arc<CoursePage>,
    /// Its place among the page's sessions; a page never changes.
    index: usize,
}

impl Session {
    /// All sessions of a course, in the order of the agenda.
    pub fn all(page: &Arc<CoursePage>) -> impl Iterator<Item = Self> + '_ {
        (0..page.sessions.len()).map(|index| Self { page: Arc::clone(page), index })
    }

    /// The session of this id, where the course has it.
    pub fn find(page: &Arc<CoursePage>, id: Uuid) -> Option<Self> {
        page.sessions
            .iter()
            .position(|row| row.session.id == id)
            .map(|index| Self { page: Arc::clone(page), index })
    }

    /// Whether a learner in this track takes part, where the course has such a track.
    pub fn concerns_track(&self, track: Uuid) -> bool {
        self.page.tracks.iter().any(|known| known.id == track) && self.concerns(Some(track))
    }

    /// Whether a learner in the track `chosen` takes part; one who has chosen none takes part in everything.
    pub fn concerns(&self, chosen: Option<Uuid>) -> bool {
        self.row().concerns(chosen)
    }

    /// The stored session with its tracks and speakers.
    pub fn row(&self) -> &SessionRow {
        &self.page.sessions[self.index]
    }

    /// The course day that it belongs to, in the course's zone.
    pub fn local_date(&self) -> LocalDate {
        self.page.date_of(&self.row().session)
    }

    /// The day on which it begins, in the course's zone.
    pub fn begins_on(&self) -> LocalDate {
        self.row().session.starts_at.date_in(&self.page.course.time_zone)
    }

    fn local_time(&self, at: Instant) -> LocalTime {
        LocalTime(WallTime::from(at.in_zone(&self.page.course.time_zone).time()))
    }
}

/// A session: a row of a course's agenda.
#[Object]
impl Session {
    /// Opaque id, unique across types.
    pub async fn id(&self) -> ID {
        global(Kind::Session, self.row().session.id)
    }

    /// The course.
    async fn course(&self) -> Course {
        Course::new(Arc::clone(&self.page))
    }

    /// Stable name within the course.
    async fn slug(&self) -> &str {
        &self.row().session.slug
    }

    /// Name as people read it. Plain text.
    async fn title(&self) -> &str {
        &self.row().session.title
    }

    /// What happens.
    async fn kind(&self) -> SessionKind {
        self.row().session.kind.into()
    }

    /// Start, in UTC.
    async fn starts_at(&self) -> DateTime {
        DateTime(self.row().session.starts_at)
    }

    /// First moment after it, in UTC.
    async fn ends_at(&self) -> DateTime {
        DateTime(self.row().session.ends_at)
    }

    /// The course day that it belongs to, in the course's zone: the day on which it begins, but for what
    /// begins after midnight and belongs to the evening before (`startsOn`).
    async fn date(&self) -> Date {
        Date(self.local_date())
    }

    /// The day on which it begins, in the course's zone.
    async fn starts_on(&self) -> Date {
        Date(self.begins_on())
    }

    /// The day on which it ends, in the course's zone.
    async fn ends_on(&self) -> Date {
        Date(self.row().session.ends_at.date_in(&self.page.course.time_zone))
    }

    /// Start on the clock in the course's zone.
    async fn start_time(&self) -> LocalTime {
        self.local_time(self.row().session.starts_at)
    }

    /// End on the clock in the course's zone.
    async fn end_time(&self) -> LocalTime {
        self.local_time(self.row().session.ends_at)
    }

    /// Tracks that it is taught in, in the course's order; empty: it is for everyone.
    #[graphql(directive = list_size::apply(2))]
    async fn tracks(&self) -> Vec<Track> {
        self.row().tracks.iter().cloned().map(Track).collect()
    }

    /// Who has a part in it, in the order of the agenda.
    #[graphql(directive = list_size::apply(3))]
    async fn faculty(&self) -> Items<SessionFaculty> {
        let part = |(role, member): &(entity::session_faculty::Role, Arc<entity::faculty_member::Model>)| {
            SessionFaculty { role: (*role).into(), member: FacultyMember(Arc::clone(member)) }
        };
        Items(self.row().faculty.iter().map(part).collect())
    }

    /// The room in which it is held; null where nothing is said.
    async fn room(&self) -> Option<Room> {
        self.page.room_of(&self.row().session).map(Into::into)
    }

    /// What it is about; null where nothing is said.
    async fn description(&self) -> Option<Markdown> {
        self.row().session.description.clone().map(Markdown)
    }

    /// For whom it is, by what they know already, such as `Introductory`; null where nothing is said. Plain
    /// text.
    async fn level(&self) -> Option<&str> {
        self.row().session.level.as_deref()
    }

    /// The language in which it is held, as BCP 47 names it, such as `fr`; null where nothing is said.
    async fn language(&self) -> Option<&str> {
        self.row().session.language.as_deref()
    }

    /// What it is about in a few words each, in order; empty where nothing is said. Nobody chooses a theme,
    /// as they do a track. Plain text.
    #[graphql(directive = list_size::apply(3))]
    async fn themes(&self) -> Vec<&String> {
        self.row().session.themes.iter().flat_map(|themes| &themes.0).collect()
    }

    /// Where to join, https. Null for all but those confirmed for the course and the staff who run it.
    async fn join_url(&self, ctx: &Context<'_>) -> Nullable<Url> {
        nullable(async {
            let Some(url) = self.row().session.join_url.as_ref().filter(|url| url.starts_with("https://"))
            else {
                return Ok(None);
            };
            let viewer = ctx.data::<Viewer>()?;
            let may = viewer.runs_course(&self.page)
                || (viewer.learner.is_some()
                    && ctx.data::<DataLoader<Confirmed>>()?.load_one(self.page.course.id).await?.is_some());
            Ok(may.then(|| Url(url.clone())))
        })
        .await
    }
}
