//! Who takes how much of the front door at this moment: connections, requests, and bytes of bodies, for all
//! clients and for each address.
//!
//! What does not fit is turned away at once. Nothing waits here, because a queue before a full server only
//! makes everybody late; and memory is counted before it grows, because a process that is killed for its
//! memory serves nobody. The table holds only those who hold something, so it is bounded by the limits
//! themselves.
//!
//! An address has a share of the whole at most, and less where little is left: of connections and requests
//! never more than are still free, of bytes never more than a quarter of those. So a few greedy addresses
//! together cannot fill the server, and whoever holds nothing yet gets in.

mod place;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use entity::network::Network;

use super::pulse::InHand;
use crate::limits::client::{Limits, SHARE, growing};
pub use place::{RequestPlace, Share};

/// Why there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Full {
    /// All connections are taken.
    #[error("too many connections are open")]
    Connections,
    /// This address has all the connections that one may have.
    #[error("too many connections are open from this address")]
    ConnectionsOfAddress,
    /// All requests that may be in hand are.
    #[error("too many requests are in hand")]
    Requests,
    /// This address has as many requests in hand as one may have.
    #[error("too many requests are in hand from this address")]
    RequestsOfAddress,
    /// Bodies take all the memory that they may.
    #[error("too much data is in hand")]
    Bytes,
    /// Bodies of this address take all the memory that one's may.
    #[error("too much data is in hand for this address")]
    BytesOfAddress,
}

impl Full {
    /// All there are.
    pub const ALL: [Self; 6] = [
        Self::Connections,
        Self::ConnectionsOfAddress,
        Self::Requests,
        Self::RequestsOfAddress,
        Self::Bytes,
        Self::BytesOfAddress,
    ];
}

/// How much is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Open connections.
    pub connections: usize,
    /// Requests in hand: from their head to the last byte of the answer.
    pub requests: usize,
    /// Bytes of their bodies and answers.
    pub bytes: usize,
}

#[derive(Debug, Default)]
struct Book {
    all: Taken,
    by_network: HashMap<Network, Taken>,
    /// How many hold a thing that several share, by where it is: those of an address, and all.
    shares: HashMap<(Option<Network>, usize), usize>,
}

/// The book of who takes how much.
#[derive(Debug)]
pub struct Occupancy {
    limits: Limits,
    behind_proxy: bool,
    book: Mutex<Book>,
}

impl Occupancy {
    /// An empty one. Behind a proxy of ours, one address may open any number of connections, because it is
    /// the proxy's.
    pub fn new(limits: Limits, behind_proxy: bool) -> Self {
        Self { limits, behind_proxy, book: Mutex::default() }
    }

    /// The limits that are kept.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Whether addresses are those that a proxy forwards.
    pub fn behind_proxy(&self) -> bool {
        self.behind_proxy
    }

    /// How much is taken by all.
    pub fn taken(&self) -> Taken {
        self.book().all
    }

    /// Room for a connection from there.
    ///
    /// # Errors
    /// There is none.
    pub fn connection(self: &Arc<Self>, from: Network) -> Result<ConnectionPlace, Full> {
        let mut book = self.book();
        let theirs = book.of(from);
        if book.all.connections >= self.limits.connections {
            return Err(Full::Connections);
        }
        if !self.behind_proxy
            && theirs.connections
                >= self.limits.connections_per_address.min(self.limits.connections - book.all.connections)
        {
            return Err(Full::ConnectionsOfAddress);
        }
        book.change(from, |taken| taken.connections += 1);
        Ok(ConnectionPlace { occupancy: Arc::clone(self), from })
    }

    /// Room for a request from there. One stream of HTTP/2 takes as much as a whole connection of HTTP/1.1.
    ///
    /// # Errors
    /// There is none.
    pub fn request(
        self: &Arc<Self>,
        from: Network,
        in_hand: Option<Arc<InHand>>,
    ) -> Result<Arc<RequestPlace>, Full> {
        let mut book = self.book();
        let theirs = book.of(from);
        if book.all.requests >= self.limits.connections {
            return Err(Full::Requests);
        }
        if theirs.requests
            >= self.limits.connections_per_address.min(self.limits.connections - book.all.requests)
        {
            return Err(Full::RequestsOfAddress);
        }
        self.has_bytes(&book.all, &theirs, 0)?;
        book.change(from, |taken| taken.requests += 1);
        drop(book);
        Ok(self.place(from, in_hand))
    }

    /// A request that is counted and never turned away: operators are answered when nobody else is.
    pub fn operator_request(
        self: &Arc<Self>,
        from: Network,
        in_hand: Option<Arc<InHand>>,
    ) -> Arc<RequestPlace> {
        self.book().change(from, |taken| taken.requests += 1);
        self.place(from, in_hand)
    }

    fn place(self: &Arc<Self>, from: Network, in_hand: Option<Arc<InHand>>) -> Arc<RequestPlace> {
        Arc::new(RequestPlace::new(self, from, in_hand))
    }

    fn has_bytes(&self, all: &Taken, theirs: &Taken, more: usize) -> Result<(), Full> {
        within(self.limits.held_bytes, all, theirs, more)
    }

    /// Whether answers may grow by so many bytes more.
    fn may_grow(&self, all: &Taken, theirs: &Taken, more: usize) -> Result<(), Full> {
        within(growing(self.limits.held_bytes), all, theirs, more)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether there is room for so many bytes more where all may have `most`: one address may have a quarter of
/// what is left.
fn within(most: usize, all: &Taken, theirs: &Taken, more: usize) -> Result<(), Full> {
    let Some(free) = most.checked_sub(all.bytes + more) else { return Err(Full::Bytes) };
    if theirs.bytes + more > free / SHARE {
        return Err(Full::BytesOfAddress);
    }
    Ok(())
}

impl Book {
    /// What an address has.
    fn of(&self, from: Network) -> Taken {
        self.by_network.get(&from).copied().unwrap_or_default()
    }

    fn change(&mut self, from: Network, change: impl Fn(&mut Taken)) {
        change(&mut self.all);
        self.change_theirs(from, change);
    }

    fn change_theirs(&mut self, from: Network, change: impl Fn(&mut Taken)) {
        match self.by_network.entry(from) {
            Entry::Occupied(mut entry) => {
                change(entry.get_mut());
                if *entry.get() == Taken::default() {
                    entry.remove();
                }
            }
            Entry::Vacant(entry) => change(entry.insert(Taken::default())),
        }
    }
}

/// The room of one connection, given back when it is dropped.
#[derive(Debug)]
pub struct ConnectionPlace {
    occupancy: Arc<Occupancy>,
    from: Network,
}

impl Drop for ConnectionPlace {
    fn drop(&mut self) {
        self.occupancy.book().change(self.from, |taken| taken.connections -= 1);
    }
}
