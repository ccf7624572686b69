//! Changing a session, or moving it.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use entity::Refusal as Refused;

use super::details::SessionDetailsInput;
use super::part::{SessionFacultyInput, parts};
use super::{Session, SessionKind, written};
use crate::action::update_session::{UpdateSession, update_session};
use crate::app::AppState;
use crate::catalogue::draft::{Field, Mistakes, SessionChange, at};
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::input::{Reader, named, said};
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::{Date, LocalTime};
use crate::viewer::Viewer;

/// Changes to a session. What is left out stays as it is; null takes away what may be missing; a list
/// replaces the whole list.
#[derive(Clone, Debug, InputObject)]
pub struct UpdateSessionInput {
    /// The session.
    session_id: ID,
    /// The version of the course that the change was made for: `Course.version` as it was read.
    version: i32,
    /// Name as people read it. Plain text, up to 300 characters.
    title: Option<String>,
    /// What happens.
    kind: Option<SessionKind>,
    /// The course day that it belongs to. The times on the clock stay, and the session begins or ends after
    /// midnight as before.
    date: Option<Date>,
    /// Start on the clock in the course's zone. The end does not move with it.
    start_time: Option<LocalTime>,
    /// End on the clock in the course's zone, after the start.
    end_time: Option<LocalTime>,
    /// Tracks of the course that it is taught in; null or none: it is for everyone.
    track_ids: MaybeUndefined<Vec<ID>>,
    /// Who has a part in it, in order; each person once.
    faculty: MaybeUndefined<Vec<SessionFacultyInput>>,
    /// What may be missing.
    #[graphql(flatten)]
    details: SessionDetailsInput,
    /// What it is about in a few words each, in order; each once; up to 300 characters each.
    themes: MaybeUndefined<Vec<String>>,
    /// Whether a session of a published course that is still to come may move to where it would have begun.
    /// Left out, that is refused.
    #[graphql(default)]
    into_the_past: bool,
}

payload! {
    /// What came of changing a session.
    UpdateSessionPayload {
        /// The session as it stands now. Null where refused.
        session: Session,
    }
}

impl UpdateSessionInput {
    fn read(self) -> std::result::Result<(UpdateSession, Mistakes), Refused> {
        let Self {
            session_id,
            version,
            title,
            kind,
            date,
            start_time,
            end_time,
            track_ids,
            faculty,
            details,
            themes,
            into_the_past,
        } = self;
        let session_id = must(Kind::Session, &session_id)?;
        let mut mistakes = Mistakes::default();
        let mut read = Reader::at(at![], &mut mistakes);
        let change = SessionChange {
            title: read.some_text(Field::Title, title),
            kind: kind.map(Into::into),
            date: date.map(|day| day.0),
            start: start_time.map(|time| time.0),
            end: end_time.map(|time| time.0),
            tracks: said(track_ids).map(|ids| ids.iter().map(|id| named(Kind::Track, id)).collect()),
            faculty: said(faculty).map(parts),
            themes: read.texts(Field::Themes, themes),
            ..details.read(&mut read)
        };
        Ok((UpdateSession { session_id, version, change, into_the_past }, mistakes))
    }
}

/// Changing a session, or moving it.
#[derive(Clone, Copy, Debug, Default)]
pub struct UpdateSessionMutation;

#[Object]
impl UpdateSessionMutation {
    /// Changes a session of a course that the viewer runs, or moves it: what the input leaves out stays.
    #[graphql(directive = cost::apply(of_act()))]
    async fn update_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session, and what is to be different.")] input: UpdateSessionInput,
    ) -> Result<UpdateSessionPayload> {
        answer(update(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn update(app: &AppState, viewer: &Viewer, input: UpdateSessionInput) -> error::Result<Session> {
    viewer.signed_in()?;
    written(app, update_session(app, viewer, input.read()?).await?).await
}
