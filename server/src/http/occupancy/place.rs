//! The places that requests have, and what their bytes take.

use std::any::Any;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use entity::network::Network;

use super::super::pulse::InHand;
use super::{Full, Occupancy};

/// How many bytes of an answer are taken whatever there is room for: more than a course page has.
pub(super) const SMALL: usize = 64 * 1024;

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
    pub(super) fn new(occupancy: &Arc<Occupancy>, from: Network, in_hand: Option<Arc<InHand>>) -> Self {
        let (bytes, grown, answer) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::default());
        Self { occupancy: Arc::clone(occupancy), from, bytes, grown, answer, in_hand }
    }

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

    /// Gives back the room of so many bytes of the request's body, which are in memory no longer.
    pub fn release(&self, bytes: usize) {
        self.occupancy.book().change(self.from, |taken| taken.bytes = taken.bytes.saturating_sub(bytes));
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Room for so many bytes more of an answer that is being made; where there is none, they are not
    /// counted, and the answer is given up.
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

    /// Counts an answer of so many bytes, where there is room for what has not been counted of it while it
    /// was made. A small answer is always taken, because it is there already.
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

    /// Counts an answer of so many bytes in any case, instead of what it has grown to while it was made. What
    /// they leave no room for is the next request.
    pub fn carry(&self, bytes: usize) {
        let grown = self.grown.swap(0, Ordering::Relaxed);
        self.occupancy
            .book()
            .change(self.from, |taken| taken.bytes = (taken.bytes + bytes).saturating_sub(grown));
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.bytes.fetch_sub(grown, Ordering::Relaxed);
    }

    /// Counts an answer that others take, too, instead of what one has grown to. Its bytes are in memory
    /// once, and so they count once for all, and once for an address, however many of its people take it; but
    /// they count as long as anybody takes them, because by then it may no longer be kept. A small one is
    /// always taken.
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
