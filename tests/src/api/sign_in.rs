//! Signing in by a code from a letter.

mod limits;

use serde_json::{Value, json};

use crate::support::request::{ask, with};
use crate::support::{TestApp, stories};

const ANSWER: &str = "signedIn { __typename token viewer { learner { email } roles } }";

/// Asks for a code for `email` from the network address `client`, with this proof of work.
async fn requests_with(app: &TestApp, client: &str, email: &str, proof: Option<&str>) -> Value {
    let selection =
        "signInRequest { __typename id email expiresAt } refusal { challenge { json expiresAt } }";
    app.does_from(client, None, "requestSignInCode", json!({ "email": email, "proof": proof }), selection)
        .await
}

async fn requests(app: &TestApp, client: &str, email: &str) -> Value {
    requests_with(app, client, email, None).await
}

/// Tries a code for a request, from the network address `client`.
async fn tries_from(app: &TestApp, client: &str, request: &Value, code: &str) -> Value {
    let input = json!({ "requestId": request["id"], "code": code });
    app.does_from(client, None, "signIn", input, ANSWER).await
}

async fn tries(app: &TestApp, request: &Value, code: &str) -> Value {
    tries_from(app, "192.0.2.1", request, code).await
}

/// The code of the newest letter to an address.
async fn newest_code(app: &TestApp, email: &str) -> String {
    app.works().await;
    app.letters_to(email).pop().expect("a letter").code()
}

/// What is said to somebody whose token opens nothing; nothing is run.
async fn not_let_in(app: &TestApp, token: &str) -> Value {
    let answer = app.answers(Some(token), "{ viewer { roles } }", json!({})).await;
    assert!(answer.get("data").is_none(), "{answer}");
    answer["errors"][0]["extensions"]["code"].clone()
}

stories! {
    async fn a_code_from_the_letter_opens_the_door(app at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("Ada@Example.org").await;
        let viewer = ada.asks(&app, "{ viewer { learner { email name } roles } }", json!({})).await;
        assert_eq!(
            viewer["viewer"],
            json!({ "learner": { "email": "Ada@example.org", "name": null }, "roles": ["LEARNER"] })
        );
        assert_eq!(app.asks(None, "{ viewer { roles } }", json!({})).await["viewer"], Value::Null);
        assert_eq!(not_let_in(&app, "lct_forged").await, "TOKEN_UNKNOWN");
    }

    async fn the_letter_says_for_how_long_the_code_is_good_and_nothing_holds_the_code(app at "2026-04-01T12:00-04:00") {
        requests(&app, "192.0.2.1", "ada@example.org").await;
        app.works().await;
        let letter = app.letters_to("ada@example.org").pop().expect("a letter");
        let code = letter.code();
        assert!(!letter.subject.contains(&code), "a code does not belong on a lock screen");
        use sea_orm::EntityTrait;
        let rows = entity::sign_in_code::Entity::find().all(app.db()).await.expect("rows");
        assert!(rows.iter().all(|row| !format!("{row:?}").contains(&code)), "no table holds the code");
    }

    async fn five_wrong_tries_kill_a_code(app at "2026-04-01T12:00-04:00") {
        let request = requests(&app, "192.0.2.1", "ada@example.org").await;
        let code = newest_code(&app, "ada@example.org").await;
        for _ in 0..5 {
            assert_eq!(tries(&app, &request, "00000000").await["code"], "SIGN_IN_CODE_INVALID");
        }
        assert_eq!(
            tries(&app, &request, &code).await["code"],
            "SIGN_IN_CODE_INVALID",
            "the right one comes too late"
        );
    }

    async fn a_code_is_good_for_the_request_it_was_sent_for_and_no_other(app at "2026-04-01T12:00-04:00") {
        let first = requests(&app, "192.0.2.1", "ada@example.org").await;
        let first_code = newest_code(&app, "ada@example.org").await;
        let second = requests(&app, "192.0.2.1", "ada@example.org").await;
        let second_code = newest_code(&app, "ada@example.org").await;
        assert_ne!((&first["id"], &first_code), (&second["id"], &second_code));
        assert_eq!(tries(&app, &first, &second_code).await["code"], "SIGN_IN_CODE_INVALID");
        assert_eq!(tries(&app, &second, &first_code).await["code"], "SIGN_IN_CODE_INVALID");
        assert_eq!(
            tries(&app, &first, &first_code).await["__typename"],
            "SignedIn",
            "the later request has not ended the earlier"
        );
        assert_eq!(
            tries(&app, &second, &second_code).await["code"],
            "SIGN_IN_CODE_INVALID",
            "whoever is in needs no other"
        );
    }

    async fn a_code_is_good_once_and_for_ten_minutes(app at "2026-04-01T12:00-04:00") {
        let request = requests(&app, "192.0.2.1", "ada@example.org").await;
        let code = newest_code(&app, "ada@example.org").await;
        assert_eq!(tries(&app, &request, &code).await["__typename"], "SignedIn");
        assert_eq!(tries(&app, &request, &code).await["code"], "SIGN_IN_CODE_INVALID", "used");
        let request = requests(&app, "192.0.2.1", "ada@example.org").await;
        let code = newest_code(&app, "ada@example.org").await;
        app.travels_to("2026-04-01T12:10-04:00").await;
        assert_eq!(tries(&app, &request, &code).await["code"], "SIGN_IN_CODE_INVALID", "dead");
    }

    async fn a_code_that_could_not_leave_in_time_never_leaves(app at "2026-04-01T12:00-04:00") {
        requests(&app, "192.0.2.1", "ada@example.org").await;
        app.travels_to("2026-04-01T12:11-04:00").await;
        assert_eq!(app.letters().len(), 0);
    }

    async fn the_answer_does_not_tell_who_is_known(app at "2026-04-01T12:00-04:00") {
        app.signs_in("known@example.org").await;
        let mut answers = Vec::new();
        for email in ["known@example.org", "unknown@example.org"] {
            let before = app.statements();
            let answer = requests(&app, "192.0.2.9", email).await;
            let statements = app.statements() - before;
            answers.push((answer["__typename"].clone(), answer["expiresAt"].clone(), statements));
        }
        assert_eq!(answers[0], answers[1]);
    }

    async fn a_cookie_opens_nothing(app at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let viewer = async |header: &str, value: String| {
            let answer = app.answered(with(ask("{ viewer { roles } }", &Value::Null), header, &value)).await;
            answer.json()["data"]["viewer"].clone()
        };
        assert_eq!(
            viewer("authorization", format!("bearer {}", ada.token)).await["roles"],
            json!(["LEARNER"])
        );
        assert_eq!(viewer("cookie", format!("lectern_token={}", ada.token)).await, Value::Null);
    }

    async fn signing_out_ends_this_token_or_all(app at "2026-04-01T12:00-04:00") {
        let (here, there) = (app.signs_in("ada@example.org").await, app.signs_in("ada@example.org").await);
        here.does(&app, "signOut", json!({}), "").await;
        assert_eq!(not_let_in(&app, &here.token).await, "TOKEN_EXPIRED");
        assert_ne!(there.asks(&app, "{ viewer { roles } }", json!({})).await["viewer"], Value::Null);
        let again = app.signs_in("ada@example.org").await;
        again.does(&app, "signOut", json!({ "everywhere": true }), "").await;
        assert_eq!(not_let_in(&app, &there.token).await, "TOKEN_EXPIRED");
    }

    async fn a_token_ends_by_idling_and_by_age(app at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        for day in
            ["2026-04-14", "2026-04-27", "2026-05-10", "2026-05-23", "2026-06-05", "2026-06-18", "2026-06-29"]
        {
            app.travels_to(&format!("{day}T12:00-04:00")).await;
            assert_ne!(
                ada.asks(&app, "{ viewer { roles } }", json!({})).await["viewer"],
                Value::Null,
                "{day}"
            );
        }
        app.travels_to("2026-06-30T12:00-04:00").await;
        assert_eq!(not_let_in(&app, &ada.token).await, "TOKEN_EXPIRED", "ninety days");
        let bob = app.signs_in("bob@example.org").await;
        app.travels_to("2026-07-14T12:01-04:00").await;
        assert_eq!(not_let_in(&app, &bob.token).await, "TOKEN_EXPIRED", "fourteen idle days");
    }

    async fn addresses_that_could_harm_are_refused(app at "2026-04-01T12:00-04:00") {
        for email in
            ["", "ada", "ada@example.org\r\nBcc: eve@example.org", "<ada@example.org>", "a@localhost"]
        {
            let answer = requests(&app, "192.0.2.1", email).await;
            assert_eq!(answer["code"], "INVALID_INPUT", "{email:?}: {answer}");
        }
        app.works().await;
        assert_eq!(app.letters().len(), 0);
    }

    async fn a_profile_is_changed_and_bad_parts_are_named(app at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let selection = "learner { __typename name credentials profession { code name } timeZone }";
        let changed = ada.does(&app, "updateProfile", json!({ "name": " Ada Example ", "credentials": "RN", "professionCode": "nurse", "timeZone": "Asia/Tokyo" }), selection).await;
        assert_eq!(
            (&changed["name"], &changed["timeZone"], &changed["profession"]),
            (
                &json!("Ada Example"),
                &json!("Asia/Tokyo"),
                &json!({ "code": "nurse", "name": "Nurse (RN/APRN)" })
            )
        );
        let refused = ada.does(&app, "updateProfile", json!({ "timeZone": "Mars/Olympus" }), selection).await;
        assert_eq!((&refused["code"], &refused["path"]), (&json!("INVALID_INPUT"), &json!(["timeZone"])));
        let refused =
            ada.does(&app, "updateProfile", json!({ "name": "Ada\nBcc: eve@example.org" }), selection).await;
        assert_eq!((&refused["code"], &refused["path"]), (&json!("INVALID_INPUT"), &json!(["name"])));
    }
}
