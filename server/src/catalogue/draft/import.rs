//! Import and check of whole drafts, as a course file makes them: checked when the file was read.

use sea_orm::DbErr;

use super::Draft;
use super::open::Open;
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

/// The same by a person, who may say which `version` of the course was seen; with `dry`, only what would
/// change.
///
/// # Errors
/// As [`import`], and refuses who is not signed in, does not run the course, or writes what is not theirs.
pub async fn import_by(
    app: &AppState,
    viewer: &Viewer,
    draft: &Draft,
    version: Option<i32>,
    dry: bool,
) -> Result<Saved> {
    viewer.signed_in()?;
    let open = Open::named(app, By::Person(viewer), ACT, draft, version).await?;
    if dry { open.check().await } else { open.save().await }
}

/// The course called `slug` as it is stored; none where there is no such course.
///
/// # Errors
/// Faults of the database.
pub async fn find(app: &AppState, slug: &str) -> Result<Option<Draft>, DbErr> {
    Ok(app.catalogue.page_by_slug(&app.db, slug).await?.map(|page| Draft::of(&page)))
}
