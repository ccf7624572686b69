//! Money: whole numbers of the smallest unit of a currency (ISO 4217, minor unit), never a float.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::decimal::{Decimal, NotInUnits};

/// The most that anything can cost, in units of the currency: some forty thousand dollars in Vietnam's, and
/// more in most others.
pub const MOST: i64 = 1_000_000_000;

/// An amount of money in the smallest unit of its currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// The currency's smallest unit: cents of USD, whole JPY, thousandths of KWD.
    pub minor: i64,
    /// ISO 4217 code, three capital letters.
    pub currency: String,
}

impl Money {
    /// `minor` units of `currency`.
    pub fn new(minor: i64, currency: impl Into<String>) -> Self {
        Self { minor, currency: currency.into() }
    }

    /// The amount as a decimal with as many places as the currency has, such as `1995.00`.
    pub fn decimal(&self) -> Decimal {
        Decimal::new(self.minor, places(&self.currency))
    }
}

impl fmt::Display for Money {
    /// As a person in the United States reads it: `$1,995.00`, or `EUR 1,995.00` and `JPY 50,000` for a
    /// currency without a sign of its own here.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = Self::new(self.minor.saturating_abs(), self.currency.as_str()).decimal().to_string();
        let (whole, fraction) = written
            .split_once('.')
            .map_or((written.as_str(), None), |(whole, fraction)| (whole, Some(fraction)));
        let mut grouped = String::with_capacity(whole.len() + whole.len() / 3);
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let minus = if self.minor < 0 { "-" } else { "" };
        match self.currency.as_str() {
            "USD" => write!(f, "{minus}${grouped}")?,
            other => write!(f, "{minus}{other} {grouped}")?,
        }
        fraction.map_or(Ok(()), |fraction| write!(f, ".{fraction}"))
    }
}

/// Whether this is the code of a currency in which something can be paid today: none that was given up, no
/// metal, and none for tests.
pub fn is_currency(code: &str) -> bool {
    known(code).is_some_and(|currency| !currency.is_special() && currency.is_superseded().is_none())
}

/// How many places amounts of this currency have; two where the code is none that we know.
pub fn places(code: &str) -> u8 {
    known(code)
        .and_then(iso_currency::Currency::exponent)
        .and_then(|places| u8::try_from(places).ok())
        .unwrap_or(2)
}

/// The library reads small letters, too, which are no codes.
fn known(code: &str) -> Option<iso_currency::Currency> {
    iso_currency::Currency::from_code(code).filter(|currency| currency.code() == code)
}

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAmount {
    /// It is no number, or not written as one.
    #[error("write it as 1995.00 or 1.995,00")]
    NotANumber,
    /// It can be read in two ways.
    #[error(
        "it could be with or without a decimal point; write all decimal places, or no sign between thousands"
    )]
    Ambiguous,
    /// It has more places than the currency.
    #[error(transparent)]
    NotInUnits(#[from] NotInUnits),
}

/// Reads an amount as people and spreadsheets write it on both sides of the Atlantic: `1995`, `1,995.00`,
/// `1.995,00`, `1 995,00`, `$1,995`, `1995 EUR`; in the smallest unit of `currency`. Nothing is guessed: what
/// could be thousands or places is no amount.
///
/// # Errors
/// It is none, is less than nothing, or has more places than the currency.
pub fn read(text: &str, currency: &str) -> Result<i64, NotAnAmount> {
    let text = text.trim();
    let bare = text.strip_prefix(currency).or_else(|| text.strip_suffix(currency));
    let symbol = known(currency).map(|currency| currency.symbol().to_string()).unwrap_or_default();
    let bare = bare.or_else(|| {
        if symbol.is_empty() {
            None
        } else {
            text.strip_prefix(symbol.as_str()).or_else(|| text.strip_suffix(symbol.as_str()))
        }
    });
    let bare: String = bare
        .unwrap_or(text)
        .trim()
        .chars()
        .map(|letter| match letter {
            '\u{2019}' => '\'',
            letter if letter.is_whitespace() => ' ',
            letter => letter,
        })
        .collect();
    let places = places(currency);
    let (whole, fraction) = match (bare.rfind(['.', ',']), bare.matches(['.', ',']).count()) {
        (None, _) => (bare.as_str(), None),
        (Some(last), 1) => {
            let (whole, fraction) = (&bare[..last], &bare[last + 1..]);
            let parted = whole.contains([' ', '\'']);
            match fraction.len() {
                3 if !parted && places >= 3 && bare.contains(',') => return Err(NotAnAmount::Ambiguous),
                3 if !parted && places < 3 && whole != "0" => (bare.as_str(), None),
                _ => (whole, Some(fraction)),
            }
        }
        // Two kinds of signs: the last one is the point. One kind, several times: thousands.
        (Some(last), _) => {
            let sign = &bare[last..=last];
            if bare.matches(sign).count() > 1 {
                (bare.as_str(), None)
            } else {
                (&bare[..last], Some(&bare[last + 1..]))
            }
        }
    };
    let whole = without_groups(whole).ok_or(NotAnAmount::NotANumber)?;
    let written = fraction.map_or_else(|| whole.clone(), |fraction| format!("{whole}.{fraction}"));
    let read: Decimal = written.parse().map_err(|_| NotAnAmount::NotANumber)?;
    let units = read.units(places)?;
    if units < 0 { Err(NotAnAmount::NotANumber) } else { Ok(units) }
}

/// The digits of a whole number, without one kind of sign between groups of three.
fn without_groups(text: &str) -> Option<String> {
    let Some(sign) = text.chars().find(|letter| matches!(letter, '.' | ',' | ' ' | '\'')) else {
        return Some(text.to_owned());
    };
    let mut groups = text.split(sign);
    let first = groups.next().filter(|group| (1..=3).contains(&group.len()))?;
    groups
        .all(|group| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.replace(sign, ""))
        .filter(|_| first.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_for_people_with_the_places_of_its_currency() {
        for (minor, currency, text, decimal) in [
            (199_500, "USD", "$1,995.00", "1995.00"),
            (5, "USD", "$0.05", "0.05"),
            (-100_000_001, "EUR", "-EUR 1,000,000.01", "-1000000.01"),
            (99_900, "USD", "$999.00", "999.00"),
            (50_000, "JPY", "JPY 50,000", "50000"),
            (48_000_000, "VND", "VND 48,000,000", "48000000"),
            (1_234_567, "KWD", "KWD 1,234.567", "1234.567"),
            (5, "???", "??? 0.05", "0.05"),
        ] {
            let money = Money::new(minor, currency);
            assert_eq!((money.to_string().as_str(), money.decimal().to_string().as_str()), (text, decimal));
        }
    }

    #[test]
    fn currencies_are_those_in_which_something_can_be_paid() {
        for code in ["USD", "EUR", "JPY", "KWD", "VND", "CHF"] {
            assert!(is_currency(code), "{code}");
        }
        for code in ["ZZZ", "XXX", "XTS", "XAU", "DEM", "HRK", "usd", "US", "", "USDT", "€"] {
            assert!(!is_currency(code), "{code}");
        }
        assert_eq!(["JPY", "USD", "KWD", "VND", "ZZZ"].map(places), [0, 2, 3, 0, 2]);
    }

    #[test]
    fn amounts_are_read_as_people_write_them_and_nothing_is_guessed() {
        for (text, currency, units) in [
            ("1995", "USD", 199_500),
            ("1995.00", "USD", 199_500),
            ("1995,00", "EUR", 199_500),
            ("1,995.00", "USD", 199_500),
            ("1.995,00", "EUR", 199_500),
            ("1.234.995,5", "EUR", 123_499_550),
            ("1,995", "USD", 199_500),
            ("1.995", "EUR", 199_500),
            ("1 995,00", "EUR", 199_500),
            ("1\u{a0}995,00 €", "EUR", 199_500),
            ("1'995.00", "CHF", 199_500),
            ("$1,995", "USD", 199_500),
            ("$ 1 995", "USD", 199_500),
            ("1 234,500", "KWD", 1_234_500),
            ("1.2345", "CLF", 12_345),
            ("EUR 10", "EUR", 1_000),
            ("50,000", "JPY", 50_000),
            ("50000.00", "JPY", 50_000),
            ("1.234", "KWD", 1_234),
            ("1,234.567", "KWD", 1_234_567),
            ("0.5", "USD", 50),
            ("0", "USD", 0),
        ] {
            assert_eq!(read(text, currency), Ok(units), "{text} {currency}");
        }
        for (text, currency, no) in [
            ("", "USD", NotAnAmount::NotANumber),
            ("-5", "USD", NotAnAmount::NotANumber),
            ("5 EUR", "USD", NotAnAmount::NotANumber),
            ("1,99,500", "USD", NotAnAmount::NotANumber),
            ("1.2.3", "USD", NotAnAmount::NotANumber),
            ("ten", "USD", NotAnAmount::NotANumber),
            ("1,234", "KWD", NotAnAmount::Ambiguous),
            ("1,234", "CLF", NotAnAmount::Ambiguous),
            ("12 50", "USD", NotAnAmount::NotANumber),
            ("19'95", "CHF", NotAnAmount::NotANumber),
            ("50000.50", "JPY", NotAnAmount::NotInUnits(NotInUnits::Places(0))),
            ("0.005", "USD", NotAnAmount::NotInUnits(NotInUnits::Places(2))),
        ] {
            assert_eq!(read(text, currency), Err(no), "{text} {currency}");
        }
    }
}
