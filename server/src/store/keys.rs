//! Keys that one task has at a time: whoever else wants one waits for it, and nothing is kept of a key that nobody has or waits for.
//!
//! [lockable](https://docs.rs/lockable) does the same, but keeps a key for good whose last waiter has given up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::{Mutex as Lock, OwnedMutexGuard};

/// The keys that somebody has or waits for.
#[derive(Debug, Default)]
pub(super) struct Keys(Mutex<HashMap<String, Weak<Lock<()>>>>);

/// A key. When it is dropped, whoever has waited longest has it.
#[derive(Debug)]
pub(super) struct Key {
    /// Let go before the key is forgotten.
    _held: OwnedMutexGuard<()>,
    _wanted: Wanted,
}

/// Somebody who has a key or waits for it.
#[derive(Debug)]
struct Wanted {
    keys: Arc<Keys>,
    name: String,
    /// None only once it is wanted no more.
    lock: Option<Arc<Lock<()>>>,
}

impl Keys {
    /// Waits for a key.
    pub(super) async fn take(self: &Arc<Self>, name: &str) -> Key {
        let lock = {
            let mut known = self.known();
            let lock = known.get(name).and_then(Weak::upgrade).unwrap_or_default();
            known.insert(name.to_owned(), Arc::downgrade(&lock));
            lock
        };
        let wanted = Wanted { keys: Arc::clone(self), name: name.to_owned(), lock: Some(Arc::clone(&lock)) };
        Key { _held: lock.lock_owned().await, _wanted: wanted }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Weak<Lock<()>>>> {
        // Nothing in here panics half way through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Wanted {
    fn drop(&mut self) {
        let mut known = self.keys.known();
        self.lock = None;
        if known.get(&self.name).is_some_and(|lock| lock.strong_count() == 0) {
            known.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::poll;

    use super::*;

    #[tokio::test]
    async fn one_has_a_key_at_a_time_and_nothing_is_left_of_it() {
        let keys = Arc::new(Keys::default());
        let first = keys.take("one").await;
        let other = keys.take("another").await;
        let (mut second, mut third) = (Box::pin(keys.take("one")), Box::pin(keys.take("one")));
        assert!(poll!(&mut second).is_pending() && poll!(&mut third).is_pending());
        drop(first);
        assert!(poll!(&mut third).is_pending(), "the first who waits is first");
        let second = second.await;
        drop(other);
        assert_eq!(keys.known().len(), 1);
        drop(second);
        drop(third.await);
        assert_eq!(keys.known().len(), 0);
    }

    #[tokio::test]
    async fn who_gives_up_leaves_nothing_behind() {
        let keys = Arc::new(Keys::default());
        let first = keys.take("one").await;
        let mut second = Box::pin(keys.take("one"));
        assert!(poll!(&mut second).is_pending());
        drop(first);
        // It has the key and does not know yet.
        drop(second);
        assert_eq!(keys.known().len(), 0);
        let first = keys.take("one").await;
        let mut second = Box::pin(keys.take("one"));
        assert!(poll!(&mut second).is_pending());
        drop(second);
        drop(first);
        assert_eq!(keys.known().len(), 0);
    }
}
