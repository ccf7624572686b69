//! Setting the tracks of a course.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use entity::Refusal as Refused;

use crate::action::set_tracks::{SetTracks, set_tracks};
use crate::app::AppState;
use crate::catalogue::draft::{Field, Mistakes, TrackWanted, at};
use crate::error;
use crate::graphql::course::{self, Course};
use crate::graphql::directive::{cost, list_size, of_act};
use crate::graphql::global_id::{Kind, global, must};
use crate::graphql::input::{Reader, named};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// The tracks of a course, all of them.
#[derive(Clone, Debug, InputObject)]
pub struct SetTracksInput {
    /// The course.
    course_id: ID,
    /// The version of it that was looked at: `Course.version` as it was read.
    version: i32,
    /// The tracks, in order; those of the course that are not named are removed. None: everything is for
    /// everyone.
    tracks: Vec<TrackInput>,
}

/// One of the parallel tracks of a course.
#[derive(Clone, Debug, InputObject)]
pub struct TrackInput {
    /// The track, where the course has it already; left out: the one with this slug, or a new one.
    id: Option<ID>,
    /// Stable name within the course: 1 to 100 small letters, digits, `-` and `_`. It never changes; where
    /// `id` is given it may be left out.
    slug: Option<String>,
    /// Name as people read it; up to 300 characters.
    name: String,
}

payload! {
    /// What came of setting tracks.
    SetTracksPayload {
        /// The course as it stands now. Null where refused.
        course: Course,
        /// The tracks that there were. Null where refused.
        #[graphql(directive = list_size::apply(4))]
        removed_track_ids: Vec<ID>,
    }
}

impl SetTracksInput {
    fn read(self) -> std::result::Result<(SetTracks, Mistakes), Refused> {
        let Self { course_id, version, tracks } = self;
        let course_id = must(Kind::Course, &course_id)?;
        let mut mistakes = Mistakes::default();
        let mut read = Reader::at(at![], &mut mistakes);
        let tracks =
            read.list(Field::Tracks, MaybeUndefined::Value(tracks), TrackInput::read).unwrap_or_default();
        Ok((SetTracks { course_id, version, tracks }, mistakes))
    }
}

impl TrackInput {
    fn read(mut read: Reader<'_>, said: Self) -> TrackWanted {
        let Self { id, slug, name } = said;
        TrackWanted {
            known: id.map(|id| named(Kind::Track, &id)),
            slug: read.some_text(Field::Slug, slug),
            name: read.text(Field::Name, &name),
        }
    }
}

/// Setting the tracks of a course.
#[derive(Clone, Copy, Debug, Default)]
pub struct SetTracksMutation;

#[Object]
impl SetTracksMutation {
    /// Adds, renames, orders and removes the tracks of a course that the viewer runs. A track that learners
    /// have chosen, or in which sessions are taught, cannot be removed.
    #[graphql(directive = cost::apply(of_act()))]
    async fn set_tracks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which course, and its tracks.")] input: SetTracksInput,
    ) -> Result<SetTracksPayload> {
        answer(set(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn set(app: &AppState, viewer: &Viewer, input: SetTracksInput) -> error::Result<(Course, Vec<ID>)> {
    viewer.signed_in()?;
    let saved = set_tracks(app, viewer, input.read()?).await?;
    let removed = saved.removed.tracks.iter().map(|id| global(Kind::Track, *id)).collect();
    Ok((course::written(app, &saved).await?, removed))
}
