//! How many operations run side by side, by weight: an operation weighs what it may cost.
//!
//! Two lanes share the whole. The main lane is four fifths of it, and takes everybody. The quick lane is the
//! rest, and takes cheap operations alone, when the main lane has no room for them at once. So a costly
//! operation that waits for much room at once holds back the other costly ones behind it, as it must if it is
//! ever to run, but no cheap one; and cheap ones, however many, never get ahead of it in the main lane.
//!
//! In both lanes networks have turns ([`crate::turns`]): next is somebody of the network that has least
//! running. An operation weighs nothing while it waits for the database, because then it does nothing:
//! whoever makes hundreds wait for one thing, such as the turn over an address, keeps nobody out with them.

use std::sync::Arc;
use std::time::Duration;

use entity::network::Network;
use tokio::time::timeout;

use crate::turns::{self, Crowded, Rest, Turns};

/// The part of the whole that is for cheap operations: a fifth.
const QUICK: u32 = 5;
/// An operation is cheap that weighs no more than this part of the quick lane: a tenth. Ten of the heaviest
/// fit.
const CHEAP: u32 = 10;
/// How many of one network may wait: more than a hospital has people who come within a second, and fewer than
/// would take all the room that there is for requests.
const LONGEST: usize = 1_000;

/// No room in time.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("too much is being asked at once")]
pub struct Busy;

/// Room for operations.
#[derive(Debug)]
pub struct Admission {
    main: Arc<Turns<Network>>,
    quick: Arc<Turns<Network>>,
    /// What an operation can weigh at most that may use the quick lane.
    cheap: u32,
    patience: Duration,
}

/// The right to run, until it is dropped.
#[derive(Debug)]
pub struct Admitted(Arc<turns::Turn<Network>>);

impl Admitted {
    /// What lets the operation weigh nothing while it waits, for as long as it has not ended.
    pub fn resting(&self) -> impl Fn() -> Option<Rest<Network>> + Send + Sync + 'static {
        let turn = Arc::downgrade(&self.0);
        move || turn.upgrade().map(turns::Turn::rest)
    }
}

impl Admission {
    /// Room for operations of this weight together; one that weighs more than the main lane has it for
    /// itself. Who finds no room waits for it no longer than `patience`.
    pub fn new(weight: u32, patience: Duration) -> Self {
        let quick = weight / QUICK;
        Self {
            main: Turns::new(weight - quick, LONGEST),
            quick: Turns::new(quick, LONGEST),
            cheap: quick / CHEAP,
            patience,
        }
    }

    /// Waits for room for an operation of this cost, which somebody from `network` asks for.
    ///
    /// # Errors
    /// There was none in time, or too many from there wait already.
    pub async fn admit(&self, network: Network, cost: u64) -> Result<Admitted, Busy> {
        let weight = u32::try_from(cost).unwrap_or(u32::MAX);
        let main = self.main.take(network, weight);
        let turn = async {
            if weight > self.cheap {
                return main.await;
            }
            tokio::select! {
                biased;
                turn = main => turn,
                turn = self.quick.take(network, weight) => turn,
            }
        };
        match timeout(self.patience, turn).await {
            Ok(Ok(turn)) => Ok(Admitted(Arc::new(turn))),
            Ok(Err(Crowded)) | Err(_) => Err(Busy),
        }
    }

    /// What those would weigh that wait for the database.
    pub fn waiting(&self) -> usize {
        usize::try_from(self.main.resting() + self.quick.resting()).unwrap_or(usize::MAX)
    }

    /// The weight of what is running.
    pub fn running(&self) -> usize {
        usize::try_from(self.main.taken() + self.quick.taken()).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use futures_util::{FutureExt, poll};
    use tokio::time::Instant;

    use super::*;

    /// As where nothing is said.
    fn room() -> Admission {
        Admission::new(250_000, Duration::from_secs(2))
    }

    fn network(number: u8) -> Network {
        Network::from(IpAddr::from([192, 0, 2, number]))
    }

    #[tokio::test(start_paused = true)]
    async fn costs_that_run_together_stay_within_the_whole() {
        let room = room();
        let mut running = Vec::new();
        for _ in 0..4 {
            running.push(room.admit(network(1), 50_000).await.expect("room"));
        }
        let since = Instant::now();
        assert_eq!(room.admit(network(1), 50_000).await.map(drop), Err(Busy));
        assert_eq!(since.elapsed(), Duration::from_secs(2));
        for _ in 0..10 {
            running.push(room.admit(network(1), 5_000).await.expect("room in the quick lane"));
        }
        assert_eq!(room.running(), 250_000);
        assert_eq!(room.admit(network(1), 1).await.map(drop), Err(Busy));
        running.clear();
        assert_eq!(room.running(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn cheap_operations_pass_a_costly_one_that_waits_and_do_not_keep_it_out() {
        let room = room();
        let first = room.admit(network(1), 190_000).await.expect("room");
        let costly = room.admit(network(1), 50_000);
        tokio::pin!(costly);
        assert!(poll!(costly.as_mut()).is_pending());
        // The 10,000 that are left in the main lane belong to who waits; the cheap ones have theirs.
        let cheap: Vec<_> = [room.admit(network(1), 5_000).await, room.admit(network(1), 5_000).await].into();
        assert!(cheap.iter().all(Result::is_ok));
        drop(first);
        assert!(costly.await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn what_costs_more_than_there_is_runs_alone() {
        let room = room();
        let alone = room.admit(network(1), 10_000_000).await.expect("room");
        assert_eq!(room.admit(network(1), 50_000).await.map(drop), Err(Busy));
        assert!(room.admit(network(1), 10).await.is_ok());
        drop(alone);
        assert!(room.admit(network(1), 50_000).await.is_ok());
    }

    /// Hundreds from 30 networks wait. Somebody from another one is next, whether what they ask for is cheap
    /// or not.
    #[tokio::test(start_paused = true)]
    async fn whose_network_has_nothing_running_is_next() {
        let room = room();
        let mut running = Vec::new();
        while let Some(Ok(one)) =
            room.admit(network(u8::try_from(running.len() % 30).expect("few")), 4_000).now_or_never()
        {
            running.push(one);
        }
        let mut waiting: Vec<_> =
            (0..900).map(|number| Box::pin(room.admit(network(number as u8 % 30), 4_000))).collect();
        for one in &mut waiting {
            assert!(poll!(one).is_pending());
        }
        for cost in [4_000, 8_000] {
            let mut honest = Box::pin(room.admit(network(200), cost));
            assert!(poll!(&mut honest).is_pending());
            // Two of those in the main lane.
            drop((running.remove(0), running.remove(0)));
            assert!(honest.now_or_never().is_some_and(|turn| turn.is_ok()), "next is who has nothing");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_line_has_an_end_and_who_waits_for_the_database_weighs_nothing() {
        let room = room();
        let alone = room.admit(network(1), 10_000_000).await.expect("room");
        let mut waiting: Vec<_> = (0..LONGEST).map(|_| Box::pin(room.admit(network(1), 50_000))).collect();
        for one in &mut waiting {
            assert!(poll!(one).is_pending());
        }
        assert_eq!(
            room.admit(network(1), 50_000).now_or_never().map(|turn| turn.map(drop)),
            Some(Err(Busy)),
            "at once"
        );
        drop(waiting);
        let resting = alone.resting();
        let rest = resting().expect("it runs");
        let other = room.admit(network(2), 50_000).now_or_never().expect("there is room").expect("a turn");
        assert_eq!(room.running(), 50_000);
        drop(rest);
        assert_eq!(room.running(), 250_000);
        drop((alone, other));
        assert!(resting().is_none() && room.running() == 0);
    }
}
