//! Import and check of whole drafts, as a course file makes them: checked when the file was read.

use sea_orm::DbErr;

use super::Draft;
use super::open::Open;
use super::path::at;
use super::save::{By, Saved};
use crate::app::AppState;
use crate::error::Result;
use crate::viewer::Viewer;

/// As what an import stands on record.
const ACT: &str = "importCourse";

/// What importing `draft` would change, without changing it. The id of a course that is not stored yet is one
/// that will never be used.
///
/// # Errors
/// As [`import`].
pub async fn plan(app: &AppState, draft: &Draft) -> Result<Saved> {
    Open::named(app, By::System("check"), ACT, draft, None).await?.check().await
}

/// Makes what is stored say what `draft` says, all of it or nothing. `actor` is who does it, in words.
///
/// # Errors
/// Refuses to change a course that is cancelled or archived, to turn a published course into a draft, and to
/// remove what learners have rated or chosen.
pub async fn import(app: &AppState, draft: &Draft, actor: &str) -> Result<Saved> {
    Open::named(app, By::System(actor), ACT, draft, None).await?.save().await
}

/// What a person says with a draft.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// The version of the course that was seen; none: whichever is there.
    pub version: Option<i32>,
    /// Whether sessions that are still to come may move to where they would have begun.
    pub into_the_past: bool,
    /// Whether only to say what would change.
    pub check: bool,
}

/// The same by a person.
///
/// # Errors
/// As [`import`], and refuses who is not signed in, does not run the course, or writes what is not theirs;
/// and to move what is still to come into the past, where that is not said in so many words.
pub async fn import_by(app: &AppState, viewer: &Viewer, draft: &Draft, manner: Manner) -> Result<Saved> {
    viewer.signed_in()?;
    let Manner { version, into_the_past, check } = manner;
    let mut open = Open::named(app, By::Person(viewer), ACT, draft, version).await?;
    open.no_past = (!into_the_past).then(|| at![Days]);
    if check { open.check().await } else { open.save().await }
}

/// The course called `slug` as it is stored; none where there is no such course.
///
/// # Errors
/// Faults of the database.
pub async fn find(app: &AppState, slug: &str) -> Result<Option<Draft>, DbErr> {
    Ok(app.catalogue.page_by_slug(&app.db, slug).await?.map(|page| Draft::of(&page)))
}
