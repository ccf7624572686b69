//! Money: whole cents and a currency, never a float.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An amount of money in the smallest unit of its currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Cents (hundredths of the currency's unit).
    pub cents: i64,
    /// ISO 4217 code, three capital letters.
    pub currency: String,
}

impl Money {
    /// `cents` of `currency`.
    pub fn new(cents: i64, currency: impl Into<String>) -> Self {
        Self { cents, currency: currency.into() }
    }

    /// The amount as a decimal with two places, such as `1995.00`.
    pub fn decimal(&self) -> String {
        decimal(self.cents)
    }
}

impl fmt::Display for Money {
    /// As a person reads it: `$1,995.00`, or `EUR 1,995.00` for a currency without a sign of its own here.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = (self.cents.unsigned_abs() / 100).to_string();
        let mut grouped = String::with_capacity(whole.len() + whole.len() / 3);
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let minus = if self.cents < 0 { "-" } else { "" };
        let cents = self.cents.unsigned_abs() % 100;
        match self.currency.as_str() {
            "USD" => write!(f, "{minus}${grouped}.{cents:02}"),
            other => write!(f, "{minus}{other} {grouped}.{cents:02}"),
        }
    }
}

/// Hundredths written as a decimal with two places.
pub fn decimal(hundredths: i64) -> String {
    let minus = if hundredths < 0 { "-" } else { "" };
    format!("{minus}{}.{:02}", hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100)
}

/// A text that is not a decimal with at most two places.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number with at most two places, such as 1995.00")]
pub struct NotADecimal;

/// Reads a decimal with at most two places into hundredths; no exponent, no sign but a leading minus.
pub fn parse_decimal(text: &str) -> Result<i64, NotADecimal> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "00"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) || fraction.len() > 2 {
        return Err(NotADecimal);
    }
    let whole = i64::from_str(whole).map_err(|_| NotADecimal)?;
    let fraction = i64::from_str(fraction).map_err(|_| NotADecimal)? * if fraction.len() == 1 { 10 } else { 1 };
    let hundredths = whole.checked_mul(100).and_then(|sum| sum.checked_add(fraction)).ok_or(NotADecimal)?;
    Ok(if negative { -hundredths } else { hundredths })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_for_people() {
        for (cents, currency, text) in
            [(199_500, "USD", "$1,995.00"), (5, "USD", "$0.05"), (-100_000_001, "EUR", "-EUR 1,000,000.01"), (99_900, "USD", "$999.00")]
        {
            assert_eq!(Money::new(cents, currency).to_string(), text);
        }
    }

    #[test]
    fn decimals_are_read_exactly() {
        for (text, hundredths) in [("1995.00", 199_500), ("1795.5", 179_550), ("10", 1000), ("-0.05", -5), ("0", 0)] {
            assert_eq!(parse_decimal(text), Ok(hundredths), "{text}");
        }
        for text in ["", ".", "1.", ".5", "1.005", "1e3", "1,5", "+1", "--1", "99999999999999999999"] {
            assert_eq!(parse_decimal(text), Err(NotADecimal), "{text}");
        }
    }
}
