//! What a line comes to in money and seats.

use entity::quote::{self, Draft};
use entity::registration::Status;
use entity::{Instant, money, price};
use uuid::Uuid;

use super::super::read::Said;
use super::Judge;

/// What staff are told of a row that no price is for.
pub(super) const NO_PRICE: &str = "The course has no price for this profession.";

impl Judge<'_> {
    /// Where a registration comes to stand that costs `total` and of which `paid` is paid, and what comes in
    /// with the line.
    pub(super) fn standing(&self, said: &Said, total: i64, paid: i64) -> Result<(Status, i64), String> {
        let money = |minor: i64| money::Money::new(minor, self.course.currency.as_str()).to_string();
        let named = said.paid.unwrap_or(paid);
        if named < paid {
            return Err(format!(
                "{} was paid before; the column paid tells what was paid in all.",
                money(paid)
            ));
        }
        if named > total.max(paid) {
            return Err(format!("{} is more than the price, which is {}.", money(named), money(total)));
        }
        if said.status == Some(Status::Confirmed) && said.paid.is_some_and(|named| named < total) {
            return Err(format!(
                "Confirmed is what is paid in full, which is {}; leave paid empty where it was.",
                money(total)
            ));
        }
        let confirmed = total <= named || said.status == Some(Status::Confirmed);
        Ok(if confirmed {
            (Status::Confirmed, (total - paid).max(0))
        } else {
            (Status::Started, named - paid)
        })
    }

    pub(super) fn priced(
        &self,
        profession: entity::profession::Profession,
    ) -> Result<(Instant, Draft), String> {
        let hold_until = self.course.hold_until(self.now);
        Ok((hold_until, self.price(profession, hold_until)?))
    }

    pub(super) fn price(
        &self,
        profession: entity::profession::Profession,
        hold_until: Instant,
    ) -> Result<Draft, String> {
        let price = price::for_profession(&self.prices, profession).ok_or(NO_PRICE)?;
        Ok(quote::draft(&self.course, price, hold_until, self.now))
    }

    pub(super) fn hold_is_ahead(&self, status: Status, hold_until: Instant) -> Result<(), String> {
        if status == Status::Started && hold_until <= self.now {
            return Err("Registration is closed, so only what is paid can be imported.".to_owned());
        }
        Ok(())
    }

    pub(super) fn take_seat(&mut self) -> Result<(), String> {
        if let Some(free) = &mut self.free {
            *free = free.checked_sub(1).ok_or("All seats in this course are taken.")?;
        }
        Ok(())
    }

    pub(super) fn pay(&mut self, registration_id: Uuid, minor: i64) {
        if minor > 0 {
            self.writes.paid.push((registration_id, minor));
        }
    }
}
