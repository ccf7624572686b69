//! Numbers of a draft: between which bounds each lies, and what is said where one does not.

use std::ops::RangeInclusive;

use entity::credit_amount::CreditAmount;

/// The parts of a series, and a place among them.
pub const PARTS: RangeInclusive<i64> = 1..=50;
/// For how many days a seat is held.
pub const PAYMENT_DAYS: RangeInclusive<i64> = 1..=365;
/// Seats.
pub const CAPACITY: RangeInclusive<i64> = 0..=1_000_000;
/// Days from the moment of a reminder rule.
pub const RULE_DAYS: RangeInclusive<i64> = -365..=365;
/// Minutes from the moment of a reminder rule.
pub const RULE_MINUTES: RangeInclusive<i64> = -525_600..=525_600;

const MONEY: RangeInclusive<i64> = 0..=100_000_000;
const CREDIT: RangeInclusive<i64> = 1..=100_000;

/// A whole number within `bounds`.
pub fn whole<N: TryFrom<i64>>(bounds: &RangeInclusive<i64>, number: i64) -> Result<N, String> {
    let within = Some(number).filter(|number| bounds.contains(number)).and_then(|number| N::try_from(number).ok());
    within.ok_or_else(|| format!("must be between {} and {}", bounds.start(), bounds.end()))
}

fn hundredths(bounds: &RangeInclusive<i64>, number: i64) -> Result<i64, String> {
    if bounds.contains(&number) {
        Ok(number)
    } else {
        let [number, low, high] = [number, *bounds.start(), *bounds.end()].map(entity::money::decimal);
        Err(format!("{number} is not between {low} and {high}"))
    }
}

/// An amount of money, in hundredths of its unit.
pub fn money(amount: i64) -> Result<i64, String> {
    hundredths(&MONEY, amount)
}

/// An amount of credit, in hundredths of its unit.
pub fn credit(amount: i64) -> Result<CreditAmount, String> {
    let amount = hundredths(&CREDIT, amount)?;
    i32::try_from(amount).map(CreditAmount).map_err(|_| "is too large".to_owned())
}
