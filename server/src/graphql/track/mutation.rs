//! What staff do with the tracks of a course.

use async_graphql::{Context, ID, InputObject, Object, Result};

use crate::app::AppState;
use crate::catalogue::draft::text::Slug;
use crate::catalogue::draft::{Edit, Field, Needs, Open, Track, at};
use crate::error;
use crate::graphql::course::Course;
use crate::graphql::course::edit::mutation::written;
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
    let edit = Edit { course_id, version, act: "setTracks", needs: Needs::default() };
    let mut open = Open::stored(app, viewer, edit).await?;
    let wanted = tracks.into_iter().enumerate().map(|(index, track)| track.read(&mut open, index)).collect();
    put(&mut open, wanted);
    let done = open.save().await;
    let removed = done.iter().flat_map(|done| &done.removed.tracks).map(|id| global(Kind::Track, *id)).collect();
    Ok((written(app, done).await?, removed))
}

impl TrackInput {
    /// The track that stands at `index` of the list.
    fn read(self, open: &mut Open<'_>, index: usize) -> Track {
        let Self { id, slug, name } = self;
        let place = at![Tracks, index];
        let known = id.map(|id| {
            let name = named(Kind::Track, &id);
            let tracks = open.page().map(|page| page.tracks.as_slice()).unwrap_or_default();
            let found = tracks.iter().find(|row| name.is(row.id, &row.slug)).map(|row| row.slug.clone());
            open.there(found, "track in this course", place.at(Field::Id))
        });
        let mut read = Reader::at(place, &mut open.mistakes);
        let said: Option<Slug> = read.some_text(Field::Slug, slug.as_deref());
        let slug = match (known, slug) {
            (None, Some(_)) => said.unwrap_or_default(),
            (None, None) => {
                read.wrong(Field::Slug, "A new track needs a slug.");
                Slug::default()
            }
            (Some(known), said) => {
                let known = known.unwrap_or_default();
                if said.is_some_and(|said| !known.is_empty() && said != known) {
                    read.wrong(Field::Slug, "The slug of a track is its stable name and does not change.");
                }
                Slug::stored(known)
            }
        };
        Track { slug, name: read.text(Field::Name, &name) }
    }
}

/// Makes the course have these tracks; one in which sessions are taught stays.
fn put(open: &mut Open<'_>, mut wanted: Vec<Track>) {
    // Whoever misnamed a track did not mean to remove it.
    let readable = open.mistakes.is_empty();
    let gone: Vec<Track> = open.draft.tracks.iter().filter(|track| wanted.iter().all(|kept| kept.slug != track.slug)).cloned().collect();
    for track in gone {
        let taught = open.draft.days.iter().flat_map(|day| &day.sessions).find(|session| session.tracks.contains(&track.slug));
        if let Some(session) = taught.filter(|_| readable) {
            let message = format!(
                "{:?} is taught in the track {:?}, so the track cannot be removed. Take its sessions out of it first.",
                &*session.title, &*track.name
            );
            open.mistakes.add(at![Tracks], message);
        }
        if !open.mistakes.is_empty() {
            wanted.push(track);
        }
    }
    open.draft.tracks = wanted;
}
