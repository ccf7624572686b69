//! Civil time: local dates and wall times in an IANA zone, turned into instants.
//!
//! A deadline is a day, and the whole day counts where the course is: registration with the deadline May 6
//! closes at the first instant of May 7 in the course's zone. A reminder is spoken at a wall time, the same
//! before and after a change to or from daylight saving. A wall time that does not exist (the clock jumps
//! over it) means the moment just as long after the jump as it lies in the gap; one that exists twice means
//! the first of the two.

use crate::civil::{Instant, LocalDate, WallTime, Zone};

/// The moment when the clocks in `zone` show `time` on `date`.
pub fn at_wall_time(date: LocalDate, time: WallTime, zone: &Zone) -> Instant {
    instant_of(date.0.to_datetime(time.time()), zone)
}

/// The moment when the clocks in `zone` show the given civil date and time, to the second.
pub fn instant_of(local: jiff::civil::DateTime, zone: &Zone) -> Instant {
    // «Compatible» is RFC 5545's reading: earlier of two, later across a gap.
    match zone.tz().to_ambiguous_zoned(local).compatible() {
        Ok(moment) => moment.timestamp().into(),
        Err(_) => Instant::from_micros(if local.year() > 0 { i64::MAX } else { i64::MIN }),
    }
}

/// The first instant of `date` in `zone`; where the clock jumps over midnight, the first instant after the
/// jump.
pub fn start_of_day(date: LocalDate, zone: &Zone) -> Instant {
    instant_of(date.0.to_datetime(jiff::civil::Time::midnight()), zone)
}

/// The first instant that no longer belongs to `date` in `zone`: a deadline on `date` is met by everything
/// before it.
pub fn end_of_day(date: LocalDate, zone: &Zone) -> Instant {
    start_of_day(date.plus_days(1), zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(date: &str, time: &str, zone: &str) -> String {
        at_wall_time(date.parse().expect("date"), time.parse().expect("time"), &zone.parse().expect("zone"))
            .to_string()
    }

    fn day_ends(date: &str, zone: &str) -> String {
        end_of_day(date.parse().expect("date"), &zone.parse().expect("zone")).to_string()
    }

    #[test]
    fn wall_times_across_the_world() {
        for (date, time, zone, expected) in [
            ("2026-05-06", "09:00", "America/New_York", "2026-05-06T13:00:00Z"),
            ("2026-01-06", "09:00", "America/New_York", "2026-01-06T14:00:00Z"),
            // The gap of March 8: 02:30 does not exist and means 03:30 daylight time.
            ("2026-03-08", "02:30", "America/New_York", "2026-03-08T07:30:00Z"),
            // The overlap of November 1: 01:30 comes twice, the first counts.
            ("2026-11-01", "01:30", "America/New_York", "2026-11-01T05:30:00Z"),
            ("2026-03-29", "02:15", "Europe/Berlin", "2026-03-29T01:15:00Z"),
            ("2026-10-25", "02:15", "Europe/Berlin", "2026-10-25T00:15:00Z"),
            // Lord Howe moves by half an hour: 02:10 is jumped over on October 4, and comes twice on April 5.
            ("2026-10-04", "02:10", "Australia/Lord_Howe", "2026-10-03T15:40:00Z"),
            ("2026-04-05", "01:45", "Australia/Lord_Howe", "2026-04-04T14:45:00Z"),
            ("2026-05-06", "09:00", "Asia/Kolkata", "2026-05-06T03:30:00Z"),
            ("2026-05-06", "09:00", "Asia/Tokyo", "2026-05-06T00:00:00Z"),
            // A leap day.
            ("2028-02-29", "09:00", "America/New_York", "2028-02-29T14:00:00Z"),
        ] {
            assert_eq!(wall(date, time, zone), expected, "{date} {time} {zone}");
        }
    }

    #[test]
    fn days_end_where_the_course_is() {
        for (date, zone, expected) in [
            ("2026-05-06", "America/New_York", "2026-05-07T04:00:00Z"),
            ("2026-03-08", "America/New_York", "2026-03-09T04:00:00Z"),
            ("2026-11-01", "America/New_York", "2026-11-02T05:00:00Z"),
            ("2028-02-28", "America/New_York", "2028-02-29T05:00:00Z"),
            ("2028-02-29", "America/New_York", "2028-03-01T05:00:00Z"),
            ("2026-05-06", "Asia/Kolkata", "2026-05-06T18:30:00Z"),
            ("2026-10-03", "Australia/Lord_Howe", "2026-10-03T13:30:00Z"),
            // Cairo's clocks jump over midnight: the day begins at one.
            ("2026-04-23", "Africa/Cairo", "2026-04-23T22:00:00Z"),
        ] {
            assert_eq!(day_ends(date, zone), expected, "{date} {zone}");
        }
    }

    #[test]
    fn unknown_zones_and_times_are_refused() {
        assert!("Mars/Olympus".parse::<Zone>().is_err());
        assert!("9:00".parse::<WallTime>().is_err());
        assert!("24:00".parse::<WallTime>().is_err());
        assert_eq!("09:05".parse::<WallTime>().expect("time").to_string(), "09:05");
    }
}
