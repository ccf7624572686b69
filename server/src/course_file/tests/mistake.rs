//! What is wrong in a file is told at its line, all at once.

use super::*;

#[test]
fn every_mistake_names_its_line_and_field() {
    let session = "days[0].sessions[0]";
    for (old, new, line, field, message) in [
        ("title = \"Small\"", "titel = \"Small\"", 2, "course.title".to_owned(), "is missing"),
        ("title = \"Small\"", "titel = \"Small\"", 4, "course.titel".to_owned(), "could be title"),
        ("name = \"Adult\"", "", 24, "tracks[0].name".to_owned(), "is missing"),
        ("slug = \"small\"", "slug = \"Small course\"", 3, "course.slug".to_owned(), "small letters"),
        ("title = \"Small\"", "title = 5", 4, "course.title".to_owned(), "text in quotes, not integer"),
        (
            "title = \"Small\"",
            "title = \"Sm\\u0000all\"",
            4,
            "course.title".to_owned(),
            "cannot be displayed",
        ),
        ("\"draft\"", "\"ready\"", 5, "course.status".to_owned(), "known are draft, published"),
        (
            "\"draft\"",
            "\"published\"",
            2,
            "course.summary".to_owned(),
            "the course is published, and it has no summary",
        ),
        ("\"in_person\"", "\"by post\"", 6, "course.format".to_owned(), "known are live_online"),
        ("America/New_York", "Mars/Olympus", 7, "course.time_zone".to_owned(), "IANA"),
        ("starts_on = 2026-05-13", "starts_on = \"May 13\"", 8, "course.starts_on".to_owned(), "2026-05-13"),
        (
            "ends_on = 2026-05-14",
            "ends_on = 2026-05-12",
            9,
            "course.ends_on".to_owned(),
            "before the first day",
        ),
        (
            "deadline = 2026-05-06",
            "deadline = 2026-05-15",
            12,
            "registration.deadline".to_owned(),
            "after the last day",
        ),
        (
            "deadline = 2026-05-06",
            "early_deadline = 2026-05-07\ndeadline = 2026-05-06",
            12,
            "registration.early_deadline".to_owned(),
            "after the registration deadline",
        ),
        (
            "deadline = 2026",
            "opens = 2026-03-08T02:30\ndeadline = 2026",
            12,
            "registration.opens".to_owned(),
            "jump over",
        ),
        ("\"USD\"", "\"dollar\"", 15, "fees.currency".to_owned(), "ISO 4217"),
        ("\"100.00\"", "\"100.005\"", 17, "fees.prices[0].regular".to_owned(), "2 decimal places at most"),
        ("\"100.00\"", "100.00", 17, "fees.prices[0].regular".to_owned(), "in quotes"),
        ("\"100.00\"", "\"-1\"", 17, "fees.prices[0].regular".to_owned(), "between 0 and"),
        (
            "\"100.00\"",
            "\"100.00\", early = \"100.01\"",
            17,
            "fees.prices[0].early".to_owned(),
            "above the regular",
        ),
        ("\"physician\"", "\"surgeon\"", 17, "fees.prices[0].profession".to_owned(), "allied_health_other"),
        (
            "name = \"Ada\"",
            "name = \"Ada\"\n[[faculty]]\nslug = \"ada\"\nname = \"Bob\"",
            24,
            "faculty[1].slug".to_owned(),
            "faculty[0]",
        ),
        (
            "name = \"Ada\"",
            "name = \"Ada\"\nrole = \"guru\"",
            23,
            "faculty[0].role".to_owned(),
            "director, faculty, guest",
        ),
        ("date = 2026-05-13", "date = 2026-05-20", 29, "days[0].date".to_owned(), "outside of the course"),
        ("\"11:00\", kind", "\"09:00\", kind", 31, format!("{session}.end"), "not after the start"),
        ("\"11:00\", kind", "\"25:00\", kind", 31, format!("{session}.end"), "HH:MM"),
        ("kind = \"talk\"", "kind = \"chat\"", 31, format!("{session}.kind"), "small_group"),
        ("[\"ada\"]", "[\"bob\"]", 31, format!("{session}.faculty[0]"), "[[faculty]]"),
        ("[\"adult\"]", "[\"children\"]", 31, format!("{session}.tracks[0]"), "[[tracks]]"),
        ("key = \"two\"", "key = \"one\"", 32, "days[0].sessions[1].key".to_owned(), "sessions[0]"),
        (
            "kind = \"break\"",
            "kind = \"break\", seat = \"A\"",
            32,
            "days[0].sessions[1].seat".to_owned(),
            "not a field",
        ),
        ("sessions = [", "sessions = [ 5,", 30, "days[0].sessions[0]".to_owned(), "table"),
        ("[fees]", "[fees", 14, String::new(), "not TOML"),
        ("[registration]", "[audience]\nname = 1\n[registration]", 11, "audience".to_owned(), "not a field"),
    ] {
        let found = mistakes(old, new);
        if message.is_empty() {
            assert!(found.is_empty(), "{new}: {found:?}");
            continue;
        }
        let hit = |mistake: &&Mistake| {
            mistake.line == line && mistake.path.to_string() == field && mistake.message.contains(message)
        };
        assert_eq!(found.iter().filter(hit).count(), 1, "{new}: {found:?}");
    }
}

#[test]
fn a_rule_is_not_called_as_a_letter_without_a_rule() {
    for (slug, wrong) in [("schedule_changed", true), ("announcement", true), ("course_starting", false)] {
        let rule = format!(
            "[[reminder_rules]]\nslug = \"{slug}\"\nletter = \"course_starting\"\noffset = \"-7d\"\nat = 09:00\n[[days]]"
        );
        let found = mistakes("[[days]]", &rule);
        let told: Vec<String> = found.iter().map(|mistake| mistake.path.to_string()).collect();
        assert_eq!(told.contains(&"reminder_rules[0].slug".to_owned()), wrong, "{slug}: {found:?}");
    }
}

#[test]
fn all_mistakes_are_told_at_once_and_none_twice() {
    let text = SMALL
        .replace("America/New_York", "Mars/Olympus")
        .replace("\"100.00\"", "\"much\"")
        .replace("end = \"11:00\"", "end = \"09:00\"")
        .replace("[\"ada\"]", "[\"bob\"]")
        .replace("name = \"Adult\"", "");
    let fields: Vec<String> =
        parse(&text).expect_err("wrong").into_iter().map(|mistake| mistake.path.to_string()).collect();
    let session = "days[0].sessions[0]";
    let expected = [
        "course.time_zone",
        "fees.prices[0].regular",
        "tracks[0].name",
        &format!("{session}.end"),
        &format!("{session}.faculty[0]"),
    ];
    assert_eq!(fields, expected);
}

#[test]
fn what_is_not_toml_does_not_hide_the_rest() {
    let text = SMALL.replace("[fees]", "[fees").replace("America/New_York", "Mars/Olympus");
    let found = parse(&text).expect_err("wrong");
    assert!(
        found.iter().any(|mistake| mistake.path.to_string().is_empty() && mistake.line == 14),
        "{found:?}"
    );
    assert!(
        found.iter().any(|mistake| mistake.path.to_string() == "course.time_zone" && mistake.line == 7),
        "{found:?}"
    );
}

#[test]
fn times_that_the_clocks_jump_over_are_refused_and_those_that_come_twice_are_told() {
    let on = |day: &str, start: &str, end: &str| {
        SMALL
            .replace("deadline = 2026-05-06", "")
            .replace("2026-05-13", day)
            .replace("ends_on = 2026-05-14", &format!("ends_on = {day}"))
            .replace("start = \"10:00\"", &format!("start = \"{start}\""))
            .replace("end = \"11:00\"", &format!("end = \"{end}\""))
    };
    let found = parse(&on("2026-03-08", "02:30", "04:00")).expect_err("no such time");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].path.to_string().ends_with("sessions[0].start")
            && found[0].message.contains("there is no 02:30 on 2026-03-08")
    );
    let file = parse(&on("2026-11-01", "01:30", "03:00")).expect("the first of the two");
    assert!(
        warnings(&file, a_day())
            .iter()
            .any(|warning| warning.path.to_string() == "days[0].sessions[0].start"
                && warning.message.contains("twice"))
    );
}
