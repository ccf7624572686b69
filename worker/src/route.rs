//! The route: whether letters may leave now, how many at a time, and what one peer's trouble means for the
//! rest. Kept in memory; after a restart we simply ask again.
//!
//! Where an answer was given decides whose matter it is ([`Meaning`]):
//! - **all mail**: up to MAIL the server speaks of us. The route pauses, 60 s at first, doubling to a quarter
//!   of an hour, and no letter pays for it. After a pause one letter at a time goes ahead, until the way
//!   proves open.
//! - **the letter**: from RCPT on the server speaks of one reader, and that letter alone waits or ends.
//! - **a domain**: where three readers of one domain are put off alike, the domain pauses; one that does not
//!   answer at all has a share of the letters under way, and no more.
//!
//! Two things about letters become the route's matter when they pile up without an acceptance in between:
//! - refusals for reasons of policy at five different domains. They are taken back, and from then on one
//!   letter at a time goes ahead, and none is failed for that reason, until the first is accepted. If ten
//!   that were never tried are refused, too, the route pauses.
//! - three lost answers, to different readers: the route pauses.

mod pass;
mod pause;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use entity::Instant;
use entity::letter::NotSentReason;
use uuid::Uuid;

use crate::post::{Meaning, PostError, Step};
pub use pass::Pass;
pub use pause::Pauses;
use pause::{Cause, Pause, longer};

/// First pause of the route, and the longest, in seconds.
const ROUTE_PAUSE: (i64, i64) = (60, 900);
/// First pause of a domain, and the longest, in seconds.
const DOMAIN_PAUSE: (i64, i64) = (60, 3600);
/// Readers of one domain that are put off alike before it is the domain's matter.
const PUT_OFF_ALIKE: usize = 3;
/// Different domains that refuse alike before it may be our own fault.
const REFUSED_ALIKE: usize = 5;
/// Letters, never tried before, that are refused after that before the route pauses.
const REFUSED_AFTER: usize = 10;
/// Readers in a row whose answers were lost before it is the route's matter.
const LOST_ALIKE: usize = 3;
/// Seconds for which a letter steps aside while another one finds out whether the way is open.
const ASIDE_SECONDS: i64 = 5;
/// Seconds after which a letter that is still under way counts as slow.
const SLOW_SECONDS: i64 = 5;
/// Seconds for which letters step aside whose domain has its share of slow ones.
const SLOW_ASIDE_SECONDS: i64 = 30;
/// How many domains, and how many refusals in a row, are remembered.
const REMEMBERED: usize = 1000;

/// The route, shared by all hands.
#[derive(Debug, Default)]
pub struct Route {
    state: Mutex<State>,
}

/// How many letters may be under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// As many as there are hands.
    Open,
    /// One, to find out whether the way is open.
    OneByOne,
    /// None until that moment.
    Shut(Instant),
}

/// A letter on its way, as far as the route is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The notice.
    pub id: Uuid,
    /// The fencing number under which it is held.
    pub fence: i64,
    /// The reader's address.
    pub reader: String,
    /// The reader's domain, in lower case.
    pub domain: String,
    /// Whether it is the first try.
    pub is_fresh: bool,
}

/// What follows for a letter that did not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It waits until that moment, and no attempt is counted.
    Waits(Instant),
    /// It is put off by its own back-off, but not before that moment.
    PutOff(Instant),
    /// It ends.
    Ends(NotSentReason),
    /// It ends, but not for good: [`Route::refused`] is told when that is written.
    EndsForNow(NotSentReason),
    /// It may have arrived.
    Lost,
}

/// What is worth telling the operator: once when it begins, once when it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// No mail leaves.
    Down,
    /// A domain pauses until that moment.
    DomainPaused(Instant),
    /// Mail leaves again.
    Up,
}

#[derive(Debug, Default)]
struct State {
    pause: Option<Pause>,
    /// While we may be at fault ourselves: how many letters that were never tried were refused since.
    caution: Option<usize>,
    /// Refused alike since the last acceptance.
    refused: Vec<Outgoing>,
    /// Readers whose answers were lost in a row.
    lost: Vec<String>,
    domains: HashMap<String, Domain>,
    /// When the letters that are under way set out, by domain.
    under_way: HashMap<String, Vec<Instant>>,
    /// Whether the operator was told that no mail leaves.
    is_told: bool,
    /// How many pauses there were.
    pauses: Pauses,
}

#[derive(Debug, Default)]
struct Domain {
    pause: Option<Pause>,
    /// Readers that were put off alike since the last acceptance.
    put_off: Vec<String>,
}

impl Route {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many letters may be under way at `now`.
    pub fn gate(&self, now: Instant) -> Gate {
        self.state().gate(now)
    }

    /// Until when nothing is to be sent at all.
    pub fn paused(&self, now: Instant) -> Option<Instant> {
        match self.gate(now) {
            Gate::Shut(until) => Some(until),
            Gate::Open | Gate::OneByOne => None,
        }
    }

    /// Whether mail leaves, as far as is known: false from the first pause of the route until a letter is
    /// accepted.
    pub fn is_up(&self) -> bool {
        !self.state().is_told
    }

    /// Whether no letter is under way.
    pub fn rests(&self) -> bool {
        self.state().under_way.is_empty()
    }

    /// How many domains pause at `now`.
    pub fn paused_domains(&self, now: Instant) -> usize {
        let pauses = |domain: &&Domain| domain.pause.is_some_and(|pause| now < pause.until);
        self.state().domains.values().filter(pauses).count()
    }

    /// How many pauses have begun since the start.
    pub fn pauses(&self) -> Pauses {
        self.state().pauses
    }

    /// Lets a letter to `domain` go ahead, or says until when it has to wait. A domain has a `share` of slow
    /// letters at most.
    pub fn admit(self: &Arc<Self>, domain: &str, share: usize, now: Instant) -> Result<Pass, Instant> {
        let mut state = self.state();
        state.admit(domain, share, now)?;
        state.under_way.entry(domain.to_owned()).or_default().push(now);
        Ok(Pass { route: Arc::clone(self), domain: domain.to_owned(), since: now })
    }

    /// A letter was accepted (reply 250): whatever was held against the route, or its domain, is over.
    pub fn accepted(&self, letter: &Outgoing) -> Option<News> {
        let mut state = self.state();
        state.pause = None;
        state.caution = None;
        state.refused.clear();
        state.lost.clear();
        state.domains.remove(&letter.domain);
        std::mem::take(&mut state.is_told).then_some(News::Up)
    }

    /// A letter did not leave, or may not have: what follows for it, and what is to be told.
    pub fn failed(&self, letter: &Outgoing, error: &PostError, now: Instant) -> (Verdict, Option<News>) {
        self.state().failed(letter, error, now)
    }

    /// A letter was refused for a reason of policy, and is failed in the ledger. Once five different domains
    /// have done so in a row it may be our own fault: then those letters are answered, which are to be put
    /// off instead.
    pub fn refused(&self, letter: Outgoing) -> Vec<Outgoing> {
        let mut state = self.state();
        if state.caution.is_some() {
            return vec![letter];
        }
        if state.refused.len() < REMEMBERED {
            state.refused.push(letter);
        }
        let mut domains: Vec<&str> = state.refused.iter().map(|letter| letter.domain.as_str()).collect();
        domains.sort_unstable();
        domains.dedup();
        if domains.len() < REFUSED_ALIKE {
            return Vec::new();
        }
        state.caution = Some(0);
        std::mem::take(&mut state.refused)
    }
}

impl State {
    fn gate(&self, now: Instant) -> Gate {
        match self.pause {
            Some(pause) if now < pause.until => Gate::Shut(pause.until),
            Some(_) => Gate::OneByOne,
            None if self.caution.is_some() => Gate::OneByOne,
            None => Gate::Open,
        }
    }

    fn admit(&self, domain: &str, share: usize, now: Instant) -> Result<(), Instant> {
        let aside = now.plus_seconds(ASIDE_SECONDS);
        match self.gate(now) {
            Gate::Shut(until) => return Err(until),
            Gate::OneByOne if !self.under_way.is_empty() => return Err(aside),
            Gate::OneByOne | Gate::Open => {}
        }
        let slow = |since: &&Instant| since.plus_seconds(SLOW_SECONDS) <= now;
        if self.under_way.get(domain).is_some_and(|letters| letters.iter().filter(slow).count() >= share) {
            return Err(now.plus_seconds(SLOW_ASIDE_SECONDS));
        }
        match self.domains.get(domain).and_then(|domain| domain.pause) {
            Some(pause) if now < pause.until => Err(pause.until),
            Some(_) if self.under_way.contains_key(domain) => Err(aside),
            Some(_) | None => Ok(()),
        }
    }

    fn failed(&mut self, letter: &Outgoing, error: &PostError, now: Instant) -> (Verdict, Option<News>) {
        let meaning = error.meaning();
        if !meaning.is_of_the_route() {
            self.way_is_open(error.step == Step::Answer && error.is_reply(), now);
        }
        match meaning {
            Meaning::RouteDown | Meaning::RouteClosed => {
                let (until, news) = self.shut(Cause::Way, now);
                (Verdict::Waits(until), news)
            }
            Meaning::NotNow => (Verdict::PutOff(now), None),
            Meaning::TooMuch => self.too_much(letter, now),
            Meaning::NoSuchReader => (Verdict::Ends(NotSentReason::AddressRefused), None),
            Meaning::NotAnAddress => (Verdict::Ends(NotSentReason::AddressInvalid), None),
            Meaning::Refused => (Verdict::Ends(NotSentReason::RefusedByServer), None),
            Meaning::Distrusted => self.distrusted(letter, now),
            Meaning::Lost => {
                if !self.lost.contains(&letter.reader) && self.lost.len() < LOST_ALIKE {
                    self.lost.push(letter.reader.clone());
                }
                let many = self.lost.len() >= LOST_ALIKE;
                (Verdict::Lost, if many { self.shut(Cause::Lost, now).1 } else { None })
            }
        }
    }

    /// A letter came as far as its reader, or even to an answer to its content: what the route was paused for
    /// may be over. Whoever was told that no mail leaves is told the contrary by the next acceptance.
    fn way_is_open(&mut self, content_is_answered: bool, now: Instant) {
        if content_is_answered {
            self.lost.clear();
        }
        let over = |pause: &Pause| match pause.cause {
            Cause::Way => pause.until <= now,
            Cause::Lost => content_is_answered,
            Cause::Distrust => false,
        };
        self.pause = self.pause.filter(|pause| !over(pause));
    }

    /// Pauses the route; tells it where that was not told yet.
    fn shut(&mut self, cause: Cause, now: Instant) -> (Instant, Option<News>) {
        let pause = longer(self.pause, ROUTE_PAUSE, cause, now);
        self.pauses.route += u64::from(pause.follows(self.pause));
        self.pause = Some(pause);
        let told = std::mem::replace(&mut self.is_told, true);
        (pause.until, (!told).then_some(News::Down))
    }

    fn too_much(&mut self, letter: &Outgoing, now: Instant) -> (Verdict, Option<News>) {
        if self.domains.len() >= REMEMBERED {
            self.domains.retain(|_, domain| domain.pause.is_some_and(|pause| now < pause.until));
        }
        let domain = self.domains.entry(letter.domain.clone()).or_default();
        if !domain.put_off.contains(&letter.reader) && domain.put_off.len() < PUT_OFF_ALIKE {
            domain.put_off.push(letter.reader.clone());
        }
        if domain.put_off.len() < PUT_OFF_ALIKE {
            return (Verdict::PutOff(now), None);
        }
        let news = domain.pause.is_none();
        let pause = longer(domain.pause, DOMAIN_PAUSE, Cause::Way, now);
        self.pauses.domains += u64::from(pause.follows(domain.pause));
        domain.pause = Some(pause);
        (Verdict::PutOff(pause.until), news.then_some(News::DomainPaused(pause.until)))
    }

    fn distrusted(&mut self, letter: &Outgoing, now: Instant) -> (Verdict, Option<News>) {
        let Some(refused) = &mut self.caution else {
            return (Verdict::EndsForNow(NotSentReason::RefusedByServer), None);
        };
        if letter.is_fresh {
            *refused += 1;
        }
        if *refused < REFUSED_AFTER || !letter.is_fresh {
            return (Verdict::PutOff(now), None);
        }
        let (until, news) = self.shut(Cause::Distrust, now);
        (Verdict::PutOff(until), news)
    }
}
