//! Adding a session.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use entity::Refusal as Refused;

use super::details::SessionDetailsInput;
use super::part::{SessionFacultyInput, parts};
use super::{Session, SessionKind, written};
use crate::action::add_session::{AddSession, add_session};
use crate::app::AppState;
use crate::catalogue::draft::{Field, Mistakes, NewSession, SessionChange, at};
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::input::{Reader, named};
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::{Date, LocalTime};
use crate::viewer::Viewer;

/// A new session of a course.
#[derive(Clone, Debug, InputObject)]
pub struct AddSessionInput {
    /// The course.
    course_id: ID,
    /// The version of the course that the session was made for: `Course.version` as it was read.
    version: i32,
    /// Stable name within the course, for files: 1 to 100 small letters, digits, `-` and `_`; left out: made
    /// of the day and the title.
    key: Option<String>,
    /// Name as people read it. Plain text, up to 300 characters.
    title: String,
    /// What happens.
    kind: SessionKind,
    /// The course day that it belongs to, in the course's zone: the day on which it begins, if not `startsOn`
    /// says another.
    date: Date,
    /// Start on the clock in the course's zone. A time that the clocks jump over is refused; of one that
    /// comes twice the first is meant.
    start_time: LocalTime,
    /// End on the clock in the course's zone, after the start.
    end_time: LocalTime,
    /// Tracks of the course that it is taught in; none: it is for everyone.
    #[graphql(default)]
    track_ids: Vec<ID>,
    /// Who has a part in it, in order; each person once.
    #[graphql(default)]
    faculty: Vec<SessionFacultyInput>,
    /// What may be missing.
    #[graphql(flatten)]
    details: SessionDetailsInput,
    /// What it is about in a few words each, in order; each once; up to 300 characters each.
    #[graphql(default)]
    themes: Vec<String>,
}

payload! {
    /// What came of adding a session.
    AddSessionPayload {
        /// The new session. Null where refused.
        session: Session,
    }
}

impl AddSessionInput {
    fn read(self) -> std::result::Result<(AddSession, Mistakes), Refused> {
        let Self {
            course_id,
            version,
            key,
            title,
            kind,
            date,
            start_time,
            end_time,
            track_ids,
            faculty,
            details,
            themes,
        } = self;
        let course_id = must(Kind::Course, &course_id)?;
        let mut mistakes = Mistakes::default();
        let mut read = Reader::at(at![], &mut mistakes);
        let session = NewSession {
            key: read.some_text(Field::Key, key),
            title: read.text(Field::Title, &title),
            kind: kind.into(),
            date: date.0,
            start: start_time.0,
            end: end_time.0,
        };
        let change = SessionChange {
            tracks: Some(track_ids.iter().map(|id| named(Kind::Track, id)).collect()),
            faculty: Some(parts(faculty)),
            themes: read.texts(Field::Themes, MaybeUndefined::Value(themes)),
            ..details.read(&mut read)
        };
        Ok((AddSession { course_id, version, session, change }, mistakes))
    }
}

/// Adding a session.
#[derive(Clone, Copy, Debug, Default)]
pub struct AddSessionMutation;

#[Object]
impl AddSessionMutation {
    /// Adds a session to a course that the viewer runs. What overlaps is allowed, and told by
    /// `Course.warnings`.
    #[graphql(directive = cost::apply(of_act()))]
    async fn add_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What happens, and when.")] input: AddSessionInput,
    ) -> Result<AddSessionPayload> {
        answer(add(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn add(app: &AppState, viewer: &Viewer, input: AddSessionInput) -> error::Result<Session> {
    viewer.signed_in()?;
    written(app, add_session(app, viewer, input.read()?).await?).await
}
