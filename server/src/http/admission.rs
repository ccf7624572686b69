//! How many operations run side by side, by weight: an operation weighs what it may cost.
//!
//! Two lanes share the whole. The main lane is four fifths of it, and takes everybody in the order in which they came. The quick lane is the
//! rest, and takes cheap operations alone, when the main lane has no room for them at once. So a costly operation that waits for much room at
//! once holds back the other costly ones behind it, as it must if it is ever to run, but no cheap one; and cheap ones, however many, never
//! get ahead of it in the main lane.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// The part of the whole that is for cheap operations: a fifth.
const QUICK: u32 = 5;
/// An operation is cheap that weighs no more than this part of the quick lane: a tenth. Ten of the heaviest fit.
const CHEAP: u32 = 10;

/// No room in time.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("too much is being asked at once")]
pub struct Busy;

/// Room for operations.
#[derive(Debug)]
pub struct Admission {
    main: Arc<Semaphore>,
    quick: Arc<Semaphore>,
    /// What an operation can weigh at most, which is the main lane: one that costs more has it for itself.
    heaviest: u32,
    /// What an operation can weigh at most that may use the quick lane.
    cheap: u32,
    whole: u32,
    patience: Duration,
}

/// The right to run, until it is dropped.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

impl Admission {
    /// Room for operations of this weight together. Who finds none waits for it no longer than `patience`.
    pub fn new(weight: u32, patience: Duration) -> Self {
        let quick = weight / QUICK;
        let main = weight - quick;
        Self {
            main: Arc::new(Semaphore::new(main as usize)),
            quick: Arc::new(Semaphore::new(quick as usize)),
            heaviest: main,
            cheap: quick / CHEAP,
            whole: weight,
            patience,
        }
    }

    /// Waits for room for an operation of this cost.
    ///
    /// # Errors
    /// There was none in time.
    pub async fn admit(&self, cost: u64) -> Result<Turn, Busy> {
        let weight = u32::try_from(cost).unwrap_or(u32::MAX).clamp(1, self.heaviest);
        let main = Arc::clone(&self.main).acquire_many_owned(weight);
        let turn = async {
            if weight > self.cheap {
                return main.await;
            }
            tokio::select! {
                biased;
                turn = main => turn,
                turn = Arc::clone(&self.quick).acquire_many_owned(weight) => turn,
            }
        };
        match timeout(self.patience, turn).await {
            Ok(Ok(permit)) => Ok(Turn(permit)),
            // The lanes are never closed.
            Ok(Err(_)) | Err(_) => Err(Busy),
        }
    }

    /// The weight of what is running.
    pub fn running(&self) -> usize {
        (self.whole as usize).saturating_sub(self.main.available_permits() + self.quick.available_permits())
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    /// As where nothing is said.
    fn room() -> Admission {
        Admission::new(250_000, Duration::from_secs(2))
    }

    #[tokio::test(start_paused = true)]
    async fn costs_that_run_together_stay_within_the_whole() {
        let room = room();
        let mut running = Vec::new();
        for _ in 0..4 {
            running.push(room.admit(50_000).await.expect("room"));
        }
        let since = Instant::now();
        assert_eq!(room.admit(50_000).await.map(drop), Err(Busy));
        assert_eq!(since.elapsed(), Duration::from_secs(2));
        for _ in 0..10 {
            running.push(room.admit(5_000).await.expect("room in the quick lane"));
        }
        assert_eq!(room.running(), 250_000);
        assert_eq!(room.admit(1).await.map(drop), Err(Busy));
        running.clear();
        assert_eq!(room.running(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn cheap_operations_pass_a_costly_one_that_waits_and_do_not_keep_it_out() {
        let room = room();
        let first = room.admit(190_000).await.expect("room");
        let costly = room.admit(50_000);
        tokio::pin!(costly);
        assert!(futures_util::poll!(costly.as_mut()).is_pending());
        // The 10,000 that are left in the main lane belong to who waits; the cheap ones have theirs.
        let cheap: Vec<_> = [room.admit(5_000).await, room.admit(5_000).await].into();
        assert!(cheap.iter().all(Result::is_ok));
        drop(first);
        assert!(costly.await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn what_costs_more_than_there_is_runs_alone() {
        let room = room();
        let alone = room.admit(10_000_000).await.expect("room");
        assert_eq!(room.admit(50_000).await.map(drop), Err(Busy));
        assert!(room.admit(10).await.is_ok());
        drop(alone);
        assert!(room.admit(50_000).await.is_ok());
    }
}
