//! Import and check of whole drafts, as a course file makes them: checked when the file was read.

use sea_orm::DbErr;

use super::Draft;
use super::open::Open;
use super::path::at;
use super::save::{By, Saved};
use super::warn::too_late;
use crate::app::AppState;
use crate::error::Result;
use crate::viewer::Viewer;

/// As what an import stands on record.
const ACT: &str = "importCourse";

/// What importing `draft` would change, without changing it, and whether or not it lies in the past. The id of
/// a course that is not stored yet is one that will never be used.
///
/// # Errors
/// As [`import`].
pub async fn plan(app: &AppState, draft: &Draft) -> Result<Saved> {
    let manner = Manner { version: None, into_the_past: true, check: true };
    import_from(app, draft, "check", manner).await
}

/// Makes what is stored say what `draft` says, all of it or nothing, and whether or not it lies in the past.
/// `actor` is who does it, in words.
///
/// # Errors
/// Refuses to change a course that is cancelled or archived, to turn a published course into a draft, and to
/// remove what learners have rated or chosen.
pub async fn import(app: &AppState, draft: &Draft, actor: &str) -> Result<Saved> {
    let manner = Manner { version: None, into_the_past: true, check: false };
    import_from(app, draft, actor, manner).await
}

/// The same for somebody at a command line, who says with it what `manner` has.
///
/// # Errors
/// As [`import`], and refuses to move what is still to come into the past, where that is not said in so many
/// words.
pub async fn import_from(app: &AppState, draft: &Draft, actor: &str, manner: Manner) -> Result<Saved> {
    carry_out(app, By::System(actor), draft, manner).await
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
    carry_out(app, By::Person(viewer), draft, manner).await
}

async fn carry_out(app: &AppState, by: By<'_>, draft: &Draft, manner: Manner) -> Result<Saved> {
    let Manner { version, into_the_past, check } = manner;
    let mut open = Open::named(app, by, ACT, draft, version).await?;
    open.no_past = (!into_the_past).then(|| at![Days]);
    let mut saved = if check { open.check().await? } else { open.save().await? };
    saved.warnings.extend(too_late(draft, app.nature.now()));
    Ok(saved)
}

/// The course called `slug` as it is stored; none where there is no such course.
///
/// # Errors
/// Faults of the database.
pub async fn find(app: &AppState, slug: &str) -> Result<Option<Draft>, DbErr> {
    Ok(app.catalogue.page_by_slug(&app.db, slug).await?.map(|page| Draft::of(&page)))
}
