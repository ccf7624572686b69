//! Import, check and export. Checking is importing, taken back: so what it says is what an import would do.

use entity::course::Status;
use entity::refusal::Versioned;
use entity::{Refusal, course};
use sea_orm::{ColumnTrait, DbErr};
use uuid::Uuid;

use super::format::CourseFile;
use super::transact::{By, Deed, Imported, begin, carry_out, end, page};
use super::{print, scope, stored};
use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::error::Result;
use crate::store::Transaction;
use crate::viewer::Viewer;

/// As what an import stands on record.
const ACT: &str = "importCourse";

/// What importing `file` would change, without changing it. The id of a course that is not stored yet is one that will never be used.
///
/// # Errors
/// As [`import`].
pub async fn plan(app: &AppState, file: &CourseFile) -> Result<Imported> {
    whole(app, file, By::System("check"), None, true).await
}

/// Makes what is stored say what `file` says, all of it or nothing. `actor` is who does it, in words.
///
/// # Errors
/// Refuses to change a course that is cancelled or archived, to turn a published course into a draft, and to remove what learners have
/// rated or chosen.
pub async fn import(app: &AppState, file: &CourseFile, actor: &str) -> Result<Imported> {
    whole(app, file, By::System(actor), None, false).await
}

/// The same by a person, who may say which `version` of the course was seen; with `dry`, only what would change.
///
/// # Errors
/// As [`import`], and refuses who is not signed in, does not run the course, or writes what is not theirs.
pub async fn import_by(app: &AppState, viewer: &Viewer, file: &CourseFile, version: Option<i32>, dry: bool) -> Result<Imported> {
    viewer.signed_in()?;
    whole(app, file, By::Person(viewer), version, dry).await
}

async fn whole(app: &AppState, file: &CourseFile, by: By<'_>, version: Option<i32>, dry: bool) -> Result<Imported> {
    let txn = begin(app).await?;
    let done = write(app, &txn, file, by, version).await;
    end(app, txn, done, dry).await
}

async fn write(app: &AppState, txn: &Transaction, file: &CourseFile, by: By<'_>, version: Option<i32>) -> Result<(Imported, Vec<Uuid>)> {
    let page = page(txn, course::Column::Slug.eq(file.course.slug.as_str())).await?;
    if let (By::Person(viewer), Some(page)) = (by, &page) {
        if viewer.is_staff() && !viewer.runs_course(page) {
            return Err(scope::taken().into());
        }
        if version.is_some_and(|seen| seen != page.course.version) {
            return Err(Refusal::Stale { thing: Versioned::Course, id: page.course.id }.into());
        }
    }
    may_become(page.as_ref(), file.course.status)?;
    carry_out(app, txn, Deed { by, act: ACT, file, page: page.as_ref() }).await
}

/// Whether an import may change the course at all, and into what the file says.
fn may_become(page: Option<&CoursePage>, wanted: Status) -> Result<(), Refusal> {
    let path = ["course", "status"];
    match (page.map(|page| page.course.status), wanted) {
        (Some(Status::Cancelled), _) => Err(Refusal::invalid("This course has been cancelled; a file cannot change it any more.", &path)),
        (Some(Status::Archived), _) => Err(Refusal::invalid("This course is archived; a file cannot change it any more.", &path)),
        (_, Status::Cancelled | Status::Archived) => Err(Refusal::invalid(
            "A file can make a course a draft or published; cancelling and archiving it are acts of their own.",
            &path,
        )),
        (Some(Status::Published), Status::Draft) => {
            Err(Refusal::invalid("This course is published already; it cannot become a draft again.", &path))
        }
        (None | Some(Status::Draft), Status::Draft | Status::Published) | (Some(Status::Published), Status::Published) => Ok(()),
    }
}

/// The course called `slug` as a file; none where there is no such course.
///
/// # Errors
/// Faults of the database.
pub async fn export(app: &AppState, slug: &str) -> Result<Option<String>, DbErr> {
    Ok(app.catalogue.page_by_slug(&app.db, slug).await?.map(|page| print(&stored::course_file(&page))))
}
