//! What an operation has taken while it runs, and what it may take: values, bytes and time.
//!
//! The cost of a document ([`super::document`]) says beforehand what its answer can hold, going by what lists
//! hold as a rule. Here is counted what they do hold. A query that has taken all that it may, or whose client
//! has hung up, is told to stop: its lists ask before they are resolved ([`super::step`]), and its connection
//! before each statement. Whoever is told ends by itself, so nothing is dropped half way. A mutation does all
//! that it was asked to do, however long that takes and whoever waits; only what is told of it has the same
//! bounds, and where they are reached its lists are not resolved any more.
//!
//! Whoever resolves much at once also lets others run in between: after some work a list waits until the
//! whole operation is polled anew.

use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::limits::client::Bounds;
use crate::store::Resting;

/// How many values are resolved before others have their turn: half a millisecond's work.
const TURN: u64 = 1_000;

/// How much an answer that is being made grows by before it is told to who keeps the book of what is in hand,
/// in bytes: more than a course page has, so that the book is not asked for those.
const PARCEL: u64 = 64 * 1024;

/// Why a query was told to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// [`Bounds::values`].
    #[error("The answer holds more than {0} values. Ask for smaller pages, or for less of each row.")]
    Values(u64),
    /// [`Bounds::bytes`].
    #[error("The answer is larger than {0} bytes. Ask for smaller pages, or for less of each row.")]
    Bytes(u64),
    /// [`Bounds::time`].
    #[error("The answer takes longer than {} seconds. Ask for less at a time, or try again later.", .0.as_secs_f64())]
    Time(Duration),
    /// Answers that are being made take all the memory that they may, in all or for this client.
    #[error("too much data is in hand")]
    Crowded,
    /// Nobody waits for the answer any more.
    #[error("Nobody waits for the answer.")]
    HungUp,
}

/// Told of so many bytes more of an answer that is being made, it says whether there is room for them.
struct Grows(Box<dyn Fn(usize) -> bool + Send + Sync>);

impl fmt::Debug for Grows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Grows")
    }
}

/// Lets an operation weigh nothing for as long as what it returns lives.
struct Rests(Box<dyn Fn() -> Option<Resting> + Send + Sync>);

impl fmt::Debug for Rests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rests")
    }
}

/// An operation that runs.
#[derive(Debug)]
pub struct Running {
    bounds: Bounds,
    /// Whether it does something, which is done to the end.
    acts: bool,
    since: Instant,
    values: AtomicU64,
    bytes: AtomicU64,
    /// Values since the operation was polled last.
    turn: AtomicU64,
    hung_up: AtomicBool,
    grows: Grows,
    rests: Rests,
    /// Whether there was no room for what the answer has grown by.
    crowded: AtomicBool,
    stopped: OnceLock<Stopped>,
}

impl Running {
    /// A query, which begins now.
    pub fn query(bounds: Bounds) -> Self {
        Self::new(bounds, false)
    }

    /// A mutation, which begins now and does what it does to the end; its answer has bounds.
    pub fn mutation(bounds: Bounds) -> Self {
        Self::new(bounds, true)
    }

    fn new(bounds: Bounds, acts: bool) -> Self {
        Self {
            bounds,
            acts,
            since: Instant::now(),
            values: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            turn: AtomicU64::new(0),
            hung_up: AtomicBool::new(false),
            grows: Grows(Box::new(|_| true)),
            rests: Rests(Box::new(|| None)),
            crowded: AtomicBool::new(false),
            stopped: OnceLock::new(),
        }
    }

    /// The same, with somebody who is told while the answer is made by how many bytes it has grown, and says
    /// whether there is room for them. They are told of whole parcels alone, so of a small answer nothing.
    pub fn telling(self, grows: impl Fn(usize) -> bool + Send + Sync + 'static) -> Self {
        Self { grows: Grows(Box::new(grows)), ..self }
    }

    /// The same, which weighs nothing among the operations that run side by side while it waits and as long
    /// as what `rest` returns lives.
    pub fn resting<R: Send + 'static>(self, rest: impl Fn() -> Option<R> + Send + Sync + 'static) -> Self {
        Self { rests: Rests(Box::new(move || rest().map(|rest| -> Resting { Box::new(rest) }))), ..self }
    }

    /// Rests until what is returned is dropped; none where it weighs nothing.
    pub fn rest(&self) -> Option<Resting> {
        (self.rests.0)()
    }

    /// Whether its answer may grow. Once it may not, it never may again, for the same reason.
    ///
    /// # Errors
    /// Why it may not.
    pub fn ask(&self) -> Result<(), Stopped> {
        if let Some(stopped) = self.stopped.get() {
            return Err(*stopped);
        }
        let Bounds { values, bytes, time } = self.bounds;
        let why = if !self.acts && self.hung_up.load(Ordering::Relaxed) {
            Stopped::HungUp
        } else if self.values() > values {
            Stopped::Values(values)
        } else if self.bytes.load(Ordering::Relaxed) > bytes {
            Stopped::Bytes(bytes)
        } else if !self.acts && self.crowded.load(Ordering::Relaxed) {
            Stopped::Crowded
        } else if !self.acts && self.since.elapsed() > time {
            Stopped::Time(time)
        } else {
            return Ok(());
        };
        Err(*self.stopped.get_or_init(|| why))
    }

    /// Whether it may ask the database for more. What does something always may: what it still has to do does
    /// not depend on what is told.
    pub fn may_go_on(&self) -> bool {
        self.acts || self.ask().is_ok()
    }

    /// Why it was told to stop, if it was.
    pub fn stopped(&self) -> Option<Stopped> {
        self.stopped.get().copied()
    }

    /// How long it may take; none where it does something.
    pub fn time(&self) -> Option<Duration> {
        (!self.acts).then_some(self.bounds.time)
    }

    /// Its client has hung up.
    pub fn hang_up(&self) {
        self.hung_up.store(true, Ordering::Relaxed);
    }

    /// Counts what was resolved. `bytes` are never more than what is written in the end.
    pub fn count(&self, values: u64, bytes: u64) {
        self.values.fetch_add(values, Ordering::Relaxed);
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let parcels = before.saturating_add(bytes) / PARCEL - before / PARCEL;
        if parcels > 0 && !(self.grows.0)(usize::try_from(parcels * PARCEL).unwrap_or(usize::MAX)) {
            self.crowded.store(true, Ordering::Relaxed);
        }
        self.turn.fetch_add(values, Ordering::Relaxed);
    }

    /// How many values were resolved.
    pub fn values(&self) -> u64 {
        self.values.load(Ordering::Relaxed)
    }

    /// Waits for the next turn, where this one is used up. Others of the operation that come by in the same
    /// turn wait, too, so that the whole of it comes to rest.
    pub async fn pause(&self) {
        while self.turn.load(Ordering::Relaxed) >= TURN {
            tokio::task::yield_now().await;
        }
    }

    /// Runs the operation in turns.
    pub async fn in_turns<F: Future>(&self, operation: F) -> F::Output {
        let mut operation = pin!(operation);
        poll_fn(|context| {
            self.turn.store(0, Ordering::Relaxed);
            operation.as_mut().poll(context)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    use futures_util::future::join_all;
    use tokio::time::advance;

    use super::*;

    const BOUNDS: Bounds = Bounds { values: 10, bytes: 100, time: Duration::from_secs(5) };

    #[tokio::test(start_paused = true)]
    async fn each_bound_has_an_edge() {
        let running = Running::query(BOUNDS);
        running.count(10, 100);
        advance(Duration::from_secs(5)).await;
        assert_eq!((running.ask(), running.stopped()), (Ok(()), None));
        let values = Running::query(BOUNDS);
        values.count(11, 0);
        assert_eq!(values.ask(), Err(Stopped::Values(10)));
        let bytes = Running::query(BOUNDS);
        bytes.count(0, 101);
        assert_eq!(bytes.ask(), Err(Stopped::Bytes(100)));
        let time = Running::query(BOUNDS);
        advance(Duration::from_millis(5_001)).await;
        assert_eq!(time.ask(), Err(Stopped::Time(Duration::from_secs(5))));
        let left = Running::query(BOUNDS);
        left.hang_up();
        assert_eq!(left.ask(), Err(Stopped::HungUp));
        // The first reason stays.
        left.count(1_000, 1_000);
        assert_eq!((left.ask(), left.stopped()), (Err(Stopped::HungUp), Some(Stopped::HungUp)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_mutation_goes_on_whatever_its_answer_comes_to() {
        let running = Running::mutation(BOUNDS);
        running.count(10, 100);
        running.hang_up();
        advance(Duration::from_secs(3_600)).await;
        assert_eq!((running.ask(), running.values(), running.time()), (Ok(()), 10, None));
        running.count(0, 1);
        assert_eq!((running.ask(), running.may_go_on()), (Err(Stopped::Bytes(100)), true));
        let query = Running::query(BOUNDS);
        query.count(0, 101);
        assert!(!query.may_go_on());
    }

    #[tokio::test]
    async fn a_query_for_whose_answer_there_is_no_room_is_stopped_and_a_mutation_is_not() {
        let bounds = Bounds { bytes: u64::MAX, ..BOUNDS };
        for (running, answer) in
            [(Running::query(bounds), Err(Stopped::Crowded)), (Running::mutation(bounds), Ok(()))]
        {
            let running = running.telling(|_| false);
            running.count(0, PARCEL - 1);
            assert_eq!(running.ask(), Ok(()));
            running.count(0, 1);
            assert_eq!(running.ask(), answer);
        }
    }

    #[tokio::test]
    async fn an_answer_is_told_of_by_the_parcel_while_it_grows() {
        let told = Arc::new(AtomicUsize::new(0));
        let hears = Arc::clone(&told);
        let running = Running::query(Bounds { bytes: u64::MAX, ..BOUNDS }).telling(move |bytes| {
            hears.fetch_add(bytes, Ordering::Relaxed);
            true
        });
        for (bytes, parcels) in
            [(PARCEL - 1, 0), (1, 1), (0, 1), (5 * PARCEL, 6), (PARCEL / 2, 6), (PARCEL / 2, 7)]
        {
            running.count(0, bytes);
            assert_eq!(told.load(Ordering::Relaxed), parcels * 64 * 1024);
        }
    }

    /// A hundred lists of 400 values each: between two of the test's own steps no more than a turn is
    /// resolved, however many there are.
    #[tokio::test]
    async fn much_work_leaves_room_for_others() {
        let running = Running::query(Bounds { values: u64::MAX, ..BOUNDS });
        let (mut turns, mut most) = (0, 0);
        let done = AtomicUsize::new(0);
        let list = async || {
            running.pause().await;
            running.count(400, 0);
            done.fetch_add(1, Ordering::Relaxed);
        };
        let mut operation = pin!(running.in_turns(join_all((0..100).map(|_| list()))));
        let mut before = 0;
        while futures_util::poll!(operation.as_mut()).is_pending() {
            let now = done.load(Ordering::Relaxed);
            (turns, most, before) = (turns + 1, most.max(now - before), now);
            tokio::task::yield_now().await;
        }
        assert_eq!((done.load(Ordering::Relaxed), most), (100, 3), "three lists of 400 use a turn up");
        assert!(turns >= 33, "{turns}");
    }
}
