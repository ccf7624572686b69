//! Import, check and export. Checking is importing, taken back: so what it says is what an import would do.

use std::collections::HashMap;

use entity::{audit, course, faculty_member, organization, series};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::apply::{Ground, Shared, apply};
use super::difference::{Changes, between};
use super::format::{CourseFile, Standing, default_rules};
use super::warn::{Warning, warnings};
use super::{print, stored, things};
use crate::answer::Answer;
use crate::catalogue::{CoursePage, load};
use crate::desk::Desk;

/// The key of the advisory lock under which PostgreSQL imports, one file at a time; any number, the same everywhere.
const IMPORT_LOCK: i64 = 0x4c45_4354_4552_4e01;

/// What an import did, or would do.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The course.
    pub course_id: Uuid,
    /// What changed; nothing where the file says what is stored.
    pub changes: Changes,
    /// What is worth a second look.
    pub warnings: Vec<Warning>,
}

/// What importing `file` would change, without changing it. The id of a course that is not stored yet is one that will never be used.
///
/// # Errors
/// As [`import`].
pub async fn plan(desk: &Desk, file: &CourseFile) -> Answer<Imported> {
    let tx = desk.begin().await?;
    let done = carry_out(desk, &tx, file, "check").await;
    tx.rollback().await?;
    Ok(done?.0)
}

/// Makes what is stored say what `file` says, all of it or nothing. `actor` is who does it, in words.
///
/// # Errors
/// Refuses to change a course that is cancelled or archived, to turn a published course into a draft, and to remove what learners have
/// rated or chosen.
pub async fn import(desk: &Desk, file: &CourseFile, actor: &str) -> Answer<Imported> {
    let tx = desk.begin().await?;
    let (imported, touched) = match carry_out(desk, &tx, file, actor).await {
        Ok(done) => done,
        Err(no) => {
            tx.rollback().await?;
            return Err(no);
        }
    };
    if imported.changes.is_empty() {
        tx.rollback().await?;
        return Ok(imported);
    }
    tx.commit().await?;
    for course_id in &touched {
        desk.catalogue.forget(*course_id);
        desk.bell.course_changed(&desk.db, *course_id).await;
    }
    desk.bell.ring(&desk.db).await;
    Ok(imported)
}

/// The course called `slug` as a file; none where there is no such course.
///
/// # Errors
/// Faults of the database.
pub async fn export(desk: &Desk, slug: &str) -> Result<Option<String>, DbErr> {
    Ok(desk.catalogue.page_by_slug(slug).await?.map(|page| print(&stored::course_file(&page))))
}

/// Everything but the end of the transaction. Returns what was done, and every course whose page has changed.
async fn carry_out(desk: &Desk, tx: &DatabaseTransaction, file: &CourseFile, actor: &str) -> Answer<(Imported, Vec<Uuid>)> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("select pg_advisory_xact_lock({IMPORT_LOCK})")).await?;
    }
    let page = page(tx, &file.course.slug).await?;
    let shared = shared(tx, file).await?;
    let changes = difference(page.as_ref(), &shared, file);
    let course_id = page.as_ref().map_or_else(|| desk.nature.id(), |page| page.course.id);
    let mut touched = Vec::new();
    if !changes.is_empty() {
        let now = desk.nature.now();
        let nature = desk.nature.as_ref();
        touched = apply(&Ground { tx, nature, now, file, page: page.as_ref(), shared: &shared, changes: &changes, course_id }).await?;
        let (before, after) = changes.record();
        let row = audit::Model {
            id: nature.id(),
            at: now,
            actor_id: None,
            actor: actor.to_owned(),
            act: "importCourse".to_owned(),
            subject_type: "course".to_owned(),
            subject_id: course_id,
            course_id: Some(course_id),
            before: Some(before),
            after: Some(after),
        };
        audit::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    }
    Ok((Imported { course_id, changes, warnings: warnings(file) }, touched))
}

/// What is stored of the course, which stays as it is until the transaction ends.
async fn page(tx: &DatabaseTransaction, slug: &str) -> Result<Option<CoursePage>, DbErr> {
    let id: Option<Uuid> = course::Entity::find()
        .select_only()
        .column(course::Column::Id)
        .filter(course::Column::Slug.eq(slug))
        .lock_exclusive()
        .into_tuple()
        .one(tx)
        .await?;
    match id {
        Some(id) => Ok(load::read(tx, &[id]).await?.pop()),
        None => Ok(None),
    }
}

async fn shared(tx: &DatabaseTransaction, file: &CourseFile) -> Result<Shared, DbErr> {
    let organizations = file.organizations.iter().map(|row| row.slug.as_str());
    let organizations = organization::Entity::find().filter(organization::Column::Slug.is_in(organizations)).all(tx).await?;
    let members = file.faculty.iter().map(|row| row.slug.as_str());
    let members = faculty_member::Entity::find().filter(faculty_member::Column::Slug.is_in(members)).all(tx).await?;
    let mut found = None;
    if let Some(wanted) = &file.series
        && let Some(row) = series::Entity::find().filter(series::Column::Slug.eq(wanted.slug.as_str())).one(tx).await?
    {
        found = load::serieses(tx, std::iter::once(row.id)).await?.remove(&row.id);
    }
    Ok(Shared {
        organizations: organizations.into_iter().map(|row| (row.slug.clone(), row)).collect::<HashMap<_, _>>(),
        faculty: members.into_iter().map(|row| (row.slug.clone(), row)).collect(),
        series: found,
    })
}

/// How the file differs from what is stored.
fn difference(page: Option<&CoursePage>, shared: &Shared, file: &CourseFile) -> Changes {
    let members: Vec<_> = shared.faculty.values().map(|row| stored::faculty_member(row, Standing::Guest)).collect();
    let organizations: Vec<_> = shared.organizations.values().map(stored::organization).collect();
    let series = shared.series.as_deref().map(|row| stored::series(row, 1));
    let mut before = things::shared(organizations.iter(), members.iter(), series.as_ref());
    let mut after = things::shared(file.organizations.iter(), file.faculty.iter(), file.series.as_ref());
    let stored_rules = page.map_or_else(default_rules, |page| stored::rules(&page.rules));
    if let Some(page) = page {
        before.extend(things::of_course(&stored::course_file(page), &stored_rules));
    }
    after.extend(things::of_course(file, file.reminder_rules.as_ref().unwrap_or(&stored_rules)));
    between(&before, &after)
}
