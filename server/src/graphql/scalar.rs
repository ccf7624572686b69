//! Scalars: how moments, days, zones, money and texts are written in the API.

use std::str::FromStr;

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value};
use entity::{Instant, LocalDate, WallTime, Zone};

/// Declares a scalar that is written as a string, and by which public specification.
macro_rules! text_scalar {
    ($(#[doc = $doc:literal])+ $name:ident($inner:ty), $graphql:literal by $url:literal, read: $read:expr, write: $write:expr) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name(pub $inner);

        $(#[doc = $doc])+
        #[Scalar(name = $graphql, specified_by_url = $url)]
        impl ScalarType for $name {
            fn parse(value: Value) -> InputValueResult<Self> {
                let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
                let read: Result<$inner, String> = $read(text);
                read.map(Self).map_err(InputValueError::custom)
            }

            fn to_value(&self) -> Value {
                let write: String = $write(&self.0);
                Value::String(write)
            }
        }

        impl $name {
            /// Whether a text is one.
            fn reads(text: &str) -> bool {
                let read: Result<$inner, String> = $read(text);
                read.is_ok()
            }
        }
    };
}

/// How a scalar is written, for whoever judges values before they are read.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The scalar's name in the schema.
    pub name: &'static str,
    /// What is expected, as part of a sentence.
    pub expected: &'static str,
    /// Whether a text is one.
    pub reads: fn(&str) -> bool,
}

/// Every scalar of ours that an input can hold.
pub const FORMATS: [Format; 8] = [
    Format {
        name: "DateTime",
        expected: "a moment in RFC 3339 such as 2026-05-13T14:00:00Z, no later than 9999-12-30T22:00:00Z",
        reads: DateTime::reads,
    },
    Format { name: "Date", expected: "a calendar day such as 2026-05-13", reads: Date::reads },
    Format { name: "LocalTime", expected: "a time on the clock such as 10:00", reads: LocalTime::reads },
    Format {
        name: "TimeZone",
        expected: "an IANA time zone such as America/New_York",
        reads: TimeZone::reads,
    },
    Format {
        name: "Decimal",
        expected: "a decimal number in a string such as \"1995.00\"",
        reads: Decimal::reads,
    },
    Format {
        name: "CurrencyCode",
        expected: "a currency of ISO 4217 such as USD",
        reads: CurrencyCode::reads,
    },
    Format { name: "Markdown", expected: "a text", reads: Markdown::reads },
    Format { name: "Url", expected: "an address that begins with https:// or http://", reads: Url::reads },
];

fn parsed<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

text_scalar!(
    /// A moment in time: RFC 3339, in UTC, such as `2026-05-13T14:00:00Z`. As an input, another offset is
    /// taken, too; the last moment that there is is `9999-12-30T22:00:00Z`.
    DateTime(Instant), "DateTime" by "https://www.rfc-editor.org/rfc/rfc3339",
    read: date_time, write: Instant::to_string
);
text_scalar!(
    /// A calendar day as ISO 8601 and RFC 3339 (`full-date`) write it, such as `2026-05-13`, in the time zone
    /// of the course it belongs to.
    Date(LocalDate), "Date" by "https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
    read: parsed::<LocalDate>, write: LocalDate::to_string
);
text_scalar!(
    /// A time on the clock in the course's time zone, `HH:MM`, such as `10:00`.
    LocalTime(WallTime), "LocalTime" by "https://html.spec.whatwg.org/multipage/common-microsyntaxes.html#times",
    read: parsed::<WallTime>, write: WallTime::to_string
);
text_scalar!(
    /// An IANA time zone, such as `America/New_York`.
    TimeZone(Zone), "TimeZone" by "https://www.iana.org/time-zones",
    read: zone, write: Zone::to_string
);
text_scalar!(
    /// A decimal number, written as a string so that no client reads it as a float, such as `"1995.00"`. An
    /// amount of money has as many places as its currency (ISO 4217: two of USD, none of JPY, three of KWD),
    /// an amount of credit has two; as an input, fewer are taken, too.
    Decimal(entity::decimal::Decimal), "Decimal" by "https://www.w3.org/TR/xmlschema-2/#decimal",
    read: parsed::<entity::decimal::Decimal>, write: entity::decimal::Decimal::to_string
);
text_scalar!(
    /// A currency by its code in ISO 4217, such as `USD`; as an input, one in which something can be paid
    /// today.
    CurrencyCode(String), "CurrencyCode" by "https://www.iso.org/iso-4217-currency-codes.html",
    read: currency, write: String::clone
);
text_scalar!(
    /// Text in Markdown (CommonMark). HTML in it is not to be trusted.
    Markdown(String), "Markdown" by "https://spec.commonmark.org/0.31.2/",
    read: parsed::<String>, write: String::clone
);
text_scalar!(
    /// An absolute http or https address.
    Url(String), "Url" by "https://www.rfc-editor.org/rfc/rfc3986",
    read: url, write: String::clone
);

fn zone(text: &str) -> Result<Zone, String> {
    Zone::typed(text).map_err(|error| error.to_string())
}

/// Reads RFC 3339's `date-time`. What else [`Instant`] reads, times without seconds, offsets of more than a
/// day, names of zones, years of six digits, is not for clients. The end of its last day lies beyond what
/// [`Instant`] holds.
fn date_time(text: &str) -> Result<Instant, String> {
    let (date, time) = text.split_at_checked(10).unwrap_or((text, ""));
    let (time, offset) = match time.find(['Z', 'z', '+', '-']) {
        Some(place) => time.split_at(place),
        None => (time, ""),
    };
    let shape = |text: &str| {
        text.chars()
            .map(|letter| if letter.is_ascii_digit() { '0' } else { letter.to_ascii_uppercase() })
            .collect::<String>()
    };
    let (time, fraction) = time.split_once('.').map_or((time, "0"), |(time, fraction)| (time, fraction));
    let is_one = date.parse::<LocalDate>().is_ok()
        && shape(time) == "T00:00:00"
        && (1..=9).contains(&fraction.len())
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        && (shape(offset) == "Z"
            || matches!(shape(offset).as_str(), "+00:00" | "-00:00") && is_offset(offset));
    if !is_one {
        return Err("a moment is written as 2026-05-13T14:00:00Z".to_owned());
    }
    parsed(text)
}

/// Whether hours and minutes of an offset such as `-04:00` are those of a clock.
fn is_offset(offset: &str) -> bool {
    let part = |place: std::ops::Range<usize>| offset.get(place).and_then(|digits| digits.parse::<u8>().ok());
    part(1..3).is_some_and(|hours| hours < 24) && part(4..6).is_some_and(|minutes| minutes < 60)
}

fn currency(text: &str) -> Result<String, String> {
    if entity::money::is_currency(text) {
        Ok(text.to_owned())
    } else {
        Err("not a currency of ISO 4217, such as USD".to_owned())
    }
}

fn url(text: &str) -> Result<String, String> {
    let web = text.starts_with("https://") || text.starts_with("http://");
    if web && !text.chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
        Ok(text.to_owned())
    } else {
        Err("an address begins with https:// or http://".to_owned())
    }
}

/// Any value of JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Json(pub serde_json::Value);

/// Any value of JSON, written as it is.
#[Scalar(name = "JSON", specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.into_json()?))
    }

    fn to_value(&self) -> Value {
        // What JSON can say this can hold, so nothing is lost.
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

/// An amount of money.
#[derive(Clone, Debug, SimpleObject)]
pub struct Money {
    /// The amount in the currency's unit, with as many places as the currency has.
    pub amount: Decimal,
    /// The currency.
    pub currency: CurrencyCode,
    /// The amount as a person in the United States reads it, such as `$1,995.00`.
    pub formatted: String,
}

impl Money {
    /// `minor` (smallest units) of `currency`.
    pub fn of(minor: i64, currency: &str) -> Self {
        let money = entity::money::Money::new(minor, currency);
        Self {
            amount: Decimal(money.decimal()),
            formatted: money.to_string(),
            currency: CurrencyCode(money.currency),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_the_specification_has_it() {
        for (text, moment) in [
            ("2026-05-13T14:00:00Z", "2026-05-13T14:00:00Z"),
            ("2026-05-13t14:00:00z", "2026-05-13T14:00:00Z"),
            ("2026-05-13T10:00:00.5-04:00", "2026-05-13T14:00:00.5Z"),
            ("2026-05-13T00:00:00+23:59", "2026-05-12T00:01:00Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("9999-12-30T22:00:00Z", "9999-12-30T22:00:00Z"),
        ] {
            assert_eq!(date_time(text).map(|read| read.to_string()), Ok(moment.to_owned()), "{text}");
        }
        for text in [
            "2026-05-13",
            "2026-05-13T14:00:00",
            "2026-05-13T14:00Z",
            "2026-05-13T10:00-04:00",
            "2026-05-13T14:00:00+24:00",
            "2026-05-13T14:00:00-25:59",
            "2026-05-13T14:00:00+00:60",
            "9999-12-31T23:59:59Z",
            "2026-05-13 14:00:00Z",
            "20260513T140000Z",
            "2026-05-13T14Z",
            "2026-05-13T14:00:00,5Z",
            "2026-05-13T14:00:00.Z",
            "2026-05-13T14:00:00.1234567891Z",
            "2026-05-13T14:00:00-0400",
            "2026-05-13T14:00:00-04",
            "2026-05-13T14:00:00-04:00[America/New_York]",
            "2026-05-13T14:00:00Z[UTC]",
            "-009999-01-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-05-13T24:30:00Z",
            "9999-12-31T23:59:59-23:59",
            "é026-05-13T14:00:00Z",
            "",
        ] {
            assert!(date_time(text).is_err(), "{text}");
        }
    }
}
