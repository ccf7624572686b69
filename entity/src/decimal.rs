//! Decimal numbers, exactly as they are written: money and credit are never floats.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// The most places: the currency with the most has four (ISO 4217, minor unit).
pub const MOST_PLACES: u8 = 4;

/// So many parts of a ten, a hundred, a thousand …
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    units: i64,
    places: u8,
}

/// A text that is no decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number with at most {MOST_PLACES} places, such as 1995.00")]
pub struct NotADecimal;

/// A number that has more places than it may have, or is larger than can be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotInUnits {
    /// It has more places that are not zero.
    #[error("{}", places_told(*.0))]
    Places(u8),
    /// It is too large.
    #[error("it is too large")]
    TooLarge,
}

fn places_told(places: u8) -> String {
    match places {
        0 => "there are no decimal places".to_owned(),
        1 => "there is one decimal place at most".to_owned(),
        places => format!("there are {places} decimal places at most"),
    }
}

impl Decimal {
    /// `units` of which ten to the power of `places` make one.
    pub fn new(units: i64, places: u8) -> Self {
        Self { units, places: places.min(MOST_PLACES) }
    }

    /// Whether it is more than zero.
    pub fn is_positive(self) -> bool {
        self.units > 0
    }

    /// The number in units of which ten to the power of `places` make one.
    ///
    /// # Errors
    /// It has more places than that, or does not fit.
    pub fn units(self, places: u8) -> Result<i64, NotInUnits> {
        match places.checked_sub(self.places) {
            Some(more) => self.units.checked_mul(10_i64.pow(more.into())).ok_or(NotInUnits::TooLarge),
            None => {
                let part = 10_i64.pow((self.places - places).into());
                if self.units % part == 0 { Ok(self.units / part) } else { Err(NotInUnits::Places(places)) }
            }
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = 10_u64.pow(self.places.into());
        let (whole, fraction) = (self.units.unsigned_abs() / part, self.units.unsigned_abs() % part);
        let minus = if self.units < 0 { "-" } else { "" };
        match self.places {
            0 => write!(f, "{minus}{whole}"),
            places => write!(f, "{minus}{whole}.{fraction:0width$}", width = usize::from(places)),
        }
    }
}

impl FromStr for Decimal {
    type Err = NotADecimal;

    /// Reads digits, with a point and at most four places; no exponent, no sign but a leading minus.
    fn from_str(text: &str) -> Result<Self, NotADecimal> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) =
            digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || !fraction.is_none_or(all_digits) {
            return Err(NotADecimal);
        }
        let fraction = fraction.unwrap_or_default();
        let places =
            u8::try_from(fraction.len()).ok().filter(|places| *places <= MOST_PLACES).ok_or(NotADecimal)?;
        let units = i64::from_str(&format!("{whole}{fraction}")).map_err(|_| NotADecimal)?;
        Ok(Self { units: if negative { -units } else { units }, places })
    }
}

impl Serialize for Decimal {
    /// In hundredths where that says all, as requests were remembered when there was nothing else; else as it
    /// is written.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.units(2) {
            Ok(hundredths) => serializer.serialize_i64(hundredths),
            Err(_) => serializer.collect_str(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_and_written_exactly() {
        for (text, hundredths, written) in [
            ("1995.00", 199_500, "1995.00"),
            ("1795.5", 179_550, "1795.5"),
            ("10", 1000, "10"),
            ("-0.05", -5, "-0.05"),
            ("0.500", 50, "0.500"),
        ] {
            let read: Decimal = text.parse().expect("a decimal");
            assert_eq!((read.units(2), read.to_string().as_str()), (Ok(hundredths), written), "{text}");
        }
        for text in ["", ".", "1.", ".5", "1.00500", "1e3", "1,5", "+1", "--1", "99999999999999999999"] {
            assert_eq!(text.parse::<Decimal>(), Err(NotADecimal), "{text}");
        }
        assert_eq!("1.005".parse().map(|read: Decimal| read.units(2)), Ok(Err(NotInUnits::Places(2))));
        assert_eq!(Decimal::new(i64::MAX, 0).units(4), Err(NotInUnits::TooLarge));
        assert_eq!(
            (Decimal::new(5, 2).units(0), Decimal::new(500, 2).units(0)),
            (Err(NotInUnits::Places(0)), Ok(5))
        );
    }
}
