//! Saving a draft: checked, compared with what is stored, asked whether the person may, written, put on
//! record, and told to who must hear of it. There is no other way into the catalogue's tables.

use std::collections::HashSet;

use entity::course::Status;
use entity::{Refusal, course};
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::apply::{Shared, Writing, apply};
use super::arrange::arrange;
use super::commitment::Bound;
use super::diff::{Changes, of_course};
use super::elsewhere::name_sessions;
use super::mistake::Telling;
use super::open::Open;
use super::past::not_into_the_past;
use super::path::at;
use super::warn::{Warning, warnings};
use super::{Draft, Standing, check, scope, stays_publishable};
use crate::app::AppState;
use crate::catalogue::{CoursePage, load};
use crate::error::{Error, Result};
use crate::listing::index;
use crate::store::Transaction;
use crate::viewer::Viewer;
use crate::write::audit::{Act, Actor, record};

/// The key of the advisory lock under which PostgreSQL changes courses, one at a time; any number, the same
/// everywhere.
const CHANGE_LOCK: i64 = 0x4c45_4354_4552_4e01;

/// What saving a draft did, or would do.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
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
    /// What of the stored course the draft has no more; whatever it still has keeps its id.
    fn between(page: Option<&CoursePage>, draft: &Draft) -> Self {
        let Some(page) = page else { return Self::default() };
        let keys: HashSet<&str> =
            draft.days.iter().flat_map(|day| &day.sessions).map(|session| &*session.key).collect();
        let slugs: HashSet<&str> = draft.tracks.iter().map(|track| &*track.slug).collect();
        let sessions =
            page.sessions.iter().map(|row| &row.session).filter(|row| !keys.contains(row.slug.as_str()));
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

impl Open<'_> {
    /// Makes what is stored say what the draft says, all of it or nothing. Where nothing has changed nothing
    /// is written.
    ///
    /// # Errors
    /// What was refused while the draft was changed; a course that is cancelled (but for archiving it) or
    /// archived; every mistake in the draft, at once; a slug that another course has; what is not the
    /// viewer's to write; and what learners have rated or chosen and would lose.
    pub async fn save(self) -> Result<Saved> {
        self.end(false).await
    }

    /// Says what [`Self::save`] would do, and leaves everything as it is: checking is saving, taken back.
    ///
    /// # Errors
    /// As [`Self::save`].
    pub async fn check(self) -> Result<Saved> {
        self.end(true).await
    }

    async fn end(mut self, dry: bool) -> Result<Saved> {
        let kept = |(saved, touched): (Saved, Vec<Uuid>)| {
            let kept = (!dry && !saved.changes.is_empty()).then_some(touched);
            (saved, kept)
        };
        let done = self.write().await.map(kept);
        settle(self.app, self.txn, done).await
    }

    async fn write(&mut self) -> Result<(Saved, Vec<Uuid>)> {
        if self.checked {
            may_be_imported(self.page.as_ref(), self.draft.course.status, &self.telling)?;
            self.keep_commitments().await?;
            std::mem::take(&mut self.mistakes).none(&self.telling)?;
        } else {
            self.finish().await?;
        }
        self.carry_out().await
    }

    /// Notes what the stored course stands against: its past, and those who rely on it.
    async fn keep_commitments(&mut self) -> Result<(), DbErr> {
        let Some(page) = &self.page else { return Ok(()) };
        let now = self.app.nature.now();
        if let Some(path) = &self.no_past {
            let word = match self.by {
                By::System(_) => "--into-the-past",
                By::Person(_) => "intoThePast",
            };
            not_into_the_past(page, &self.draft, now, (path, word), &mut self.mistakes);
        }
        Bound { txn: &self.txn, page, draft: &self.draft, now }.keep(&mut self.mistakes).await
    }

    /// Whether the edit may be at all, and whether what it made is sound.
    async fn finish(&mut self) -> Result<()> {
        if let Some(page) = &self.page {
            may_become(page.course.status, self.draft.course.status)?;
        }
        if let Some(refusal) = self.refusal.take() {
            return Err(refusal.into());
        }
        forget_the_unnamed(&mut self.draft);
        check::course(&self.draft, &mut self.mistakes);
        self.keep_commitments().await?;
        stays_publishable(&self.draft, self.page.as_ref().map(Draft::of).as_ref(), &mut self.mistakes);
        name_sessions(&self.draft, &self.telling, &mut self.mistakes);
        std::mem::take(&mut self.mistakes).none(&self.telling)?;
        arrange(&mut self.draft);
        if self.page.is_none()
            && page(&self.txn, course::Column::Slug.eq(&*self.draft.course.slug)).await?.is_some()
        {
            return Err(scope::taken(&self.telling).into());
        }
        Ok(())
    }

    /// Writes the difference. Returns what was done, and every course whose page has changed.
    async fn carry_out(&self) -> Result<(Saved, Vec<Uuid>)> {
        let Self { app, by, act, txn, page, draft, telling, .. } = self;
        let page = page.as_ref();
        let shared = Shared::named_by(txn, draft).await?;
        let changes = of_course(page, &shared, draft);
        let course_id = page.map_or_else(|| app.nature.id(), |page| page.course.id);
        let actor = match by {
            By::System(words) => Actor::Other(words),
            By::Person(viewer) => {
                scope::may_write(self, viewer, &shared, &changes).await?;
                Actor::Person(viewer.signed_in()?)
            }
        };
        let mut touched = Vec::new();
        if !changes.is_empty() {
            let (now, nature) = (app.nature.now(), app.nature.as_ref());
            touched = apply(&Writing {
                txn,
                nature,
                now,
                draft,
                page,
                shared: &shared,
                changes: &changes,
                course_id,
                telling,
            })
            .await?;
            let (before, after) = changes.record();
            let (before, after) = (Some(before), Some(after));
            let act = Act {
                name: act,
                subject_type: "course",
                subject_id: course_id,
                course_id: Some(course_id),
                before,
                after,
            };
            record(txn, app, actor, act).await?;
        }
        Ok((
            Saved {
                course_id,
                changes,
                warnings: warnings(draft, app.nature.now()),
                removed: Removed::between(page, draft),
            },
            touched,
        ))
    }
}

/// Whether an edit may change the course at all, and into what it makes it.
fn may_become(stored: Status, wanted: Status) -> Result<(), Refusal> {
    match (stored, wanted) {
        (Status::Archived, _) => Err(Refusal::CourseArchived),
        (Status::Cancelled, Status::Draft | Status::Published | Status::Cancelled) => {
            Err(Refusal::CourseCancelled)
        }
        (Status::Published, Status::Draft) => Err(Refusal::AlreadyPublished),
        (Status::Draft, Status::Cancelled) => Err(Refusal::NotPublished),
        (Status::Cancelled, Status::Archived)
        | (Status::Draft, Status::Draft | Status::Published | Status::Archived)
        | (Status::Published, Status::Published | Status::Cancelled | Status::Archived) => Ok(()),
    }
}

/// Whether an import may change the course at all, and into what the file says.
fn may_be_imported(page: Option<&CoursePage>, wanted: Status, telling: &Telling) -> Result<(), Refusal> {
    let no = |message: &str| Err(telling.refusal(&at![Course, Status], message));
    match (page.map(|page| page.course.status), wanted) {
        (Some(Status::Cancelled), _) => {
            no("This course has been canceled; a file cannot change it any more.")
        }
        (Some(Status::Archived), _) => no("This course is archived; a file cannot change it any more."),
        (_, Status::Cancelled | Status::Archived) => no(
            "A file can make a course a draft or published; canceling and archiving it are acts of their own.",
        ),
        (Some(Status::Published), Status::Draft) => {
            no("This course is published already; it cannot become a draft again.")
        }
        (None | Some(Status::Draft), Status::Draft | Status::Published)
        | (Some(Status::Published), Status::Published) => Ok(()),
    }
}

/// Takes out organizations that the course no longer names, and guests who no longer speak.
fn forget_the_unnamed(draft: &mut Draft) {
    let Draft { course, organizations, .. } = draft;
    organizations
        .retain(|row| course.offered_by.contains(&row.slug) || course.accredited_by.contains(&row.slug));
    let speaking: Vec<bool> =
        draft.faculty.iter().map(|row| row.role != Standing::Guest || draft.speaks(&row.slug)).collect();
    let mut speaking = speaking.into_iter();
    draft.faculty.retain(|_| speaking.next().unwrap_or(true));
}

/// Begins to change a course: from here to the end of the transaction nobody else does. Within a process it
/// is waited for without a connection.
pub(super) async fn begin(app: &AppState) -> Result<Transaction, DbErr> {
    let txn = app.begin_with(&["catalogue".to_owned()]).await?;
    if txn.get_database_backend() == DbBackend::Postgres {
        let lock = format!("select pg_advisory_xact_lock({CHANGE_LOCK})");
        app.db.weightless(txn.execute_unprepared(&lock)).await?;
    }
    Ok(txn)
}

/// Changes courses, or what they share, in one transaction; `change` says whose pages have changed.
///
/// # Errors
/// As `change`, which then has done nothing, and where the database fails.
pub async fn changing<T>(
    app: &AppState,
    change: impl AsyncFnOnce(&Transaction) -> Result<(T, Option<Vec<Uuid>>)>,
) -> Result<T> {
    let txn = begin(app).await?;
    let done = change(&txn).await;
    settle(app, txn, done).await
}

/// Ends a transaction that changes courses: what was done is kept where the courses that it touched are told,
/// and taken back where they are not.
pub(super) async fn settle<T>(
    app: &AppState,
    txn: Transaction,
    done: Result<(T, Option<Vec<Uuid>>)>,
) -> Result<T> {
    let (done, touched) = match done {
        Ok((done, Some(touched))) => (done, touched),
        Ok((done, None)) => {
            txn.rollback().await?;
            return Ok(done);
        }
        Err(no) => return Err(give_up(app, txn, no).await),
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

/// Takes everything back, and says why.
pub async fn give_up(app: &AppState, txn: Transaction, no: Error) -> Error {
    if let Err(fault) = txn.rollback().await {
        return fault.into();
    }
    if let Error::Refused(Refusal::Stale { thing: _, id }) = &no {
        // Whoever is told that they are late is shown what is there now.
        app.catalogue.forget(*id);
    }
    no
}

/// What is stored of one course, which stays as it is until the transaction ends.
pub async fn page(txn: &Transaction, which: SimpleExpr) -> Result<Option<CoursePage>, DbErr> {
    let found =
        course::Entity::find().select_only().column(course::Column::Id).filter(which).lock_exclusive();
    match found.into_tuple::<Uuid>().one(txn).await? {
        Some(id) => Ok(load::read(txn, &[id]).await?.pop()),
        None => Ok(None),
    }
}
