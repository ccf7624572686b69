//! How many may follow at once: in all, each person, and, of those who are not signed in, each address.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use entity::network::Network;
use uuid::Uuid;

use crate::limits::live::Limits;

/// For whom a connection counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Whose {
    /// A person.
    Person(Uuid),
    /// An address.
    Address(Network),
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

    /// A place for a connection of which it is not known yet for whom it counts.
    ///
    /// # Errors
    /// There is none.
    pub fn enter(self: &Arc<Self>) -> Result<Place, Crowded> {
        let mut taken = self.taken();
        if taken.all >= self.limits.connections {
            return Err(Crowded::All);
        }
        taken.all += 1;
        Ok(Place { places: Arc::clone(self), whose: None })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one connection, given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    whose: Option<Whose>,
}

impl Place {
    /// Counts it for somebody.
    ///
    /// # Errors
    /// They have as many as they may.
    pub fn count_for(&mut self, whose: Whose) -> Result<(), Crowded> {
        let mut taken = self.places.taken();
        let theirs = taken.by.get(&whose).copied().unwrap_or_default();
        if theirs >= self.places.limits.connections_of_one {
            return Err(Crowded::Theirs);
        }
        taken.by.insert(whose, theirs + 1);
        drop(taken);
        self.whose = Some(whose);
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.all -= 1;
        if let Some(Entry::Occupied(mut theirs)) = self.whose.map(|whose| taken.by.entry(whose)) {
            *theirs.get_mut() -= 1;
            if *theirs.get() == 0 {
                theirs.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn each_has_their_share_and_all_have_the_whole() {
        let places = Arc::new(Places::new(Limits { connections: 3, connections_of_one: 2, ..Limits::default() }));
        let ada = Whose::Person(Uuid::from_u128(1));
        let there = Whose::Address(Network::from(IpAddr::from([192, 0, 2, 1])));
        let mut held = vec![places.enter().expect("room"), places.enter().expect("room"), places.enter().expect("room")];
        assert_eq!(places.enter().map(drop), Err(Crowded::All));
        assert_eq!(held[0].count_for(ada), Ok(()));
        assert_eq!(held[1].count_for(ada), Ok(()));
        assert_eq!(held[2].count_for(ada), Err(Crowded::Theirs));
        assert_eq!(held[2].count_for(there), Ok(()));
        held.remove(0);
        let mut next = places.enter().expect("room again");
        assert_eq!(next.count_for(ada), Ok(()));
        drop((held, next));
        assert_eq!(places.count(), 0);
        assert!(places.taken().by.is_empty(), "who follows nothing is forgotten");
    }
}
