//! A course day may go on after midnight: it stays one day, in the API, in calendars and in letters.

use lectern::catalogue::draft::{Day, Session};
use lectern::course_file::{parse, print};
use serde_json::{Value, json};

use super::{SESSION, change, talk, with};
use crate::staff::office::{does, refused, session, the_course, variant};
use crate::support::app::PUBLIC_URL;
use crate::support::{SAMPLE_SLUG, said, stories};

/// Two days: an evening of three sessions, the second to midnight and the third from a quarter past, then a
/// morning and a night to two o'clock.
fn nights() -> String {
    variant(SAMPLE_SLUG, |file| {
        let day = |text: &str| text.parse().expect("a day");
        let like = file.days[0].sessions[0].clone();
        let session = |key: &str,
                       (start, starts_on): (&str, Option<&str>),
                       (end, ends_on): (&str, Option<&str>)| Session {
            key: said(key),
            title: said(key),
            start: start.parse().expect("a time"),
            starts_on: starts_on.map(day),
            end: end.parse().expect("a time"),
            ends_on: ends_on.map(day),
            kind: entity::session::Kind::Talk,
            tracks: Vec::new(),
            faculty: Vec::new(),
            ..like.clone()
        };
        file.course.ends_on = day("2026-05-14");
        file.days = vec![
            Day {
                date: day("2026-05-13"),
                sessions: vec![
                    session("dusk", ("20:00", None), ("22:00", None)),
                    session("late", ("22:00", None), ("00:00", Some("2026-05-14"))),
                    session("small-hours", ("00:15", Some("2026-05-14")), ("02:00", None)),
                ],
            },
            Day {
                date: day("2026-05-14"),
                sessions: vec![
                    session("morning", ("09:00", None), ("12:00", None)),
                    session("watch", ("22:00", None), ("02:00", Some("2026-05-15"))),
                ],
            },
        ];
    })
}

/// What a calendar says of its events: from when to when.
fn events(calendar: &str) -> Vec<(String, String)> {
    let values = |name: &str| -> Vec<String> {
        calendar
            .lines()
            .filter_map(|line| line.strip_prefix(name))
            .map(|value| value.trim().to_owned())
            .collect()
    };
    values("DTSTART:").into_iter().zip(values("DTEND:")).collect()
}

stories! {
    async fn a_day_that_goes_on_after_midnight_is_one_day(app at "2026-04-20T12:00-04:00") {
        let file = nights();
        assert_eq!(print(&parse(&file).expect("it can be read")), file, "a file says it there and back");
        app.imports(&file).await;
        assert_eq!(app.imports(&file).await, Vec::<String>::new());
        let staff = app.staff("office@example.org").await;
        let query = "query($slug: String!) { course(slug: $slug) { endsOn endsAt days { date sessions { slug date startsOn startTime endsOn endTime } } } }";
        let course = staff.asks(&app, query, json!({ "slug": SAMPLE_SLUG })).await["course"].clone();
        let days: Vec<(&Value, Vec<&str>)> = course["days"]
            .as_array()
            .expect("days")
            .iter()
            .map(|day| {
                (
                    &day["date"],
                    day["sessions"]
                        .as_array()
                        .expect("sessions")
                        .iter()
                        .filter_map(|row| row["slug"].as_str())
                        .collect(),
                )
            })
            .collect();
        assert_eq!(
            days,
            [
                (&json!("2026-05-13"), vec!["dusk", "late", "small-hours"]),
                (&json!("2026-05-14"), vec!["morning", "watch"])
            ]
        );
        assert_eq!(
            course["days"][0]["sessions"][2],
            json!({ "slug": "small-hours", "date": "2026-05-13", "startsOn": "2026-05-14", "startTime": "00:15",
            "endsOn": "2026-05-14", "endTime": "02:00" })
        );
        assert_eq!(
            (&course["endsOn"], &course["endsAt"]),
            (&json!("2026-05-14"), &json!("2026-05-15T06:00:00Z")),
            "no day more than there are"
        );
        let (_, _, public) = app.gets(&format!("{PUBLIC_URL}/calendar/courses/{SAMPLE_SLUG}.ics")).await;
        let span = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(
            events(&public),
            [span("20260514T000000Z", "20260514T060000Z"), span("20260514T130000Z", "20260515T060000Z")],
            "{public}"
        );
    }

    async fn the_letter_of_a_morning_does_not_come_in_the_night_before(app at "2026-04-20T12:00-04:00") {
        app.imports(&nights()).await;
        app.signs_in("nurse@example.org").await.takes_part(&app, "nurse").await;
        app.lives_until("2026-05-16T12:00-04:00").await;
        let query = "query { viewer { registrations(first: 1) { nodes { notices(first: 50) { nodes { rule dueAt state } } } } } }";
        let nurse = app.signs_in("nurse@example.org").await;
        let told = nurse.asks(&app, query, json!({})).await;
        let notices = told["viewer"]["registrations"]["nodes"][0]["notices"]["nodes"]
            .as_array()
            .expect("letters")
            .clone();
        let mut days: Vec<(&str, &str)> = notices
            .iter()
            .filter(|row| row["rule"] == "day_starting_1h")
            .map(|row| (row["dueAt"].as_str().expect("a moment"), row["state"].as_str().expect("a state")))
            .collect();
        days.sort_unstable();
        assert_eq!(
            days,
            [("2026-05-13T23:00:00Z", "SENT"), ("2026-05-14T12:00:00Z", "SENT")],
            "an hour before the evening, and before the morning"
        );
        let evening = app
            .letters_to("nurse@example.org")
            .into_iter()
            .find(|letter| letter.subject.contains("course day on Wednesday, May 13"))
            .expect("the evening's letter");
        assert!(evening.text.contains("small-hours"), "{}", evening.text);
        assert!(
            evening.text.contains("12:15 a.m. to 2:00 a.m. Eastern Time on Thursday, May 14"),
            "what begins after midnight says on which day: {}",
            evening.text
        );
        assert!(!evening.text.contains("morning"), "{}", evening.text);
    }

    async fn what_begins_after_midnight_is_said_in_so_many_words(app with the course at "2026-04-20T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let course = the_course(&app, &staff).await;
        let input = with(
            &talk(&course),
            json!({ "startTime": "00:15", "startsOn": "2026-05-15", "endTime": "02:00" }),
        );
        for (fields, path) in [
            (json!({ "startsOn": "2026-05-16" }), "startsOn"),
            (json!({ "startTime": "13:00", "endTime": "14:00" }), "startsOn"),
            (json!({ "endsOn": "2026-05-17" }), "endsOn"),
        ] {
            assert_eq!(
                refused(&app, &staff, "addSession", with(&input, fields)).await["path"],
                json!([path])
            );
        }
        let added = does(&app, &staff, "addSession", input, SESSION).await;
        assert_eq!(
            (&added["date"], &added["startsAt"], &added["endsAt"]),
            (&json!("2026-05-14"), &json!("2026-05-15T04:15:00Z"), &json!("2026-05-15T06:00:00Z"))
        );
        let key = added["slug"].as_str().expect("a key").to_owned();
        let moved = change(&app, &staff, &key, json!({ "date": "2026-05-13" })).await;
        assert_eq!(
            (&moved["date"], &moved["startsAt"]),
            (&json!("2026-05-13"), &json!("2026-05-14T04:15:00Z")),
            "it still begins after midnight"
        );
        let early =
            change(&app, &staff, &key, json!({ "startsOn": null, "startTime": "21:00", "endTime": "22:00" }))
                .await;
        assert_eq!(
            (&early["date"], &early["startsAt"]),
            (&json!("2026-05-13"), &json!("2026-05-14T01:00:00Z"))
        );
        assert!(session(&the_course(&app, &staff).await, &key)["id"].is_string());
    }
}
