//! What a request takes from its client's budget ([`super::budget`]), and what it gives back.

use std::sync::Arc;

use entity::Instant;
use entity::network::Network;
use uuid::Uuid;

use super::Front;
use super::budget::{Budgets, Paid, Payer, Standing};
use super::refused::Refused;

/// What a request is taken to cost until its document is read, and costs where it cannot be run: reading is
/// work, too.
const READING: u64 = 100;
/// For how many bytes reading costs one more, whatever becomes of the request: reading 256 KB takes as long
/// as resolving a thousand values.
const BYTES: usize = 256;
/// How many bytes of a request cost nothing by themselves: a course page's document is half as long.
const FREE: usize = 4096;

/// What was paid for reading a request.
#[derive(Debug)]
#[must_use]
pub struct Reading {
    paid: Option<Paid>,
    /// What of it its bytes cost.
    spent: u64,
}

fn by_bytes(bytes: usize) -> u64 {
    u64::try_from(bytes / BYTES).unwrap_or(u64::MAX)
}

/// A client's budget, as far as a request has to do with it.
#[derive(Debug)]
pub struct Purse {
    front: Arc<Front>,
    /// Whose it is; none where there is no budget, and everything is free.
    payer: Option<Payer>,
    /// How the budget stood when it was last touched.
    standing: Option<Standing>,
}

impl Purse {
    /// The budget of who asks from there, as this person where somebody is signed in.
    pub fn of(front: &Arc<Front>, network: Network, person: Option<Uuid>) -> Self {
        Self { front: Arc::clone(front), payer: front.budgets.payer(network, person), standing: None }
    }

    /// How the budget stood when it was last touched; none where nothing was.
    pub fn standing(&self) -> Option<Standing> {
        self.standing
    }

    /// Pays for reading so many bytes of a request, with what is left where that is less.
    ///
    /// # Errors
    /// There is nothing left.
    pub fn pay_for_reading(&mut self, bytes: usize) -> Result<Reading, Refused> {
        let spent = by_bytes(bytes.saturating_sub(FREE));
        let paid = self.take(|budgets, payer, now| budgets.take_some(payer, READING + spent, now))?;
        Ok(Reading { paid, spent })
    }

    /// Pays for a message of so many bytes, whatever it says.
    ///
    /// # Errors
    /// There is nothing left.
    pub fn pay_for_message(&mut self, bytes: usize) -> Result<(), Refused> {
        self.take(|budgets, payer, now| budgets.take_some(payer, 1 + by_bytes(bytes), now)).map(drop)
    }

    /// Gives back what was paid for reading a request that can be run, which is paid for by itself; not what
    /// its bytes cost.
    pub fn was_read(&mut self, Reading { paid, spent }: Reading) {
        self.settle(paid, spent);
    }

    /// Gives back all that was paid for reading, because somebody else pays.
    pub fn is_not_ours(&mut self, reading: Reading) {
        self.settle(reading.paid, 0);
    }

    /// Pays the cost of an operation.
    ///
    /// # Errors
    /// There is not enough left.
    pub fn pay(&mut self, cost: u64) -> Result<Option<Paid>, Refused> {
        self.take(|budgets, payer, now| budgets.take(payer, cost, now))
    }

    fn take(
        &mut self,
        take: impl FnOnce(&Budgets, Payer, Instant) -> Result<Paid, Standing>,
    ) -> Result<Option<Paid>, Refused> {
        let Some(payer) = self.payer else { return Ok(None) };
        match take(&self.front.budgets, payer, self.front.app.nature.now()) {
            Ok(paid) => {
                self.standing = Some(paid.standing);
                Ok(Some(paid))
            }
            Err(short) => {
                self.standing = Some(short);
                Err(Refused::spent(&short))
            }
        }
    }

    /// Gives back what was paid for an operation that found no room, but for what reading it costs: who asks
    /// in vain, and again at once, makes us work.
    pub fn was_read_in_vain(&mut self, paid: Option<Paid>) {
        self.settle(paid, READING);
    }

    /// Gives back what was not used of what was taken.
    pub fn settle(&mut self, paid: Option<Paid>, used: u64) {
        if let Some(paid) = paid {
            self.standing = Some(self.front.budgets.settle(paid, used, self.front.app.nature.now()));
        }
    }
}
