//! Amounts of continuing-education credit: hundredths of an hour or point, never a float.

use std::fmt;
use std::str::FromStr;

use sea_orm::DeriveValueType;

use crate::money::{NotADecimal, decimal, parse_decimal};

/// An amount of credit in hundredths: 16.00 is 1600. Accreditors count in quarters, but a quarter is theirs to require, not ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct CreditAmount(pub i32);

impl fmt::Display for CreditAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal(self.0.into()))
    }
}

impl FromStr for CreditAmount {
    type Err = NotADecimal;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        i32::try_from(parse_decimal(text)?).map(Self).map_err(|_| NotADecimal)
    }
}
