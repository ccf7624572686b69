//! Keys that one task has at a time: whoever else wants one waits for it, clients in turn ([`crate::turns`]),
//! and nothing is kept of a key that nobody has or waits for.
//!
//! [lockable](https://docs.rs/lockable) does the same for tasks that are all equal, but keeps a key for good
//! whose last waiter has given up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::database::Client;
use crate::turns::{Crowded, Turn, Turns};

/// The keys that somebody has or waits for.
#[derive(Debug)]
pub(super) struct Keys {
    known: Mutex<HashMap<String, Weak<Turns<Client>>>>,
    /// How many of one client may wait for one key.
    longest: usize,
}

/// A key. When it is dropped, whoever is next has it.
#[derive(Debug)]
pub(super) struct Key {
    /// Let go before the key is forgotten.
    _held: Turn<Client>,
    _wanted: Wanted,
}

/// Somebody who has a key or waits for it.
#[derive(Debug)]
struct Wanted {
    keys: Arc<Keys>,
    name: String,
    /// None only once it is wanted no more.
    turns: Option<Arc<Turns<Client>>>,
}

impl Keys {
    /// Keys for each of which `longest` of one client may wait at most.
    pub(super) fn new(longest: usize) -> Arc<Self> {
        Arc::new(Self { known: Mutex::default(), longest })
    }

    /// Waits for a key.
    ///
    /// # Errors
    /// So many of this client are waiting for it that this one would wait in vain.
    pub(super) async fn take(self: &Arc<Self>, name: &str, client: Client) -> Result<Key, Crowded> {
        let turns = {
            let mut known = self.known();
            let turns =
                known.get(name).and_then(Weak::upgrade).unwrap_or_else(|| Turns::new(1, self.longest));
            known.insert(name.to_owned(), Arc::downgrade(&turns));
            turns
        };
        let wanted =
            Wanted { keys: Arc::clone(self), name: name.to_owned(), turns: Some(Arc::clone(&turns)) };
        // Who stops waiting lets go of the turns before it is asked whether anybody wants them.
        let taking = async move { turns.take(client, 1).await };
        let held = taking.await?;
        Ok(Key { _held: held, _wanted: wanted })
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Weak<Turns<Client>>>> {
        // Nothing in here panics half way through a change.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Wanted {
    fn drop(&mut self) {
        let mut known = self.keys.known();
        self.turns = None;
        if known.get(&self.name).is_some_and(|turns| turns.strong_count() == 0) {
            known.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use futures_util::poll;

    use super::*;

    fn client(number: u8) -> Client {
        Some(IpAddr::from([192, 0, 2, number]).into())
    }

    #[tokio::test]
    async fn one_has_a_key_at_a_time_and_nothing_is_left_of_it() {
        let keys = Keys::new(100);
        let first = keys.take("one", client(1)).await.expect("nobody has it");
        let other = keys.take("another", client(1)).await.expect("nobody has it");
        let (mut second, mut third) =
            (Box::pin(keys.take("one", client(1))), Box::pin(keys.take("one", client(1))));
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
    async fn clients_have_a_key_in_turn() {
        let keys = Keys::new(10);
        let first = keys.take("one", client(1)).await.expect("nobody has it");
        let mut greedy: Vec<_> = (0..10).map(|_| Box::pin(keys.take("one", client(1)))).collect();
        for one in &mut greedy {
            assert!(poll!(one).is_pending());
        }
        assert!(keys.take("one", client(1)).await.is_err(), "a line has an end");
        let mut other = Box::pin(keys.take("one", client(2)));
        assert!(poll!(&mut other).is_pending());
        drop(first);
        let turn = greedy.remove(0).await.expect("its turn");
        drop(turn);
        drop(other.await.expect("its turn, after one of the other client"));
        drop(greedy);
        assert_eq!(keys.known().len(), 0);
    }

    #[tokio::test]
    async fn who_gives_up_leaves_nothing_behind() {
        let keys = Keys::new(100);
        let first = keys.take("one", client(1)).await.expect("nobody has it");
        let mut second = Box::pin(keys.take("one", client(1)));
        assert!(poll!(&mut second).is_pending());
        drop(first);
        // It has the key and does not know yet.
        drop(second);
        assert_eq!(keys.known().len(), 0);
        let first = keys.take("one", client(1)).await.expect("nobody has it");
        let mut second = Box::pin(keys.take("one", client(2)));
        assert!(poll!(&mut second).is_pending());
        drop(second);
        drop(first);
        assert_eq!(keys.known().len(), 0);
    }
}
