//! Staff set the reminder rules of a course.

use serde_json::{Value, json};

use crate::support::payload::is_refused;
use crate::support::{Person, SAMPLE_SLUG, TestApp, stories};

const SET: &str = "course { version reminderRules { slug letter enabled offset { days time minutes } subject
    professions { code } } } reach { rule people nextAt }";

async fn version(app: &TestApp) -> i64 {
    let data = app
        .asks(
            None,
            "query($slug: String!) { course(slug: $slug) { version } }",
            json!({ "slug": SAMPLE_SLUG }),
        )
        .await;
    data["course"]["version"].as_i64().expect("a version")
}

/// The rules that the course has, as they would be set again.
async fn stored(app: &TestApp, who: &Person) -> Vec<Value> {
    let query = "query($slug: String!) { course(slug: $slug) { reminderRules { slug letter enabled offset { days time minutes } } } }";
    let data = who.asks(app, query, json!({ "slug": SAMPLE_SLUG })).await;
    let rule = |row: &Value| {
        let (offset, [days, time, minutes]) = (&row["offset"], ["days", "time", "minutes"]);
        json!({ "slug": row["slug"], "letter": row["letter"], "enabled": row["enabled"], days: offset[days], time: offset[time], minutes: offset[minutes] })
    };
    data["course"]["reminderRules"].as_array().unwrap_or_else(|| panic!("{data}")).iter().map(rule).collect()
}

async fn sets(app: &TestApp, who: &Person, rules: &[Value], check: bool) -> Value {
    let (course, _) = app.course_and_track().await;
    let input = json!({ "courseId": course, "version": version(app).await, "rules": rules, "check": check });
    who.does(app, "setReminderRules", input, SET).await
}

stories! {
    async fn a_rule_that_is_switched_on_says_whom_it_will_reach(app with the course at "2026-04-20T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        ada.takes_part(&app, "nurse").await;
        app.signs_in("bob@example.org").await.takes_part(&app, "physician").await;
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let mut rules = stored(&app, &staff).await;
        let nothing = sets(&app, &staff, &rules, false).await;
        assert_eq!(nothing["reach"], json!([]), "{nothing}");
        let seen = version(&app).await;
        let off = rules.iter_mut().find(|rule| rule["slug"] == "session_starting_10min").expect("a rule");
        off["enabled"] = json!(true);
        rules.push(json!({ "slug": "pack-your-bag", "letter": "COURSE_STARTING", "days": -3, "time": "18:00", "subject": "Pack your bag", "professionCodes": ["nurse"] }));
        rules.push(json!({ "slug": "thanks", "letter": "REGISTRATION_CONFIRMED", "minutes": 60 }));
        let would_be = sets(&app, &staff, &rules, true).await;
        let reach = json!([
            { "rule": "session_starting_10min", "people": 2, "nextAt": "2026-05-13T13:50:00Z" },
            { "rule": "pack-your-bag", "people": 1, "nextAt": "2026-05-10T22:00:00Z" },
            { "rule": "thanks", "people": 0, "nextAt": null },
        ]);
        assert_eq!(would_be["reach"], reach, "{would_be}");
        assert_eq!(
            (version(&app).await, stored(&app, &staff).await.len()),
            (seen, rules.len() - 2),
            "a check changes nothing"
        );
        let set = sets(&app, &staff, &rules, false).await;
        assert_eq!((&set["reach"], &set["course"]["version"]), (&reach, &json!(seen + 1)));
        let last = set["course"]["reminderRules"][rules.len() - 2].clone();
        assert_eq!(
            (&last["slug"], &last["subject"], &last["professions"]),
            (&json!("pack-your-bag"), &json!("Pack your bag"), &json!([{ "code": "nurse" }]))
        );
        let before = app.subjects_to("ada@example.org").len();
        app.travels_to("2026-04-20T14:00-04:00").await;
        assert_eq!(
            app.subjects_to("ada@example.org").len(),
            before,
            "who was confirmed before the rule came is not thanked"
        );
        app.lives_until("2026-05-10T19:00-04:00").await;
        assert!(
            app.subjects_to("ada@example.org").contains(&"Pack your bag".to_owned()),
            "{:?}",
            app.subjects_to("ada@example.org")
        );
        assert!(!app.subjects_to("bob@example.org").contains(&"Pack your bag".to_owned()));
    }

    async fn a_rule_that_can_never_speak_is_refused_with_the_reason(app with the course at "2026-04-20T12:00-04:00") {
        let staff = app.staff("staff@example.org").await;
        let rules = stored(&app, &staff).await;
        let refused = async |rule: Value| sets(&app, &staff, &[&rules[..], &[rule]].concat(), false).await;
        let place = rules.len().to_string();
        for (rule, words) in [
            (
                json!({ "slug": "x", "letter": "COURSE_STARTING", "days": 1, "time": "09:00" }),
                "the course has begun by then",
            ),
            (
                json!({ "slug": "x", "letter": "COURSE_STARTING", "days": -100, "time": "09:00" }),
                "could no longer be sent",
            ),
            (
                json!({ "slug": "x", "letter": "COURSE_STARTING", "time": "09:00" }),
                "Give either days and a time of day, or minutes.",
            ),
            (
                json!({ "slug": "x", "letter": "COURSE_STARTING", "days": -1, "time": "09:00", "minutes": 5 }),
                "Give either days and a time of day, or minutes.",
            ),
            (json!({ "slug": "x", "letter": "COURSE_STARTING" }), "Give either days and a time of day, or minutes."),
            (
                json!({ "slug": "x", "letter": "EARLY_FEE_ENDING", "days": -1, "time": "09:00" }),
                "no early deadline",
            ),
            (json!({ "slug": "x", "letter": "SCHEDULE_CHANGED", "minutes": 0 }), "cannot have a rule"),
            (json!({ "slug": "x", "letter": "SIGN_IN_CODE", "minutes": 0 }), "cannot have a rule"),
            (json!({ "slug": "x", "letter": "REGISTRATION_CONFIRMED", "minutes": -5 }), "0 or more"),
        ] {
            let no = refused(rule.clone()).await;
            assert_eq!(
                (&no["code"], &no["path"]),
                (&json!("INVALID_INPUT"), &json!(["rules", place])),
                "{rule}: {no}"
            );
            assert!(no["details"][0]["message"].as_str().expect("words").contains(words), "{rule}: {no}");
        }
        for (rule, field) in [
            (json!({ "slug": "No Slug", "letter": "COURSE_STARTING", "minutes": -60 }), "slug"),
            (
                json!({ "slug": "thanks", "letter": "COURSE_STARTING", "minutes": -60, "subject": "two\nlines" }),
                "subject",
            ),
            (json!({ "slug": "course_starting_7d", "letter": "COURSE_STARTING", "minutes": -60 }), "slug"),
            (json!({ "slug": "course_cancelled", "letter": "COURSE_STARTING", "minutes": -60 }), "slug"),
            (json!({ "slug": "x", "letter": "COURSE_STARTING", "minutes": -600_000 }), "minutes"),
            (
                json!({ "slug": "x", "letter": "COURSE_STARTING", "minutes": -60, "trackId": "nonsense" }),
                "trackId",
            ),
        ] {
            let no = refused(rule.clone()).await;
            assert_eq!(
                (&no["code"], &no["path"]),
                (&json!("INVALID_INPUT"), &json!(["rules", place, field])),
                "{rule}: {no}"
            );
        }
        let off = json!({ "slug": "x", "letter": "EARLY_FEE_ENDING", "days": -1, "time": "09:00", "enabled": false });
        assert!(!is_refused(&refused(off).await), "what is off need not be able to speak");
    }

    async fn days_without_a_time_mean_nine_in_the_morning(app with the course at "2026-04-20T12:00-04:00") {
        let staff = app.staff("staff@example.org").await;
        let rule = json!({ "slug": "x", "letter": "COURSE_STARTING", "days": -1 });
        let set = sets(&app, &staff, &[rule], false).await;
        let stored = &set["course"]["reminderRules"][0]["offset"];
        assert_eq!((&stored["days"], &stored["time"]), (&json!(-1), &json!("09:00")), "{set}");
    }

    async fn rules_are_set_by_who_runs_the_course_and_saw_it_as_it_is(app with the course at "2026-04-20T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let other = app.staff_of("other@example.org", Some("harvard-medical-school")).await;
        let rule = json!({ "slug": "x", "letter": "COURSE_STARTING", "minutes": -60 });
        for stranger in [&ada, &other] {
            for check in [true, false] {
                assert_eq!(
                    sets(&app, stranger, std::slice::from_ref(&rule), check).await["code"],
                    "NOT_FOUND"
                );
            }
        }
        let staff = app.staff("staff@example.org").await;
        let (course, _) = app.course_and_track().await;
        let stale = json!({ "courseId": course, "version": 0, "rules": [rule] });
        assert_eq!(staff.does(&app, "setReminderRules", stale, SET).await["code"], "STALE");
    }
}
