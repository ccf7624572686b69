//! Names of zones that are no place: what clocks show there is fixed, or follows the rules of somewhere else,
//! and is seldom what is meant.

/// A name that is no place, and the place that is mostly meant by it.
const NO_PLACES: [(&str, &str); 17] = [
    ("EST", "America/New_York"),
    ("EST5EDT", "America/New_York"),
    ("CST6CDT", "America/Chicago"),
    ("MST", "America/Denver"),
    ("MST7MDT", "America/Denver"),
    ("PST8PDT", "America/Los_Angeles"),
    ("HST", "Pacific/Honolulu"),
    ("WET", "Europe/Lisbon"),
    ("CET", "Europe/Berlin"),
    ("MET", "Europe/Berlin"),
    ("EET", "Europe/Athens"),
    ("GMT", "Europe/London"),
    ("GB", "Europe/London"),
    ("PRC", "Asia/Shanghai"),
    ("ROC", "Asia/Taipei"),
    ("ROK", "Asia/Seoul"),
    ("NZ", "Pacific/Auckland"),
];

/// What is to be said of a zone of this name, if anything.
pub fn warning(name: &str) -> Option<String> {
    if let Some((_, place)) = NO_PLACES.iter().find(|(known, _)| *known == name) {
        let meant = match name {
            "EST" | "MST" => {
                format!("{name} has no daylight saving time; {place} has it, and is what most people mean")
            }
            _ => format!("{name} is an old name; name the place: {place}"),
        };
        return Some(meant);
    }
    let fixed = name.strip_prefix("Etc/").unwrap_or(name);
    let offset = fixed.strip_prefix("GMT").filter(|offset| offset.starts_with(['+', '-']))?;
    let (sign, hours) = offset.split_at(1);
    let east = if sign == "-" { "ahead of" } else { "behind" };
    Some(format!(
        "{name} is {hours} hours {east} UTC all year, without daylight saving time; name a place, such as America/New_York"
    ))
}

#[cfg(test)]
mod tests {
    use super::{NO_PLACES, warning};

    #[test]
    fn every_name_and_every_place_is_a_zone() {
        for (name, place) in NO_PLACES {
            assert!(place.parse::<entity::Zone>().is_ok_and(|zone| zone.name() == place), "{place}");
            assert!(
                name.parse::<entity::Zone>()
                    .is_ok_and(|zone| warning(zone.name()).is_some_and(|told| told.contains(place))),
                "{name}"
            );
        }
        for name in ["America/New_York", "Europe/Berlin", "UTC", "Etc/UTC", "America/Phoenix"] {
            assert_eq!(warning(name), None, "{name}");
        }
        assert!(warning("Etc/GMT+5").is_some_and(|told| told.contains("5 hours behind UTC")));
    }
}
