//! Who is next where there is not enough for all: turns, which clients have in turn, each of the weight of
//! what it is for.
//!
//! Whoever finds no room waits in the line of its client. Next is always the first of the client who has
//! least at that moment and, of several who have equally much, of the one who was served longest ago. So who
//! has nothing is next, and waits for one turn at most of each other client who has nothing either, however
//! many of theirs are waiting. Within a line the first is first, and while whoever is next finds no room for
//! its weight, nobody slips in: what is heavy gets its turn, too. What comes free is handed over, so none
//! lies idle while somebody could use it. Who stops waiting leaves nothing behind; a turn that was handed to
//! them at that moment goes on to the next.
//!
//! Who has a turn and waits for something else may rest: what they weigh is for others meanwhile. They go on
//! when they like, whether there is room again or not, because who would wait for two things at once, each
//! holding what the other waits for, would wait in a circle. Until there is room again, nobody else gets in.
//! The room of what rests is for clients who have nothing: would whoever has something get in for it, too,
//! more and more would get in to wait for what comes to one after the other.
//!
//! A line has an end: who would come behind it is told so at once. [mea](https://docs.rs/mea)'s `FairShare`
//! is the nearest that there is, but of several clients with equally many turns it serves whoever has waited
//! longest, which for a single turn is one line for all, its turns weigh the same, and its lines have no end.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::Hash;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// The line of the client is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crowded;

/// Turns of so much weight together, for clients that are told apart by `C`.
#[derive(Debug)]
pub struct Turns<C: Client> {
    lines: Mutex<Lines<C>>,
    /// How many of one client may wait.
    longest: usize,
}

/// What clients are told apart by.
pub trait Client: Copy + Eq + Hash {}

impl<C: Copy + Eq + Hash> Client for C {}

#[derive(Debug)]
struct Lines<C: Client> {
    /// The weight that nobody has; less than nothing where whoever rested went on without room for it.
    free: i64,
    /// What all turns weigh together at most.
    whole: u32,
    /// The weight of all that rests.
    resting: i64,
    /// The clients who have something or wait.
    clients: HashMap<C, Standing<C>>,
    /// Those who wait, in the order in which they are served: by what they have, and by when they were
    /// served.
    order: BTreeMap<(u64, u64), C>,
    /// How many have ever waited or been served.
    count: u64,
}

/// How a client stands.
#[derive(Debug)]
struct Standing<C: Client> {
    /// The weight of its turns, those that rest included.
    has: u64,
    /// Greater than that of every client who was served, or began to wait, before.
    since: u64,
    line: VecDeque<Waiter<C>>,
}

/// Somebody who waits.
#[derive(Debug)]
struct Waiter<C: Client> {
    /// Greater than that of anybody before.
    number: u64,
    weight: u32,
    hand: oneshot::Sender<Turn<C>>,
}

/// A turn. When it is dropped, the next one has its room.
#[derive(Debug)]
pub struct Turn<C: Client> {
    turns: Arc<Turns<C>>,
    client: C,
    weight: u32,
    /// For how many things it rests.
    rests: AtomicUsize,
}

/// Somebody who has a turn and waits for something else. When it is dropped, they go on.
#[derive(Debug)]
pub struct Rest<C: Client>(Arc<Turn<C>>);

/// A place in a line. When it is dropped, those behind it move up.
#[derive(Debug)]
struct Place<C: Client> {
    turns: Arc<Turns<C>>,
    client: C,
    number: u64,
    handed: oneshot::Receiver<Turn<C>>,
}

impl<C: Client> Turns<C> {
    /// Turns that weigh `whole` together at most, and lines of `longest` at most.
    pub fn new(whole: u32, longest: usize) -> Arc<Self> {
        let lines = Lines {
            free: whole.into(),
            whole,
            resting: 0,
            clients: HashMap::new(),
            order: BTreeMap::new(),
            count: 0,
        };
        Arc::new(Self { lines: Mutex::new(lines), longest })
    }

    /// Waits for a turn of this weight, or of all that there is where that is less.
    ///
    /// # Errors
    /// So many of this client are waiting that this one would wait in vain.
    pub async fn take(self: &Arc<Self>, client: C, weight: u32) -> Result<Turn<C>, Crowded> {
        let mut place = {
            let mut lines = self.lines();
            let weight = weight.clamp(1, lines.whole);
            if lines.order.is_empty() && lines.has_room(client, weight) {
                lines.serve(client, weight);
                return Ok(Turn::new(self, client, weight));
            }
            let (number, handed) = lines.enter(client, weight, self.longest)?;
            Place { turns: Arc::clone(self), client, number, handed }
        };
        // Who has less than all who wait, and weighs less, may be next.
        self.pass_on();
        // Nobody but the place itself takes its hand away.
        (&mut place.handed).await.map_err(|_| Crowded)
    }

    /// The weight of the turns that somebody has, but of those that rest.
    pub fn taken(&self) -> u64 {
        let lines = self.lines();
        u64::try_from(i64::from(lines.whole) - lines.free).unwrap_or_default()
    }

    /// The weight of those that rest.
    pub fn resting(&self) -> u64 {
        u64::try_from(self.lines().resting).unwrap_or_default()
    }

    /// Hands turns to those who are next, as long as there is room.
    fn pass_on(self: &Arc<Self>) {
        loop {
            let Some((client, Waiter { weight, hand, .. })) = self.lines().next() else { return };
            // Who has given up meanwhile drops it, and so hands it on.
            drop(hand.send(Turn::new(self, client, weight)));
        }
    }

    fn lines(&self) -> MutexGuard<'_, Lines<C>> {
        // Nothing in here panics half way through a change.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: Client> Lines<C> {
    /// Changes how a client stands; whoever has nothing and does not wait is forgotten.
    fn change<T>(&mut self, client: C, change: impl FnOnce(&mut Standing<C>) -> T) -> T {
        let standing = self.clients.entry(client).or_insert_with(|| Standing {
            has: 0,
            since: 0,
            line: VecDeque::new(),
        });
        self.order.remove(&(standing.has, standing.since));
        let done = change(standing);
        if !standing.line.is_empty() {
            self.order.insert((standing.has, standing.since), client);
        } else if standing.has == 0 {
            self.clients.remove(&client);
        }
        done
    }

    /// Goes to the end of the client's line.
    fn enter(
        &mut self,
        client: C,
        weight: u32,
        longest: usize,
    ) -> Result<(u64, oneshot::Receiver<Turn<C>>), Crowded> {
        self.count += 1;
        let number = self.count;
        self.change(client, |standing| {
            if standing.line.len() >= longest.max(1) {
                return Err(Crowded);
            }
            if standing.line.is_empty() {
                standing.since = number;
            }
            let (hand, handed) = oneshot::channel();
            standing.line.push_back(Waiter { number, weight, hand });
            Ok((number, handed))
        })
    }

    /// Whoever is next, where there is room for them; it is theirs now.
    fn next(&mut self) -> Option<(C, Waiter<C>)> {
        let client = *self.order.first_key_value()?.1;
        let first = self.clients.get_mut(&client)?.line.front()?.weight;
        if !self.has_room(client, first) {
            return None;
        }
        let waiter = self.change(client, |standing| standing.line.pop_front())?;
        self.serve(client, waiter.weight);
        Some((client, waiter))
    }

    /// Takes room for a client, whether there is some or not.
    fn serve(&mut self, client: C, weight: u32) {
        self.count += 1;
        let number = self.count;
        self.free -= i64::from(weight);
        self.change(client, |standing| {
            standing.has += u64::from(weight);
            standing.since = number;
        });
    }

    /// Whether there is room for the client.
    fn has_room(&self, client: C, weight: u32) -> bool {
        let has_nothing = self.clients.get(&client).is_none_or(|standing| standing.has == 0);
        let room = if has_nothing { self.free } else { self.free - self.resting };
        room >= i64::from(weight)
    }

    /// Lets others have the room of a turn that rests.
    fn rest(&mut self, weight: u32) {
        self.free += i64::from(weight);
        self.resting += i64::from(weight);
    }

    /// Takes that room again, whether there is some or not.
    fn go_on(&mut self, weight: u32) {
        self.free -= i64::from(weight);
        self.resting -= i64::from(weight);
    }

    /// Gives room back.
    fn give_back(&mut self, client: C, weight: u32) {
        self.free += i64::from(weight);
        self.change(client, |standing| standing.has = standing.has.saturating_sub(weight.into()));
    }

    /// Takes somebody out of the line who may have been served already.
    fn leave(&mut self, client: C, number: u64) {
        self.change(client, |standing| {
            if let Ok(place) = standing.line.binary_search_by_key(&number, |waiter| waiter.number) {
                standing.line.remove(place);
            }
        });
    }
}

impl<C: Client> Turn<C> {
    fn new(turns: &Arc<Turns<C>>, client: C, weight: u32) -> Self {
        Self { turns: Arc::clone(turns), client, weight, rests: AtomicUsize::new(0) }
    }

    /// Lets others have its room until what is returned is dropped.
    pub fn rest(self: Arc<Self>) -> Rest<C> {
        if self.rests.fetch_add(1, Ordering::SeqCst) == 0 {
            self.turns.lines().rest(self.weight);
            self.turns.pass_on();
        }
        Rest(self)
    }
}

impl<C: Client> Drop for Turn<C> {
    fn drop(&mut self) {
        // Whoever rests keeps it, so nobody does.
        self.turns.lines().give_back(self.client, self.weight);
        self.turns.pass_on();
    }
}

impl<C: Client> Drop for Rest<C> {
    fn drop(&mut self) {
        let Turn { turns, weight, rests, .. } = self.0.as_ref();
        if rests.fetch_sub(1, Ordering::SeqCst) == 1 {
            turns.lines().go_on(*weight);
        }
    }
}

impl<C: Client> Drop for Place<C> {
    fn drop(&mut self) {
        self.turns.lines().leave(self.client, self.number);
        // Whoever stood behind may be light enough.
        self.turns.pass_on();
    }
}

#[cfg(test)]
mod tests;
