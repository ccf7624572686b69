//! Which edition of the catalogue there is: whether anything in it has changed since somebody looked.
//!
//! Every change to what courses say, and to the people, organizations and series that they show, counts up
//! the version of a course, so one small statement over the courses tells. It is asked at most twice a
//! second, and sooner where this process has written something or heard of somebody else's change. When the
//! edition is another, no page in memory is trusted any more before its version was asked for; so whatever is
//! read after an edition was told is at least as new as that edition.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use entity::Instant;
use sea_orm::{ConnectionTrait, DbErr, Statement};

use super::TRUST_MICROS;
use super::page::Catalogue;
use crate::store::{Database, Shared};

/// How many courses there are, the sum of their versions, and the latest change; and how often what lists are
/// searched by was put right.
const LOOK: &str =
    "select count(*) as courses, cast(sum(version) as bigint) as versions, max(updated_at) as changed_at,
    (select passes from fold_mark) as passes from course";

/// An edition of the catalogue; two that are equal have the same pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edition {
    courses: i64,
    versions: Option<i64>,
    changed_at: Option<Instant>,
    passes: i64,
}

/// A moment at which somebody looked into the database.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    at: Instant,
    /// What this process had written by then.
    writes: u64,
    /// How much had been heard of others' changes by then.
    heard: u64,
}

/// The edition as it was last seen.
#[derive(Debug, Default)]
pub(super) struct Editions {
    seen: Mutex<Option<(Look, Edition)>>,
    /// Whoever looks has the turn; the others wait for what they see.
    turn: Shared<()>,
    heard: AtomicU64,
}

impl Editions {
    fn seen(&self) -> Option<(Look, Edition)> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Catalogue {
    /// This moment, to be taken before something is read.
    pub fn look(&self, db: &Database) -> Look {
        let heard = self.editions.heard.load(Ordering::SeqCst);
        Look { at: self.now(), writes: db.watch().writes(), heard }
    }

    /// Whether what was seen then is still to be believed: it is less than half a second old, and nothing was
    /// written here or heard of since.
    pub fn believes(&self, db: &Database, look: Look) -> bool {
        let now = self.look(db);
        let age = now.at.as_micros() - look.at.as_micros();
        (now.writes, now.heard) == (look.writes, look.heard) && (0..TRUST_MICROS).contains(&age)
    }

    /// Says that something may have changed which this process has not written.
    pub fn hears(&self) {
        self.editions.heard.fetch_add(1, Ordering::SeqCst);
    }

    /// The edition that there is. Nobody who holds a connection may ask: it may take one.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn edition(&self, db: &Database) -> Result<Edition, DbErr> {
        let believed =
            || self.editions.seen().filter(|(look, _)| self.believes(db, *look)).map(|(_, edition)| edition);
        if let Some(edition) = believed() {
            return Ok(edition);
        }
        let turn = self.editions.turn.take(db.wait()).await?;
        if let Some(edition) = believed() {
            return Ok(edition);
        }
        let look = self.look(db);
        let edition = turn.saw(read(db).await)?;
        if self.editions.seen().is_none_or(|(_, before)| before != edition) {
            self.doubt_all();
        }
        *self.editions.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some((look, edition));
        Ok(edition)
    }
}

async fn read(db: &Database) -> Result<Edition, DbErr> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), LOOK)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("a count".to_owned()))?;
    Ok(Edition {
        courses: row.try_get("", "courses")?,
        versions: row.try_get("", "versions")?,
        changed_at: row.try_get("", "changed_at")?,
        passes: row.try_get("", "passes")?,
    })
}
