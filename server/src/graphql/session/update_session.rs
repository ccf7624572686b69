//! Changing a session, or moving it.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use entity::Refusal as Refused;

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
use crate::graphql::scalar::{Date, LocalTime, Markdown, Url};
use crate::viewer::Viewer;

/// Changes to a session. What is left out stays as it is; null takes away what may be missing; a list replaces the whole list.
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
    /// The course day that it belongs to. The times on the clock stay, and the session begins or ends after midnight as before.
    date: Option<Date>,
    /// Start on the clock in the course's zone. The end does not move with it.
    start_time: Option<LocalTime>,
    /// The day of the start, for a session that begins after midnight and belongs to the evening before; null: the course day itself.
    starts_on: MaybeUndefined<Date>,
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
    /// Its room: the slug of one of `Course.rooms`; null: none.
    room: MaybeUndefined<String>,
    /// What it is about; up to 20,000 characters.
    description: MaybeUndefined<Markdown>,
    /// For whom it is, by what they know already, such as `Introductory`; up to 300 characters.
    level: MaybeUndefined<String>,
    /// The language in which it is held: a code of BCP 47, such as `fr`.
    language: MaybeUndefined<String>,
    /// What it is about in a few words each, in order; each once; up to 300 characters each.
    themes: MaybeUndefined<Vec<String>>,
    /// Whether a session of a published course that is still to come may move to where it would have begun. Left out, that is refused.
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
            starts_on,
            end_time,
            ends_on,
            track_ids,
            faculty,
            join_url,
            room,
            description,
            level,
            language,
            themes,
            into_the_past,
        } = self;
        let session_id = must(Kind::Session, &session_id, "session")?;
        let mut mistakes = Mistakes::default();
        let mut read = Reader::at(at![], &mut mistakes);
        let change = SessionChange {
            title: read.some_text(Field::Title, title),
            kind: kind.map(Into::into),
            date: date.map(|day| day.0),
            start: start_time.map(|time| time.0),
            end: end_time.map(|time| time.0),
            starts_on: read.patch(Field::StartsOn, starts_on, |day| Ok(day.0)),
            ends_on: read.patch(Field::EndsOn, ends_on, |day| Ok(day.0)),
            tracks: said(track_ids).map(|ids| ids.iter().map(|id| named(Kind::Track, id)).collect()),
            faculty: said(faculty).map(parts),
            join_url: read.patch_text(Field::JoinUrl, join_url.map_value(|url| url.0)),
            room: read.patch_text(Field::Room, room),
            description: read.patch_text(Field::Description, description.map_value(|text| text.0)),
            level: read.patch_text(Field::Level, level),
            language: read.patch_text(Field::Language, language),
            themes: read.texts(Field::Themes, themes),
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
