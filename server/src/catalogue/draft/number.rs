//! Numbers of a draft: between which bounds each lies, and what is said where one does not.

use std::ops::RangeInclusive;

use entity::credit_amount::{self, CreditAmount};
use entity::decimal::{Decimal, NotInUnits};
use entity::money;

/// The parts of a series, and a place among them.
pub const PARTS: RangeInclusive<i64> = 1..=50;
/// For how many days a seat is held.
pub const PAYMENT_DAYS: RangeInclusive<i64> = 1..=365;
/// Seats.
pub const CAPACITY: RangeInclusive<i64> = 0..=1_000_000;
/// How many people a room holds.
pub const ROOM: RangeInclusive<i64> = 1..=1_000_000;
/// Days from the moment of a reminder rule.
pub const RULE_DAYS: RangeInclusive<i64> = -365..=365;
/// Minutes from the moment of a reminder rule.
pub const RULE_MINUTES: RangeInclusive<i64> = -525_600..=525_600;

const CREDIT: RangeInclusive<i64> = 1..=100_000;

/// A whole number within `bounds`.
pub fn whole<N: TryFrom<i64>>(bounds: &RangeInclusive<i64>, number: i64) -> Result<N, String> {
    let within =
        Some(number).filter(|number| bounds.contains(number)).and_then(|number| N::try_from(number).ok());
    within.ok_or_else(|| format!("must be between {} and {}", bounds.start(), bounds.end()))
}

/// An amount of money, in the smallest unit of its currency.
pub fn money(amount: Decimal, currency: &str) -> Result<i64, String> {
    let places = money::places(currency);
    let units = amount.units(places).map_err(|no| match no {
        NotInUnits::Places(_) => format!("{amount} is no amount in {currency}: {no}"),
        NotInUnits::TooLarge => out_of_bounds(amount),
    })?;
    let most = Decimal::new(money::MOST, 0).units(places);
    if most.is_ok_and(|most| (0..=most).contains(&units)) { Ok(units) } else { Err(out_of_bounds(amount)) }
}

fn out_of_bounds(amount: Decimal) -> String {
    format!("{amount} is not between 0 and {}", money::MOST)
}

/// An amount of credit, in hundredths of its unit.
pub fn credit(amount: Decimal) -> Result<CreditAmount, String> {
    let hundredths =
        amount.units(credit_amount::PLACES).map_err(|no| format!("{amount} is no amount of credit: {no}"))?;
    match i32::try_from(hundredths).map(CreditAmount) {
        Ok(credit) if CREDIT.contains(&hundredths) => Ok(credit),
        Ok(_) | Err(_) => {
            let [low, high] =
                [*CREDIT.start(), *CREDIT.end()].map(|bound| Decimal::new(bound, credit_amount::PLACES));
            Err(format!("{amount} is not between {low} and {high}"))
        }
    }
}
