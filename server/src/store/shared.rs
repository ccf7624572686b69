//! What one looks up while others wait for what comes of it.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::{ConnAcquireErr, DbErr};
use tokio::sync::{Mutex, MutexGuard};

use super::is_away;

/// Something that one has at a time, for a look into the database. The others wait for what comes of it, and
/// that the database was away is what came of it for all who waited: would each try once more, the last of
/// many would hear of it after many times the wait for a connection.
#[derive(Debug, Default)]
pub struct Shared<T> {
    held: Mutex<T>,
    /// How many looks have found the database away.
    in_vain: AtomicU64,
}

/// Whoever has it.
#[derive(Debug)]
pub struct Holder<'s, T> {
    held: MutexGuard<'s, T>,
    in_vain: &'s AtomicU64,
}

impl<T> Shared<T> {
    /// Something to have.
    pub fn new(value: T) -> Self {
        Self { held: Mutex::new(value), in_vain: AtomicU64::new(0) }
    }

    /// Waits for it, no longer than `wait`.
    ///
    /// # Errors
    /// The database is away: whoever had it meanwhile has found out, or is still waiting.
    pub async fn take(&self, wait: Duration) -> Result<Holder<'_, T>, DbErr> {
        let before = self.in_vain.load(Ordering::SeqCst);
        let held = tokio::time::timeout(wait, self.held.lock()).await.map_err(|_| away())?;
        if self.in_vain.load(Ordering::SeqCst) != before {
            return Err(away());
        }
        Ok(Holder { held, in_vain: &self.in_vain })
    }
}

fn away() -> DbErr {
    DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)
}

impl<T> Holder<'_, T> {
    /// What came of the look, for those who wait, too.
    ///
    /// # Errors
    /// What was wrong with it.
    pub fn saw<R>(&self, seen: Result<R, DbErr>) -> Result<R, DbErr> {
        if seen.as_ref().is_err_and(is_away) {
            self.in_vain.fetch_add(1, Ordering::SeqCst);
        }
        seen
    }
}

impl<T> Deref for Holder<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.held
    }
}

impl<T> DerefMut for Holder<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.held
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use futures_util::poll;
    use tokio::time::Instant;

    use super::*;

    const WAIT: Duration = Duration::from_millis(800);

    #[tokio::test(start_paused = true)]
    async fn whoever_waited_shares_what_came_of_it() {
        let shared = Shared::new(());
        let since = Instant::now();
        let look = async || {
            let holder = shared.take(Duration::from_secs(60)).await?;
            tokio::time::sleep_until(Instant::now() + WAIT).await;
            holder.saw(Err::<(), _>(away()))
        };
        let all = join_all((0..50).map(|_| look())).await;
        assert!(all.iter().all(|no| no.as_ref().is_err_and(is_away)));
        assert_eq!(since.elapsed(), WAIT, "one has tried");
        // Whoever comes later tries anew.
        let holder = shared.take(WAIT).await.expect("nobody has it");
        assert!(holder.saw(Ok(())).is_ok());
        let mut waiting = Box::pin(shared.take(WAIT));
        assert!(poll!(&mut waiting).is_pending());
        // Another error than that is nobody else's.
        assert!(holder.saw(Err::<(), _>(DbErr::Custom("something else".to_owned()))).is_err());
        drop(holder);
        assert!(waiting.await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_longer_than_for_a_connection() {
        let shared = Shared::new(());
        let _holder = shared.take(WAIT).await.expect("nobody has it");
        let since = Instant::now();
        let no = shared.take(WAIT).await.map(drop);
        assert!(no.is_err_and(|no| is_away(&no)) && since.elapsed() == WAIT);
    }
}
