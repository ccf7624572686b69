//! Reads that are under way, so that a page that many ask for at once is read once.
//!
//! A flight belongs to whoever claimed it first; the others may wait for it to land. One whose owner fails or
//! goes away never lands, and who waited for it reads the page themselves. Nobody waits before their own
//! flights have landed, so no two wait for each other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

use super::{CoursePage, Pages};

/// What came of a flight: nothing yet; or the page, or that there is no such course.
type Outcome = Option<Option<Arc<CoursePage>>>;

/// The reads that are under way.
#[derive(Debug, Default)]
pub(super) struct Flights {
    under_way: Mutex<HashMap<Uuid, watch::Receiver<Outcome>>>,
}

/// Who reads what.
#[derive(Debug)]
pub(super) struct Claimed<'a> {
    /// What the asker is to read.
    pub mine: Mine<'a>,
    /// What others are reading.
    pub others: Vec<(Uuid, Flight)>,
}

/// Flights of one's own; they are over when this is dropped.
#[derive(Debug)]
pub(super) struct Mine<'a> {
    flights: &'a Flights,
    ids: Vec<Uuid>,
    /// One for each of the ids.
    outcomes: Vec<watch::Sender<Outcome>>,
}

/// A flight of somebody else's.
#[derive(Debug)]
pub(super) struct Flight(watch::Receiver<Outcome>);

impl Flights {
    fn under_way(&self) -> MutexGuard<'_, HashMap<Uuid, watch::Receiver<Outcome>>> {
        // Nothing in here panics half way through a change.
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Claims what nobody is reading.
    pub(super) fn claim(&self, ids: &[Uuid]) -> Claimed<'_> {
        let mut under_way = self.under_way();
        let mut mine = Mine { flights: self, ids: Vec::new(), outcomes: Vec::new() };
        let mut others = Vec::new();
        for id in ids {
            match under_way.get(id) {
                Some(outcome) => others.push((*id, Flight(outcome.clone()))),
                None => {
                    let (sender, receiver) = watch::channel(None);
                    under_way.insert(*id, receiver);
                    mine.ids.push(*id);
                    mine.outcomes.push(sender);
                }
            }
        }
        Claimed { mine, others }
    }

    /// Whoever asks for this course from now on does not want what is being read: it has changed.
    pub(super) fn forget(&self, id: Uuid) {
        self.under_way().remove(&id);
    }

    /// The same for every course.
    pub(super) fn forget_all(&self) {
        self.under_way().clear();
    }
}

impl Mine<'_> {
    /// The courses whose pages the asker is to read.
    pub(super) fn ids(&self) -> &[Uuid] {
        &self.ids
    }

    /// Hands what was read to whoever waits for it.
    pub(super) fn land(self, found: &Pages) {
        for (id, outcome) in self.ids.iter().zip(&self.outcomes) {
            outcome.send_replace(Some(found.get(id).cloned()));
        }
    }
}

impl Drop for Mine<'_> {
    fn drop(&mut self) {
        let mut under_way = self.flights.under_way();
        for (id, outcome) in self.ids.iter().zip(&self.outcomes) {
            // Where the course was forgotten meanwhile, somebody else's flight may be in its place.
            if under_way.get(id).is_some_and(|receiver| receiver.same_channel(&outcome.subscribe())) {
                under_way.remove(id);
            }
        }
    }
}

impl Flight {
    /// Waits for it. The page, or none where there is no such course; none at all where the flight never
    /// lands.
    pub(super) async fn landed(mut self) -> Outcome {
        self.0.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_reads_and_the_others_wait() {
        let flights = Flights::default();
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let first = flights.claim(&[one]);
        let second = flights.claim(&[one, two]);
        assert_eq!((first.mine.ids(), second.mine.ids()), ([one].as_slice(), [two].as_slice()));
        let mut waiting = second.others;
        first.mine.land(&Pages::new());
        let (id, flight) = waiting.pop().expect("a flight");
        assert_eq!((id, flight.landed().await.map(|page| page.is_none())), (one, Some(true)));
        assert_eq!(flights.claim(&[one]).mine.ids(), [one], "what has landed is claimed anew");
    }

    #[tokio::test]
    async fn nobody_waits_for_a_flight_that_was_given_up() {
        let flights = Flights::default();
        let id = Uuid::from_u128(1);
        let given_up = flights.claim(&[id]).mine;
        let mut waiting = flights.claim(&[id]).others;
        drop(given_up);
        assert!(waiting.pop().expect("a flight").1.landed().await.is_none());
    }

    #[test]
    fn what_was_forgotten_is_read_anew_even_while_it_is_being_read() {
        let flights = Flights::default();
        let id = Uuid::from_u128(1);
        let old = flights.claim(&[id]).mine;
        flights.forget(id);
        let new = flights.claim(&[id]).mine;
        assert_eq!(new.ids(), [id]);
        drop(old);
        assert!(
            flights.claim(&[id]).mine.ids().is_empty(),
            "the end of the old flight does not end the new one"
        );
    }
}
