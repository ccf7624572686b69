//! Who is next where there is not enough for all: turns, which clients have in turn.
//!
//! Whoever finds no turn free waits in the line of its client, and of those lines one after the other is served. So whoever comes waits for one
//! turn of each other client at most, however many of theirs are waiting. Within a line the first is first. A turn that comes free is handed
//! over, so nobody slips in before those who wait, and none lies idle while somebody does. Who stops waiting leaves nothing behind; a turn that
//! was handed to them at that moment goes on to the next.
//!
//! A line has an end: who would come behind it is told so at once. [mea](https://docs.rs/mea)'s `FairShare` is the nearest that there is, but
//! of several clients with equally many turns it serves whoever has waited longest, which for a single turn is one line for all, and its lines
//! have no end.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// The line of the client is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Crowded;

/// So many turns, for clients that are told apart by `C`.
#[derive(Debug)]
pub(super) struct Turns<C: Client> {
    lines: Mutex<Lines<C>>,
    /// How many of one client may wait.
    longest: usize,
}

/// What clients are told apart by.
pub(super) trait Client: Copy + Eq + Hash {}

impl<C: Copy + Eq + Hash> Client for C {}

#[derive(Debug)]
struct Lines<C: Client> {
    /// Turns that nobody has. Where there is one, nobody waits.
    free: usize,
    /// Those who wait, by client. No line is empty.
    waiting: HashMap<C, VecDeque<Waiter<C>>>,
    /// The clients of those lines, in the order in which they are served.
    round: VecDeque<C>,
    /// How many have ever waited.
    count: u64,
}

/// Somebody who waits.
#[derive(Debug)]
struct Waiter<C: Client> {
    /// Greater than that of anybody before.
    number: u64,
    hand: oneshot::Sender<Turn<C>>,
}

/// A turn. When it is dropped, the next one has it.
#[derive(Debug)]
pub(super) struct Turn<C: Client>(Option<Arc<Turns<C>>>);

/// A place in a line. When it is dropped, those behind it move up.
#[derive(Debug)]
struct Place<C: Client> {
    turns: Arc<Turns<C>>,
    client: C,
    number: u64,
    handed: oneshot::Receiver<Turn<C>>,
}

impl<C: Client> Turns<C> {
    /// So many turns, and lines of `longest` at most.
    pub(super) fn new(turns: usize, longest: usize) -> Arc<Self> {
        let lines = Lines { free: turns, waiting: HashMap::new(), round: VecDeque::new(), count: 0 };
        Arc::new(Self { lines: Mutex::new(lines), longest })
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// So many of this client are waiting that this one would wait in vain.
    pub(super) async fn take(self: &Arc<Self>, client: C) -> Result<Turn<C>, Crowded> {
        let mut place = {
            let mut lines = self.lines();
            if lines.free > 0 {
                lines.free -= 1;
                return Ok(Turn(Some(Arc::clone(self))));
            }
            let (number, handed) = lines.enter(client, self.longest)?;
            Place { turns: Arc::clone(self), client, number, handed }
        };
        // Nobody but the place itself takes its hand away.
        (&mut place.handed).await.map_err(|_| Crowded)
    }

    /// Hands a turn that has come free to the next who still waits.
    fn pass_on(self: Arc<Self>) {
        let mut turn = Turn(Some(Arc::clone(&self)));
        loop {
            let Some(hand) = self.lines().next() else {
                // It is counted as free, so it is nobody's any more.
                turn.0 = None;
                return;
            };
            match hand.send(turn) {
                Ok(()) => return,
                Err(back) => turn = back,
            }
        }
    }

    fn lines(&self) -> MutexGuard<'_, Lines<C>> {
        // Nothing in here panics half way through a change.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: Client> Lines<C> {
    /// Goes to the end of the client's line.
    fn enter(&mut self, client: C, longest: usize) -> Result<(u64, oneshot::Receiver<Turn<C>>), Crowded> {
        let line = match self.waiting.entry(client) {
            Entry::Occupied(line) => line.into_mut(),
            Entry::Vacant(line) => {
                self.round.push_back(client);
                line.insert(VecDeque::new())
            }
        };
        if line.len() >= longest.max(1) {
            return Err(Crowded);
        }
        let (hand, handed) = oneshot::channel();
        self.count += 1;
        line.push_back(Waiter { number: self.count, hand });
        Ok((self.count, handed))
    }

    /// The first of the line whose turn it is. Where there is nobody, the turn is counted as free.
    fn next(&mut self) -> Option<oneshot::Sender<Turn<C>>> {
        let served = self.round.pop_front().and_then(|client| {
            let line = self.waiting.get_mut(&client)?;
            let first = line.pop_front();
            if line.is_empty() {
                self.waiting.remove(&client);
            } else {
                self.round.push_back(client);
            }
            first
        });
        if served.is_none() {
            self.free += 1;
        }
        served.map(|waiter| waiter.hand)
    }

    /// Takes somebody out of the line who may have been served already.
    fn leave(&mut self, client: C, number: u64) {
        let Some(line) = self.waiting.get_mut(&client) else { return };
        let Ok(place) = line.binary_search_by_key(&number, |waiter| waiter.number) else { return };
        line.remove(place);
        if line.is_empty() {
            self.waiting.remove(&client);
            self.round.retain(|other| *other != client);
        }
    }
}

impl<C: Client> Drop for Turn<C> {
    fn drop(&mut self) {
        if let Some(turns) = self.0.take() {
            turns.pass_on();
        }
    }
}

impl<C: Client> Drop for Place<C> {
    fn drop(&mut self) {
        self.turns.lines().leave(self.client, self.number);
    }
}

#[cfg(test)]
mod tests;
