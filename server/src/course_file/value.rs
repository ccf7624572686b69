//! Single values of TOML: which sort of value each field wants. What a value may say beyond that, the draft's
//! own types know.

use std::ops::RangeInclusive;
use std::str::FromStr;

use entity::credit_amount::CreditAmount;
use entity::decimal::Decimal;
use entity::{LocalDate, WallTime};
use sea_orm::{ActiveEnum, Iterable};
use toml::de::DeValue;

use crate::catalogue::draft::{Standing, number};

/// What reading a value gives; the error says what would be right.
pub type Read<T> = Result<T, String>;

fn string<'v>(value: &'v DeValue<'_>, wanted: &str) -> Read<&'v str> {
    match value.as_str() {
        Some(text) => Ok(text),
        None => Err(format!("must be {wanted} in quotes, not {}", value.type_str())),
    }
}

/// A text that checks itself.
pub fn text<T: FromStr<Err = String>>(value: &DeValue<'_>) -> Read<T> {
    string(value, "text")?.parse()
}

/// A date, with or without quotes.
pub fn date(value: &DeValue<'_>) -> Read<LocalDate> {
    let text = match value {
        DeValue::Datetime(written) => written.to_string(),
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => string(value, "a date such as 2026-05-13, bare or")?.to_owned(),
    };
    match text.parse::<LocalDate>() {
        Ok(date) if date.to_string() == text => Ok(date),
        Ok(_) | Err(_) => Err(format!("{text:?} is not a date such as 2026-05-13")),
    }
}

/// A date and a time on the course's clock, with or without quotes.
pub fn date_time(value: &DeValue<'_>) -> Read<jiff::civil::DateTime> {
    let text = value.as_datetime().map_or_else(
        || string(value, "a date and time").map(str::to_owned),
        |written| Ok(written.to_string()),
    )?;
    let mistake = || {
        format!(
            "{text:?} is not a date and time on the course's clock, such as 2026-01-15T09:00 (without an offset)"
        )
    };
    if text.ends_with('Z')
        || !text.contains([' ', 'T'])
        || text.get(11..).is_some_and(|time| time.contains(['+', '-']))
    {
        return Err(mistake());
    }
    jiff::civil::DateTime::from_str(&text).map_err(|_| mistake())
}

/// A time of day, `HH:MM`.
pub fn wall_time(value: &DeValue<'_>) -> Read<WallTime> {
    let text = match value.as_datetime() {
        Some(written) => {
            written.to_string().strip_suffix(":00").map(str::to_owned).unwrap_or_else(|| written.to_string())
        }
        None => string(value, "a time such as 10:00")?.to_owned(),
    };
    text.parse().map_err(|_| format!("{text:?} is not a time of day written HH:MM, from 00:00 to 23:59"))
}

/// A time zone.
pub fn zone(value: &DeValue<'_>) -> Read<entity::Zone> {
    let text = string(value, "the name of a time zone")?;
    entity::Zone::typed(text)
        .map_err(|_| format!("{text:?} is not an IANA time zone such as America/New_York"))
}

/// One of the values of a closed set; the message says which there are.
pub fn known<E: ActiveEnum<Value = String> + Iterable>(value: &DeValue<'_>) -> Read<E> {
    let text = string(value, "a word")?;
    E::try_from_value(&text.to_owned()).map_err(|_| unknown(text, E::iter().map(|value| value.to_value())))
}

/// What somebody is to the course.
pub fn standing(value: &DeValue<'_>) -> Read<Standing> {
    let text = string(value, "a word")?;
    let found = Standing::ALL.iter().find(|(word, _)| *word == text);
    found
        .map(|(_, standing)| *standing)
        .ok_or_else(|| unknown(text, Standing::ALL.iter().map(|(word, _)| (*word).to_owned())))
}

fn unknown(text: &str, known: impl Iterator<Item = String>) -> String {
    format!("{text:?} is not known here; known are {}", known.collect::<Vec<_>>().join(", "))
}

fn decimal(value: &DeValue<'_>, example: &str) -> Read<Decimal> {
    let text = string(value, &format!("a decimal such as \"{example}\""))?;
    text.parse().map_err(|_| format!("{text:?} is not a decimal number such as \"{example}\""))
}

/// An amount of money in this currency.
pub fn money(currency: &str) -> impl Fn(&DeValue<'_>) -> Read<i64> {
    move |value| number::money(decimal(value, "1995.00")?, currency)
}

/// An amount of credit.
pub fn credit(value: &DeValue<'_>) -> Read<CreditAmount> {
    number::credit(decimal(value, "16.00")?)
}

/// A whole number within bounds.
pub fn whole<N: TryFrom<i64>>(bounds: RangeInclusive<i64>) -> impl Fn(&DeValue<'_>) -> Read<N> {
    move |value| {
        let read = match value {
            DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix()).ok(),
            DeValue::String(_)
            | DeValue::Datetime(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => {
                return Err(format!("must be a whole number without quotes, not {}", value.type_str()));
            }
        };
        // Digits that no number of ours can hold are beyond every bound.
        number::whole(&bounds, read.unwrap_or(i64::MAX))
    }
}

/// Yes or no.
pub fn boolean(value: &DeValue<'_>) -> Read<bool> {
    value.as_bool().ok_or_else(|| format!("must be true or false, not {}", value.type_str()))
}
