//! Editing: the stored course as a file value, changed, judged and written back. Every mutation of a course goes through here.

use entity::course::Status;
use entity::refusal::Versioned;
use entity::{Refusal, course, faculty_member, organization, series};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::format::{self, CourseFile, Standing};
use super::judge::judge;
use super::transact::{By, Deed, Imported, begin, carry_out, end, page};
use super::{scope, stored};
use crate::app::AppState;
use crate::catalogue::{CoursePage, SeriesRow, load};
use crate::error::Result;
use crate::store::Transaction;
use crate::viewer::Viewer;

/// Which course is edited, by which act.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The course.
    pub course_id: Uuid,
    /// The version of it that the person saw.
    pub version: i32,
    /// Named as the mutation is.
    pub act: &'static str,
    /// What the edit speaks of beside the course.
    pub needs: Needs,
}

/// What an edit speaks of that may not be on the course's page yet: read in the same transaction, so that it is never written back old.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// Organizations.
    pub organizations: Vec<Name>,
    /// People.
    pub faculty: Vec<Name>,
    /// A series.
    pub series: Option<Name>,
}

/// How a shared thing is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// By its row.
    Id(Uuid),
    /// By its slug.
    Slug(String),
}

/// What is stored, for the edit to go by.
#[derive(Debug)]
pub struct Stored<'a> {
    /// The course; for a new one, the course that it is copied from.
    pub page: Option<&'a CoursePage>,
    organizations: Vec<organization::Model>,
    faculty: Vec<faculty_member::Model>,
    series: Option<std::sync::Arc<SeriesRow>>,
}

impl Name {
    fn is(&self, id: Uuid, slug: &str) -> bool {
        match self {
            Self::Id(named) => *named == id,
            Self::Slug(named) => named == slug,
        }
    }
}

impl Stored<'_> {
    /// An organization that the edit said it needs, as a file has it.
    pub fn organization(&self, name: &Name) -> Option<format::Organization> {
        self.organizations.iter().find(|row| name.is(row.id, &row.slug)).map(stored::organization)
    }

    /// A person that the edit said it needs, as a file has it; `standing` is what the person is to become to the course.
    pub fn faculty_member(&self, name: &Name, standing: Standing) -> Option<format::FacultyMember> {
        self.faculty.iter().find(|row| name.is(row.id, &row.slug)).map(|row| stored::faculty_member(row, standing))
    }

    /// The series that the edit said it needs, with the course at `position`.
    pub fn series(&self, position: i16) -> Option<format::Series> {
        self.series.as_deref().map(|row| stored::series(row, position))
    }
}

/// Changes a stored course. `change` is given what is stored, and the course as a file, which it changes; whatever the file then no longer
/// speaks of (an organization, a guest) need not be taken out by hand. Where nothing has changed nothing is written.
///
/// # Errors
/// Refuses who is not signed in; a course that is not the viewer's to run, as though it did not exist; a version that is no longer the
/// course's; a course that is cancelled (but for archiving it) or archived; what `change` refuses; every mistake in what it made, with paths
/// as a file has them; and what learners have rated or chosen and would lose.
pub async fn edit<F>(app: &AppState, viewer: &Viewer, edit: Edit, change: F) -> Result<Imported>
where
    F: FnOnce(&Stored<'_>, &mut CourseFile) -> Result<(), Refusal>,
{
    viewer.signed_in()?;
    let txn = begin(app).await?;
    let done = write(app, &txn, viewer, edit, change).await;
    end(app, txn, done, false).await
}

/// Says what [`edit`] would do, and leaves everything as it is.
///
/// # Errors
/// As [`edit`].
pub async fn try_out<F>(app: &AppState, viewer: &Viewer, edit: Edit, change: F) -> Result<Imported>
where
    F: FnOnce(&Stored<'_>, &mut CourseFile) -> Result<(), Refusal>,
{
    viewer.signed_in()?;
    let txn = begin(app).await?;
    let done = write(app, &txn, viewer, edit, change).await;
    end(app, txn, done, true).await
}

async fn write<F>(app: &AppState, txn: &Transaction, viewer: &Viewer, edit: Edit, change: F) -> Result<(Imported, Vec<Uuid>)>
where
    F: FnOnce(&Stored<'_>, &mut CourseFile) -> Result<(), Refusal>,
{
    let Edit { course_id, version, act, needs } = edit;
    let page = page(txn, course::Column::Id.eq(course_id)).await?.ok_or_else(|| Refusal::not_found("course"))?;
    viewer.must_run(&page, "course")?;
    if page.course.version != version {
        return Err(Refusal::Stale { thing: Versioned::Course, id: course_id }.into());
    }
    let stored = read(txn, Some(&page), &needs).await?;
    let mut file = stored::course_file(&page);
    let made = change(&stored, &mut file);
    may_become(page.course.status, file.course.status)?;
    made?;
    forget_the_unnamed(&mut file);
    let file = judge(&file)?;
    carry_out(app, txn, Deed { by: By::Person(viewer), act, file: &file, page: Some(&page) }).await
}

/// Makes a new course of what `make` gives; `source` is a course that it may go by.
///
/// # Errors
/// As [`edit`], and refuses a slug that another course has.
pub async fn create<F>(app: &AppState, viewer: &Viewer, act: &'static str, source: Option<Uuid>, needs: Needs, make: F) -> Result<Imported>
where
    F: FnOnce(&Stored<'_>) -> Result<CourseFile, Refusal>,
{
    viewer.signed_in()?;
    let txn = begin(app).await?;
    let done = enter(app, &txn, viewer, act, source, &needs, make).await;
    end(app, txn, done, false).await
}

async fn enter<F>(
    app: &AppState,
    txn: &Transaction,
    viewer: &Viewer,
    act: &'static str,
    source: Option<Uuid>,
    needs: &Needs,
    make: F,
) -> Result<(Imported, Vec<Uuid>)>
where
    F: FnOnce(&Stored<'_>) -> Result<CourseFile, Refusal>,
{
    let source = match source {
        None => None,
        Some(id) => {
            let found = page(txn, course::Column::Id.eq(id)).await?.ok_or_else(|| Refusal::not_found("course"))?;
            viewer.must_run(&found, "course")?;
            Some(found)
        }
    };
    if !viewer.is_staff() {
        return Err(Refusal::Forbidden.into());
    }
    let stored = read(txn, source.as_ref(), needs).await?;
    let mut file = make(&stored)?;
    forget_the_unnamed(&mut file);
    let file = judge(&file)?;
    if page(txn, course::Column::Slug.eq(file.course.slug.as_str())).await?.is_some() {
        return Err(scope::taken().into());
    }
    carry_out(app, txn, Deed { by: By::Person(viewer), act, file: &file, page: None }).await
}

async fn read<'a>(txn: &Transaction, page: Option<&'a CoursePage>, needs: &Needs) -> Result<Stored<'a>, DbErr> {
    let (ids, slugs) = parted(&needs.organizations);
    let named = organization::Column::Id.is_in(ids).or(organization::Column::Slug.is_in(slugs));
    let organizations = organization::Entity::find().filter(named).all(txn).await?;
    let (ids, slugs) = parted(&needs.faculty);
    let named = faculty_member::Column::Id.is_in(ids).or(faculty_member::Column::Slug.is_in(slugs));
    let faculty = faculty_member::Entity::find().filter(named).all(txn).await?;
    let mut one = None;
    if let Some(name) = &needs.series {
        let (ids, slugs) = parted(std::slice::from_ref(name));
        let named = series::Column::Id.is_in(ids).or(series::Column::Slug.is_in(slugs));
        if let Some(row) = series::Entity::find().filter(named).one(txn).await? {
            one = load::serieses(txn, std::iter::once(row.id)).await?.remove(&row.id);
        }
    }
    Ok(Stored { page, organizations, faculty, series: one })
}

fn parted(names: &[Name]) -> (Vec<Uuid>, Vec<&str>) {
    let (mut ids, mut slugs) = (Vec::new(), Vec::new());
    for name in names {
        match name {
            Name::Id(id) => ids.push(*id),
            Name::Slug(slug) => slugs.push(slug.as_str()),
        }
    }
    (ids, slugs)
}

/// Whether an edit may change the course at all, and into what it makes it.
fn may_become(stored: Status, wanted: Status) -> Result<(), Refusal> {
    match (stored, wanted) {
        (Status::Archived, _) => Err(Refusal::CourseArchived),
        (Status::Cancelled, Status::Draft | Status::Published | Status::Cancelled) => Err(Refusal::CourseCancelled),
        (Status::Published, Status::Draft) => Err(Refusal::AlreadyPublished),
        (Status::Draft, Status::Cancelled) => Err(Refusal::NotPublished),
        (Status::Cancelled, Status::Archived)
        | (Status::Draft, Status::Draft | Status::Published | Status::Archived)
        | (Status::Published, Status::Published | Status::Cancelled | Status::Archived) => Ok(()),
    }
}

/// Takes out organizations that the course no longer names, and guests who no longer speak.
fn forget_the_unnamed(file: &mut CourseFile) {
    let CourseFile { course, organizations, faculty, days, .. } = file;
    organizations.retain(|row| course.offered_by.contains(&row.slug) || course.accredited_by.contains(&row.slug));
    let speaks = |slug: &str| days.iter().flat_map(|day| &day.sessions).flat_map(|row| &row.faculty).any(|row| row.member == slug);
    faculty.retain(|row| row.role != Standing::Guest || speaks(&row.slug));
}
