//! People who ask about a course without an account, and the human check that they pass.

mod answer;
mod letters;

use altcha::Payload;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::support::proof::{sealed, solved};
use crate::support::request::get;
use crate::support::{SAMPLE, SAMPLE_SLUG, TestApp, stories};

/// The wording that people agree to in these stories.
const WORDING: &str = "2026-11-26";
const ANSWER: &str = "informationRequest { __typename course { slug } email deadlineLetters }";

/// A second course, on the same dates, of the other organization.
fn other_course() -> String {
    SAMPLE
        .replace("slug = \"core-practice-of-palliative-care\"", "slug = \"the-other-course\"")
        .replace("offered_by = [\"beth-israel-deaconess\"]", "offered_by = [\"harvard-medical-school\"]")
        .replace(
            "accredited_by = [\"harvard-medical-school\"]",
            "accredited_by = [\"beth-israel-deaconess\"]",
        )
}

async fn course_id(app: &TestApp, slug: &str) -> String {
    let data =
        app.asks(None, "query($slug: String!) { course(slug: $slug) { id } }", json!({ "slug": slug })).await;
    data["course"]["id"].as_str().unwrap_or_else(|| panic!("{data}")).to_owned()
}

/// A challenge for asking about the course, in JSON; null where there is none.
async fn challenge(app: &TestApp, course_id: &str) -> Value {
    let query = "query($id: ID!) { enquiryChallenge(courseId: $id) { json expiresAt algorithm keyPrefix } }";
    app.asks(None, query, json!({ "id": course_id })).await["enquiryChallenge"].clone()
}

async fn proof(app: &TestApp, course_id: &str) -> String {
    solved(challenge(app, course_id).await["json"].as_str().expect("a challenge"))
}

/// Asks about a course with this input, beside which stand good values for what it leaves out.
async fn asks(app: &TestApp, client: &str, input: Value) -> Value {
    let mut whole = json!({ "name": "Ada Example", "email": "ada@example.org", "consent": false });
    whole.as_object_mut().expect("an object").extend(input.as_object().expect("an object").clone());
    app.does_from(client, None, "requestInformation", whole, ANSWER).await
}

/// Asks about the reference course, with or without consent, and a proof of its own.
pub(crate) async fn enquires(app: &TestApp, email: &str, consent: bool) {
    enquires_about(app, SAMPLE_SLUG, email, consent).await;
}

/// The same about another course.
pub(crate) async fn enquires_about(app: &TestApp, slug: &str, email: &str, consent: bool) {
    let course = course_id(app, slug).await;
    let proof = proof(app, &course).await;
    let input = json!({ "courseId": course, "email": email, "consent": consent, "consentVersion": consent.then_some(WORDING), "proof": proof });
    let answer = asks(app, "192.0.2.1", input).await;
    assert_eq!(
        (&answer["__typename"], &answer["deadlineLetters"]),
        (&json!("InformationRequest"), &json!(consent)),
        "{answer}"
    );
}

async fn enquiries(app: &TestApp) -> u64 {
    entity::enquiry::Entity::find().count(app.db()).await.expect("a count")
}

stories! {
    async fn anybody_asks_after_a_proof_of_work(app with the course at "2026-04-01T12:00-04:00") {
        let course = course_id(&app, SAMPLE_SLUG).await;
        let given = challenge(&app, &course).await;
        assert_eq!(
            (&given["expiresAt"], &given["algorithm"]),
            (&json!("2026-04-01T16:10:00Z"), &json!("PBKDF2/SHA-256"))
        );
        let proof = solved(given["json"].as_str().expect("a challenge"));
        let input = json!({ "courseId": course, "email": " Ada@Example.org ", "professionCode": "nurse", "question": "Is there a reader?", "proof": proof });
        let answer = asks(&app, "192.0.2.1", input).await;
        assert_eq!(
            answer,
            json!({ "__typename": "InformationRequest", "course": { "slug": SAMPLE_SLUG }, "email": "Ada@example.org", "deadlineLetters": false })
        );
        let row = entity::enquiry::Entity::find().one(app.db()).await.expect("a row").expect("an enquiry");
        assert_eq!(
            (row.email_key.as_str(), row.question.as_deref(), row.consented_at),
            ("ada@example.org", Some("Is there a reader?"), None)
        );
    }

    async fn a_proof_counts_once(app with the course at "2026-04-01T12:00-04:00") {
        let course = course_id(&app, SAMPLE_SLUG).await;
        let proof = proof(&app, &course).await;
        let input = json!({ "courseId": course, "proof": proof });
        let (one, other) =
            tokio::join!(asks(&app, "192.0.2.1", input.clone()), asks(&app, "192.0.2.2", input.clone()));
        let mut ends = [&one, &other].map(|answer| answer["__typename"].as_str().expect("a type").to_owned());
        ends.sort();
        assert_eq!(ends, ["InformationRequest", "Refusal"], "{one} {other}");
        let again = asks(&app, "192.0.2.1", input).await;
        assert_eq!((&again["code"], &again["path"]), (&json!("HUMAN_CHECK_FAILED"), &json!(["proof"])));
        assert_eq!(enquiries(&app).await, 1);
    }

    async fn a_proof_is_good_for_one_course_and_ten_minutes(app with the course at "2026-04-01T12:00-04:00") {
        app.imports(&other_course()).await;
        let (course, other) = (course_id(&app, SAMPLE_SLUG).await, course_id(&app, "the-other-course").await);
        let elsewhere = proof(&app, &other).await;
        assert_eq!(
            asks(&app, "192.0.2.1", json!({ "courseId": course, "proof": elsewhere })).await["code"],
            "HUMAN_CHECK_FAILED"
        );
        let late = proof(&app, &course).await;
        app.travels_to("2026-04-01T12:10-04:00").await;
        assert_eq!(
            asks(&app, "192.0.2.1", json!({ "courseId": course, "proof": late })).await["code"],
            "HUMAN_CHECK_FAILED"
        );
        assert_eq!(enquiries(&app).await, 0);
        assert_eq!(
            asks(&app, "192.0.2.1", json!({ "courseId": other, "proof": proof(&app, &other).await })).await["course"]
                ["slug"],
            "the-other-course"
        );
    }

    async fn a_proof_cannot_be_forged(app with the course at "2026-04-01T12:00-04:00") {
        let course = course_id(&app, SAMPLE_SLUG).await;
        let given = challenge(&app, &course).await["json"].as_str().expect("a challenge").to_owned();
        let good = solved(&given);
        let payload = || {
            serde_json::from_slice::<Payload>(&STANDARD.decode(&good).expect("base64")).expect("a payload")
        };
        let mut easier = payload();
        easier.challenge.parameters.key_prefix = String::new();
        let mut longer = payload();
        longer.challenge.parameters.expires_at = Some(9_999_999_999);
        let mut unsigned = payload();
        unsigned.challenge.signature = None;
        let mut endless = payload();
        endless.challenge.parameters.expires_at = None;
        let mut unsolved = payload();
        unsolved.solution.counter += 1;
        let mut claimed = payload();
        claimed.solution.derived_key = "00".repeat(32);
        let forged = [easier, longer, unsigned, endless, unsolved, claimed].map(|payload| sealed(&payload));
        let nonsense = ["", "?", "e30=", &"A".repeat(5000)].map(str::to_owned);
        for proof in forged.into_iter().chain(nonsense) {
            let answer = asks(&app, "192.0.2.1", json!({ "courseId": course, "proof": proof })).await;
            assert_eq!(answer["code"], "HUMAN_CHECK_FAILED", "{proof}");
        }
        assert_eq!(
            asks(&app, "192.0.2.1", json!({ "courseId": course, "proof": good })).await["__typename"],
            "InformationRequest"
        );
    }

    async fn a_consent_is_to_the_wording_of_today(app with the course at "2026-04-01T12:00-04:00") {
        let data = app
            .asks(
                None,
                "query($slug: String!) { course(slug: $slug) { id enquiryConsent { version text } } }",
                json!({ "slug": SAMPLE_SLUG }),
            )
            .await;
        assert_eq!(data["course"]["enquiryConsent"]["version"], WORDING);
        let course = &data["course"]["id"];
        for version in [Value::Null, json!("2019-01"), json!("")] {
            let answer = asks(
                &app,
                "192.0.2.1",
                json!({ "courseId": course, "consent": true, "consentVersion": version, "proof": "" }),
            )
            .await;
            assert_eq!(
                (&answer["code"], &answer["path"]),
                (&json!("CONSENT_OUTDATED"), &json!(["consentVersion"])),
                "{version}"
            );
        }
        enquires(&app, "ada@example.org", true).await;
    }

    async fn a_request_with_a_key_acts_once(app with the course at "2026-04-01T12:00-04:00") {
        let course = course_id(&app, SAMPLE_SLUG).await;
        let input =
            json!({ "courseId": course, "proof": proof(&app, &course).await, "idempotencyKey": "form-1" });
        let first = asks(&app, "192.0.2.1", input.clone()).await;
        assert_eq!(first["__typename"], "InformationRequest", "{first}");
        app.travels_to("2026-04-20T12:00-04:00").await;
        assert_eq!(asks(&app, "192.0.2.7", input).await, first, "the same, long after the proof has ended");
        let changed = json!({ "courseId": course, "name": "Eve", "proof": "", "idempotencyKey": "form-1" });
        assert_eq!(asks(&app, "192.0.2.1", changed).await["code"], "IDEMPOTENCY_KEY_REUSED");
        let other = json!({ "courseId": course, "email": "eve@example.org", "proof": proof(&app, &course).await, "idempotencyKey": "form-1" });
        assert_eq!(
            asks(&app, "192.0.2.1", other).await["__typename"],
            "InformationRequest",
            "a key is an address's own"
        );
        assert_eq!(enquiries(&app).await, 2);
    }

    async fn mistakes_are_named_and_nothing_harmful_passes(app with the course at "2026-04-01T12:00-04:00") {
        let course = course_id(&app, SAMPLE_SLUG).await;
        for (field, text) in [
            ("email", "ada"),
            ("email", "ada@example.org\r\nBcc: eve@example.org"),
            ("name", " "),
            ("name", "Ada\nBcc: eve@example.org"),
            ("name", "Ada \u{202e}gro"),
            ("question", "\u{0}"),
            ("idempotencyKey", "a b"),
        ] {
            let answer =
                asks(&app, "192.0.2.1", json!({ "courseId": course, "proof": "", (field): text })).await;
            assert_eq!(
                (&answer["code"], &answer["path"]),
                (&json!("INVALID_INPUT"), &json!([field])),
                "{text:?}: {answer}"
            );
        }
        for (field, length) in [("name", 201), ("question", 5001)] {
            let answer = asks(
                &app,
                "192.0.2.1",
                json!({ "courseId": course, "proof": "", (field): "é".repeat(length) }),
            )
            .await;
            assert_eq!((&answer["code"], &answer["path"]), (&json!("INVALID_INPUT"), &json!([field])));
        }
        assert_eq!(
            asks(&app, "192.0.2.1", json!({ "courseId": "nonsense", "proof": "" })).await["code"],
            "NOT_FOUND"
        );
        assert_eq!(enquiries(&app).await, 0);
    }

    async fn enquiries_are_limited_per_address_and_per_client(app with the course at "2026-04-01T12:00-04:00") {
        let course = course_id(&app, SAMPLE_SLUG).await;
        let with = async |client: &str, email: String| {
            asks(
                &app,
                client,
                json!({ "courseId": course, "email": email, "proof": proof(&app, &course).await }),
            )
            .await
        };
        for _ in 0..5 {
            assert_eq!(
                with("192.0.2.1", "ada@example.org".to_owned()).await["__typename"],
                "InformationRequest"
            );
        }
        assert_eq!(with("192.0.2.1", "Ada@example.org".to_owned()).await["code"], "RATE_LIMITED");
        for number in 0..15 {
            let client = format!("2001:db8:0:{}::{number}", number % 3);
            assert_eq!(
                with(&client, "ada@example.org".to_owned()).await["__typename"],
                "InformationRequest",
                "not used up by somebody else"
            );
        }
        assert_eq!(
            with("2001:db8:0:9::1", "ada@example.org".to_owned()).await["code"],
            "RATE_LIMITED",
            "twenty letters to one address are enough"
        );
        assert_eq!(with("2001:db8:0:1::ffff", "ada@example.org".to_owned()).await["code"], "RATE_LIMITED");
        for number in 0..25 {
            assert_eq!(
                with("192.0.2.1", format!("p{number}@example.org")).await["__typename"],
                "InformationRequest",
                "{number}"
            );
        }
        assert_eq!(with("192.0.2.1", "one.more@example.org".to_owned()).await["code"], "RATE_LIMITED");
        app.travels_to("2026-04-01T13:01-04:00").await;
        assert_eq!(
            with("192.0.2.1", "ada@example.org".to_owned()).await["__typename"],
            "InformationRequest",
            "an hour later"
        );
    }

    async fn the_answer_does_not_tell_who_is_known(app with the course at "2026-04-01T12:00-04:00") {
        app.signs_in("known@example.org").await;
        let course = course_id(&app, SAMPLE_SLUG).await;
        let mut seen = Vec::new();
        for email in ["known@example.org", "unknown@example.org"] {
            let proof = proof(&app, &course).await;
            let before = app.statements();
            let mut answer =
                asks(&app, "192.0.2.9", json!({ "courseId": course, "email": email, "proof": proof })).await;
            answer["email"].take();
            seen.push((answer, app.statements() - before));
        }
        assert_eq!(seen[0], seen[1]);
    }

    async fn one_asks_about_what_is_announced_and_not_over(app with the course at "2026-04-01T12:00-04:00") {
        let draft = SAMPLE
            .replace("status = \"published\"", "status = \"draft\"")
            .replace("slug = \"core-practice-of-palliative-care\"", "slug = \"draft\"");
        app.imports(&draft).await;
        let staff = app.staff("office@example.org").await;
        let data = staff.asks(&app, "{ course(slug: \"draft\") { id } }", json!({})).await;
        let draft = data["course"]["id"].as_str().expect("an id").to_owned();
        assert_eq!(challenge(&app, &draft).await, Value::Null);
        assert_eq!(
            asks(&app, "192.0.2.1", json!({ "courseId": draft, "proof": "" })).await["code"],
            "NOT_FOUND"
        );

        let course = course_id(&app, SAMPLE_SLUG).await;
        app.travels_to("2026-05-14T12:00-04:00").await;
        assert_eq!(
            asks(&app, "192.0.2.1", json!({ "courseId": course, "proof": proof(&app, &course).await })).await
                ["__typename"],
            "InformationRequest",
            "while it runs"
        );
        app.travels_to("2026-05-16T12:00-04:00").await;
        assert_eq!(challenge(&app, &course).await, Value::Null);
        assert_eq!(
            asks(&app, "192.0.2.1", json!({ "courseId": course, "proof": "" })).await["code"],
            "COURSE_OVER"
        );
        app.db()
            .execute_unprepared(
                "update course set status = 'cancelled', cancelled_at = updated_at where slug <> 'draft'",
            )
            .await
            .expect("an update");
        assert_eq!(
            asks(&app, "192.0.2.1", json!({ "courseId": course, "proof": "" })).await["code"],
            "COURSE_CANCELLED"
        );
    }

    async fn the_widget_fetches_the_same_challenge(app with the course at "2026-04-01T12:00-04:00") {
        let course = course_id(&app, SAMPLE_SLUG).await;
        let fetch = async |slug: &str| app.http(get(&format!("/altcha/{slug}"))).await;
        let (status, json) = fetch(SAMPLE_SLUG).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(
            asks(&app, "192.0.2.1", json!({ "courseId": course, "proof": solved(&json) })).await["__typename"],
            "InformationRequest"
        );
        assert_eq!(fetch("no-such-course").await.0, StatusCode::NOT_FOUND);
    }
}
