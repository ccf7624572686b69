//! Reading, writing and moving course files, without a database.

mod mistake;

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
    file.days[0].sessions[9].end = "02:00".parse().expect("a time");
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
