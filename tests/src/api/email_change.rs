//! A learner changes the own address: confirmed by a code, told at both, on record.

use serde_json::{Value, json};

use crate::staff::office::recorded;
use crate::support::proof::solved;
use crate::support::{Person, TestApp, stories};

const REQUEST: &str = "emailChangeRequest { __typename id email expiresAt } refusal { challenge { json } }";

async fn requests(app: &TestApp, person: &Person, email: &str) -> Value {
    person.does(app, "requestEmailChange", json!({ "email": email }), REQUEST).await
}

async fn changes(app: &TestApp, person: &Person, request: &Value, code: &str) -> Value {
    person
        .does(app, "changeEmail", json!({ "requestId": request["id"], "code": code }), "learner { id email }")
        .await
}

/// The code of the newest letter to an address.
async fn newest_code(app: &TestApp, email: &str) -> String {
    app.works().await;
    app.letters_to(email).pop().expect("a letter").code()
}

async fn mine(app: &TestApp, person: &Person) -> Value {
    person.asks(app, "{ viewer { learner { id email } } }", json!({})).await["viewer"]["learner"].clone()
}

stories! {
    async fn a_new_address_counts_once_its_code_has_come_back(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let registration = ada.registers(&app, "nurse").await;
        let before = mine(&app, &ada).await;
        let request = requests(&app, &ada, " Ada@Home.example.org ").await;
        assert_eq!(
            (&request["email"], &request["expiresAt"]),
            (&json!("Ada@home.example.org"), &json!("2026-04-01T16:10:00Z"))
        );
        app.works().await;
        let letter = app.letters_to("ada@home.example.org").pop().expect("a letter");
        assert_eq!(letter.subject, "Confirm your new address: Example Course Office");
        assert!(
            letter.text.contains("Here is the code that confirms this address:")
                && !letter.subject.contains(&letter.code()),
            "{}",
            letter.text
        );
        assert_eq!(mine(&app, &ada).await, before, "nothing has changed yet");
        let letters = app.letters_to("ada@example.org").len();

        let done = changes(&app, &ada, &request, &letter.code()).await;
        assert_eq!(done, json!({ "id": before["id"], "email": "Ada@home.example.org" }));
        assert_eq!(mine(&app, &ada).await, done, "and she stays signed in");
        app.works().await;
        let told = app.letters_to("ada@example.org").split_off(letters);
        assert_eq!(told.len(), 1);
        assert!(
            told[0].text.contains("The e-mail address of your account with Example Course Office was changed. E-mails"),
            "{}",
            told[0].text
        );
        let told = app.letters_to("ada@home.example.org").pop().expect("a letter");
        assert!(told.text.contains("was changed to this one."), "{}", told.text);
        let rows = recorded(&app, "changeEmail").await;
        assert_eq!(
            (&rows[0].before, &rows[0].after),
            (&Some(json!({ "email": "ada@example.org" })), &Some(json!({ "email": "Ada@home.example.org" })))
        );
        assert_eq!(rows[0].actor, "ada@example.org");

        // Letters go to the new address, and whoever signs in with it finds everything.
        app.staff("office@example.org").await.records_payment(&app, &registration).await;
        app.works().await;
        assert!(
            app.subjects_to("ada@home.example.org")
                .last()
                .is_some_and(|subject| subject.starts_with("You are registered"))
        );
        let again = app.signs_in("ada@home.example.org").await;
        assert_eq!(mine(&app, &again).await["id"], before["id"]);
        let stranger = app.signs_in("ada@example.org").await;
        assert_ne!(mine(&app, &stranger).await["id"], before["id"], "the old address opens it no more");
    }

    async fn a_code_is_good_for_what_it_was_sent_for_and_for_who_asked(app at "2026-04-01T12:00-04:00") {
        let (ada, bob) = (app.signs_in("ada@example.org").await, app.signs_in("bob@example.org").await);
        let request = requests(&app, &ada, "new@example.org").await;
        let code = newest_code(&app, "new@example.org").await;
        assert_eq!(changes(&app, &bob, &request, &code).await["code"], "SIGN_IN_CODE_INVALID", "hers");
        let no = app.does(None, "signIn", json!({ "requestId": request["id"], "code": code }), "").await;
        assert_eq!(no["code"], "SIGN_IN_CODE_INVALID", "nobody signs in with it");
        assert_eq!(
            app.does(None, "changeEmail", json!({ "requestId": request["id"], "code": code }), "").await["code"],
            "UNAUTHENTICATED"
        );
        for _ in 0..4 {
            assert_eq!(changes(&app, &ada, &request, "00000000").await["code"], "SIGN_IN_CODE_INVALID");
        }
        assert_eq!(changes(&app, &ada, &request, &code).await["email"], "new@example.org", "the fifth try");
        assert_eq!(changes(&app, &ada, &request, &code).await["code"], "SIGN_IN_CODE_INVALID", "once");

        // A sign-in code changes no address.
        let sign_in = app
            .does(None, "requestSignInCode", json!({ "email": "third@example.org" }), "signInRequest { id }")
            .await;
        let code = newest_code(&app, "third@example.org").await;
        assert_eq!(changes(&app, &ada, &sign_in, &code).await["code"], "SIGN_IN_CODE_INVALID");
        let request = requests(&app, &ada, "fourth@example.org").await;
        let code = newest_code(&app, "fourth@example.org").await;
        app.travels_to("2026-04-01T12:10-04:00").await;
        assert_eq!(
            changes(&app, &ada, &request, &code).await["code"],
            "SIGN_IN_CODE_INVALID",
            "ten minutes are over"
        );
    }

    async fn who_has_an_address_is_told_to_its_reader_alone(app at "2026-04-01T12:00-04:00") {
        let (ada, _) = (app.signs_in("ada@example.org").await, app.signs_in("bob@example.org").await);
        let known = requests(&app, &ada, "bob@example.org").await;
        let unknown = requests(&app, &ada, "nobody@example.org").await;
        assert_eq!(
            (&known["__typename"], &known["expiresAt"]),
            (&unknown["__typename"], &unknown["expiresAt"])
        );
        let code = newest_code(&app, "bob@example.org").await;
        let no = changes(&app, &ada, &known, &code).await;
        assert_eq!((&no["code"], &no["path"]), (&json!("EMAIL_TAKEN"), &json!(["email"])));
        for (email, path) in [("ADA@example.org", json!(["email"])), ("nowhere", json!(["email"]))] {
            let no = requests(&app, &ada, email).await;
            assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &path), "{no}");
        }
        // Whoever works here has an account that opens more.
        for staff in [app.staff("office@example.org").await, app.administrator("admin@example.org").await] {
            let no = requests(&app, &staff, "mine@example.org").await;
            assert!(
                no["code"] == "FORBIDDEN"
                    && no["message"].as_str().is_some_and(|words| words.contains("administrator")),
                "{no}"
            );
        }
        assert_eq!(
            app.does(None, "requestEmailChange", json!({ "email": "x@example.org" }), "").await["code"],
            "UNAUTHENTICATED"
        );
    }

    async fn codes_for_a_new_address_are_limited_as_sign_in_codes_are(app at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        for number in 0..5 {
            assert_eq!(
                requests(&app, &ada, "new@example.org").await["__typename"],
                "EmailChangeRequest",
                "{number}"
            );
        }
        assert_eq!(
            requests(&app, &ada, "new@example.org").await["code"],
            "RATE_LIMITED",
            "five for a client and an address"
        );
        for client in 0..15 {
            let address = format!("192.0.2.{}", 100 + client / 5);
            let asked = app
                .does_from(&address, None, "requestSignInCode", json!({ "email": "other@example.org" }), "")
                .await;
            assert!(asked.is_null(), "{asked}");
        }
        for _ in 0..5 {
            assert_eq!(requests(&app, &ada, "other@example.org").await["__typename"], "EmailChangeRequest");
        }
        let input = json!({ "email": "other@example.org" });
        let asked =
            app.does_from("192.0.2.200", Some(&ada.token), "requestEmailChange", input, REQUEST).await;
        assert_eq!(asked["code"], "HUMAN_CHECK_REQUIRED", "{asked}");
        let proof = solved(asked["challenge"]["json"].as_str().expect("a challenge"));
        let input = json!({ "email": "other@example.org", "proof": proof });
        let asked =
            app.does_from("192.0.2.200", Some(&ada.token), "requestEmailChange", input, REQUEST).await;
        assert_eq!(asked["__typename"], "EmailChangeRequest", "{asked}");
    }
}
