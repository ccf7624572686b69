//! Amounts of continuing-education credit: hundredths of an hour or point, never a float.

use std::fmt;
use std::str::FromStr;

use sea_orm::DeriveValueType;

use crate::decimal::{Decimal, NotADecimal};

/// The places of an amount.
pub const PLACES: u8 = 2;

/// An amount of credit in hundredths: 16.00 is 1600. Accreditors count in quarters, but a quarter is theirs
/// to require, not ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct CreditAmount(pub i32);

impl CreditAmount {
    /// The same as a decimal number.
    pub fn decimal(self) -> Decimal {
        Decimal::new(self.0.into(), PLACES)
    }
}

impl fmt::Display for CreditAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decimal().fmt(f)
    }
}

impl FromStr for CreditAmount {
    type Err = NotADecimal;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hundredths = text.parse::<Decimal>()?.units(PLACES).map_err(|_| NotADecimal)?;
        i32::try_from(hundredths).map(Self).map_err(|_| NotADecimal)
    }
}
