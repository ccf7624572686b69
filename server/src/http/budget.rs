//! A budget of cost for each client: what one may ask in a minute, by the cost of the operations.
//!
//! Who is signed in has a budget as a person, everybody else one as an address (IPv6: a /64), which people
//! behind one address share. What is spent comes back evenly, a sixtieth of the whole each second, so there
//! is no moment at which everybody starts anew.

use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use entity::Instant;
use entity::network::Network;
use lru::LruCache;
use uuid::Uuid;

use crate::limits::client::Rates;

/// The time in which a whole budget comes back, in microseconds.
const MINUTE: u64 = 60_000_000;
/// Clients that are remembered at once. The one forgotten first has asked nothing for the longest time, so it
/// has most likely nothing left to remember; a client needs a minute's worth of other networks to be
/// forgotten while it matters.
const MOST_CLIENTS: usize = 65_536;

/// Whose budget it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Payer {
    /// An address.
    Address(Network),
    /// A person.
    Person(Uuid),
}

/// How a budget stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whose it is, by kind: the name of the policy.
    pub policy: &'static str,
    /// What may be spent in a minute.
    pub limit: u64,
    /// What is left of it.
    pub remaining: u64,
    /// When nothing of it is spent any more.
    pub resets_at: Instant,
    /// The seconds until then, or, for what was refused, until there is enough again.
    pub seconds: u64,
}

impl Standing {
    /// Says so in the headers `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10).
    /// The unit is cost, which is none of those that the draft registers, so it says whose it is.
    pub fn tell(&self, headers: &mut HeaderMap) {
        let Self { policy, limit, remaining, seconds, .. } = self;
        let told = [
            ("ratelimit-policy", format!("\"{policy}\";q={limit};qu=\"lectern-cost\";w=60")),
            ("ratelimit", format!("\"{policy}\";r={remaining};t={seconds}")),
        ];
        for (name, value) in told {
            // Digits and names of ours are what a header may hold.
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

/// The budgets of all clients.
#[derive(Debug)]
pub struct Budgets {
    rates: Rates,
    spent: Mutex<LruCache<Payer, Spent>>,
}

/// What somebody has spent, in cost times [`MINUTE`], so that what comes back in a microsecond is a whole
/// number.
#[derive(Clone, Copy, Debug)]
struct Spent {
    amount: u64,
    as_of: Instant,
}

/// What was taken from a budget for an operation.
#[derive(Clone, Copy, Debug)]
pub struct Paid {
    payer: Payer,
    /// What was taken.
    pub cost: u64,
    /// How the budget stood then.
    pub standing: Standing,
}

impl Budgets {
    /// Budgets of which nothing is spent.
    pub fn new(rates: Rates) -> Self {
        Self { rates, spent: Mutex::new(LruCache::unbounded()) }
    }

    /// Who pays for what somebody asks from there; nobody where there is no budget.
    pub fn payer(&self, network: Network, person: Option<Uuid>) -> Option<Payer> {
        (self.rates.loopback || !network.is_loopback())
            .then(|| person.map_or(Payer::Address(network), Payer::Person))
    }

    /// Takes the cost of an operation from a budget.
    ///
    /// # Errors
    /// There is not enough left.
    pub fn take(&self, payer: Payer, cost: u64, now: Instant) -> Result<Paid, Standing> {
        self.charge(payer, now, |_| cost)
    }

    /// Takes what there is, up to `cost`.
    ///
    /// # Errors
    /// There is nothing left.
    pub fn take_some(&self, payer: Payer, cost: u64, now: Instant) -> Result<Paid, Standing> {
        self.charge(payer, now, |left| cost.min(left).max(1))
    }

    /// Takes what `cost` makes of what is left.
    fn charge(&self, payer: Payer, now: Instant, cost: impl FnOnce(u64) -> u64) -> Result<Paid, Standing> {
        let limit = self.limit(payer);
        let mut spent = self.spent();
        let account = spent.get(&payer).copied();
        let before = account.map_or(0, |account| account.at(limit, now));
        // What costs more than a whole budget takes all of it.
        let cost = cost(left(limit, before)).min(limit);
        let after = before + cost * MINUTE;
        if after > limit * MINUTE {
            let wait = (after - limit * MINUTE).div_ceil(limit).div_ceil(1_000_000);
            return Err(Standing { seconds: wait, ..standing(payer, limit, before, now) });
        }
        spent.put(
            payer,
            Spent { amount: after, as_of: account.map_or(now, |account| now.max(account.as_of)) },
        );
        if spent.len() > MOST_CLIENTS {
            spent.pop_lru();
        }
        Ok(Paid { payer, cost, standing: standing(payer, limit, after, now) })
    }

    /// Gives back what an operation did not use, and says how the budget stands then.
    pub fn settle(&self, paid: Paid, used: u64, now: Instant) -> Standing {
        let limit = self.limit(paid.payer);
        let mut spent = self.spent();
        let after = match spent.get_mut(&paid.payer) {
            Some(account) => {
                let unused = paid.cost.saturating_sub(used) * MINUTE;
                *account = Spent {
                    amount: account.at(limit, now).saturating_sub(unused),
                    as_of: now.max(account.as_of),
                };
                account.amount
            }
            None => 0,
        };
        standing(paid.payer, limit, after, now)
    }

    fn limit(&self, payer: Payer) -> u64 {
        match payer {
            Payer::Address(_) => self.rates.address,
            Payer::Person(_) => self.rates.person,
        }
    }

    fn spent(&self) -> MutexGuard<'_, LruCache<Payer, Spent>> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Spent {
    /// What of it is left to come back at that moment. A clock that goes back gives nothing back.
    fn at(self, limit: u64, now: Instant) -> u64 {
        let elapsed = u64::try_from(now.as_micros() - self.as_of.as_micros()).unwrap_or(0);
        self.amount.saturating_sub(elapsed.saturating_mul(limit))
    }
}

/// What of a budget is left, of which so much is spent.
fn left(limit: u64, spent: u64) -> u64 {
    limit - spent.div_ceil(MINUTE).min(limit)
}

fn standing(payer: Payer, limit: u64, spent: u64, now: Instant) -> Standing {
    let micros = spent.div_ceil(limit);
    Standing {
        policy: match payer {
            Payer::Address(_) => "address",
            Payer::Person(_) => "person",
        },
        limit,
        remaining: left(limit, spent),
        resets_at: Instant::from_micros(
            now.as_micros().saturating_add(i64::try_from(micros).unwrap_or(i64::MAX)),
        ),
        seconds: micros.div_ceil(1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv6Addr};

    use super::*;

    const RATES: Rates = Rates { address: 600, person: 60, loopback: false };

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(1_700_000_000_000_000 + seconds * 1_000_000)
    }

    fn network(last: u8) -> Network {
        IpAddr::from([192, 0, 2, last]).into()
    }

    fn client(last: u8) -> Payer {
        Payer::Address(network(last))
    }

    #[test]
    fn what_is_spent_comes_back_evenly() {
        let budgets = Budgets::new(RATES);
        let paid = budgets.take(client(1), 600, at(0)).expect("enough");
        assert_eq!(
            (paid.standing.remaining, paid.standing.seconds, paid.standing.resets_at),
            (0, 60, at(60))
        );
        let short = budgets.take(client(1), 15, at(1)).expect_err("ten have come back");
        assert_eq!((short.remaining, short.seconds), (10, 1));
        assert!(budgets.take(client(1), 15, at(2)).is_ok(), "twenty have");
        assert!(budgets.take(client(2), 600, at(2)).is_ok(), "another address has its own");
        assert_eq!(budgets.take(client(1), 1, at(3600)).expect("enough").standing.remaining, 599);
    }

    #[test]
    fn a_person_has_a_budget_wherever_they_are_and_this_machine_has_none() {
        let budgets = Budgets::new(RATES);
        let (ada, here) = (Uuid::from_u128(1), IpAddr::from([127, 0, 0, 1]).into());
        assert_eq!(budgets.payer(network(1), Some(ada)), Some(Payer::Person(ada)));
        assert_eq!(budgets.payer(network(2), Some(ada)), Some(Payer::Person(ada)));
        assert_eq!(budgets.payer(network(2), None), Some(client(2)));
        assert_eq!((budgets.payer(here, None), budgets.payer(here, Some(ada))), (None, None));
        assert_eq!(
            Budgets::new(Rates { loopback: true, ..RATES }).payer(here, None),
            Some(Payer::Address(here))
        );
        assert!(budgets.take(Payer::Person(ada), 60, at(0)).is_ok());
        assert!(budgets.take(Payer::Person(ada), 1, at(0)).is_err());
    }

    #[test]
    fn what_was_not_used_is_given_back() {
        let budgets = Budgets::new(RATES);
        let paid = budgets.take(client(1), 500, at(0)).expect("enough");
        assert_eq!(paid.standing.remaining, 100);
        assert_eq!(budgets.settle(paid, 20, at(0)).remaining, 580);
        let paid = budgets.take(client(1), 10, at(0)).expect("enough");
        assert_eq!(budgets.settle(paid, 90, at(0)).remaining, 570, "nobody is asked for more than was said");
        // What costs more than the whole takes the whole, and what it did not use comes back, too.
        let paid = budgets.take(client(2), 10_000, at(0)).expect("enough");
        assert_eq!((paid.standing.remaining, budgets.settle(paid, 1, at(0)).remaining), (0, 599));
    }

    #[test]
    fn a_part_is_taken_as_long_as_anything_is_left() {
        let budgets = Budgets::new(RATES);
        assert!(budgets.take(client(1), 595, at(0)).is_ok());
        assert_eq!(budgets.take_some(client(1), 100, at(0)).expect("five are left").standing.remaining, 0);
        assert!(budgets.take_some(client(1), 100, at(0)).is_err());
        assert_eq!(budgets.take_some(client(2), 100, at(0)).expect("all is left").standing.remaining, 500);
    }

    #[test]
    fn the_table_has_an_end_and_forgets_who_has_been_away_longest() {
        let budgets = Budgets::new(RATES);
        let network = |number: usize| {
            let (high, low) = (
                u16::try_from(number >> 16).expect("few"),
                u16::try_from(number & 0xffff).expect("sixteen bits"),
            );
            Payer::Address(IpAddr::from(Ipv6Addr::new(0x2001, 0xdb8, high, low, 0, 0, 0, 1)).into())
        };
        for number in 0..=MOST_CLIENTS {
            assert!(budgets.take(network(number), 600, at(0)).is_ok());
        }
        assert_eq!(budgets.spent().len(), MOST_CLIENTS);
        assert!(budgets.take(network(0), 600, at(0)).is_ok(), "forgotten");
        assert!(budgets.take(network(MOST_CLIENTS), 1, at(0)).is_err(), "remembered");
    }

    #[test]
    fn a_clock_that_goes_back_and_forth_gives_nothing_away() {
        let budgets = Budgets::new(RATES);
        assert!(budgets.take(client(1), 590, at(100)).is_ok());
        for _ in 0..10 {
            assert!(budgets.take(client(1), 1, at(0)).is_ok());
        }
        assert!(budgets.take(client(1), 1, at(0)).is_err());
        assert!(budgets.take(client(1), 1, at(100)).is_err());
    }
}
