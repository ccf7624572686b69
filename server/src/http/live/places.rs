//! How many may follow at once: in all, each person, and, of those who are not signed in, each address.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use entity::network::Network;
use uuid::Uuid;

use crate::limits::client::SHARE;
use crate::limits::live::Limits;

/// For whom a connection counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Whose {
    /// A person.
    Person(Uuid),
    /// An address, where nobody is signed in.
    Address(Network),
    /// An address, as long as it has not been said who it is.
    Unknown(Network),
}

/// No room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Crowded {
    /// For anybody.
    #[error("too many connections follow something")]
    All,
    /// For this person, or from this address.
    #[error("too many of your connections follow something")]
    Theirs,
}

/// The connections of those who follow.
#[derive(Debug)]
pub struct Places {
    limits: Limits,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by: HashMap<Whose, usize>,
}

impl Places {
    /// All free.
    pub fn new(limits: Limits) -> Self {
        Self { limits, taken: Mutex::default() }
    }

    /// What may be taken.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many are taken.
    pub fn count(&self) -> usize {
        self.taken().all
    }

    /// A place for a connection from there of which it is not known yet for whom it counts. Of those, an
    /// address has a share of the whole at most, and never more than are still free: who says nothing keeps
    /// nobody out.
    ///
    /// # Errors
    /// There is none.
    pub fn enter(self: &Arc<Self>, from: Network) -> Result<Place, Crowded> {
        let mut taken = self.taken();
        let free = self.limits.connections.saturating_sub(taken.all);
        if free == 0 {
            return Err(Crowded::All);
        }
        let whose = Whose::Unknown(from);
        if taken.of(whose) >= free.min((self.limits.connections / SHARE).max(1)) {
            return Err(Crowded::Theirs);
        }
        taken.all += 1;
        taken.count(whose);
        Ok(Place { places: Arc::clone(self), whose })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn of(&self, whose: Whose) -> usize {
        self.by.get(&whose).copied().unwrap_or_default()
    }

    fn count(&mut self, whose: Whose) {
        *self.by.entry(whose).or_default() += 1;
    }

    fn forget(&mut self, whose: Whose) {
        if let Entry::Occupied(mut theirs) = self.by.entry(whose) {
            *theirs.get_mut() -= 1;
            if *theirs.get() == 0 {
                theirs.remove();
            }
        }
    }
}

/// The place of one connection, given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    whose: Whose,
}

impl Place {
    /// Counts it for somebody.
    ///
    /// # Errors
    /// They have as many as they may.
    pub fn count_for(&mut self, whose: Whose) -> Result<(), Crowded> {
        let mut taken = self.places.taken();
        if taken.of(whose) >= self.places.limits.connections_of_one {
            return Err(Crowded::Theirs);
        }
        taken.forget(self.whose);
        taken.count(whose);
        drop(taken);
        self.whose = whose;
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.all -= 1;
        taken.forget(self.whose);
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn at(last: u8) -> Network {
        Network::from(IpAddr::from([192, 0, 2, last]))
    }

    #[test]
    fn who_says_nothing_keeps_nobody_out() {
        let places = Arc::new(Places::new(Limits { connections: 40, ..Limits::default() }));
        let mut silent = Vec::new();
        for (client, room) in [(1, 10), (2, 10), (3, 10), (4, 5), (5, 3), (6, 1), (7, 1)] {
            let theirs: Vec<_> = std::iter::from_fn(|| places.enter(at(client)).ok()).collect();
            assert_eq!(theirs.len(), room, "address {client}");
            silent.push(theirs);
        }
        assert_eq!(places.enter(at(8)).map(drop), Err(Crowded::All));
        // Who has said who it is is counted by that alone.
        silent[0][0].count_for(Whose::Address(at(1))).expect("theirs");
        silent.pop();
        assert!(places.enter(at(8)).is_ok());
        silent.truncate(1);
        assert_eq!(places.enter(at(1)).map(|place| place.whose), Ok(Whose::Unknown(at(1))));
        drop(silent);
        assert_eq!((places.count(), places.taken().by.len()), (0, 0));
    }

    #[test]
    fn each_has_their_share_and_all_have_the_whole() {
        let places =
            Arc::new(Places::new(Limits { connections: 3, connections_of_one: 2, ..Limits::default() }));
        let ada = Whose::Person(Uuid::from_u128(1));
        let there = Whose::Address(at(1));
        let mut held: Vec<_> = (1..=3).map(|client| places.enter(at(client)).expect("room")).collect();
        assert_eq!(places.enter(at(4)).map(drop), Err(Crowded::All));
        assert_eq!(held[0].count_for(ada), Ok(()));
        assert_eq!(held[1].count_for(ada), Ok(()));
        assert_eq!(held[2].count_for(ada), Err(Crowded::Theirs));
        assert_eq!(held[2].count_for(there), Ok(()));
        held.remove(0);
        let mut next = places.enter(at(1)).expect("room again");
        assert_eq!(next.count_for(ada), Ok(()));
        drop((held, next));
        assert_eq!(places.count(), 0);
        assert!(places.taken().by.is_empty(), "who follows nothing is forgotten");
    }
}
