//! What a letter will look like: asked by the staff who run the course, and by nobody else.

mod unsaid;

use lectern::course_file;
use serde_json::{Value, json};

use crate::support::payload::{REFUSAL, outcome};
use crate::support::{Person, SAMPLE, TestApp, said, stories};

const SELECTION: &str = "letterPreview { __typename letter rule occurrence subject text html calendar listUnsubscribe dueAt day audience reason reasonInWords }";

/// Asks for a letter of the reference course; `input` says which.
async fn previews(app: &TestApp, person: &Person, input: Value) -> Value {
    let query = format!(
        "query($input: PreviewLetterInput!) {{ previewLetter(input: $input) {{ {SELECTION} {REFUSAL} }} }}"
    );
    outcome(&person.asks(app, &query, json!({ "input": input })).await["previewLetter"])
}

/// The sample as a draft.
fn draft() -> String {
    SAMPLE.replacen("status = \"published\"", "status = \"draft\"", 1)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

/// The lines, whatever the link is to stop such letters: a preview has one that works for nobody.
fn same_lines(text: &str) -> Vec<String> {
    const LINK: &str = "/unsubscribe/";
    let line = |line: &str| match line.split_once(LINK) {
        None => line.trim_end().to_owned(),
        Some((before, behind)) => {
            let rest = behind.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric());
            format!("{before}{LINK}{}", rest.trim_end())
        }
    };
    text.lines().map(line).collect()
}

stories! {
    async fn a_letter_is_shown_to_staff_as_it_is_sent_to_the_learner_later(app with the course at "2026-04-20T12:00-04:00") {
        let registration = app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let (course, _) = app.course_and_track().await;
        let mut shown = Vec::new();
        for (rule, day) in [
            ("course_starting_7d", None),
            ("day_starting_1h", Some("2026-05-14")),
            ("evaluation_open_1h", None),
        ] {
            let input =
                json!({ "courseId": course, "rule": rule, "registrationId": registration["id"], "day": day });
            let letter = previews(&app, &staff, input).await;
            assert_eq!(letter["reason"], Value::Null, "{letter:#}");
            assert_eq!(letter["audience"], 1);
            if let Some(stop) = letter["listUnsubscribe"].as_str() {
                assert_eq!(app.gets(stop).await.0, 404, "it is not the learner's own: {stop}");
            }
            shown.push(letter);
        }
        app.lives_until("2026-05-16T12:00-04:00").await;
        let sent = app.letters_to("ada@example.org");
        for letter in &shown {
            let found = sent
                .iter()
                .find(|sent| sent.subject == text(&letter["subject"]))
                .unwrap_or_else(|| panic!("{letter:#}"));
            assert_eq!(same_lines(&found.text), same_lines(text(&letter["text"])));
            assert_eq!(same_lines(&found.html), same_lines(text(&letter["html"])));
        }
        assert_eq!(shown[0]["dueAt"], "2026-05-06T13:00:00Z");
        assert_eq!(shown[1]["day"], "2026-05-14");
        assert_eq!(shown[1]["dueAt"], "2026-05-14T13:00:00Z");
    }

    async fn every_rule_can_be_shown_for_a_made_up_person(app at "2026-04-20T12:00-04:00") {
        app.imports(&SAMPLE.replace("\ndeadline =", "\nearly_deadline = 2026-04-30\ndeadline =")).await;
        let staff = app.staff("staff@example.org").await;
        let (course, _) = app.course_and_track().await;
        let learners = previews(
            &app,
            &staff,
            json!({ "courseId": course, "rule": "day_starting_1h", "learnerKind": "CONFIRMED" }),
        )
        .await;
        assert_eq!(learners["day"], "2026-05-13", "the next to come");
        assert_eq!(learners["audience"], 0);
        let mut silent = Vec::new();
        for rule in entity::mailing::DEFAULT_RULES {
            for kind in ["STARTED", "CONFIRMED"] {
                let letter = previews(
                    &app,
                    &staff,
                    json!({ "courseId": course, "rule": rule.slug, "learnerKind": kind }),
                )
                .await;
                assert_eq!(letter["__typename"], "LetterPreview", "{} {kind}: {letter:#}", rule.slug);
                assert!(text(&letter["text"]).starts_with("Dear Noor Haddad,"), "{letter:#}");
                assert!(text(&letter["html"]).contains("Noor Haddad"));
                assert_eq!(letter["reason"].is_null(), letter["reasonInWords"].is_null());
                if let Some(reason) = letter["reason"].as_str() {
                    silent.push(format!("{} {kind} {reason}", rule.slug));
                }
            }
        }
        silent.sort();
        assert_eq!(
            silent,
            [
                "course_starting_1d STARTED NOT_CONFIRMED",
                "course_starting_7d STARTED NOT_CONFIRMED",
                "day_starting_1h STARTED NOT_CONFIRMED",
                "early_fee_ending_1d CONFIRMED ALREADY_CONFIRMED",
                "early_fee_ending_7d CONFIRMED ALREADY_CONFIRMED",
                "evaluation_closing_1d STARTED NOT_CONFIRMED",
                "evaluation_closing_7d STARTED NOT_CONFIRMED",
                "evaluation_open_1h STARTED NOT_CONFIRMED",
                "payment_due_1d CONFIRMED ALREADY_CONFIRMED",
                "payment_due_1d STARTED SUPERSEDED",
                "payment_due_3d CONFIRMED ALREADY_CONFIRMED",
                "registration_closing_1d CONFIRMED ALREADY_CONFIRMED",
                "registration_closing_7d CONFIRMED ALREADY_CONFIRMED",
                "registration_confirmed STARTED NOT_CONFIRMED",
                "registration_started CONFIRMED ALREADY_CONFIRMED",
                "session_starting_10min CONFIRMED RULE_OFF",
                "session_starting_10min STARTED RULE_OFF",
            ]
        );
        let off = previews(
            &app,
            &staff,
            json!({ "courseId": course, "rule": "session_starting_10min", "learnerKind": "CONFIRMED" }),
        )
        .await;
        assert_eq!(off["reasonInWords"], "The rule is switched off.");
        let confirmation = previews(
            &app,
            &staff,
            json!({ "courseId": course, "rule": "registration_confirmed", "learnerKind": "CONFIRMED" }),
        )
        .await;
        assert_eq!(text(&confirmation["calendar"]).matches("BEGIN:VEVENT").count(), 3, "{confirmation:#}");
        assert_eq!(app.letters_to("noor.haddad@example.org").len(), 0, "nothing was sent");
    }

    async fn what_cannot_be_shown_is_refused_with_the_reason(app with the course at "2026-04-20T12:00-04:00") {
        let staff = app.staff("staff@example.org").await;
        let (course, _) = app.course_and_track().await;
        let refused = async |input: Value| {
            let no = previews(&app, &staff, input).await;
            assert_eq!(no["__typename"], "Refusal", "{no:#}");
            (text(&no["code"]).to_owned(), text(&no["message"]).to_owned())
        };
        let no =
            refused(json!({ "courseId": course, "rule": "no_such_rule", "learnerKind": "STARTED" })).await;
        assert_eq!(no, ("NOT_FOUND".to_owned(), "There is no such rule.".to_owned()));
        let no =
            refused(json!({ "courseId": course, "rule": "early_fee_ending_7d", "learnerKind": "STARTED" }))
                .await;
        assert_eq!(no.0, "LETTER_NOT_CALLED_FOR", "the course has no early deadline");
        let no = refused(json!({ "courseId": course, "rule": "day_starting_1h", "learnerKind": "CONFIRMED", "day": "2026-05-20" })).await;
        assert_eq!(no.0, "LETTER_NOT_CALLED_FOR");
        for input in [
            json!({ "courseId": course, "rule": "day_starting_1h" }),
            json!({ "courseId": course, "rule": "day_starting_1h", "learnerKind": "STARTED", "registrationId": course }),
        ] {
            assert_eq!(refused(input).await.0, "INVALID_INPUT");
        }
        let no =
            refused(json!({ "courseId": course, "rule": "day_starting_1h", "registrationId": course })).await;
        assert_eq!(no.1, "There is no such registration.");
    }

    async fn what_another_office_runs_looks_like_what_does_not_exist(app with the course at "2026-04-20T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let registration = ada.takes_part(&app, "nurse").await;
        let (course, _) = app.course_and_track().await;
        let nowhere = json!({ "courseId": "bm93aGVyZQ", "rule": "course_starting_7d", "registrationId": registration["id"] });
        let input =
            json!({ "courseId": course, "rule": "course_starting_7d", "registrationId": registration["id"] });
        let school = app.staff_of("school@example.org", Some("harvard-medical-school")).await;
        let unknown = previews(&app, &school, nowhere).await;
        assert_eq!(unknown["code"], "NOT_FOUND");
        assert_eq!(previews(&app, &school, input.clone()).await, unknown);
        assert_eq!(previews(&app, &ada, input.clone()).await, unknown, "not even one's own");
        let query = format!(
            "query($input: PreviewLetterInput!) {{ previewLetter(input: $input) {{ {SELECTION} {REFUSAL} }} }}"
        );
        let nobody = app.asks(None, &query, json!({ "input": input })).await;
        assert_eq!(outcome(&nobody["previewLetter"])["code"], "UNAUTHENTICATED");
    }

    async fn a_registration_for_another_course_is_not_shown_with_this_one(app with the course at "2026-04-20T12:00-04:00") {
        let registration = app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        let mut other = course_file::parse(&draft()).expect("the sample parses");
        other.course.slug = said("another-course");
        app.imports(&course_file::print(&other)).await;
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let found = staff.asks(&app, "{ course(slug: \"another-course\") { id } }", json!({})).await;
        let course = &found["course"]["id"];
        let no = previews(
            &app,
            &staff,
            json!({ "courseId": course, "rule": "course_starting_7d", "registrationId": registration["id"] }),
        )
        .await;
        assert_eq!(no["message"], "There is no such registration.");
        let draft = previews(
            &app,
            &staff,
            json!({ "courseId": course, "rule": "course_starting_7d", "learnerKind": "CONFIRMED" }),
        )
        .await;
        assert_eq!(draft["reason"], "COURSE_NOT_RUNNING", "a draft can be read, and says why it is silent");
        let confirmed =
            json!({ "courseId": course, "rule": "registration_confirmed", "learnerKind": "CONFIRMED" });
        let confirmed = previews(&app, &staff, confirmed).await;
        assert!(
            confirmed["text"].as_str().is_some_and(|text| text.contains("We will remind you")),
            "what it says is what it will say: {confirmed}"
        );
    }
}
