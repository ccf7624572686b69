//! What people call the zone of a clock.
//!
//! A zone that many people share has a name of its own; every other is named after its city, with the
//! difference to UTC at that moment, so that nobody has to know what the clocks of Lord Howe do.

use crate::{Instant, Zone};

/// Zones whose clocks go alike, under the name that people give them. None is here whose clocks differ from
/// the first of its line.
const NAMES: [(&str, &[&str]); 33] = [
    (
        "Eastern Time",
        &[
            "America/New_York",
            "America/Detroit",
            "America/Toronto",
            "America/Montreal",
            "America/Indiana/Indianapolis",
            "America/Indianapolis",
            "America/Kentucky/Louisville",
            "US/Eastern",
            "Canada/Eastern",
        ],
    ),
    (
        "Central Time",
        &[
            "America/Chicago",
            "America/Winnipeg",
            "America/Indiana/Knox",
            "America/Menominee",
            "US/Central",
            "Canada/Central",
        ],
    ),
    (
        "Mountain Time",
        &["America/Denver", "America/Boise", "America/Edmonton", "US/Mountain", "Canada/Mountain"],
    ),
    ("Arizona Time", &["America/Phoenix", "US/Arizona"]),
    (
        "Pacific Time",
        &["America/Los_Angeles", "America/Vancouver", "America/Tijuana", "US/Pacific", "Canada/Pacific"],
    ),
    ("Alaska Time", &["America/Anchorage", "America/Juneau", "US/Alaska"]),
    ("Hawaii Time", &["Pacific/Honolulu", "US/Hawaii"]),
    ("Atlantic Time", &["America/Halifax", "Canada/Atlantic"]),
    ("Newfoundland Time", &["America/St_Johns", "Canada/Newfoundland"]),
    ("Puerto Rico Time", &["America/Puerto_Rico"]),
    ("Brasília Time", &["America/Sao_Paulo", "Brazil/East"]),
    ("Argentina Time", &["America/Argentina/Buenos_Aires", "America/Buenos_Aires"]),
    ("UK Time", &["Europe/London", "Europe/Belfast", "GB"]),
    ("Irish Time", &["Europe/Dublin", "Eire"]),
    ("Western European Time", &["Europe/Lisbon", "Portugal"]),
    (
        "Central European Time",
        &[
            "Europe/Berlin",
            "Europe/Paris",
            "Europe/Madrid",
            "Europe/Rome",
            "Europe/Vienna",
            "Europe/Zurich",
            "Europe/Amsterdam",
            "Europe/Brussels",
            "Europe/Luxembourg",
            "Europe/Copenhagen",
            "Europe/Oslo",
            "Europe/Stockholm",
            "Europe/Prague",
            "Europe/Warsaw",
            "Europe/Budapest",
            "Europe/Bratislava",
            "Europe/Ljubljana",
            "Europe/Zagreb",
            "Europe/Belgrade",
            "Europe/Sarajevo",
            "Europe/Skopje",
            "Europe/Podgorica",
            "Europe/Tirane",
            "Europe/Malta",
            "CET",
        ],
    ),
    (
        "Eastern European Time",
        &[
            "Europe/Athens",
            "Europe/Helsinki",
            "Europe/Bucharest",
            "Europe/Sofia",
            "Europe/Riga",
            "Europe/Tallinn",
            "Europe/Vilnius",
            "Europe/Kyiv",
            "Europe/Kiev",
            "EET",
        ],
    ),
    ("Turkey Time", &["Europe/Istanbul", "Turkey"]),
    ("Moscow Time", &["Europe/Moscow"]),
    ("Israel Time", &["Asia/Jerusalem", "Israel"]),
    ("Gulf Time", &["Asia/Dubai"]),
    ("India Time", &["Asia/Kolkata", "Asia/Calcutta"]),
    ("Pakistan Time", &["Asia/Karachi"]),
    ("Nepal Time", &["Asia/Kathmandu", "Asia/Katmandu"]),
    ("Singapore Time", &["Asia/Singapore", "Singapore"]),
    ("Hong Kong Time", &["Asia/Hong_Kong", "Hongkong"]),
    ("China Time", &["Asia/Shanghai", "PRC"]),
    ("Korea Time", &["Asia/Seoul", "ROK"]),
    ("Japan Time", &["Asia/Tokyo", "Japan"]),
    (
        "Australian Eastern Time",
        &["Australia/Sydney", "Australia/Melbourne", "Australia/Hobart", "Australia/Canberra"],
    ),
    ("New Zealand Time", &["Pacific/Auckland", "NZ"]),
    ("South Africa Time", &["Africa/Johannesburg"]),
    ("UTC", &["UTC", "Etc/UTC", "Etc/GMT", "GMT", "Etc/UCT", "Zulu", "Etc/Zulu"]),
];

/// What people call the zone on a clock that shows `at`: `Eastern Time`, or `Lord Howe Time (UTC+10:30)` for
/// a zone without a name of its own. In the hour that comes twice when daylight saving ends, the difference
/// to UTC is always said, because the name alone would not do.
pub fn zone_name(zone: &Zone, at: Instant) -> String {
    let offset = || offset(zone, at);
    match NAMES.iter().find(|(_, zones)| zones.contains(&zone.name())) {
        Some((name, _)) if comes_twice(zone, at) => format!("{name} ({})", offset()),
        Some((name, _)) => (*name).to_owned(),
        None => match zone.name().rsplit_once('/') {
            Some((region, city)) if region != "Etc" => {
                format!("{} Time ({})", city.replace('_', " "), offset())
            }
            Some(_) | None => offset(),
        },
    }
}

/// Whether the clocks in `zone` show what they show at `at` a second time that day.
fn comes_twice(zone: &Zone, at: Instant) -> bool {
    zone.tz().to_ambiguous_zoned(at.in_zone(zone).datetime()).is_ambiguous()
}

/// The difference to UTC at `at`, such as `UTC+5:30`.
fn offset(zone: &Zone, at: Instant) -> String {
    let minutes = at.in_zone(zone).offset().seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_under_one_name_go_alike() {
        for (name, zones) in NAMES {
            let first: Option<Zone> = zones[0].parse().ok();
            // Not every machine keeps the old names; one that it does not know cannot be anybody's zone.
            for zone in zones.iter().filter_map(|zone| zone.parse::<Zone>().ok()) {
                for week in 0..104 {
                    let at = "2026-01-04T12:00Z"
                        .parse::<Instant>()
                        .expect("instant")
                        .plus_seconds(week * 7 * 86_400);
                    let first = first.as_ref().expect("the first of a line is known everywhere");
                    assert_eq!(
                        at.in_zone(&zone).offset(),
                        at.in_zone(first).offset(),
                        "{name}: {zone} at {at}"
                    );
                }
            }
        }
    }

    #[test]
    fn other_zones_are_named_after_their_city() {
        for (zone, at, name) in [
            ("Australia/Lord_Howe", "2026-05-06T00:00Z", "Lord Howe Time (UTC+10:30)"),
            ("Australia/Lord_Howe", "2026-12-06T00:00Z", "Lord Howe Time (UTC+11)"),
            ("America/Argentina/Ushuaia", "2026-05-06T00:00Z", "Ushuaia Time (UTC-3)"),
            ("Asia/Kolkata", "2026-05-06T00:00Z", "India Time"),
            ("America/New_York", "2026-11-01T05:30Z", "Eastern Time (UTC-4)"),
            ("America/New_York", "2026-11-01T06:30Z", "Eastern Time (UTC-5)"),
            ("America/New_York", "2026-11-01T07:30Z", "Eastern Time"),
            ("Etc/GMT+5", "2026-05-06T00:00Z", "UTC-5"),
            ("Etc/UTC", "2026-05-06T00:00Z", "UTC"),
        ] {
            assert_eq!(
                zone_name(&zone.parse().expect("zone"), at.parse().expect("instant")),
                name,
                "{zone} {at}"
            );
        }
    }
}
