//! What time it is, as the database has it. Processes on several machines share one database and no clock;
//! a machine whose clock is wrong would send reminders early, or hold back what is due.
//!
//! The database is asked every few seconds, and here alone: no other statement says `now()`. In between, time
//! goes on by the machine's monotonic clock, which nobody sets. SQLite has no clock of its own; there the
//! machine's counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant as Monotonic};

use clap::ValueEnum;
use entity::Instant;
use entity::nature::{Nature, SharedNature};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::Database;

/// How often the database is asked.
const TICK: Duration = Duration::from_secs(5);
/// By how much the machine's clock may be off before it is told, in seconds.
const OFF_SECONDS: i64 = 60;

/// Whose clock counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Whose {
    /// The database's, where it has one (PostgreSQL).
    #[default]
    Database,
    /// The machine's.
    Machine,
}

/// Time as the database has it; ids and chance as the machine has them.
#[derive(Debug)]
pub struct Clock {
    machine: SharedNature,
    /// Where the monotonic clock stood when this one was made.
    zero: Monotonic,
    /// The database's time at `zero`, in microseconds since 1970, as far as is known.
    at_zero: AtomicI64,
    /// Whether it has been told that the machine's clock is off.
    told: AtomicBool,
}

impl Clock {
    /// A clock by the database's, which is asked once; none where the database has none. `machine` is what
    /// its time is compared with, and what gives ids and chance.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn of(db: &Database, machine: SharedNature) -> Result<Option<Arc<Self>>, DbErr> {
        if db.get_database_backend() != DbBackend::Postgres {
            return Ok(None);
        }
        let zero = Monotonic::now();
        let possible = ask(db, zero).await?;
        let at_zero = AtomicI64::new(possible.middle());
        let clock = Self { machine, zero, at_zero, told: AtomicBool::new(false) };
        clock.tell();
        Ok(Some(Arc::new(clock)))
    }

    /// Asks the database, and goes by its answer.
    ///
    /// # Errors
    /// Where it does not answer; time goes on as it did.
    pub async fn ask(&self, db: &Database) -> Result<(), DbErr> {
        let possible = ask(db, self.zero).await?;
        let believed = self.at_zero.load(Ordering::Relaxed);
        self.at_zero.store(possible.nearest(believed), Ordering::Relaxed);
        self.tell();
        Ok(())
    }

    /// Asks every few seconds until `stop`.
    pub async fn keep(self: Arc<Self>, db: Database, stop: CancellationToken) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            if let Err(error) = self.ask(&db).await {
                tracing::debug!(%error, "the database does not say what time it is");
            }
        }
    }

    /// By how many seconds the machine's clock is ahead of the database's; negative where it is behind.
    pub fn skew_seconds(&self) -> i64 {
        (self.machine.now().as_micros() - self.now().as_micros()) / 1_000_000
    }

    /// What is wrong with the machine's clock, where it is off by more than a minute.
    pub fn complaint(&self) -> Option<String> {
        let skew = self.skew_seconds();
        let side = if skew > 0 { "ahead of" } else { "behind" };
        (skew.abs() > OFF_SECONDS)
            .then(|| format!("the clock of this machine is {} seconds {side} the database's", skew.abs()))
    }

    /// Tells that the machine's clock is off, once, and that it is right again.
    fn tell(&self) {
        let complaint = self.complaint();
        match (self.told.swap(complaint.is_some(), Ordering::Relaxed), complaint) {
            (false, Some(complaint)) => {
                tracing::warn!("{complaint}: e-mails go by the database's clock, logs by this one")
            }
            (true, None) => tracing::info!("the clock of this machine agrees with the database's again"),
            (true, Some(_)) | (false, None) => {}
        }
    }
}

impl Nature for Clock {
    fn now(&self) -> Instant {
        Instant::from_micros(self.at_zero.load(Ordering::Relaxed) + since(self.zero))
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.machine.fill(bytes);
    }
}

/// Where the database's time at `zero` may have been, by one answer: it was given at some moment between the
/// question and the arrival of the answer. In microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Possible {
    earliest: i64,
    latest: i64,
}

impl Possible {
    /// By an answer that said `told`, asked for and received so many microseconds after zero.
    fn by(told: i64, asked: i64, received: i64) -> Self {
        Self { earliest: told - received, latest: told - asked }
    }

    fn middle(self) -> i64 {
        self.earliest + (self.latest - self.earliest) / 2
    }

    /// What is possible and nearest to what is believed: an answer that was long on its way changes little.
    fn nearest(self, believed: i64) -> i64 {
        believed.clamp(self.earliest, self.latest)
    }
}

/// Asks the database what time it is.
async fn ask(db: &Database, zero: Monotonic) -> Result<Possible, DbErr> {
    let question = Statement::from_string(DbBackend::Postgres, "select clock_timestamp()");
    let asked = since(zero);
    let answer = db.query_one_raw(question).await?;
    let received = since(zero);
    let answer = answer.ok_or_else(|| DbErr::RecordNotFound("the time".to_owned()))?;
    let told: Instant = answer.try_get_by_index(0)?;
    Ok(Possible::by(told.as_micros(), asked, received))
}

/// Microseconds since `zero`.
fn since(zero: Monotonic) -> i64 {
    i64::try_from(zero.elapsed().as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_as_much_as_it_was_quick() {
        // Asked at 10 and answered at 14, it was 1,000,012: zero was at 1,000,000, two more or less.
        let quick = Possible::by(1_000_012, 10, 14);
        assert_eq!((quick.earliest, quick.middle(), quick.latest), (999_998, 1_000_000, 1_000_002));
        assert_eq!(quick.nearest(1_000_001), 1_000_001, "what is possible stays");
        assert_eq!(quick.nearest(500), 999_998);
        assert_eq!(quick.nearest(2_000_000), 1_000_002);
        let slow = Possible::by(1_000_012, 10, 3_000_010);
        assert_eq!(slow.nearest(quick.middle()), quick.middle(), "a slow answer does not make it worse");
    }
}
