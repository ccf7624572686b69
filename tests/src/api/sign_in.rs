//! Signing in by a code from a letter.

use entity::nature::Nature;
use serde_json::{Value, json};

use crate::support::database::MANY;
use crate::support::proof::solved;
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

/// As though the client had asked for codes for so many other addresses a moment ago.
async fn has_asked(app: &TestApp, client: &str, addresses: std::ops::Range<u64>) {
    use sea_orm::{ActiveValue::Set, EntityTrait};
    let row = |number: u64| entity::sign_in_code::ActiveModel {
        id: Set(app.nature.id()),
        email: Set(format!("p{number}@example.org")),
        email_key: Set(format!("p{number}@example.org")),
        client_key: Set(app
            .state
            .key
            .client_key(client.parse::<std::net::IpAddr>().expect("an address").into())),
        code_hash: Set("none".to_owned()),
        tries: Set(0),
        created_at: Set(app.nature.now()),
        expires_at: Set(app.nature.now().plus_minutes(10)),
        learner_id: Set(None),
        used_at: Set(None),
    };
    entity::sign_in_code::Entity::insert_many(addresses.map(row))
        .exec_without_returning(app.db())
        .await
        .expect("codes");
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

    async fn a_stranger_can_neither_try_codes_for_somebody_nor_keep_somebody_out(app at "2026-04-01T12:00-04:00") {
        let ada = requests(&app, "192.0.2.1", "ada@example.org").await;
        let code = newest_code(&app, "ada@example.org").await;
        for stranger in ["192.0.2.66", "192.0.2.67", "192.0.2.68"] {
            for _ in 0..5 {
                let request = requests(&app, stranger, "ada@example.org").await;
                assert_eq!(request["__typename"], "SignInRequest", "{request}");
                for _ in 0..6 {
                    assert_eq!(
                        tries_from(&app, stranger, &request, "00000000").await["code"],
                        "SIGN_IN_CODE_INVALID"
                    );
                }
            }
            assert_eq!(
                requests(&app, stranger, "ada@example.org").await["code"],
                "RATE_LIMITED",
                "five for a client and an address"
            );
        }
        // The name of a request cannot be made up, not even from the row's id.
        use sea_orm::EntityTrait;
        let rows = entity::sign_in_code::Entity::find().all(app.db()).await.expect("rows");
        for row in rows {
            for name in [
                row.id.to_string(),
                row.id.simple().to_string(),
                format!("{}{}", row.id.simple(), "0".repeat(32)),
            ] {
                assert_eq!(
                    tries_from(&app, "192.0.2.69", &json!({ "id": name }), &code).await["code"],
                    "SIGN_IN_CODE_INVALID"
                );
            }
        }
        assert_eq!(tries(&app, &ada, &code).await["viewer"]["learner"]["email"], "ada@example.org");
        app.works().await;
        let again = requests(&app, "192.0.2.1", "ada@example.org").await;
        let code = newest_code(&app, "ada@example.org").await;
        assert_eq!(tries(&app, &again, &code).await["__typename"], "SignedIn");
    }

    /// Whoever shares an address with somebody who tries senselessly, or with many who mistype, signs in all
    /// the same.
    async fn no_tries_keep_anybody_out_who_shares_the_address(app at "2026-04-01T12:00-04:00") {
        let request = requests(&app, "2001:db8::2", "ada@example.org").await;
        let code = newest_code(&app, "ada@example.org").await;
        let before = app.statements();
        for number in 0..150 {
            let name = ["nothing".to_owned(), format!("{number:064x}"), String::new()][number % 3].clone();
            let no = tries_from(&app, "2001:db8::1", &json!({ "id": name }), "00000000").await;
            assert_eq!(no["code"], "SIGN_IN_CODE_INVALID", "{name}");
        }
        assert_eq!(app.statements(), before, "what is no name of ours costs no look into the database");
        for number in 0..40 {
            let other = requests(&app, "2001:db8::1", &format!("p{number}@example.org")).await;
            for _ in 0..3 {
                assert_eq!(
                    tries_from(&app, "2001:db8::1", &other, "00000000").await["code"],
                    "SIGN_IN_CODE_INVALID"
                );
            }
        }
        assert_eq!(tries_from(&app, "2001:db8::2", &request, &code).await["__typename"], "SignedIn");
    }

    async fn tries_and_requests_are_counted_exactly_however_many_come_at_once(app at "2026-04-01T12:00-04:00") {
        use futures_util::future::join_all;
        let count = |answers: &[Value], key: &str, value: &str| {
            answers.iter().filter(|answer| answer[key] == value).count()
        };
        let many = app.on_connections(MANY).await;
        let asked = join_all((0..12).map(|_| requests(&many, "192.0.2.1", "ada@example.org"))).await;
        assert_eq!(
            (count(&asked, "__typename", "SignInRequest"), count(&asked, "code", "RATE_LIMITED")),
            (5, 7),
            "{asked:?}"
        );
        let request = asked.iter().find(|answer| answer["__typename"] == "SignInRequest").expect("a request");
        let tried = join_all((0..12).map(|_| tries_from(&app, "192.0.2.2", request, "00000000"))).await;
        assert_eq!(count(&tried, "code", "SIGN_IN_CODE_INVALID"), 12, "{tried:?}");
        use sea_orm::EntityTrait;
        let mut counted: Vec<_> = entity::sign_in_code::Entity::find()
            .all(app.db())
            .await
            .expect("rows")
            .iter()
            .map(|row| row.tries)
            .collect();
        counted.sort_unstable();
        assert_eq!(counted, [0, 0, 0, 0, 5], "a request is compared with five texts at most");
        app.works().await;
        let request = requests(&app, "192.0.2.3", "bob@example.org").await;
        let code = newest_code(&app, "bob@example.org").await;
        let tried = join_all((0..8).map(|_| tries_from(&many, "192.0.2.3", &request, &code))).await;
        assert_eq!(count(&tried, "__typename", "SignedIn"), 1, "a code is good once: {tried:?}");
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

    async fn beyond_twenty_codes_for_an_address_each_costs_a_proof_of_work(app at "2026-04-01T12:00-04:00") {
        for number in 0..20 {
            let client = format!("192.0.2.{}", 100 + number / 5);
            assert_eq!(
                requests(&app, &client, "ada@example.org").await["__typename"],
                "SignInRequest",
                "{number}"
            );
        }
        let asked = requests(&app, "192.0.2.1", "Ada@example.org").await;
        assert_eq!(
            (&asked["code"], &asked["path"], &asked["challenge"]["expiresAt"]),
            (&json!("HUMAN_CHECK_REQUIRED"), &json!(["proof"]), &json!("2026-04-01T16:10:00Z"))
        );
        let proof = solved(asked["challenge"]["json"].as_str().expect("a challenge"));
        assert_eq!(
            requests_with(&app, "192.0.2.1", "ada@example.org", Some("e30=")).await["code"],
            "HUMAN_CHECK_FAILED"
        );
        app.works().await;
        let request = requests_with(&app, "192.0.2.1", "ada@example.org", Some(&proof)).await;
        assert_eq!(request["__typename"], "SignInRequest", "{request}");
        let again = requests_with(&app, "192.0.2.1", "ada@example.org", Some(&proof)).await;
        assert_eq!(
            (&again["code"], &again["path"]),
            (&json!("HUMAN_CHECK_FAILED"), &json!(["proof"])),
            "a proof counts once"
        );
        let code = newest_code(&app, "ada@example.org").await;
        assert_eq!(tries(&app, &request, &code).await["__typename"], "SignedIn");
        assert_eq!(
            requests(&app, "192.0.2.1", "bob@example.org").await["__typename"],
            "SignInRequest",
            "no other address pays for it"
        );

        for _ in 0..20 {
            has_asked(&app, "192.0.2.77", 1..2).await;
        }
        let needed = requests(&app, "192.0.2.1", "p1@example.org").await;
        let elsewhere = solved(
            requests(&app, "192.0.2.2", "ada@example.org").await["challenge"]["json"]
                .as_str()
                .expect("a challenge"),
        );
        assert_eq!(
            requests_with(&app, "192.0.2.1", "p1@example.org", Some(&elsewhere)).await["code"],
            "HUMAN_CHECK_FAILED",
            "made for another address"
        );
        let late = solved(needed["challenge"]["json"].as_str().expect("a challenge"));
        app.nature.move_to(crate::support::time::at("2026-04-01T12:10-04:00"));
        assert_eq!(
            requests_with(&app, "192.0.2.1", "p1@example.org", Some(&late)).await["code"],
            "HUMAN_CHECK_FAILED",
            "too late"
        );
        app.travels_to("2026-04-01T13:11-04:00").await;
        assert_eq!(
            requests(&app, "192.0.2.1", "p1@example.org").await["__typename"],
            "SignInRequest",
            "an hour later"
        );
    }

    async fn codes_are_limited_per_client(app at "2026-04-01T12:00-04:00") {
        has_asked(&app, "2001:db8::1", 0..59).await;
        assert_eq!(requests(&app, "2001:db8::2", "ada@example.org").await["__typename"], "SignInRequest");
        let asked = requests(&app, "2001:db8::3", "bob@example.org").await;
        assert_eq!(asked["code"], "HUMAN_CHECK_REQUIRED", "one network, one client");
        let proof = solved(asked["challenge"]["json"].as_str().expect("a challenge"));
        assert_eq!(
            requests_with(&app, "2001:db8::3", "bob@example.org", Some(&proof)).await["__typename"],
            "SignInRequest"
        );
        assert_eq!(
            requests(&app, "2001:db8:0:1::3", "bob@example.org").await["__typename"],
            "SignInRequest",
            "another network"
        );
        has_asked(&app, "2001:db8::1", 0..539).await;
        let asked = requests(&app, "2001:db8::4", "cy@example.org").await;
        assert_eq!(
            (&asked["code"], &asked["challenge"]),
            (&json!("RATE_LIMITED"), &Value::Null),
            "six hundred"
        );
        app.travels_to("2026-04-01T13:00-04:00").await;
        assert_eq!(
            requests(&app, "2001:db8::4", "cy@example.org").await["__typename"],
            "SignInRequest",
            "an hour later"
        );
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
