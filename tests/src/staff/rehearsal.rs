//! A course rehearsed before it begins: every letter of its life, and nothing of it left behind.

use entity::mailing::Letter;
use lectern::catalogue::draft;
use lectern::course_file;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::enquiry::enquires;
use crate::support::{Person, SAMPLE, SAMPLE_SLUG, TestApp, said, stories};

const REHEARSAL: &str =
    "{ startsAt timeZone track entries { at letter rule subject sender sent reason reasonInWords } }";

/// Rehearses the reference course with these arguments.
async fn rehearses(app: &TestApp, person: &Person, arguments: &str) -> Value {
    let query =
        format!("query($slug: String!) {{ course(slug: $slug) {{ rehearsal{arguments} {REHEARSAL} }} }}");
    person.asks(app, &query, json!({ "slug": SAMPLE_SLUG })).await["course"]["rehearsal"].clone()
}

/// What a rehearsal with mistaken arguments is answered.
async fn mistake(app: &TestApp, person: &Person, arguments: &str) -> String {
    let query =
        format!("query($slug: String!) {{ course(slug: $slug) {{ rehearsal{arguments} {REHEARSAL} }} }}");
    let answer = app.answers(Some(&person.token), &query, json!({ "slug": SAMPLE_SLUG })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer:#}");
    answer["errors"][0]["message"].as_str().expect("a message").to_owned()
}

/// The moment on the course's clock, and a field, of the letters that were sent.
fn sent(rehearsal: &Value, field: &str) -> Vec<(String, String)> {
    let zone = "America/New_York".parse().expect("a zone");
    let entries = rehearsal["entries"].as_array().unwrap_or_else(|| panic!("{rehearsal:#}"));
    entries
        .iter()
        .filter(|entry| entry["sent"] == true)
        .map(|entry| {
            assert_eq!(entry["reason"], Value::Null);
            let at: entity::Instant = entry["at"].as_str().expect("a moment").parse().expect("a moment");
            (
                at.in_zone(&zone).strftime("%m-%d %H:%M").to_string(),
                entry[field].as_str().expect("a text").to_owned(),
            )
        })
        .collect()
}

/// Rule and reason of what was not sent, what is switched off left out, each once.
fn unsent(rehearsal: &Value) -> Vec<(String, String)> {
    let mut unsent: Vec<(String, String)> = Vec::new();
    for entry in
        rehearsal["entries"].as_array().expect("entries").iter().filter(|entry| entry["sent"] == false)
    {
        assert!(entry["reasonInWords"].as_str().is_some_and(|words| words.ends_with('.')), "{entry}");
        let one = (
            entry["rule"].as_str().expect("a rule").to_owned(),
            entry["reason"].as_str().expect("a reason").to_owned(),
        );
        if one.1 != "RULE_OFF" && !unsent.contains(&one) {
            unsent.push(one);
        }
    }
    unsent
}

fn told(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
}

/// The moment and the subject of everything that the real app has sent to an address, codes left out.
async fn really_sent(app: &TestApp, email: &str) -> Vec<(String, String)> {
    let zone = "America/New_York".parse().expect("a zone");
    let subjects = app.subjects_to(email);
    let learner = entity::learner::Entity::find()
        .filter(entity::learner::Column::EmailKey.eq(email))
        .one(app.db())
        .await;
    let learner = learner.expect("an answer").expect("a learner");
    let notices = entity::notice::Entity::find()
        .filter(entity::notice::Column::Recipient.eq(learner.id.to_string()))
        .filter(entity::notice::Column::Status.eq(entity::notice::Status::Sent))
        .order_by_asc(entity::notice::Column::SentAt)
        .all(app.db())
        .await
        .expect("notices");
    assert_eq!(notices.len(), subjects.len());
    let moments = notices
        .into_iter()
        .map(|notice| notice.sent_at.expect("sent").in_zone(&zone).strftime("%m-%d %H:%M").to_string());
    moments.zip(subjects).collect()
}

/// How much there is of everything that a life writes.
async fn traces(app: &TestApp) -> Vec<u64> {
    let mut counts = Vec::new();
    macro_rules! count {
        ($($table:ident),*) => { $(counts.push(entity::$table::Entity::find().count(app.db()).await.expect("a count"));)* };
    }
    count!(
        notice,
        learner,
        registration,
        payment,
        quote,
        audit,
        staff_role,
        course,
        session,
        track,
        idempotency
    );
    count!(enquiry, spent_proof, schedule_change);
    counts.push(u64::try_from(app.letters().len()).expect("a count"));
    counts
}

stories! {
    async fn the_rehearsed_letters_are_those_that_the_house_sends(app with the course at "2026-03-01T12:00-05:00") {
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let rehearsal = rehearses(&app, &staff, "(as: CONFIRMED)").await;
        assert_eq!(
            rehearsal["startsAt"], "2026-03-01T17:00:00Z",
            "now, which lies before the sixtieth day before the course"
        );
        assert_eq!(
            (&rehearsal["timeZone"], &rehearsal["track"]),
            (&json!("America/New_York"), &json!("Adult"))
        );
        assert_eq!(rehearsal, rehearses(&app, &staff, "").await, "confirmed where nothing is said");
        app.signs_in("ada@example.org").await.takes_part(&app, "physician").await;
        app.lives_until("2026-06-29T17:30-04:00").await;
        let sent = sent(&rehearsal, "subject");
        assert_eq!(sent, really_sent(&app, "ada@example.org").await);
        assert_eq!(sent.len(), 10);
        assert_eq!(
            unsent(&rehearsal),
            told(&[
                ("payment_due_3d", "ALREADY_CONFIRMED"),
                ("payment_due_1d", "ALREADY_CONFIRMED"),
                ("registration_closing_7d", "ALREADY_CONFIRMED"),
                ("registration_closing_1d", "ALREADY_CONFIRMED"),
            ])
        );
    }

    async fn a_rehearsal_leaves_nothing_behind(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        let staff = app.staff("staff@example.org").await;
        let before = traces(&app).await;
        let query = format!("{{ course(slug: \"{SAMPLE_SLUG}\") {{ a: rehearsal {REHEARSAL} b: rehearsal(as: STARTED) {REHEARSAL}
            c: rehearsal(as: LATE, lateOn: \"2026-05-05\", moves: [{{ date: \"2026-05-13\", byDays: 7 }}]) {REHEARSAL} d: rehearsal {REHEARSAL} }} }}");
        let asks = format!(
            "{{ course(slug: \"{SAMPLE_SLUG}\") {{ rehearsal(as: ENQUIRER, cancelledOn: \"2026-05-01\") {REHEARSAL} }} }}"
        );
        let all = staff.asks(&app, &query, json!({})).await;
        assert_eq!(all["course"]["a"], all["course"]["d"], "several at once do not meet");
        assert!(staff.asks(&app, &asks, json!({})).await["course"]["rehearsal"].is_object());
        assert_eq!(traces(&app).await, before);
        app.works().await;
        assert_eq!(traces(&app).await, before, "nor is anything left for the worker");
        assert_eq!(
            entity::Nature::now(&*app.nature).to_string(),
            "2026-04-20T16:00:00Z",
            "the app's own clock stands"
        );
    }

    async fn one_who_comes_late_and_one_who_never_pays(app with the course at "2026-04-20T12:00-04:00") {
        let staff = app.staff("staff@example.org").await;
        let late = rehearses(&app, &staff, "(as: LATE, lateOn: \"2026-05-06\")").await;
        assert_eq!(late["startsAt"], "2026-03-14T16:00:00Z", "noon, sixty days before the course");
        assert_eq!(
            &sent(&late, "rule")[..3],
            told(&[
                ("05-06 12:00", "registration_started"),
                ("05-06 12:00", "registration_confirmed"),
                ("05-12 09:00", "course_starting_1d"),
            ])
        );
        assert!(
            unsent(&late).contains(&("course_starting_7d".to_owned(), "LATE_REGISTRATION".to_owned())),
            "{late:#}"
        );
        let started = rehearses(&app, &staff, "(as: STARTED)").await;
        assert_eq!(
            sent(&started, "rule"),
            told(&[
                ("03-14 12:00", "registration_started"),
                ("03-25 09:00", "payment_due_3d"),
                ("03-27 09:00", "payment_due_1d"),
                ("03-29 00:00", "registration_expired"),
            ])
        );
        assert!(
            unsent(&started).contains(&("course_starting_7d".to_owned(), "EXPIRED".to_owned())),
            "{started:#}"
        );
    }

    async fn a_day_that_moves_is_spoken_of_where_it_moves_to(app with the course at "2026-04-20T12:00-04:00") {
        let staff = app.staff("staff@example.org").await;
        // The first day moves behind the last one after «in a week» was said; «in a week» of the new first
        // day has passed by then.
        let moved = rehearses(
            &app,
            &staff,
            "(as: CONFIRMED, moves: [{ date: \"2026-05-13\", byDays: 7, on: \"2026-05-10\" }])",
        )
        .await;
        assert_eq!(
            &sent(&moved, "rule")[2..],
            told(&[
                ("05-06 09:00", "course_starting_7d"),
                ("05-10 12:10", "schedule_changed"),
                ("05-13 09:00", "course_starting_1d"),
                ("05-14 09:00", "day_starting_1h"),
                ("05-15 09:00", "day_starting_1h"),
                ("05-20 09:00", "day_starting_1h"),
                ("05-20 18:00", "evaluation_open_1h"),
                ("06-12 09:00", "evaluation_closing_7d"),
                ("06-18 09:00", "evaluation_closing_1d"),
            ])
        );
        let gone = |rule: &str| (rule.to_owned(), "MOVED".to_owned());
        // Of the day that is the first one now.
        let passed = ("course_starting_7d".to_owned(), "MOMENT_PASSED".to_owned());
        assert!(unsent(&moved).contains(&passed), "{moved:#}");
        for rule in ["course_starting_1d", "day_starting_1h", "evaluation_open_1h"] {
            assert!(unsent(&moved).contains(&gone(rule)), "{rule}: {moved:#}");
        }
        // There and back again: at once, it is as though nothing had happened; on the next day, both are
        // told, and nothing else is different.
        let usual = sent(&rehearses(&app, &staff, "").await, "rule");
        let there_and_back = async |day: &str| {
            let moves = format!(
                "(moves: [{{ date: \"2026-05-14\", byDays: 3, on: \"2026-04-01\" }}, {{ date: \"2026-05-14\", byDays: -3, on: \"{day}\" }}])"
            );
            sent(&rehearses(&app, &staff, &moves).await, "rule")
        };
        assert_eq!(there_and_back("2026-04-01").await, usual);
        let (told_of, rest): (Vec<_>, Vec<_>) =
            there_and_back("2026-04-02").await.into_iter().partition(|(_, rule)| rule == "schedule_changed");
        assert_eq!(
            told_of,
            told(&[("04-01 12:10", "schedule_changed"), ("04-02 12:10", "schedule_changed")])
        );
        assert_eq!(rest, usual);
    }

    async fn one_who_only_asks_hears_what_was_asked_for_and_of_the_deadlines(app at "2026-03-01T12:00-05:00") {
        app.imports(
            &SAMPLE.replace("deadline = 2026-05-06", "early_deadline = 2026-04-22\ndeadline = 2026-05-06"),
        )
        .await;
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let rehearsal = rehearses(&app, &staff, "(as: ENQUIRER)").await;
        assert_eq!(rehearsal["track"], Value::Null);
        assert_eq!(
            sent(&rehearsal, "rule"),
            told(&[
                ("03-01 12:00", "information_requested"),
                ("04-15 09:00", "early_fee_ending_7d"),
                ("04-21 09:00", "early_fee_ending_1d"),
                ("04-29 09:00", "registration_closing_7d"),
                ("05-05 09:00", "registration_closing_1d"),
            ])
        );
        let senders: Vec<String> = sent(&rehearsal, "sender").into_iter().map(|(_, sender)| sender).collect();
        assert_eq!(
            senders,
            [
                "office@example.org",
                "news@news.example.org",
                "news@news.example.org",
                "news@news.example.org",
                "news@news.example.org"
            ]
        );
        assert_eq!(unsent(&rehearsal), told(&[]));
        enquires(&app, "ines@example.org", true).await;
        for day in ["2026-03-01", "2026-04-15", "2026-04-21", "2026-04-29", "2026-05-05", "2026-05-20"] {
            app.travels_to(&format!("{day}T13:00-04:00")).await;
        }
        let subjects: Vec<String> =
            sent(&rehearsal, "subject").into_iter().map(|(_, subject)| subject).collect();
        assert_eq!(subjects, app.subjects_to("ines@example.org"), "as the app writes");
    }

    async fn without_a_postal_address_a_rehearsal_names_the_setting(app at "2026-03-01T12:00-05:00") {
        let mut app = app;
        app.has_no_postal_address();
        app.has_the_course().await;
        let staff = app.staff("staff@example.org").await;
        let rehearsal = rehearses(&app, &staff, "(as: ENQUIRER)").await;
        let unsent: Vec<&Value> = rehearsal["entries"]
            .as_array()
            .expect("entries")
            .iter()
            .filter(|entry| entry["sent"] == false)
            .collect();
        assert!(unsent.iter().any(|entry| entry["rule"] == "registration_closing_7d"), "{rehearsal:#}");
        for entry in unsent.into_iter().filter(|entry| entry["reason"] == "CANNOT_BE_WRITTEN") {
            assert!(
                entry["reasonInWords"].as_str().is_some_and(|words| words.contains("POSTAL_ADDRESS")),
                "{entry:#}"
            );
        }
        assert!(
            rehearsal["entries"]
                .as_array()
                .is_some_and(|all| all.iter().any(|entry| entry["reason"] == "CANNOT_BE_WRITTEN")),
            "{rehearsal:#}"
        );
    }

    async fn a_course_that_is_cancelled_says_so_and_falls_silent(app with the course at "2026-04-20T12:00-04:00") {
        let staff = app.staff("staff@example.org").await;
        let confirmed = rehearses(&app, &staff, "(cancelledOn: \"2026-05-10\")").await;
        assert_eq!(
            &sent(&confirmed, "rule")[2..],
            told(&[("05-06 09:00", "course_starting_7d"), ("05-10 12:00", "course_cancelled")])
        );
        for rule in ["course_starting_1d", "day_starting_1h", "evaluation_closing_1d"] {
            assert!(
                unsent(&confirmed).contains(&(rule.to_owned(), "COURSE_CANCELLED".to_owned())),
                "{rule}: {confirmed:#}"
            );
        }
        let asks = rehearses(&app, &staff, "(as: ENQUIRER, cancelledOn: \"2026-05-01\")").await;
        assert_eq!(
            sent(&asks, "rule"),
            told(&[("03-14 12:00", "information_requested"), ("04-29 09:00", "registration_closing_7d")])
        );
        assert_eq!(unsent(&asks), told(&[("registration_closing_1d", "COURSE_CANCELLED")]));
    }

    async fn a_draft_is_rehearsed_with_its_own_rules_and_track(app at "2026-04-20T12:00-04:00") {
        let mut file = course_file::parse(SAMPLE).expect("the sample parses");
        file.course.status = entity::course::Status::Draft;
        let mut rules = draft::default_rules();
        for rule in &mut rules {
            rule.enabled = rule.letter != Letter::CourseStarting;
            if rule.letter == Letter::EvaluationOpen {
                rule.subject = Some(said("How was it?"));
            }
        }
        file.reminder_rules = Some(rules);
        app.imports(&course_file::print(&file)).await;
        let staff = app.staff("staff@example.org").await;
        let tracks = staff
            .asks(
                &app,
                &format!("{{ course(slug: \"{SAMPLE_SLUG}\") {{ tracks {{ id name }} }} }}"),
                json!({}),
            )
            .await;
        let pediatric = tracks["course"]["tracks"][1]["id"].as_str().expect("a track").to_owned();
        let rehearsal = rehearses(&app, &staff, &format!("(trackId: \"{pediatric}\")")).await;
        assert_eq!(rehearsal["track"], "Pediatric");
        let rules: Vec<String> = sent(&rehearsal, "rule").into_iter().map(|(_, rule)| rule).collect();
        assert!(!rules.iter().any(|rule| rule.starts_with("course_starting")));
        assert!(rules.iter().filter(|rule| *rule == "session_starting_10min").count() > 10, "switched on");
        assert!(sent(&rehearsal, "subject").iter().any(|(_, subject)| subject == "How was it?"));
        let off: Vec<&Value> = rehearsal["entries"]
            .as_array()
            .expect("entries")
            .iter()
            .filter(|entry| entry["reason"] == "RULE_OFF")
            .collect();
        assert_eq!(off.len(), 2);
        assert_eq!(off[0]["reasonInWords"], "The rule is switched off.");
    }

    async fn only_who_runs_the_course_rehearses_it_and_mistakes_are_told(app with the course at "2026-04-20T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let school = app.staff_of("school@example.org", Some("harvard-medical-school")).await;
        assert_eq!(rehearses(&app, &ada, "").await, Value::Null);
        assert_eq!(rehearses(&app, &school, "").await, Value::Null);
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        assert!(rehearses(&app, &staff, "").await.is_object());
        for (arguments, words) in [
            ("(as: LATE)", "lateOn"),
            ("(as: STARTED, lateOn: \"2026-05-05\")", "LATE alone"),
            ("(as: LATE, lateOn: \"2026-05-07\")", "Registration for this course has closed."),
            ("(as: ENQUIRER, lateOn: \"2026-05-05\")", "LATE alone"),
            (
                "(cancelledOn: \"2027-01-01\")",
                "cannot be canceled on 2027-01-01: it is rehearsed from 2026-03-14, when it is published, to its last day, 2026-05-15",
            ),
            ("(cancelledOn: \"2026-03-13\")", "cannot be canceled on 2026-03-13"),
            (
                "(moves: [{ date: \"2026-05-13\", byDays: 1, on: \"2026-03-13\" }])",
                "cannot be moved on 2026-03-13: it is rehearsed from 2026-03-14",
            ),
            (
                "(moves: [{ date: \"2026-05-13\", byDays: 1, on: \"2026-05-16\" }])",
                "to its last day, 2026-05-15",
            ),
            ("(as: LATE, lateOn: \"2026-05-05\", cancelledOn: \"2026-05-01\")", "cancel"),
            ("(moves: [{ date: \"2026-05-13\", byDays: 1 }], cancelledOn: \"2026-05-01\")", "cancel"),
            ("(moves: [{ date: \"2026-05-16\", byDays: 1 }])", "2026-05-13, 2026-05-14, 2026-05-15"),
            ("(moves: [{ date: \"2026-05-13\", byDays: 2000 }])", "at most 366 days"),
            ("(trackId: \"nonsense\")", "no such track"),
        ] {
            let message = mistake(&app, &staff, arguments).await;
            assert!(message.contains(words), "{arguments}: {message}");
        }
    }
}
