//! Reading, writing and moving course files, without a database.

use entity::session::Kind;
use entity::{Instant, credit_offer};

use super::{Mistake, SAMPLE, parse, print};
use crate::catalogue::draft::{Draft, default_rules, moved_to_open, warnings};

/// The smallest course that can be read.
const SMALL: &str = r#"
[course]
slug = "small"
title = "Small"
status = "draft"
format = "in_person"
time_zone = "America/New_York"
starts_on = 2026-05-13
ends_on = 2026-05-14

[registration]
deadline = 2026-05-06

[fees]
currency = "USD"
prices = [
  { profession = "physician", regular = "100.00" },
]

[[faculty]]
slug = "ada"
name = "Ada"

[[tracks]]
slug = "adult"
name = "Adult"

[[days]]
date = 2026-05-13
sessions = [
  { key = "one", start = "10:00", end = "11:00", kind = "talk", title = "One", faculty = ["ada"], tracks = ["adult"] },
  { key = "two", start = "11:00", end = "11:15", kind = "break", title = "Two" },
]
"#;

fn sample() -> Draft {
    parse(SAMPLE).expect("the sample can be read")
}

/// A day on which nothing of the sample is near.
fn a_day() -> Instant {
    "2026-04-01T12:00:00-04:00".parse().expect("a moment")
}

/// The mistakes of the small course with `old` replaced by `new`.
fn mistakes(old: &str, new: &str) -> Vec<Mistake> {
    assert!(SMALL.contains(old), "{old}");
    parse(&SMALL.replacen(old, new, 1)).err().unwrap_or_default()
}

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

#[test]
fn the_sample_has_every_fact() {
    let file = sample();
    let sessions: Vec<_> = file.days.iter().map(|day| day.sessions.len()).collect();
    assert_eq!(sessions, [10, 9, 11]);
    let rows = || file.days.iter().flat_map(|day| &day.sessions);
    let of = |kind| rows().filter(|row| row.kind == kind).count();
    let kinds = [
        Kind::Talk,
        Kind::Practice,
        Kind::SmallGroup,
        Kind::Plenary,
        Kind::Break,
        Kind::Meal,
        Kind::Transition,
    ]
    .map(of);
    assert_eq!(kinds, [11, 2, 4, 5, 4, 3, 1]);
    assert_eq!(rows().filter(|row| row.tracks == ["adult", "pediatric"]).count(), 8);
    assert_eq!(rows().map(|row| row.faculty.len()).sum::<usize>(), 4 * 5 + 2);
    let welcome: Vec<&str> = file.days[2].sessions[0].faculty.iter().map(|row| &*row.member).collect();
    assert_eq!(welcome, ["vanessa-battista", "harry-han", "hadley-bloomhardt", "lindsay-dow"]);
    let course = &file.course;
    assert_eq!((file.faculty.len(), file.tracks.len(), file.fees.prices.len()), (4, 2, 7));
    assert_eq!((course.objectives.len(), course.domains.len(), course.audiences.len()), (4, 3, 11));
    assert_eq!(file.competencies.iter().map(|group| group.names.len()).collect::<Vec<_>>(), [5, 6]);
    assert_eq!((file.credits.len(), file.credits.iter().filter(|row| row.amount.is_none()).count()), (8, 3));
    assert_eq!(file.statements.len(), 10);
    assert!(file.fees.prices.iter().all(|row| row.regular == 199_500 && row.early == Some(179_550)));
    assert_eq!((file.fees.processing_fee, file.registration.early_deadline), (Some(1000), None));
    let series = file.series.as_ref().expect("series");
    assert_eq!((series.position, series.length, series.parts[0].runs.len()), (2, 3, 2));
    let risk = file
        .credits
        .iter()
        .find(|row| row.kind == credit_offer::Kind::MassachusettsRiskManagement)
        .expect("risk management");
    assert_eq!(risk.parts.iter().map(|part| part.amount.to_string()).collect::<Vec<_>>(), ["3.50", "13.00"]);
}

/// Sessions that all lie at one time overlap by the square of their number; nobody reads that many, and
/// nobody waits for them.
#[test]
fn overlaps_are_told_up_to_a_number() {
    let mut file = sample();
    let day = file.days.first_mut().expect("a day");
    let session = day.sessions.first().expect("a session").clone();
    day.sessions = vec![session; 2_000];
    let told = warnings(&file, a_day());
    let overlaps: Vec<_> = told.iter().filter(|warning| warning.message.contains("is over")).collect();
    assert_eq!(overlaps.len(), 51);
    assert!(
        overlaps[0].message.starts_with("is before \"") && overlaps[50].message.contains("there are more"),
        "{}",
        overlaps[50]
    );
}

#[test]
fn the_traps_of_the_sample_are_warnings() {
    let told: Vec<String> = warnings(&sample(), a_day()).iter().map(ToString::to_string).collect();
    for (index, part) in ["16.25", "16.50", "early_deadline", "Pharmacists", "Chaplains"].iter().enumerate() {
        assert!(told[index].contains(part), "{part}: {told:#?}");
    }
    assert_eq!(told.len(), 5, "{told:#?}");
}

#[test]
fn what_is_written_is_read_back_as_it_was() {
    let mut file = sample();
    assert_eq!(parse(&print(&file)).expect("readable"), file);
    file.course.overview = Some(
        "A \"quoted\" word, \"\"\"three\"\"\", a back\\slash\\\\, a\ttab\n\n\\\"end\""
            .parse()
            .expect("prose"),
    );
    file.course.title = "A \"title\" with \\ and é™".parse().expect("a title");
    file.statements[0].text = "\"\"\"\"\"\n\"".parse().expect("prose");
    file.reminder_rules = Some(default_rules());
    file.registration.opens = Some("2026-01-15T09:00".parse().expect("moment"));
    file.days[0].sessions[9].ends_on = Some("2026-05-14".parse().expect("day"));
    file.days[0].sessions[0].faculty[1].role = entity::session_faculty::Role::Moderator;
    let text = print(&file);
    assert_eq!(parse(&text).unwrap_or_else(|mistakes| panic!("{mistakes:#?}\n{text}")), file);
    assert_eq!(print(&parse(&text).expect("readable")), text);
    file.reminder_rules = Some(Vec::new());
    assert_eq!(parse(&print(&file)).expect("readable"), file);
}

#[test]
fn a_course_moves_by_whole_weeks_until_it_is_open() {
    for (now, opens, weeks) in [
        ("2026-04-01T12:00:00-04:00", None, 0),
        ("2026-05-06T23:59:59-04:00", None, 0),
        ("2026-05-07T00:00:00-04:00", None, 6),
        ("2026-11-22T07:00:00Z", None, 34),
        ("2026-04-01T12:00:00-04:00", Some("2026-04-01T13:00"), -1),
        ("2026-04-01T12:00:00-04:00", Some("2026-04-20T09:00"), -3),
        ("2027-01-06T12:00:00-05:00", Some("2026-04-22T09:00"), 37),
    ] {
        let mut file = sample();
        file.registration.opens = opens.map(|opens| opens.parse().expect("moment"));
        let now: Instant = now.parse().expect("moment");
        let before = file.clone();
        assert_eq!(moved_to_open(&mut file, now), weeks, "{now} {opens:?}");
        let zone = &file.course.time_zone;
        let today = now.date_in(zone);
        assert!(file.registration.deadline.expect("deadline") >= today, "{now}");
        assert!(
            file.registration.opens.is_none_or(|opens| entity::deadline::instant_of(opens, zone) <= now),
            "{now}"
        );
        for (old, new) in before.days.iter().zip(&file.days) {
            assert_eq!(old.date.days_until(new.date), weeks * 7);
            assert_eq!((old.date.0.weekday(), &old.sessions), (new.date.0.weekday(), &new.sessions));
        }
        assert_eq!(before.course.starts_on.plus_days(weeks * 7), file.course.starts_on);
        assert_eq!(before.course.ends_on.plus_days(weeks * 7), file.course.ends_on);
        assert_eq!(before.series, file.series);
    }
}

#[test]
fn a_file_with_any_line_lost_or_cut_is_read_without_a_panic() {
    let lines: Vec<&str> = SAMPLE.lines().collect();
    for lost in 0..lines.len() {
        let without = [&lines[..lost], &lines[lost + 1..]].concat().join("\n");
        let half: String = lines[lost].chars().take(lines[lost].chars().count() / 2).collect();
        let cut = [&lines[..lost], &[half.as_str()], &lines[lost + 1..]].concat().join("\n");
        for text in [without, cut] {
            for mistake in parse(&text).err().unwrap_or_default() {
                assert!((1..=lines.len() + 1).contains(&mistake.line), "{mistake}");
            }
        }
    }
}
