//! What staff do with the tracks of a course.

use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::Refusal as Refused;

use crate::app::AppState;
use crate::course_file::format::{self, CourseFile};
use crate::course_file::{Edit, Name, Needs, Stored, edit};
use crate::error;
use crate::graphql::course::Course;
use crate::graphql::course::edit::at::none_such;
use crate::graphql::course::edit::describe::named;
use crate::graphql::course::edit::mutation::written;
use crate::graphql::directive::{cost, list_size, of_act};
use crate::graphql::global_id::{Kind, global, must};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// The tracks of a course, all of them.
#[derive(Clone, Debug, InputObject)]
pub struct SetTracksInput {
    /// The course.
    course_id: ID,
    /// The version of it that was looked at: `Course.version` as it was read.
    version: i32,
    /// The tracks, in order; those of the course that are not named are removed. None: everything is for everyone.
    tracks: Vec<TrackInput>,
}

/// One of the parallel tracks of a course.
#[derive(Clone, Debug, InputObject)]
pub struct TrackInput {
    /// The track, where the course has it already; left out: the one with this slug, or a new one.
    id: Option<ID>,
    /// Stable name within the course: 1 to 100 small letters, digits, `-` and `_`. It never changes; where `id` is given it may be left out.
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

/// What staff do with the tracks of a course.
#[derive(Clone, Copy, Debug, Default)]
pub struct TrackMutation;

#[Object]
impl TrackMutation {
    /// Adds, renames, orders and removes the tracks of a course that the viewer runs. A track that learners have chosen, or in which sessions
    /// are taught, cannot be removed.
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
    let SetTracksInput { course_id, version, tracks } = input;
    let course_id = must(Kind::Course, &course_id, "course")?;
    let act = Edit { course_id, version, act: "setTracks", needs: Needs::default() };
    let done = edit(app, viewer, act, |stored, file| write(stored, file, tracks)).await;
    let removed = done.iter().flat_map(|done| &done.removed.tracks).map(|id| global(Kind::Track, *id)).collect();
    Ok((written(app, done).await?, removed))
}

fn write(stored: &Stored<'_>, file: &mut CourseFile, tracks: Vec<TrackInput>) -> Result<(), Refused> {
    let known = stored.page.map(|page| page.tracks.as_slice()).unwrap_or_default();
    let mut wanted = Vec::new();
    for (index, TrackInput { id, slug, name }) in tracks.into_iter().enumerate() {
        let at = |field: &str| ["tracks".to_owned(), index.to_string(), field.to_owned()];
        let refused = |message: &str, field: &str| Refused::invalid(message, &at(field).each_ref().map(String::as_str));
        let slug = match id.map(|id| named(Kind::Track, &id)) {
            None => slug.ok_or_else(|| refused("A new track needs a slug.", "slug"))?,
            Some(name) => {
                let is = |row: &entity::track::Model| match &name {
                    Name::Id(id) => row.id == *id,
                    Name::Slug(slug) => row.slug == *slug,
                };
                let row = known.iter().find(|row| is(row));
                let row = row.ok_or_else(|| none_such("track in this course", &at("id").each_ref().map(String::as_str)))?;
                if slug.is_some_and(|slug| slug != row.slug) {
                    return Err(refused("The slug of a track is its stable name and does not change.", "slug"));
                }
                row.slug.clone()
            }
        };
        wanted.push(format::Track { slug, name });
    }
    let gone = |track: &&format::Track| !wanted.iter().any(|kept| kept.slug == track.slug);
    for track in file.tracks.iter().filter(gone) {
        let taught = file.days.iter().flat_map(|day| &day.sessions).find(|session| session.tracks.contains(&track.slug));
        if let Some(session) = taught {
            let message = format!(
                "{:?} is taught in the track {:?}, so the track cannot be removed. Take its sessions out of it first.",
                session.title, track.name
            );
            return Err(Refused::invalid(message, &["tracks"]));
        }
    }
    file.tracks = wanted;
    Ok(())
}
