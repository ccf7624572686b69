//! Single values: how each kind of field is read, and what is said where it cannot be.

use std::str::FromStr;

use entity::credit_amount::CreditAmount;
use entity::money::parse_decimal;
use entity::{LocalDate, WallTime};
use sea_orm::{ActiveEnum, Iterable};
use toml::de::DeValue;

/// The longest name or title.
pub const NAME: usize = 300;
/// The longest prose.
pub const PROSE: usize = 20_000;

/// What reading a value gives; the error says what would be right.
pub type Read<T> = Result<T, String>;

fn string<'v>(value: &'v DeValue<'_>, wanted: &str) -> Read<&'v str> {
    match value.as_str() {
        Some(text) => Ok(text),
        None => Err(format!("must be {wanted} in quotes, not {}", value.type_str())),
    }
}

/// Text as it is stored: without the spaces around it, and with one kind of line end.
pub fn tidy(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

fn written(text: &str, longest: usize) -> Read<String> {
    let tidy = tidy(text);
    if tidy.is_empty() {
        Err("is empty; leave the field out where there is nothing to say".to_owned())
    } else if tidy.chars().any(|char| char.is_control() && char != '\n' && char != '\t') {
        Err("holds a control character".to_owned())
    } else if tidy.chars().count() > longest {
        Err(format!("is longer than {longest} characters"))
    } else {
        Ok(tidy)
    }
}

/// One line of text of at most `longest` characters.
pub fn line(longest: usize) -> impl Fn(&DeValue<'_>) -> Read<String> {
    move |value| {
        let text = written(string(value, "text")?, longest)?;
        if text.contains(['\n', '\t']) { Err("must be one line".to_owned()) } else { Ok(text) }
    }
}

/// Text of at most `longest` characters.
pub fn text(longest: usize) -> impl Fn(&DeValue<'_>) -> Read<String> {
    move |value| written(string(value, "text")?, longest)
}

/// A name or title.
pub fn name(value: &DeValue<'_>) -> Read<String> {
    line(NAME)(value)
}

/// Text of any number of lines.
pub fn prose(value: &DeValue<'_>) -> Read<String> {
    text(PROSE)(value)
}

/// A name for files and addresses.
pub fn slug(value: &DeValue<'_>) -> Read<String> {
    let text = string(value, "a name")?;
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    if (1..=100).contains(&text.len()) && text.bytes().all(fits) {
        Ok(text.to_owned())
    } else {
        Err(format!("{text:?} must be 1 to 100 small letters, digits, - or _"))
    }
}

/// An address that begins with https.
pub fn url(value: &DeValue<'_>) -> Read<String> {
    let text = line(2000)(value)?;
    let host = text.strip_prefix("https://").unwrap_or_default();
    let clean = |char: char| !char.is_whitespace() && !char.is_control() && !"<>\"\\".contains(char);
    if !host.is_empty() && !host.starts_with('/') && text.chars().all(clean) {
        Ok(text)
    } else {
        Err("must be an address that begins with https://".to_owned())
    }
}

/// A host name, without anything before or after it.
pub fn host(value: &DeValue<'_>) -> Read<String> {
    let text = line(253)(value)?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    if text.contains('.') && text.bytes().all(fits) {
        Ok(text)
    } else {
        Err("must be the name of a site, such as registration.example.org, without https:// and without a path".to_owned())
    }
}

/// An e-mail address.
pub fn email(value: &DeValue<'_>) -> Read<String> {
    let text = line(320)(value)?;
    entity::email::Address::parse(&text).map(|_| text.clone()).map_err(|_| format!("{text:?} is not an e-mail address"))
}

/// A date, with or without quotes.
pub fn date(value: &DeValue<'_>) -> Read<LocalDate> {
    let text = match value {
        DeValue::Datetime(written) => written.to_string(),
        DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Array(_) | DeValue::Table(_) => {
            string(value, "a date such as 2026-05-13, bare or")?.to_owned()
        }
    };
    match text.parse::<LocalDate>() {
        Ok(date) if date.to_string() == text => Ok(date),
        Ok(_) | Err(_) => Err(format!("{text:?} is not a date such as 2026-05-13")),
    }
}

/// A date and a time on the course's clock, with or without quotes.
pub fn date_time(value: &DeValue<'_>) -> Read<jiff::civil::DateTime> {
    let text =
        value.as_datetime().map_or_else(|| string(value, "a date and time").map(str::to_owned), |written| Ok(written.to_string()))?;
    let mistake = || format!("{text:?} is not a date and time on the course's clock, such as 2026-01-15T09:00 (without an offset)");
    if text.ends_with('Z') || !text.contains([' ', 'T']) || text.get(11..).is_some_and(|time| time.contains(['+', '-'])) {
        return Err(mistake());
    }
    jiff::civil::DateTime::from_str(&text).map_err(|_| mistake())
}

/// A time of day, `HH:MM`.
pub fn wall_time(value: &DeValue<'_>) -> Read<WallTime> {
    let text = match value.as_datetime() {
        Some(written) => written.to_string().strip_suffix(":00").map(str::to_owned).unwrap_or_else(|| written.to_string()),
        None => string(value, "a time such as 10:00")?.to_owned(),
    };
    text.parse().map_err(|_| format!("{text:?} is not a time of day written HH:MM, from 00:00 to 23:59"))
}

/// A time zone.
pub fn zone(value: &DeValue<'_>) -> Read<entity::Zone> {
    let text = string(value, "the name of a time zone")?;
    text.parse().map_err(|_| format!("{text:?} is not an IANA time zone such as America/New_York"))
}

/// One of the values of a closed set; the message says which there are.
pub fn known<E: ActiveEnum<Value = String> + Iterable>(value: &DeValue<'_>) -> Read<E> {
    let text = string(value, "a word")?;
    E::try_from_value(&text.to_owned()).map_err(|_| unknown(text, E::iter().map(|value| value.to_value())))
}

/// That `text` is none of `known`.
pub fn unknown(text: &str, known: impl Iterator<Item = String>) -> String {
    format!("{text:?} is not known here; known are {}", known.collect::<Vec<_>>().join(", "))
}

fn hundredths(value: &DeValue<'_>, example: &str, range: std::ops::RangeInclusive<i64>) -> Read<i64> {
    let text = string(value, &format!("a decimal such as \"{example}\""))?;
    let mistake = format!("{text:?} is not a decimal number with at most two places, such as \"{example}\"");
    let number = parse_decimal(text).map_err(|_| mistake)?;
    if range.contains(&number) {
        Ok(number)
    } else {
        let [low, high] = [*range.start(), *range.end()].map(entity::money::decimal);
        Err(format!("{text} is not between {low} and {high}"))
    }
}

/// An amount of money, in cents.
pub fn money(value: &DeValue<'_>) -> Read<i64> {
    hundredths(value, "1995.00", 0..=100_000_000)
}

/// An amount of credit.
pub fn credit(value: &DeValue<'_>) -> Read<CreditAmount> {
    let number = hundredths(value, "16.00", 1..=100_000)?;
    i32::try_from(number).map(CreditAmount).map_err(|_| "is too large".to_owned())
}

/// A currency.
pub fn currency(value: &DeValue<'_>) -> Read<String> {
    let text = string(value, "a currency")?;
    if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        Ok(text.to_owned())
    } else {
        Err(format!("{text:?} is not an ISO 4217 code such as USD"))
    }
}

/// A month, `YYYY-MM`.
pub fn month(value: &DeValue<'_>) -> Read<String> {
    let text = string(value, "a month")?;
    match format!("{text}-01").parse::<LocalDate>() {
        Ok(_) if text.len() == 7 => Ok(text.to_owned()),
        Ok(_) | Err(_) => Err(format!("{text:?} is not a month such as 2026-05")),
    }
}

/// A whole number in a range.
pub fn number<N: TryFrom<i64>>(range: std::ops::RangeInclusive<i64>) -> impl Fn(&DeValue<'_>) -> Read<N> {
    move |value| {
        let number = match value {
            DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix()).ok(),
            DeValue::String(_) | DeValue::Datetime(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Array(_) | DeValue::Table(_) => {
                return Err(format!("must be a whole number without quotes, not {}", value.type_str()));
            }
        };
        number
            .filter(|number| range.contains(number))
            .and_then(|number| N::try_from(number).ok())
            .ok_or_else(|| format!("must be between {} and {}", range.start(), range.end()))
    }
}

/// Yes or no.
pub fn boolean(value: &DeValue<'_>) -> Read<bool> {
    value.as_bool().ok_or_else(|| format!("must be true or false, not {}", value.type_str()))
}
