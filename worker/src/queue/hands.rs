//! Hands: how many letters are sent at a time, and that one of them is always found for a sign-in code.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::claim::Wanted;

/// Hands that take nothing but what somebody waits for at this moment, while all others are busy.
pub(super) const SPARE: u32 = 2;

/// The hands.
#[derive(Debug)]
pub(super) struct Hands {
    ordinary: Arc<Semaphore>,
    spare: Arc<Semaphore>,
    count: usize,
}

/// Hands that are free, and what they may take.
#[derive(Debug)]
pub(super) struct Free {
    pub(super) hands: Vec<OwnedSemaphorePermit>,
    pub(super) wanted: Wanted,
}

impl Hands {
    pub(super) fn new(count: u32) -> Self {
        let count = usize::try_from(count).unwrap_or(1).max(1);
        let spare = usize::try_from(SPARE).unwrap_or(1);
        Self { ordinary: Arc::new(Semaphore::new(count)), spare: Arc::new(Semaphore::new(spare)), count }
    }

    /// The first hand that is free; where all are busy, and somebody rings or `patience` is over, those that
    /// are kept for what is awaited. None once it is time to stop.
    pub(super) async fn free(
        &self,
        ring: &Notify,
        patience: Duration,
        stop: &CancellationToken,
    ) -> Option<Free> {
        while !stop.is_cancelled() {
            if let Ok(hand) = self.ordinary.clone().try_acquire_owned() {
                return Some(Free { hands: vec![hand], wanted: Wanted::Any });
            }
            tokio::select! {
                hand = self.ordinary.clone().acquire_owned() => {
                    return Some(Free { hands: vec![hand.ok()?], wanted: Wanted::Any });
                }
                // A ring, or the end of patience: there may be a code.
                _ = tokio::time::timeout(patience, ring.notified()) => {
                    let hands = all_of(&self.spare);
                    if !hands.is_empty() {
                        return Some(Free { hands, wanted: Wanted::Awaited });
                    }
                }
                () = stop.cancelled() => return None,
            }
        }
        None
    }

    /// Waits until a quarter of the ordinary hands are free besides, but not longer than `patience`.
    pub(super) async fn gather(&self, patience: Duration) {
        let some = u32::try_from(self.count / 4).unwrap_or(1);
        // What was waited for is put down again, so that it can be taken hand by hand.
        drop(tokio::time::timeout(patience, self.ordinary.acquire_many(some)).await);
    }

    /// All ordinary hands that are free besides.
    pub(super) fn more(&self) -> Vec<OwnedSemaphorePermit> {
        all_of(&self.ordinary)
    }

    /// Whether no letter is in hand, apart from those for which the caller holds `taken` hands.
    pub(super) fn rest(&self, taken: usize) -> bool {
        self.ordinary.available_permits() + taken == self.count
    }
}

fn all_of(hands: &Arc<Semaphore>) -> Vec<OwnedSemaphorePermit> {
    std::iter::from_fn(|| hands.clone().try_acquire_owned().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn while_all_hands_are_busy_there_is_one_for_a_code() {
        let (ring, stop) = (Notify::new(), CancellationToken::new());
        let hands = Hands::new(3);
        let free = async || hands.free(&ring, Duration::from_secs(60), &stop).await;
        let mut busy = free().await.expect("a hand");
        assert_eq!((busy.wanted, busy.hands.len()), (Wanted::Any, 1));
        assert!(hands.rest(1));
        busy.hands.extend(hands.more());
        assert_eq!((busy.hands.len(), hands.rest(3), hands.rest(0)), (3, true, false));
        ring.notify_one();
        let codes = free().await.expect("a spare hand");
        assert_eq!((codes.wanted, codes.hands.len()), (Wanted::Awaited, 2));
        busy.hands.pop();
        let next = free().await.expect("the hand that is free again");
        assert_eq!((next.wanted, next.hands.len()), (Wanted::Any, 1));
        stop.cancel();
        assert!(free().await.is_none());
    }
}
