//! Delivering what was claimed, and letting what takes long go on by itself.

use std::sync::Arc;

use entity::notice::{self, AfterClaim};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;

use crate::deliver::{Outcome, deliver_read};
use crate::facts::Read;
use crate::health::{Count, Health};
use crate::route::Gate;
use crate::{Store, Worker};

/// How many letters may go on without a hand, because they take long.
const ASIDE: usize = 64;

/// A notice in the hands of this worker, with the hand that holds it.
pub(super) struct Claimed {
    pub(super) notice: notice::Model,
    /// What was read about it together with others; none where it is to be read by itself.
    pub(super) read: Option<Read>,
    pub(super) hand: OwnedSemaphorePermit,
}

/// What delivering a letter takes besides the letter.
#[derive(Clone)]
pub(super) struct Delivering<D> {
    pub(super) worker: Worker<D>,
    ready: Arc<Notify>,
    health: Arc<Health>,
    /// Places for letters that take long.
    aside: Arc<Semaphore>,
    /// The letters there.
    going_on: TaskTracker,
}

impl<D> Delivering<D> {
    pub(super) fn new(worker: Worker<D>, ready: Arc<Notify>, health: Arc<Health>) -> Self {
        Self { worker, ready, health, aside: Arc::new(Semaphore::new(ASIDE)), going_on: TaskTracker::new() }
    }

    /// Waits for the letters that go on by themselves; there must not be any new ones.
    pub(super) async fn finished(&self) {
        self.going_on.close();
        self.going_on.wait().await;
    }
}

/// Delivers a letter. One that takes long goes on without its hand, so that it holds up nobody; but only so
/// many do.
pub(super) async fn deliver_one(delivering: Delivering<impl Store>, claimed: Claimed) {
    let Delivering { worker, ready, health, aside, going_on } = delivering;
    let Claimed { notice, read, hand } = claimed;
    let patience = worker.patience;
    let alone = worker.route.gate(worker.nature.now()) == Gate::OneByOne;
    let mut letter = tokio::spawn(async move {
        // Its last holder was lost while the mail server had the content.
        let was_sending = notice.status == notice::Status::Sending;
        let is_same = was_sending && notice.after_claim() == AfterClaim::Unknowable;
        if was_sending {
            health.knows_not();
        }
        let outcome = deliver_read(&worker, notice, read).await;
        if matches!(outcome, Outcome::Unknown(_)) && !is_same {
            health.knows_not();
        }
        count(&health, outcome);
        if alone {
            // The next one waits for this one's outcome.
            ready.notify_one();
        }
    });
    let ended = match tokio::time::timeout(patience, &mut letter).await {
        Ok(ended) => ended,
        Err(_) => match aside.try_acquire_owned() {
            Ok(place) => {
                going_on.spawn(async move {
                    if let Err(error) = letter.await {
                        tracing::error!(%error, "deliver crashed");
                    }
                    drop(place);
                });
                return;
            }
            Err(_) => letter.await,
        },
    };
    drop(hand);
    if let Err(error) = ended {
        tracing::error!(%error, "deliver crashed");
    }
}

fn count(health: &Health, outcome: Outcome) {
    match outcome {
        Outcome::Sent => health.count(Count::Sent),
        Outcome::Deferred(_) => health.count(Count::Deferred),
        Outcome::Failed(_) => health.count(Count::Failed),
        Outcome::Lapsed(_) => health.count(Count::Lapsed),
        Outcome::Unknown(_) => health.count(Count::Unknown),
        Outcome::Quarantined => health.count(Count::Quarantined),
        Outcome::Waiting(_) | Outcome::Crashed | Outcome::Overtaken | Outcome::Unrecorded => {}
    }
}
