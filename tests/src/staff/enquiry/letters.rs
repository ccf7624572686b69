//! The letters that follow from an enquiry: what was asked for, and, for those who consented, the deadlines
//! of the course.

use entity::secret::{Addressee, Unsubscribe};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::{WORDING, asks, course_id, enquires, proof};
use crate::support::request::{post, with};
use crate::support::{SAMPLE, SAMPLE_SLUG, TestApp, stories};

/// The course with an early price until April 22; registration closes after May 6; it starts on May 13.
fn with_an_early_deadline() -> String {
    SAMPLE.replace("deadline = 2026-05-06", "early_deadline = 2026-04-22\ndeadline = 2026-05-06")
}

/// The letters that became due to an address because it asked, with their moments; whatever became of them.
async fn due_to(app: &TestApp, email: &str) -> Vec<(String, String)> {
    use entity::notice::{Column, Entity};
    let rows = Entity::find()
        .filter(Column::Recipient.eq(email))
        .filter(Column::EnquiryId.is_not_null())
        .order_by_asc(Column::DueAt);
    let rows = rows.all(app.db()).await.expect("rows");
    rows.into_iter().map(|row| (row.rule, row.due_at.to_string())).collect()
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(rule, at)| ((*rule).to_owned(), (*at).to_owned())).collect()
}

/// The enquiries that staff see, by address: those of one moment come in no order of their own.
fn by_address(data: &Value) -> Vec<Value> {
    let mut nodes = data["enquiries"]["nodes"].as_array().expect("nodes").clone();
    nodes.sort_by_key(|node| node["email"].to_string());
    nodes
}

/// Through every moment of a deadline, and on to the end of the course.
async fn lives_through(app: &TestApp, moments: &[&str]) {
    for moment in moments {
        app.travels_to(moment).await;
    }
}

const ASKED: (&str, &str) = ("information_requested", "2026-04-01T16:00:00Z");
const EARLY_7: (&str, &str) = ("early_fee_ending_7d", "2026-04-15T13:00:00Z");
const EARLY_1: (&str, &str) = ("early_fee_ending_1d", "2026-04-21T13:00:00Z");
const CLOSING_7: (&str, &str) = ("registration_closing_7d", "2026-04-29T13:00:00Z");
const CLOSING_1: (&str, &str) = ("registration_closing_1d", "2026-05-05T13:00:00Z");
const MOMENTS: [&str; 6] = [
    "2026-04-15T09:01-04:00",
    "2026-04-21T09:01-04:00",
    "2026-04-29T09:01-04:00",
    "2026-05-05T09:01-04:00",
    "2026-05-13T12:00-04:00",
    "2026-06-20T12:00-04:00",
];

async fn token(app: &TestApp, email: &str) -> String {
    let rows = entity::enquiry::Entity::find()
        .filter(entity::enquiry::Column::EmailKey.eq(email))
        .all(app.db())
        .await
        .expect("rows");
    let who = Addressee::Enquiry(rows.last().expect("an enquiry").id);
    app.state.key.unsubscribe_token(Unsubscribe { who, topic: entity::mailing::Topic::Deadlines })
}

async fn unsubscribes(app: &TestApp, email: &str) {
    let request = post(&format!("/unsubscribe/{}", token(app, email).await), "List-Unsubscribe=One-Click");
    assert_eq!(
        app.http(with(request, "content-type", "application/x-www-form-urlencoded")).await.0,
        axum::http::StatusCode::OK
    );
}

stories! {
    async fn a_stranger_cannot_write_to_somebody_in_our_name(app at "2026-04-01T12:00-04:00") {
        app.imports(&with_an_early_deadline()).await;
        let course = course_id(&app, SAMPLE_SLUG).await;
        let (name, question) = (
            "Your account is locked",
            "Unlock it at https://evil.example/unlock?a=1, www.evil.example or evil@evil.example.",
        );
        let input = json!({ "courseId": course, "name": name, "email": "somebody@example.org", "question": question, "consent": true,
            "consentVersion": WORDING, "proof": proof(&app, &course).await });
        assert_eq!(asks(&app, "192.0.2.66", input).await["__typename"], "InformationRequest");
        app.works().await;
        lives_through(&app, &MOMENTS[..3]).await;
        let letters = app.letters_to("somebody@example.org");
        assert_eq!(letters.len(), 4, "what was asked for, and three deadlines");
        for letter in &letters {
            for part in [&letter.subject, &letter.text, &letter.html, &letter.raw] {
                assert!(
                    !part.contains("locked") && !part.contains("Unlock") && !part.contains("evil"),
                    "{part}"
                );
            }
            assert_eq!(letter.header("To"), Some("somebody@example.org"));
        }
        let staff = app.staff("office@example.org").await;
        let seen = staff
            .asks(&app, "{ enquiries(first: 1) { nodes { id name question } } }", json!({}))
            .await["enquiries"]["nodes"][0]
            .clone();
        assert_eq!(
            (&seen["name"], &seen["question"]),
            (&json!(name), &json!(question)),
            "staff read what was asked"
        );

        // Staff who answer have read the question; it is quoted, as text in which nothing becomes a link.
        let input = json!({ "enquiryId": seen["id"], "answer": "Please see [our page](https://courses.example.org/help)." });
        assert_eq!(
            staff.does(&app, "answerEnquiry", input, "enquiry { __typename }").await["__typename"],
            "Enquiry"
        );
        app.works().await;
        let letter = app.letters_to("somebody@example.org").pop().expect("a letter");
        assert!(
            letter.text.contains(
                "> Unlock it at https: //evil. example/unlock?a=1, www. evil. example or evil@evil. example."
            ),
            "{}",
            letter.text
        );
        for part in [&letter.text, &letter.html, &letter.raw] {
            assert!(
                !part.contains("evil.example") && !part.contains("://evil") && !part.contains("locked"),
                "{part}"
            );
        }
        assert!(letter.html.contains("href=\"https://courses.example.org/help\""), "{}", letter.html);
    }

    async fn who_consents_hears_of_every_deadline_and_who_does_not_gets_what_was_asked_for(app at "2026-04-01T12:00-04:00") {
        app.imports(&with_an_early_deadline()).await;
        enquires(&app, "yes@example.org", true).await;
        enquires(&app, "no@example.org", false).await;
        app.works().await;
        let staff = app.staff("office@example.org").await;
        let query = "{ enquiries(first: 2) { nodes { email consent { version at text } upcomingLetters { rule dueAt reason } } } }";
        let planned = by_address(&staff.asks(&app, query, json!({})).await);
        let letters = |reason: Value| -> Value {
            [EARLY_7, EARLY_1, CLOSING_7, CLOSING_1]
                .iter()
                .map(|(rule, at)| json!({ "rule": rule, "dueAt": at, "reason": reason }))
                .collect()
        };
        assert_eq!(planned[0]["upcomingLetters"], letters(json!("NO_CONSENT")), "{planned:#?}");
        assert_eq!(planned[1]["upcomingLetters"], letters(Value::Null));
        assert_eq!(
            (&planned[1]["consent"]["version"], &planned[1]["consent"]["at"]),
            (&json!("2026-11-26"), &json!("2026-04-01T16:00:00Z"))
        );
        lives_through(&app, &MOMENTS).await;
        assert_eq!(
            due_to(&app, "yes@example.org").await,
            pairs(&[ASKED, EARLY_7, EARLY_1, CLOSING_7, CLOSING_1])
        );
        assert_eq!(due_to(&app, "no@example.org").await, pairs(&[ASKED]));
    }

    async fn who_registers_or_has_had_enough_hears_no_more(app at "2026-04-01T12:00-04:00") {
        app.imports(&with_an_early_deadline()).await;
        for email in ["registers@example.org", "enough@example.org"] {
            enquires(&app, email, true).await;
        }
        lives_through(&app, &MOMENTS[..1]).await;
        app.signs_in("Registers@example.org").await.registers(&app, "nurse").await;
        unsubscribes(&app, "enough@example.org").await;
        let staff = app.staff("office@example.org").await;
        let query = "{ enquiries(first: 2) { nodes { email hasRegistered unsubscribedAt upcomingLetters { reason } } } }";
        let seen = by_address(&staff.asks(&app, query, json!({})).await);
        let reasons =
            |reason: &str| json!([{ "reason": reason }, { "reason": reason }, { "reason": reason }]);
        assert_eq!(
            seen[0],
            json!({ "email": "enough@example.org", "hasRegistered": false, "unsubscribedAt": "2026-04-15T13:01:00Z", "upcomingLetters": reasons("UNSUBSCRIBED") })
        );
        assert_eq!(
            seen[1],
            json!({ "email": "registers@example.org", "hasRegistered": true, "unsubscribedAt": null, "upcomingLetters": reasons("HAS_REGISTERED") })
        );
        lives_through(&app, &MOMENTS[1..]).await;
        for email in ["registers@example.org", "enough@example.org"] {
            assert_eq!(due_to(&app, email).await, pairs(&[ASKED, EARLY_7]), "{email}");
        }
    }

    async fn who_agrees_again_is_written_to_again_and_never_twice(app at "2026-04-01T12:00-04:00") {
        app.imports(&with_an_early_deadline()).await;
        enquires(&app, "ada@example.org", true).await;
        lives_through(&app, &MOMENTS[..1]).await;
        unsubscribes(&app, "ada@example.org").await;
        lives_through(&app, &MOMENTS[1..2]).await;
        enquires(&app, "ada@example.org", true).await;
        lives_through(&app, &MOMENTS[2..3]).await;
        // Agreeing while it still holds does not double the letters.
        enquires(&app, "ada@example.org", true).await;
        lives_through(&app, &MOMENTS[3..]).await;
        let asked = ["2026-04-21T13:01:00Z", "2026-04-29T13:01:00Z"].map(|at| ("information_requested", at));
        assert_eq!(
            due_to(&app, "ada@example.org").await,
            pairs(&[ASKED, EARLY_7, asked[0], CLOSING_7, asked[1], CLOSING_1])
        );
        let kept = entity::audit::Entity::find()
            .filter(entity::audit::Column::Act.eq("requestInformation"))
            .all(app.db())
            .await
            .expect("rows");
        assert_eq!(kept.len(), 2, "what was agreed to before stays on record");
    }

    async fn a_deadline_after_the_start_is_not_told_to_who_only_asked(app at "2026-05-01T12:00-04:00") {
        app.imports(&SAMPLE.replace("deadline = 2026-05-06", "deadline = 2026-05-15")).await;
        enquires(&app, "ada@example.org", true).await;
        lives_through(&app, &["2026-05-08T09:01-04:00", "2026-05-14T09:01-04:00", "2026-05-20T12:00-04:00"])
            .await;
        let rows = entity::notice::Entity::find()
            .filter(entity::notice::Column::EnquiryId.is_not_null())
            .all(app.db())
            .await
            .expect("rows");
        let last =
            rows.iter().find(|row| row.rule == "registration_closing_1d").expect("a row that says why not");
        let lapsed = (entity::notice::Status::Lapsed, Some(entity::mailing::NotSentReason::Pointless));
        assert_eq!((rows.len(), (last.status, last.reason)), (3, lapsed), "the course started on the 13th");
    }
}
