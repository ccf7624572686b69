//! Setting the tracks of a course: the whole list.

use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::draft::{Edit, Mistakes, Needs, Open, Saved, TrackWanted, track};
use crate::error::Result;
use crate::viewer::Viewer;

/// The tracks that a course is to have.
#[derive(Clone, Debug)]
pub struct SetTracks {
    /// The course.
    pub course_id: Uuid,
    /// The version of it that the person saw.
    pub version: i32,
    /// All of its tracks, in order.
    pub tracks: Vec<TrackWanted>,
}

/// Adds, renames, orders and removes tracks; `mistakes` are those of reading the input.
///
/// # Errors
/// As [`Open::save`]; and refuses to remove a track in which sessions are taught.
pub async fn set_tracks(
    app: &AppState,
    viewer: &Viewer,
    (input, mistakes): (SetTracks, Mistakes),
) -> Result<Saved> {
    let SetTracks { course_id, version, tracks } = input;
    let edit = Edit { course_id, version, act: "setTracks", needs: Needs::default() };
    let mut open = Open::stored(app, viewer, edit).await?;
    open.mistakes = mistakes;
    track::set(&mut open, tracks);
    open.save().await
}
