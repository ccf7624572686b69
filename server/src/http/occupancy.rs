//! Who takes how much of the front door at this moment: connections, requests, and bytes of bodies, for all clients and for each address.
//!
//! What does not fit is turned away at once. Nothing waits here, because a queue before a full house only makes everybody late; and memory is
//! counted before it grows, because a process that is killed for its memory serves nobody. The table holds only those who hold something, so it
//! is bounded by the limits themselves.
//!
//! An address has a share of the whole at most, and less where little is left: of connections and requests never more than are still free, of
//! bytes never more than a quarter of those. So a few greedy addresses together cannot fill the house, and whoever holds nothing yet gets in.

#[cfg(test)]
mod tests;

use std::any::Any;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use entity::network::Network;

use super::pulse::InHand;
use crate::limits::client::{Limits, SHARE, growing};

/// How many bytes of an answer are taken whatever there is room for: more than a course page has.
const SMALL: usize = 64 * 1024;

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
    /// An empty house. Behind a proxy of ours, one address may open any number of connections, because it is the proxy's.
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
            && theirs.connections >= self.limits.connections_per_address.min(self.limits.connections - book.all.connections)
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
    pub fn request(self: &Arc<Self>, from: Network, in_hand: Option<Arc<InHand>>) -> Result<Arc<RequestPlace>, Full> {
        let mut book = self.book();
        let theirs = book.of(from);
        if book.all.requests >= self.limits.connections {
            return Err(Full::Requests);
        }
        if theirs.requests >= self.limits.connections_per_address.min(self.limits.connections - book.all.requests) {
            return Err(Full::RequestsOfAddress);
        }
        self.has_bytes(&book.all, &theirs, 0)?;
        book.change(from, |taken| taken.requests += 1);
        drop(book);
        Ok(self.place(from, in_hand))
    }

    /// A request that is counted and never turned away: operators are answered when nobody else is.
    pub fn operator_request(self: &Arc<Self>, from: Network, in_hand: Option<Arc<InHand>>) -> Arc<RequestPlace> {
        self.book().change(from, |taken| taken.requests += 1);
        self.place(from, in_hand)
    }

    fn place(self: &Arc<Self>, from: Network, in_hand: Option<Arc<InHand>>) -> Arc<RequestPlace> {
        let (bytes, grown, answer) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::default());
        Arc::new(RequestPlace { occupancy: Arc::clone(self), from, bytes, grown, answer, in_hand })
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

/// Whether there is room for so many bytes more where all may have `most`: one address may have a quarter of what is left.
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

/// The room of one request and of its bytes, given back when the last byte of its answer has been taken.
#[derive(Debug)]
pub struct RequestPlace {
    occupancy: Arc<Occupancy>,
    from: Network,
    bytes: AtomicUsize,
    /// Those of them that an answer has grown to which is being made.
    grown: AtomicUsize,
    /// The answer, where others take it, too.
    answer: Mutex<Option<Share>>,
    in_hand: Option<Arc<InHand>>,
}

impl RequestPlace {
    /// Where the request came from.
    pub fn network(&self) -> Network {
        self.from
    }

    /// Room for so many bytes more of the request's body.
    ///
    /// # Errors
    /// There is none.
    pub fn hold(&self, bytes: usize) -> Result<(), Full> {
        let mut book = self.occupancy.book();
        let theirs = book.of(self.from);
        self.occupancy.has_bytes(&book.all, &theirs, bytes)?;
        book.change(self.from, |taken| taken.bytes += bytes);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }

    /// Room for so many bytes more of an answer that is being made; where there is none, they are not counted, and the answer is given up.
    pub fn grow(&self, bytes: usize) -> bool {
        let mut book = self.occupancy.book();
        let theirs = book.of(self.from);
        let fits = self.occupancy.may_grow(&book.all, &theirs, bytes).is_ok();
        if fits {
            book.change(self.from, |taken| taken.bytes += bytes);
            self.bytes.fetch_add(bytes, Ordering::Relaxed);
            self.grown.fetch_add(bytes, Ordering::Relaxed);
        }
        fits
    }

    /// Counts an answer of so many bytes, where there is room for what has not been counted of it while it was made. A small answer is always
    /// taken, because it is there already.
    ///
    /// # Errors
    /// There is none.
    pub fn take(&self, bytes: usize) -> Result<(), Full> {
        let more = bytes.saturating_sub(self.grown.load(Ordering::Relaxed));
        if more > SMALL {
            let book = self.occupancy.book();
            let theirs = book.of(self.from);
            self.occupancy.may_grow(&book.all, &theirs, more)?;
        }
        self.carry(bytes);
        Ok(())
    }

    /// Counts an answer of so many bytes in any case, instead of what it has grown to while it was made. What they leave no room for is the next
    /// request.
    pub fn carry(&self, bytes: usize) {
        let grown = self.grown.swap(0, Ordering::Relaxed);
        self.occupancy.book().change(self.from, |taken| taken.bytes = (taken.bytes + bytes).saturating_sub(grown));
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.bytes.fetch_sub(grown, Ordering::Relaxed);
    }

    /// Counts an answer that others take, too, instead of what one has grown to. Its bytes are in memory once, and so they count once for all,
    /// and once for an address, however many of its people take it; but they count as long as anybody takes them, because by then it may no
    /// longer be kept. A small one is always taken.
    ///
    /// # Errors
    /// There is no room.
    pub fn share<T: Send + Sync + 'static>(&self, answer: &Arc<T>, bytes: usize) -> Result<(), Full> {
        self.carry(0);
        let share = Share::of(&self.occupancy, self.from, answer, bytes, bytes <= SMALL)?;
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(share);
        Ok(())
    }

    /// Room for something of so many bytes that others hold, too, as long as the share is kept.
    ///
    /// # Errors
    /// There is none.
    pub fn share_of<T: Send + Sync + 'static>(&self, thing: &Arc<T>, bytes: usize) -> Result<Share, Full> {
        Share::of(&self.occupancy, self.from, thing, bytes, false)
    }

    /// What the connection knows of the request; none outside of a connection.
    pub fn in_hand(&self) -> Option<&InHand> {
        self.in_hand.as_deref()
    }
}

/// The room of a thing that several hold, given back by the last of them.
pub struct Share {
    occupancy: Arc<Occupancy>,
    from: Network,
    bytes: usize,
    /// Where the thing lies.
    place: usize,
    /// The thing, so that nothing else comes to lie there.
    _thing: Arc<dyn Any + Send + Sync>,
}

impl std::fmt::Debug for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Share").field("from", &self.from).field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

impl Share {
    fn of<T: Send + Sync + 'static>(
        occupancy: &Arc<Occupancy>,
        from: Network,
        thing: &Arc<T>,
        bytes: usize,
        in_any_case: bool,
    ) -> Result<Self, Full> {
        let place = Arc::as_ptr(thing).addr();
        let mut book = occupancy.book();
        let is_new = |whose| !book.shares.contains_key(&(whose, place));
        let (new_to_all, new_to_them) = (is_new(None), is_new(Some(from)));
        if !in_any_case {
            let (all, theirs) = (book.all, book.of(from));
            occupancy.may_grow(&all, &theirs, if new_to_them { bytes } else { 0 })?;
        }
        for whose in [None, Some(from)] {
            *book.shares.entry((whose, place)).or_default() += 1;
        }
        if new_to_all {
            book.all.bytes += bytes;
        }
        if new_to_them {
            book.change_theirs(from, |taken| taken.bytes += bytes);
        }
        drop(book);
        Ok(Self { occupancy: Arc::clone(occupancy), from, bytes, place, _thing: Arc::<T>::clone(thing) })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut book = self.occupancy.book();
        let mut was_last = |whose| match book.shares.entry((whose, self.place)) {
            Entry::Occupied(mut held) => {
                *held.get_mut() -= 1;
                let is_last = *held.get() == 0;
                if is_last {
                    held.remove();
                }
                is_last
            }
            Entry::Vacant(_) => false,
        };
        let (of_all, of_them) = (was_last(None), was_last(Some(self.from)));
        if of_all {
            book.all.bytes -= self.bytes;
        }
        if of_them {
            book.change_theirs(self.from, |taken| taken.bytes -= self.bytes);
        }
    }
}

impl Drop for RequestPlace {
    fn drop(&mut self) {
        let bytes = *self.bytes.get_mut();
        self.occupancy.book().change(self.from, |taken| {
            taken.requests -= 1;
            taken.bytes -= bytes;
        });
    }
}
