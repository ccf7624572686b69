//! Connections on their way back into the pool.
//!
//! Before a connection is idle again, sqlx asks it for a last sign of life, which takes a round trip. Whoever
//! comes in that time would find nothing idle and open another connection, which takes many, and is one more
//! that learns the tables and plans the statements by itself: somebody who asks one thing after another would
//! end up with all that the pool may have. It is quicker to wait for the one that is coming.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

/// The longest that anybody waits for a connection on its way, which may never arrive, instead of opening one.
const NEAR: Duration = Duration::from_millis(50);

/// How many connections are on their way.
#[derive(Debug, Default)]
pub(super) struct Returning {
    under_way: AtomicUsize,
    arrived: Notify,
}

/// A connection on its way, until this is dropped, whether it has arrived by then or was given up.
#[derive(Debug)]
pub(super) struct UnderWay(Arc<Returning>);

impl Returning {
    /// One sets out.
    pub(super) fn sets_out(self: &Arc<Self>) -> UnderWay {
        self.under_way.fetch_add(1, Ordering::SeqCst);
        UnderWay(Arc::clone(self))
    }

    /// Waits for the next to arrive, where one is on its way.
    pub(super) async fn next(&self) {
        let arrived = self.arrived.notified();
        if self.under_way.load(Ordering::SeqCst) > 0 {
            // Where none comes in time, another is opened.
            let _ = tokio::time::timeout(NEAR, arrived).await;
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
        self.0.arrived.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::poll;

    use super::*;

    /// Nobody waits where nothing is coming, nor any longer than until the first has arrived.
    #[tokio::test(start_paused = true)]
    async fn whoever_waits_waits_for_the_first_to_arrive() {
        let returning = Arc::new(Returning::default());
        assert!(poll!(pin!(returning.next())).is_ready(), "nothing is on its way");
        let (first, second) = (returning.sets_out(), returning.sets_out());
        let (mut one, mut other) = (pin!(returning.next()), pin!(returning.next()));
        assert!(poll!(one.as_mut()).is_pending() && poll!(other.as_mut()).is_pending());
        drop(first);
        assert!(poll!(one.as_mut()).is_ready() && poll!(other.as_mut()).is_ready(), "both look again");
        let mut late = pin!(returning.next());
        assert!(poll!(late.as_mut()).is_pending());
        drop(second);
        assert!(poll!(late.as_mut()).is_ready());
    }

    /// One that never arrives is not waited for.
    #[tokio::test(start_paused = true)]
    async fn whoever_waits_does_not_wait_for_long() {
        let returning = Arc::new(Returning::default());
        let _lost = returning.sets_out();
        let begun = tokio::time::Instant::now();
        returning.next().await;
        assert_eq!(begun.elapsed().as_millis() / 10, NEAR.as_millis() / 10);
    }
}
