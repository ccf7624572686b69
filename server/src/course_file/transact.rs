//! What every change to a course has in common, whether it comes as a whole file or as an edit: lock, read, compare, ask whether the person
//! may, write, put on record, and tell who must hear of it. There is no other way into the catalogue's tables.

use std::collections::{HashMap, HashSet};

use entity::{Refusal, course, faculty_member, organization, series};
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::apply::{Ground, Shared, apply};
use super::difference::{Changes, between};
use super::format::{CourseFile, Standing, default_rules};
use super::warn::{Warning, warnings};
use super::{scope, stored, things};
use crate::action::audit::{Act, Actor, record};
use crate::app::AppState;
use crate::catalogue::{CoursePage, load};
use crate::error::{Error, Result};
use crate::listing::index;
use crate::store::Transaction;
use crate::viewer::Viewer;

/// The key of the advisory lock under which PostgreSQL changes courses, one at a time; any number, the same everywhere.
const CHANGE_LOCK: i64 = 0x4c45_4354_4552_4e01;

/// What an import or an edit did, or would do.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The course.
    pub course_id: Uuid,
    /// What changed; nothing where what is stored said it before.
    pub changes: Changes,
    /// What is worth a second look.
    pub warnings: Vec<Warning>,
    /// What was stored of the course, has an id that people may know, and is spoken of no more.
    pub removed: Removed,
}

/// Rows of a course that went, or would go.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Removed {
    /// Sessions.
    pub sessions: Vec<Uuid>,
    /// Tracks.
    pub tracks: Vec<Uuid>,
}

impl Removed {
    /// What of the stored course the file has no more; whatever it still has keeps its id.
    fn between(page: Option<&CoursePage>, file: &CourseFile) -> Self {
        let Some(page) = page else { return Self::default() };
        let keys: HashSet<&str> = file.days.iter().flat_map(|day| &day.sessions).map(|session| session.key.as_str()).collect();
        let slugs: HashSet<&str> = file.tracks.iter().map(|track| track.slug.as_str()).collect();
        let sessions = page.sessions.iter().map(|row| &row.session).filter(|row| !keys.contains(row.slug.as_str()));
        let tracks = page.tracks.iter().filter(|row| !slugs.contains(row.slug.as_str()));
        Self { sessions: sessions.map(|row| row.id).collect(), tracks: tracks.map(|row| row.id).collect() }
    }
}

/// Who changes a course.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    /// Lectern itself, in words; it may change everything.
    System(&'a str),
    /// A person, who may change what is theirs to run.
    Person(&'a Viewer),
}

/// One change, made ready.
#[derive(Debug)]
pub struct Deed<'a> {
    /// Who does it.
    pub by: By<'a>,
    /// Named as the mutation is.
    pub act: &'static str,
    /// The course as it is wanted, judged before.
    pub file: &'a CourseFile,
    /// The course as it is stored; none where it is new.
    pub page: Option<&'a CoursePage>,
}

/// Begins to change a course: from here to the end of the transaction nobody else does.
pub async fn begin(app: &AppState) -> Result<Transaction, DbErr> {
    let txn = app.begin().await?;
    if txn.get_database_backend() == DbBackend::Postgres {
        txn.execute_unprepared(&format!("select pg_advisory_xact_lock({CHANGE_LOCK})")).await?;
    }
    Ok(txn)
}

/// Ends the transaction as `done` says, and tells of the courses that have changed. A dry run, a refusal and a change that changes nothing
/// leave everything as it was.
pub async fn end(app: &AppState, txn: Transaction, done: Result<(Imported, Vec<Uuid>)>, dry: bool) -> Result<Imported> {
    let kept = |(imported, touched): (Imported, Vec<Uuid>)| {
        let kept = (!dry && !imported.changes.is_empty()).then_some(touched);
        (imported, kept)
    };
    settle(app, txn, done.map(kept)).await
}

/// The same for whatever else changes courses: what was done is kept where the courses that it touched are told, and taken back where they
/// are not.
pub async fn settle<T>(app: &AppState, txn: Transaction, done: Result<(T, Option<Vec<Uuid>>)>) -> Result<T> {
    let (done, touched) = match done {
        Ok((done, Some(touched))) => (done, touched),
        Ok((done, None)) => {
            txn.rollback().await?;
            return Ok(done);
        }
        Err(no) => {
            txn.rollback().await?;
            if let Error::Refused(Refusal::Stale { thing: _, id }) = &no {
                // Whoever is told that they are late is shown what is there now.
                app.catalogue.forget(*id);
            }
            return Err(no);
        }
    };
    index::courses(&txn, &touched).await?;
    txn.commit().await?;
    for course_id in &touched {
        app.catalogue.forget(*course_id);
        app.wake.course_changed(&app.db, *course_id).await;
    }
    app.wake.ring(&app.db).await;
    Ok(done)
}

/// Everything between the two. Returns what was done, and every course whose page has changed.
pub async fn carry_out(app: &AppState, txn: &Transaction, deed: Deed<'_>) -> Result<(Imported, Vec<Uuid>)> {
    let Deed { by, act, file, page } = deed;
    let shared = shared(txn, file).await?;
    let changes = difference(page, &shared, file);
    let course_id = page.map_or_else(|| app.nature.id(), |page| page.course.id);
    let actor = match by {
        By::System(words) => Actor::Other(words),
        By::Person(viewer) => {
            scope::may_write(txn, viewer, file, page, &shared, &changes).await?;
            Actor::Person(viewer.signed_in()?)
        }
    };
    let mut touched = Vec::new();
    if !changes.is_empty() {
        let (now, nature) = (app.nature.now(), app.nature.as_ref());
        touched = apply(&Ground { txn, nature, now, file, page, shared: &shared, changes: &changes, course_id }).await?;
        let (before, after) = changes.record();
        let (before, after) = (Some(before), Some(after));
        record(
            txn,
            app,
            actor,
            Act { name: act, subject_type: "course", subject_id: course_id, course_id: Some(course_id), before, after },
        )
        .await?;
    }
    Ok((Imported { course_id, changes, warnings: warnings(file), removed: Removed::between(page, file) }, touched))
}

/// What is stored of one course, which stays as it is until the transaction ends.
pub async fn page(txn: &Transaction, which: SimpleExpr) -> Result<Option<CoursePage>, DbErr> {
    let found = course::Entity::find().select_only().column(course::Column::Id).filter(which).lock_exclusive();
    match found.into_tuple::<Uuid>().one(txn).await? {
        Some(id) => Ok(load::read(txn, &[id]).await?.pop()),
        None => Ok(None),
    }
}

async fn shared(txn: &Transaction, file: &CourseFile) -> Result<Shared, DbErr> {
    let organizations = file.organizations.iter().map(|row| row.slug.as_str());
    let organizations = organization::Entity::find().filter(organization::Column::Slug.is_in(organizations)).all(txn).await?;
    let members = file.faculty.iter().map(|row| row.slug.as_str());
    let members = faculty_member::Entity::find().filter(faculty_member::Column::Slug.is_in(members)).all(txn).await?;
    let mut found = None;
    if let Some(wanted) = &file.series
        && let Some(row) = series::Entity::find().filter(series::Column::Slug.eq(wanted.slug.as_str())).one(txn).await?
    {
        found = load::serieses(txn, std::iter::once(row.id)).await?.remove(&row.id);
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
    let stored_rules = page.map_or_else(default_rules, stored::rules);
    if let Some(page) = page {
        before.extend(things::of_course(&stored::course_file(page), &stored_rules));
    }
    after.extend(things::of_course(file, file.reminder_rules.as_ref().unwrap_or(&stored_rules)));
    between(&before, &after)
}
