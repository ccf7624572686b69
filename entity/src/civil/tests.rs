use super::*;

#[test]
fn days_and_times_are_written_in_one_way() {
    let day: LocalDate = "2026-05-13".parse().expect("a day");
    assert_eq!(day.to_string(), "2026-05-13");
    for text in [
        "20260513",
        "-009999-01-01",
        "+002026-05-13",
        "2026-05-13[UTC]",
        "2026-5-13",
        "2026-05-32",
        "2026-02-29",
        "2026-05-13 ",
        "",
        "٢٠٢٦-٠٥-١٣",
    ] {
        assert_eq!(text.parse::<LocalDate>(), Err(NotADate), "{text}");
    }
    assert_eq!("09:30".parse::<WallTime>().map(|time| time.to_string()), Ok("09:30".to_owned()));
    for text in ["+9:30", "9:30", "09:+3", "24:00", "09:60", "09:30:00", "0930", ""] {
        assert_eq!(text.parse::<WallTime>(), Err(NotAWallTime), "{text}");
    }
}

#[test]
fn moments_outside_of_the_calendar_are_moved_to_its_ends() {
    for (micros, expected) in [
        (i64::MAX, "9999-12-30T22:00:00Z"),
        (i64::MIN, "-009999-01-02T01:59:59Z"),
        (253_402_207_200_000_001, "9999-12-30T22:00:00Z"),
        (0, "1970-01-01T00:00:00Z"),
    ] {
        let moment = Instant::from_micros(micros);
        assert_eq!(moment.to_string(), expected);
        assert_eq!(
            from_chrono(to_chrono(moment)),
            Ok(moment),
            "{expected} comes back from the database's type"
        );
    }
}
