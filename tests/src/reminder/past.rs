//! Letters whose moment had passed when the dates came to be what they are, and letters that are only foreseen.

use serde_json::{Value, json};

use crate::support::fact::{fate, sent};
use crate::support::time::at;
use crate::support::{Person, SAMPLE, TestApp, stories};

/// The reference course three days earlier; one may register until May 6.
fn three_days_earlier() -> String {
    let mut file = lectern::course_file::parse(SAMPLE).expect("the sample parses");
    lectern::catalogue::draft::move_by_days(&mut file, -3);
    file.registration.deadline = Some("2026-05-06".parse().expect("a day"));
    lectern::course_file::print(&file)
}

async fn explained(app: &TestApp, staff: &Person, registration: &Value, letter: &str) -> Vec<Value> {
    let query = "query($id: ID!, $letter: Letter!) { explain(registrationId: $id, letter: $letter) { answers { rule outcome reason sentence } } }";
    let data = staff.asks(app, query, json!({ "id": registration["id"], "letter": letter })).await;
    data["explain"]["answers"].as_array().unwrap_or_else(|| panic!("{data}")).clone()
}

stories! {
    /// The worker was away since before the moment: what it would make of its window is not what was due.
    async fn a_course_that_moves_closer_does_not_call_for_what_would_have_been_said(app with the course at "2026-04-20T12:00-04:00") {
        let hers = app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.staff("staff@example.org").await;
        app.works().await;
        app.nature.move_to(at("2026-05-05T15:00-04:00"));
        app.imports(&three_days_earlier()).await;
        let staff = app.signs_in("staff@example.org").await;
        let answers = explained(&app, &staff, &hers, "COURSE_STARTING").await;
        let of = |rule: &str| {
            let answer = answers.iter().find(|answer| answer["rule"] == rule);
            answer.unwrap_or_else(|| panic!("{answers:?}")).clone()
        };
        assert_eq!(
            of("course_starting_7d"),
            json!({ "rule": "course_starting_7d", "outcome": "NOT_SENT", "reason": "MOMENT_PASSED",
                "sentence": "It was not sent at 9:00 a.m. Eastern Time on Sunday, May 3, 2026. \
                    The dates it depends on were set after it would have been due." })
        );
        assert_eq!(of("course_starting_1d")["outcome"], "PLANNED");
        app.works().await;
        app.lives_until("2026-05-05T16:00-04:00").await;
        assert_eq!(explained(&app, &staff, &hers, "COURSE_STARTING").await, answers, "a sweep makes no difference");
        assert_eq!(sent(&app, "ada@example.org").await, ["registration_confirmed", "schedule_changed"]);
    }

    /// At 8:05, what was to begin at 10:00 is put to 8:45: the letter of the day would have been due at 7:45.
    async fn who_gets_no_reminder_any_more_is_told_where_to_join_with_the_change(app at "2026-05-05T12:00-04:00") {
        let with = |link: &str| {
            let course = SAMPLE.replace("{ key = \"d", &format!("{{ join_url = \"https://meet.example.org/{link}\", key = \"d"));
            assert_ne!(course, SAMPLE);
            course
        };
        let earlier = |link: &str| with(link).replacen("start = \"10:00\"", "start = \"08:45\"", 1);
        app.imports(&with("one")).await;
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.lives_until("2026-05-13T08:05-04:00").await;
        app.imports(&earlier("one")).await;
        app.lives_until("2026-05-13T08:30-04:00").await;
        let changed = app.letters_to("ada@example.org").pop().expect("a letter");
        let text = changed.text.replace("\r\n", "\n");
        assert!(changed.subject.starts_with("The agenda has changed"), "{}", changed.subject);
        assert!(text.contains("Now: ") && text.contains("8:45 a.m."), "{text}");
        assert!(text.contains("No other e-mail comes before these sessions:"), "{text}");
        assert!(text.contains("Join online: https://meet.example.org/one"), "{text}");
        assert!(!text.contains("Dyspnea"), "the other days have letters of their own: {text}");
        assert!(changed.html.contains("https://meet.example.org/one"), "{}", changed.html);
        assert_eq!(fate(&app, "ada@example.org", "day_starting_1h").await.len(), 0);
        // It has told the link, so it is told when that changes.
        app.imports(&earlier("two")).await;
        app.lives_until("2026-05-13T09:00-04:00").await;
        let changed = app.letters_to("ada@example.org").pop().expect("a letter");
        assert!(changed.text.contains("New link to join online: https://meet.example.org/two"), "{}", changed.text);
        assert!(!changed.text.contains("No other e-mail"), "{}", changed.text);
    }

    /// As things stand, a seat that is held will be let go, and its end will be told.
    async fn the_end_of_a_hold_is_foreseen_and_not_entered(app with the course at "2026-04-20T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let held = ada.registers(&app, "nurse").await;
        let staff = app.staff("staff@example.org").await;
        app.works().await;
        let query = "query($code: String!) { registration(code: $code) { upcomingLetters { letter dueAt reason } } }";
        let upcoming = |data: Value| -> Vec<Value> {
            let letters = data["registration"]["upcomingLetters"].as_array().unwrap_or_else(|| panic!("{data}"));
            letters.iter().filter(|letter| letter["letter"] == "REGISTRATION_EXPIRED").cloned().collect()
        };
        let data = ada.asks(&app, query, json!({ "code": held["code"] })).await;
        assert_eq!(upcoming(data), [json!({ "letter": "REGISTRATION_EXPIRED", "dueAt": held["holdUntil"], "reason": null })]);
        assert_eq!(explained(&app, &staff, &held, "REGISTRATION_EXPIRED").await[0]["outcome"], "PLANNED");
        assert_eq!(fate(&app, "ada@example.org", "registration_expired").await.len(), 0, "it is not entered yet");
        staff.records_payment(&app, &held).await;
        let data = ada.asks(&app, query, json!({ "code": held["code"] })).await;
        assert!(upcoming(data).iter().all(|letter| !letter["reason"].is_null()));
    }
}
