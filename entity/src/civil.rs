//! Time as Lectern speaks of it, and the only place where it meets the database's types.
//!
//! The domain computes with jiff, whose zone rules come from the system (or, where it has none, from a copy
//! in the binary). The database layer speaks chrono; the conversions below are the border between the two.
//! Instants are cut to whole microseconds, which is what PostgreSQL keeps, so a value read back equals the
//! value written on both databases.

#[cfg(test)]
mod tests;
pub mod words;

use std::fmt;
use std::str::FromStr;

use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, Value, ValueType, ValueTypeErr};
use sea_orm::{ColIdx, DbErr, QueryResult, TryGetError, TryGetable};
use serde::{Deserialize, Serialize};

/// A moment in time, UTC, in whole microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "jiff::Timestamp", into = "jiff::Timestamp")]
pub struct Instant(jiff::Timestamp);

/// A calendar day without a zone; which zone it is meant in is said by the row that holds it (nearly always
/// the course's).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocalDate(pub jiff::civil::Date);

/// A time on the clock on the wall, to the minute, written `HH:MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WallTime {
    hour: i8,
    minute: i8,
}

/// An IANA time zone that this machine knows, such as `America/New_York`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(jiff::tz::TimeZone);

impl Instant {
    /// The moment `micros` microseconds after the Unix epoch; moments outside of the calendar are moved to
    /// the nearest end, a whole second.
    pub fn from_micros(micros: i64) -> Self {
        // jiff does not take back the microseconds of its own last moment (0.2), so the ends are whole
        // seconds.
        let (first, last) = (jiff::Timestamp::MIN.as_second(), jiff::Timestamp::MAX.as_second());
        let clamped = micros.clamp(first.saturating_mul(1_000_000), last.saturating_mul(1_000_000));
        Self(jiff::Timestamp::from_microsecond(clamped).unwrap_or(jiff::Timestamp::UNIX_EPOCH))
    }

    /// Microseconds since the Unix epoch.
    pub fn as_micros(self) -> i64 {
        self.0.as_microsecond()
    }

    /// The same moment in jiff's own type.
    pub fn timestamp(self) -> jiff::Timestamp {
        self.0
    }

    /// The moment as a clock in `zone` shows it.
    pub fn in_zone(self, zone: &Zone) -> jiff::Zoned {
        self.0.to_zoned(zone.0.clone())
    }

    /// The calendar day that it is in `zone`.
    pub fn date_in(self, zone: &Zone) -> LocalDate {
        LocalDate(self.in_zone(zone).date())
    }

    /// `seconds` later (or earlier, where negative), on an exact clock.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_micros(self.as_micros().saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// The same without the fraction of a second.
    #[must_use]
    pub fn to_the_second(self) -> Self {
        Self::from_micros(self.as_micros() - self.as_micros().rem_euclid(1_000_000))
    }

    /// `minutes` later (or earlier, where negative), on an exact clock.
    pub fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_seconds(minutes.saturating_mul(60))
    }
}

impl From<jiff::Timestamp> for Instant {
    fn from(timestamp: jiff::Timestamp) -> Self {
        Self::from_micros(timestamp.as_microsecond())
    }
}

impl From<Instant> for jiff::Timestamp {
    fn from(instant: Instant) -> Self {
        instant.0
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Instant {
    type Err = jiff::Error;

    /// Reads RFC 3339, with any offset.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<jiff::Timestamp>().map(Self::from)
    }
}

impl LocalDate {
    /// The day that is `days` days later (or earlier); saturates at the ends of the calendar.
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(jiff::Span::new().days(days)))
    }

    /// How many days lie from this day to `other`; negative if it is earlier.
    pub fn days_until(self, other: Self) -> i32 {
        self.0.until(other.0).map(|span| span.get_days()).unwrap_or(0)
    }
}

impl fmt::Display for LocalDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A text that is no calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a day is written as 2026-05-13")]
pub struct NotADate;

impl FromStr for LocalDate {
    type Err = NotADate;

    /// Reads RFC 3339's `full-date` and nothing else: years have four digits, which both databases can hold.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shape = text.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
        if !shape.eq(*b"0000-00-00") {
            return Err(NotADate);
        }
        text.parse().map(Self).map_err(|_| NotADate)
    }
}

impl WallTime {
    /// Nine in the morning, when Lectern sends what is counted in days.
    pub const NINE: Self = Self { hour: 9, minute: 0 };
    /// Twelve noon.
    pub const NOON: Self = Self { hour: 12, minute: 0 };

    /// The time in jiff's own type.
    pub fn time(self) -> jiff::civil::Time {
        jiff::civil::time(self.hour, self.minute, 0, 0)
    }
}

impl From<jiff::civil::Time> for WallTime {
    fn from(time: jiff::civil::Time) -> Self {
        Self { hour: time.hour(), minute: time.minute() }
    }
}

impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

/// A text that is not a time of day written `HH:MM`.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time of day written HH:MM")]
pub struct NotAWallTime;

impl FromStr for WallTime {
    type Err = NotAWallTime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (hour, minute) = text.split_once(':').ok_or(NotAWallTime)?;
        let number = |part: &str, below: i8| match part.parse::<i8>() {
            Ok(value) if part.len() == 2 && !part.starts_with('+') && (0..below).contains(&value) => {
                Ok(value)
            }
            Ok(_) | Err(_) => Err(NotAWallTime),
        };
        Ok(Self { hour: number(hour, 24)?, minute: number(minute, 60)? })
    }
}

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self(jiff::tz::TimeZone::UTC)
    }

    /// The zone that people name. Files beside the zones that are none of a place are refused, which values
    /// that are stored are not held to.
    ///
    /// # Errors
    /// Where there is no such zone.
    pub fn typed(text: &str) -> Result<Self, NotAZone> {
        const NOWHERE: [&str; 3] = ["factory", "posixrules", "localtime"];
        let name = text.to_ascii_lowercase();
        let is_nowhere =
            NOWHERE.contains(&name.as_str()) || name.starts_with("posix/") || name.starts_with("right/");
        if is_nowhere { Err(NotAZone(text.to_owned())) } else { text.parse() }
    }

    /// The zone's IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The zone in jiff's own type.
    pub fn tz(&self) -> &jiff::tz::TimeZone {
        &self.0
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no zone on this machine has.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an IANA time zone")]
pub struct NotAZone(String);

impl FromStr for Zone {
    type Err = NotAZone;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let zone = jiff::tz::TimeZone::get(text).map_err(|_| NotAZone(text.to_owned()))?;
        match zone.iana_name() {
            Some(_) => Ok(Self(zone)),
            None => Err(NotAZone(text.to_owned())),
        }
    }
}

fn to_chrono(instant: Instant) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_micros(instant.as_micros()).unwrap_or_default()
}

fn from_chrono(moment: chrono::DateTime<chrono::Utc>) -> Result<Instant, String> {
    Ok(Instant::from_micros(moment.timestamp_micros()))
}

fn to_naive(date: LocalDate) -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(
        i32::from(date.0.year()),
        date.0.month().unsigned_abs().into(),
        date.0.day().unsigned_abs().into(),
    )
    .unwrap_or_default()
}

fn from_naive(date: chrono::NaiveDate) -> Result<LocalDate, String> {
    date.to_string().parse().map(LocalDate).map_err(|error: jiff::Error| error.to_string())
}

/// Makes a type of ours storable as a type that the database layer knows.
macro_rules! stored_as {
    ($ours:ty, $theirs:ty, $store:expr, $load:expr) => {
        impl From<$ours> for Value {
            fn from(ours: $ours) -> Self {
                let theirs: $theirs = $store(ours);
                theirs.into()
            }
        }

        impl ValueType for $ours {
            fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
                let theirs = <$theirs as ValueType>::try_from(value)?;
                $load(theirs).map_err(|_: String| ValueTypeErr)
            }

            fn type_name() -> String {
                stringify!($ours).to_owned()
            }

            fn array_type() -> ArrayType {
                <$theirs as ValueType>::array_type()
            }

            fn column_type() -> ColumnType {
                <$theirs as ValueType>::column_type()
            }
        }

        impl Nullable for $ours {
            fn null() -> Value {
                <$theirs as Nullable>::null()
            }
        }

        impl TryGetable for $ours {
            fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
                let theirs = <$theirs as TryGetable>::try_get_by(row, index)?;
                $load(theirs).map_err(|error: String| TryGetError::DbErr(DbErr::Type(error)))
            }
        }
    };
}

fn parsed<T: FromStr<Err: fmt::Display>>(text: String) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

stored_as!(Instant, chrono::DateTime<chrono::Utc>, to_chrono, from_chrono);
stored_as!(LocalDate, chrono::NaiveDate, to_naive, from_naive);
stored_as!(WallTime, String, |time: WallTime| time.to_string(), parsed::<WallTime>);
stored_as!(Zone, String, |zone: Zone| zone.to_string(), parsed::<Zone>);

impl Serialize for WallTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WallTime {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for Zone {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
