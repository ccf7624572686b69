//! Times in the words that people read, in letters and in what staff are told: docs/style.md,
//! "Dates, times, money, numbers".

mod zone_name;

use jiff::Zoned;

use super::{Instant, Zone};
pub use zone_name::zone_name;

/// A time on the clock: `10:00 a.m.`, `12:00 noon`, `12:00 midnight`.
pub fn time_of_day(at: &Zoned) -> String {
    let (hour, minute) = (at.hour(), at.minute());
    let half = match (hour, minute) {
        (0, 0) => "midnight",
        (12, 0) => "noon",
        (0..=11, _) => "a.m.",
        (_, _) => "p.m.",
    };
    format!("{}:{minute:02} {half}", if hour % 12 == 0 { 12 } else { hour % 12 })
}

/// A moment as the clock of `zone` shows it, whenever it is read: `9:00 a.m. Eastern Time on Wednesday, May 6,
/// 2026`.
pub fn on_the_clock(at: Instant, zone: &Zone) -> String {
    let there = at.in_zone(zone);
    format!("{} {} on {}", time_of_day(&there), zone_name(zone, at), there.strftime("%A, %B %-d, %Y"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_with_its_zone_its_day_and_its_year() {
        for (at, zone, told) in [
            ("2026-05-06T13:00Z", "America/New_York", "9:00 a.m. Eastern Time on Wednesday, May 6, 2026"),
            ("2026-05-06T04:05Z", "America/New_York", "12:05 a.m. Eastern Time on Wednesday, May 6, 2026"),
            ("2026-05-06T16:00Z", "America/New_York", "12:00 noon Eastern Time on Wednesday, May 6, 2026"),
            (
                "2026-12-31T23:00Z",
                "Europe/Berlin",
                "12:00 midnight Central European Time on Friday, January 1, 2027",
            ),
        ] {
            let zone = zone.parse().expect("zone");
            assert_eq!(on_the_clock(at.parse().expect("instant"), &zone), told);
        }
    }
}
