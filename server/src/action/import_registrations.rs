//! Registrations from a file (CSV): new ones begun, known ones brought up to date, every line told its
//! verdict.
//!
//! All lines count or none, unless it is said that those which can be done shall count: a file in which one
//! line is refused changes nothing else, so that a mended file can be sent again as a whole. A dry run judges
//! by the same rules what is there at its moment, and writes nothing. Everything else runs under the lock of
//! the course, as registering does, so no seat is sold twice; and each row that changes carries its moment, so
//! letters follow by the path that they always take.

mod address;
mod judge;
mod read;
mod write;

use entity::{Instant, Refusal, course, registration_import, secret};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::app::AppState;
use crate::error::{Fault, Result};
use crate::files;
use crate::store::Transaction;
use crate::viewer::Viewer;
use crate::wake::Change;
use crate::write::audit::{self, Act, Actor};
use crate::write::once::{Acted, Once};
use crate::write::turn::{self, Over};
use crate::write::{give_address, seats};
use judge::Judge;
use read::Line;

pub use read::MOST_ROWS;

/// A file of registrations, as staff send it.
#[derive(Clone, Debug)]
pub struct ImportRegistrations {
    /// The course.
    pub course_id: Uuid,
    /// The file.
    pub list: List,
    /// Whether the rows that can be done count though others are refused.
    pub skip_refused: bool,
    /// Whether only to say what would happen.
    pub check: bool,
    /// Chosen by the client, so that a request sent twice acts once.
    pub idempotency_key: Option<String>,
}

/// Where the rows stand.
#[derive(Clone, Debug)]
pub enum List {
    /// In a file that the viewer has sent.
    File(Uuid),
    /// In the input itself.
    Text(String),
}

/// What became, or would become, of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A new registration.
    Created,
    /// A known registration that changes.
    Updated,
    /// A known registration that is so already.
    Unchanged,
    /// Not possible.
    Refused,
}

/// The verdict on a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The line of the file on which the row begins, from 1, the header's.
    pub line: u64,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it is refused, or what else to know.
    pub message: Option<String>,
    /// The registration; none where it is refused, or where what would be new was not made.
    pub registration_id: Option<Uuid>,
}

/// What an import did, or would do.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Whether it counts.
    pub applied: bool,
    /// The verdicts, in the order of the file.
    pub rows: Vec<Row>,
}

impl Imported {
    /// How many lines have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.rows.iter().filter(|row| row.verdict == verdict).count()
    }

    /// The same, told without having counted: what would be new does not exist.
    fn unmade(mut self) -> Self {
        for row in self.rows.iter_mut().filter(|row| row.verdict == Verdict::Created) {
            row.registration_id = None;
        }
        Self { applied: false, ..self }
    }
}

/// Imports registrations for a course that the viewer runs.
///
/// # Errors
/// Refused to whoever does not run the course, where the course takes no registrations, and where the file as
/// a whole cannot be read.
pub async fn import_registrations(
    app: &AppState,
    viewer: &Viewer,
    input: &ImportRegistrations,
) -> Result<Imported> {
    let staff = viewer.signed_in()?;
    // Whether somebody runs the course comes before what is wrong with the file.
    let mine = viewer.run_courses().ok_or_else(|| Refusal::not_found("course"))?;
    let course = course::Entity::find_by_id(input.course_id).filter(mine).one(&app.db).await?;
    let course = course.ok_or_else(|| Refusal::not_found("course"))?;
    takes_registrations(&course)?;
    if input.check {
        // Nothing is written and nothing held, so nobody waits for a trial.
        let now = app.nature.now();
        let lines = input.list.lines(app, staff.id, &course).await?;
        let changes = address::Changes::of(&app.db, course.id, &lines).await?;
        let (imported, _) =
            judged(&app.db, (app, viewer), course, &lines, &changes, input.skip_refused, now).await?;
        return Ok(imported.unmade());
    }
    let once =
        Once::new(staff.id, "importRegistrations", input.idempotency_key.as_deref(), &input.fingerprint())?;
    let (id, acted) = once.act(app, || attempt(app, viewer, &course, input, &once)).await?;
    if acted == Acted::Now {
        app.wake.ring(&app.db).await;
        app.wake.changed(&app.db, Change::Registrations(course.id)).await;
    }
    let kept = registration_import::Entity::find_by_id(id).one(&app.db).await?;
    let kept = kept.ok_or_else(|| Fault::Stored(format!("import {id} has gone")))?;
    let rows = serde_json::from_value(kept.rows).map_err(|error| Fault::Stored(error.to_string()))?;
    Ok(Imported { applied: kept.applied, rows })
}

impl ImportRegistrations {
    /// What a request that comes again is known by: it must not need the file, which is kept for a shorter
    /// time than the answer.
    fn fingerprint(&self) -> Value {
        let list = match &self.list {
            List::File(id) => format!("file {id}"),
            List::Text(text) => secret::fingerprint(text),
        };
        // As releases wrote it that knew neither of the two.
        if self.skip_refused {
            json!([self.course_id, list, "skip refused"])
        } else {
            json!([self.course_id, list])
        }
    }
}

impl List {
    /// The rows, as they are read for `course`.
    async fn lines(&self, app: &AppState, staff_id: Uuid, course: &course::Model) -> Result<Vec<Line>> {
        match self {
            Self::File(id) => {
                let bytes = files::bytes(&app.db, staff_id, *id, read::LARGEST, app.nature.now()).await?;
                aside(bytes, "fileId", &course.currency).await
            }
            Self::Text(text) => aside(text.clone().into_bytes(), "csv", &course.currency).await,
        }
    }
}

/// How many lists are read at once in this process: one takes a processor, and several times its size. The
/// next ones wait, and are told that it took too long where their time has passed.
static READING: Semaphore = Semaphore::const_new(2);

/// Reads the rows in a thread of its own: a large file takes seconds, in which others want to be answered.
async fn aside(bytes: Vec<u8>, path: &'static str, currency: &str) -> Result<Vec<Line>> {
    let currency = currency.to_owned();
    let turn = READING.acquire().await.ok();
    let lines = tokio::task::spawn_blocking(move || {
        let lines = read::read(&bytes, path, &currency);
        drop(turn);
        lines
    })
    .await
    .map_err(Fault::from)?;
    Ok(lines?)
}

/// A draft has no price that counts yet, and nobody registers for what will not be.
fn takes_registrations(course: &course::Model) -> Result<(), Refusal> {
    if course.is_cancelled() {
        return Err(Refusal::CourseCancelled);
    }
    match course.status {
        course::Status::Published => Ok(()),
        course::Status::Draft => {
            Err(Refusal::invalid("Publish the course first, then import its registrations.", &["courseId"]))
        }
        course::Status::Cancelled | course::Status::Archived => Err(Refusal::RegistrationClosed),
    }
}

async fn attempt(
    app: &AppState,
    viewer: &Viewer,
    course: &course::Model,
    input: &ImportRegistrations,
    once: &Once,
) -> Result<Uuid> {
    let staff = viewer.signed_in()?;
    let course_id = course.id;
    // Before the transaction: nobody else waits while a file is read.
    let lines = input.list.lines(app, staff.id, course).await?;
    let addresses = address::Changes::of(&app.db, course_id, &lines).await?;
    let mut txn = begin(app, &addresses).await?;
    let (mut imported, changes) =
        run(&txn, app, viewer, course_id, &lines, &addresses, input.skip_refused).await?;
    if !imported.applied {
        txn.rollback().await?;
        imported = imported.unmade();
        txn = app.begin().await?;
    }
    let kept = registration_import::Model {
        id: app.nature.id(),
        course_id,
        learner_id: staff.id,
        applied: imported.applied,
        rows: serde_json::to_value(&imported.rows).map_err(|error| Fault::Stored(error.to_string()))?,
        created_at: app.nature.now(),
    };
    registration_import::Entity::insert(kept.clone().into_active_model())
        .exec_without_returning(&txn)
        .await?;
    if imported.applied {
        let act = Act {
            name: "importRegistrations",
            subject_type: "registration_import",
            subject_id: kept.id,
            course_id: Some(course_id),
            before: Some(json!({ "updated": changes.iter().map(|change| &change.0).collect::<Vec<_>>() })),
            after: Some(json!({
                "created": imported.count(Verdict::Created),
                "unchanged": imported.count(Verdict::Unchanged),
                "updated": changes.iter().map(|change| &change.1).collect::<Vec<_>>(),
            })),
        };
        audit::record(&txn, app, Actor::Person(staff), act).await?;
    }
    once.keep(&txn, app, kept.id).await?;
    txn.commit().await?;
    Ok(kept.id)
}

/// Begins a transaction during which nobody signs in with an address that changes.
async fn begin(app: &AppState, changes: &address::Changes) -> Result<Transaction> {
    let over: Vec<Over<'_>> = changes.keys().into_iter().map(Over::Address).collect();
    Ok(turn::begin(app, &over).await?)
}

/// What changed in known registrations: before and after.
type Changes = Vec<(Value, Value)>;

/// Judges every line and writes what the verdicts say, under the lock of the course.
async fn run(
    txn: &Transaction,
    app: &AppState,
    viewer: &Viewer,
    course_id: Uuid,
    lines: &[Line],
    addresses: &address::Changes,
    skip_refused: bool,
) -> Result<(Imported, Changes)> {
    let staff_id = viewer.signed_in()?.id;
    let course = seats::lock_course(txn, course_id).await?;
    takes_registrations(&course)?;
    let now: Instant = app.nature.now();
    seats::expire_overdue(txn, course.id, now).await?;
    give_address::hold(txn, &addresses.learners()).await?;
    let (imported, judge) = judged(txn, (app, viewer), course, lines, addresses, skip_refused, now).await?;
    let changes = judge.writes.changes();
    if imported.applied {
        write::all(txn, app, staff_id, &judge.course, judge.writes, now).await?;
    }
    Ok((imported, changes))
}

/// The verdicts on all lines, and what they were judged by; whether they count, were they written.
async fn judged<'a>(
    db: &impl ConnectionTrait,
    (app, viewer): (&'a AppState, &Viewer),
    course: course::Model,
    lines: &[Line],
    addresses: &address::Changes,
    skip_refused: bool,
    now: Instant,
) -> Result<(Imported, Judge<'a>)> {
    let addresses = addresses.judged(db, viewer).await?;
    let mut judge = Judge::of(db, (app, viewer), course, lines, addresses, now).await?;
    let rows: Vec<Row> = lines.iter().map(|line| judge.judge(line)).collect();
    let applied = rows.iter().all(|row| skip_refused || row.verdict != Verdict::Refused);
    Ok((Imported { applied, rows }, judge))
}
