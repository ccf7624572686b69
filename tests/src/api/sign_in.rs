//! Signing in by a code from a letter.

use entity::nature::Nature;
use serde_json::{Value, json};

use crate::support::database::MANY;
use crate::support::proof::solved;
use crate::support::request::{ask, with};
use crate::support::{House, stories};

const ANSWER: &str = "signedIn { __typename token viewer { learner { email } roles } }";

/// Asks for a code for `email` from the network address `client`, with this proof of work.
async fn requests_with(house: &House, client: &str, email: &str, proof: Option<&str>) -> Value {
    let selection = "signInRequest { __typename id email expiresAt } refusal { challenge { json expiresAt } }";
    house.does_from(client, None, "requestSignInCode", json!({ "email": email, "proof": proof }), selection).await
}

async fn requests(house: &House, client: &str, email: &str) -> Value {
    requests_with(house, client, email, None).await
}

/// Tries a code for a request, from the network address `client`.
async fn tries_from(house: &House, client: &str, request: &Value, code: &str) -> Value {
    let input = json!({ "requestId": request["id"], "code": code });
    house.does_from(client, None, "signIn", input, ANSWER).await
}

async fn tries(house: &House, request: &Value, code: &str) -> Value {
    tries_from(house, "192.0.2.1", request, code).await
}

/// The code of the newest letter to an address.
async fn newest_code(house: &House, email: &str) -> String {
    house.works().await;
    house.letters_to(email).pop().expect("a letter").code()
}

/// As though the client had asked for codes for so many other addresses a moment ago.
async fn has_asked(house: &House, client: &str, addresses: std::ops::Range<u64>) {
    use sea_orm::{ActiveValue::Set, EntityTrait};
    let row = |number: u64| entity::sign_in_code::ActiveModel {
        id: Set(house.nature.id()),
        email: Set(format!("p{number}@example.org")),
        email_key: Set(format!("p{number}@example.org")),
        client_key: Set(house.desk.key.client_key(client.parse::<std::net::IpAddr>().expect("an address").into())),
        code_hash: Set("none".to_owned()),
        tries: Set(0),
        created_at: Set(house.nature.now()),
        expires_at: Set(house.nature.now().plus_minutes(10)),
        used_at: Set(None),
    };
    entity::sign_in_code::Entity::insert_many(addresses.map(row)).exec_without_returning(house.db()).await.expect("codes");
}

/// What is said to somebody whose token opens nothing; nothing is run.
async fn not_let_in(house: &House, token: &str) -> Value {
    let answer = house.answers(Some(token), "{ viewer { roles } }", json!({})).await;
    assert!(answer.get("data").is_none(), "{answer}");
    answer["errors"][0]["extensions"]["code"].clone()
}

stories! {
    async fn a_code_from_the_letter_opens_the_door(house at "2026-04-01T12:00-04:00") {
        let ada = house.signs_in("Ada@Example.org").await;
        let viewer = ada.asks(&house, "{ viewer { learner { email name } roles } }", json!({})).await;
        assert_eq!(viewer["viewer"], json!({ "learner": { "email": "Ada@example.org", "name": null }, "roles": ["LEARNER"] }));
        assert_eq!(house.asks(None, "{ viewer { roles } }", json!({})).await["viewer"], Value::Null);
        assert_eq!(not_let_in(&house, "lct_forged").await, "TOKEN_UNKNOWN");
    }

    async fn the_letter_says_for_how_long_the_code_is_good_and_nothing_holds_the_code(house at "2026-04-01T12:00-04:00") {
        requests(&house, "192.0.2.1", "ada@example.org").await;
        house.works().await;
        let letter = house.letters_to("ada@example.org").pop().expect("a letter");
        let code = letter.code();
        assert!(!letter.subject.contains(&code), "a code does not belong on a lock screen");
        use sea_orm::EntityTrait;
        let rows = entity::sign_in_code::Entity::find().all(house.db()).await.expect("rows");
        assert!(rows.iter().all(|row| !format!("{row:?}").contains(&code)), "no table holds the code");
    }

    async fn five_wrong_tries_kill_a_code(house at "2026-04-01T12:00-04:00") {
        let request = requests(&house, "192.0.2.1", "ada@example.org").await;
        let code = newest_code(&house, "ada@example.org").await;
        for _ in 0..5 {
            assert_eq!(tries(&house, &request, "00000000").await["code"], "SIGN_IN_CODE_INVALID");
        }
        assert_eq!(tries(&house, &request, &code).await["code"], "SIGN_IN_CODE_INVALID", "the right one comes too late");
    }

    async fn a_code_is_good_for_the_request_it_was_sent_for_and_no_other(house at "2026-04-01T12:00-04:00") {
        let first = requests(&house, "192.0.2.1", "ada@example.org").await;
        let first_code = newest_code(&house, "ada@example.org").await;
        let second = requests(&house, "192.0.2.1", "ada@example.org").await;
        let second_code = newest_code(&house, "ada@example.org").await;
        assert_ne!((&first["id"], &first_code), (&second["id"], &second_code));
        assert_eq!(tries(&house, &first, &second_code).await["code"], "SIGN_IN_CODE_INVALID");
        assert_eq!(tries(&house, &second, &first_code).await["code"], "SIGN_IN_CODE_INVALID");
        assert_eq!(tries(&house, &first, &first_code).await["__typename"], "SignedIn", "the later request has not ended the earlier");
        assert_eq!(tries(&house, &second, &second_code).await["code"], "SIGN_IN_CODE_INVALID", "whoever is in needs no other");
    }

    async fn a_stranger_can_neither_try_codes_for_somebody_nor_keep_somebody_out(house at "2026-04-01T12:00-04:00") {
        let ada = requests(&house, "192.0.2.1", "ada@example.org").await;
        let code = newest_code(&house, "ada@example.org").await;
        for stranger in ["192.0.2.66", "192.0.2.67", "192.0.2.68"] {
            for _ in 0..5 {
                let request = requests(&house, stranger, "ada@example.org").await;
                assert_eq!(request["__typename"], "SignInRequest", "{request}");
                for _ in 0..6 {
                    assert_eq!(tries_from(&house, stranger, &request, "00000000").await["code"], "SIGN_IN_CODE_INVALID");
                }
            }
            assert_eq!(requests(&house, stranger, "ada@example.org").await["code"], "RATE_LIMITED", "five for a client and an address");
        }
        // The name of a request cannot be made up, not even from the row's id.
        use sea_orm::EntityTrait;
        let rows = entity::sign_in_code::Entity::find().all(house.db()).await.expect("rows");
        for row in rows {
            for name in [row.id.to_string(), row.id.simple().to_string(), format!("{}{}", row.id.simple(), "0".repeat(32))] {
                assert_eq!(tries_from(&house, "192.0.2.69", &json!({ "id": name }), &code).await["code"], "SIGN_IN_CODE_INVALID");
            }
        }
        assert_eq!(tries(&house, &ada, &code).await["viewer"]["learner"]["email"], "ada@example.org");
        house.works().await;
        let again = requests(&house, "192.0.2.1", "ada@example.org").await;
        let code = newest_code(&house, "ada@example.org").await;
        assert_eq!(tries(&house, &again, &code).await["__typename"], "SignedIn");
    }

    /// Whoever shares an address with somebody who tries senselessly, or with many who mistype, signs in all the same.
    async fn no_tries_keep_anybody_out_who_shares_the_address(house at "2026-04-01T12:00-04:00") {
        let request = requests(&house, "2001:db8::2", "ada@example.org").await;
        let code = newest_code(&house, "ada@example.org").await;
        let before = house.statements();
        for number in 0..150 {
            let name = ["nothing".to_owned(), format!("{number:064x}"), String::new()][number % 3].clone();
            let no = tries_from(&house, "2001:db8::1", &json!({ "id": name }), "00000000").await;
            assert_eq!(no["code"], "SIGN_IN_CODE_INVALID", "{name}");
        }
        assert_eq!(house.statements(), before, "what is no name of ours costs no look into the database");
        for number in 0..40 {
            let other = requests(&house, "2001:db8::1", &format!("p{number}@example.org")).await;
            for _ in 0..3 {
                assert_eq!(tries_from(&house, "2001:db8::1", &other, "00000000").await["code"], "SIGN_IN_CODE_INVALID");
            }
        }
        assert_eq!(tries_from(&house, "2001:db8::2", &request, &code).await["__typename"], "SignedIn");
    }

    async fn tries_and_requests_are_counted_exactly_however_many_come_at_once(house at "2026-04-01T12:00-04:00") {
        use futures_util::future::join_all;
        let count = |answers: &[Value], key: &str, value: &str| answers.iter().filter(|answer| answer[key] == value).count();
        let many = house.on_connections(MANY).await;
        let asked = join_all((0..12).map(|_| requests(&many, "192.0.2.1", "ada@example.org"))).await;
        assert_eq!((count(&asked, "__typename", "SignInRequest"), count(&asked, "code", "RATE_LIMITED")), (5, 7), "{asked:?}");
        let request = asked.iter().find(|answer| answer["__typename"] == "SignInRequest").expect("a request");
        let tried = join_all((0..12).map(|_| tries_from(&house, "192.0.2.2", request, "00000000"))).await;
        assert_eq!(count(&tried, "code", "SIGN_IN_CODE_INVALID"), 12, "{tried:?}");
        use sea_orm::EntityTrait;
        let mut counted: Vec<_> = entity::sign_in_code::Entity::find().all(house.db()).await.expect("rows").iter().map(|row| row.tries).collect();
        counted.sort_unstable();
        assert_eq!(counted, [0, 0, 0, 0, 5], "a request is compared with five texts at most");
        house.works().await;
        let request = requests(&house, "192.0.2.3", "bob@example.org").await;
        let code = newest_code(&house, "bob@example.org").await;
        let tried = join_all((0..8).map(|_| tries_from(&many, "192.0.2.3", &request, &code))).await;
        assert_eq!(count(&tried, "__typename", "SignedIn"), 1, "a code is good once: {tried:?}");
    }

    async fn a_code_is_good_once_and_for_ten_minutes(house at "2026-04-01T12:00-04:00") {
        let request = requests(&house, "192.0.2.1", "ada@example.org").await;
        let code = newest_code(&house, "ada@example.org").await;
        assert_eq!(tries(&house, &request, &code).await["__typename"], "SignedIn");
        assert_eq!(tries(&house, &request, &code).await["code"], "SIGN_IN_CODE_INVALID", "used");
        let request = requests(&house, "192.0.2.1", "ada@example.org").await;
        let code = newest_code(&house, "ada@example.org").await;
        house.travels_to("2026-04-01T12:10-04:00").await;
        assert_eq!(tries(&house, &request, &code).await["code"], "SIGN_IN_CODE_INVALID", "dead");
    }

    async fn a_code_that_could_not_leave_in_time_never_leaves(house at "2026-04-01T12:00-04:00") {
        requests(&house, "192.0.2.1", "ada@example.org").await;
        house.travels_to("2026-04-01T12:11-04:00").await;
        assert_eq!(house.letters().len(), 0);
    }

    async fn the_answer_does_not_tell_who_is_known(house at "2026-04-01T12:00-04:00") {
        house.signs_in("known@example.org").await;
        let mut answers = Vec::new();
        for email in ["known@example.org", "unknown@example.org"] {
            let before = house.statements();
            let answer = requests(&house, "192.0.2.9", email).await;
            let statements = house.statements() - before;
            answers.push((answer["__typename"].clone(), answer["expiresAt"].clone(), statements));
        }
        assert_eq!(answers[0], answers[1]);
    }

    async fn beyond_twenty_codes_for_an_address_each_costs_a_proof_of_work(house at "2026-04-01T12:00-04:00") {
        for number in 0..20 {
            let client = format!("192.0.2.{}", 100 + number / 5);
            assert_eq!(requests(&house, &client, "ada@example.org").await["__typename"], "SignInRequest", "{number}");
        }
        let asked = requests(&house, "192.0.2.1", "Ada@example.org").await;
        assert_eq!((&asked["code"], &asked["path"], &asked["challenge"]["expiresAt"]), (&json!("HUMAN_CHECK_REQUIRED"), &json!(["proof"]), &json!("2026-04-01T16:10:00Z")));
        let proof = solved(asked["challenge"]["json"].as_str().expect("a challenge"));
        assert_eq!(requests_with(&house, "192.0.2.1", "ada@example.org", Some("e30=")).await["code"], "HUMAN_CHECK_FAILED");
        house.works().await;
        let request = requests_with(&house, "192.0.2.1", "ada@example.org", Some(&proof)).await;
        assert_eq!(request["__typename"], "SignInRequest", "{request}");
        let again = requests_with(&house, "192.0.2.1", "ada@example.org", Some(&proof)).await;
        assert_eq!((&again["code"], &again["path"]), (&json!("HUMAN_CHECK_FAILED"), &json!(["proof"])), "a proof counts once");
        let code = newest_code(&house, "ada@example.org").await;
        assert_eq!(tries(&house, &request, &code).await["__typename"], "SignedIn");
        assert_eq!(requests(&house, "192.0.2.1", "bob@example.org").await["__typename"], "SignInRequest", "no other address pays for it");

        for _ in 0..20 {
            has_asked(&house, "192.0.2.77", 1..2).await;
        }
        let needed = requests(&house, "192.0.2.1", "p1@example.org").await;
        let elsewhere = solved(requests(&house, "192.0.2.2", "ada@example.org").await["challenge"]["json"].as_str().expect("a challenge"));
        assert_eq!(requests_with(&house, "192.0.2.1", "p1@example.org", Some(&elsewhere)).await["code"], "HUMAN_CHECK_FAILED", "made for another address");
        let late = solved(needed["challenge"]["json"].as_str().expect("a challenge"));
        house.nature.move_to(crate::support::time::at("2026-04-01T12:10-04:00"));
        assert_eq!(requests_with(&house, "192.0.2.1", "p1@example.org", Some(&late)).await["code"], "HUMAN_CHECK_FAILED", "too late");
        house.travels_to("2026-04-01T13:11-04:00").await;
        assert_eq!(requests(&house, "192.0.2.1", "p1@example.org").await["__typename"], "SignInRequest", "an hour later");
    }

    async fn codes_are_limited_per_client(house at "2026-04-01T12:00-04:00") {
        has_asked(&house, "2001:db8::1", 0..59).await;
        assert_eq!(requests(&house, "2001:db8::2", "ada@example.org").await["__typename"], "SignInRequest");
        let asked = requests(&house, "2001:db8::3", "bob@example.org").await;
        assert_eq!(asked["code"], "HUMAN_CHECK_REQUIRED", "one network, one client");
        let proof = solved(asked["challenge"]["json"].as_str().expect("a challenge"));
        assert_eq!(requests_with(&house, "2001:db8::3", "bob@example.org", Some(&proof)).await["__typename"], "SignInRequest");
        assert_eq!(requests(&house, "2001:db8:0:1::3", "bob@example.org").await["__typename"], "SignInRequest", "another network");
        has_asked(&house, "2001:db8::1", 0..539).await;
        let asked = requests(&house, "2001:db8::4", "cy@example.org").await;
        assert_eq!((&asked["code"], &asked["challenge"]), (&json!("RATE_LIMITED"), &Value::Null), "six hundred");
        house.travels_to("2026-04-01T13:00-04:00").await;
        assert_eq!(requests(&house, "2001:db8::4", "cy@example.org").await["__typename"], "SignInRequest", "an hour later");
    }

    async fn a_cookie_opens_nothing(house at "2026-04-01T12:00-04:00") {
        let ada = house.signs_in("ada@example.org").await;
        let viewer = async |header: &str, value: String| {
            let answer = house.answered(with(ask("{ viewer { roles } }", &Value::Null), header, &value)).await;
            answer.json()["data"]["viewer"].clone()
        };
        assert_eq!(viewer("authorization", format!("bearer {}", ada.token)).await["roles"], json!(["LEARNER"]));
        assert_eq!(viewer("cookie", format!("lectern_token={}", ada.token)).await, Value::Null);
    }

    async fn signing_out_ends_this_token_or_all(house at "2026-04-01T12:00-04:00") {
        let (here, there) = (house.signs_in("ada@example.org").await, house.signs_in("ada@example.org").await);
        here.does(&house, "signOut", json!({}), "").await;
        assert_eq!(not_let_in(&house, &here.token).await, "TOKEN_EXPIRED");
        assert_ne!(there.asks(&house, "{ viewer { roles } }", json!({})).await["viewer"], Value::Null);
        let again = house.signs_in("ada@example.org").await;
        again.does(&house, "signOut", json!({ "everywhere": true }), "").await;
        assert_eq!(not_let_in(&house, &there.token).await, "TOKEN_EXPIRED");
    }

    async fn a_token_ends_by_idling_and_by_age(house at "2026-04-01T12:00-04:00") {
        let ada = house.signs_in("ada@example.org").await;
        for day in ["2026-04-14", "2026-04-27", "2026-05-10", "2026-05-23", "2026-06-05", "2026-06-18", "2026-06-29"] {
            house.travels_to(&format!("{day}T12:00-04:00")).await;
            assert_ne!(ada.asks(&house, "{ viewer { roles } }", json!({})).await["viewer"], Value::Null, "{day}");
        }
        house.travels_to("2026-06-30T12:00-04:00").await;
        assert_eq!(not_let_in(&house, &ada.token).await, "TOKEN_EXPIRED", "ninety days");
        let bob = house.signs_in("bob@example.org").await;
        house.travels_to("2026-07-14T12:01-04:00").await;
        assert_eq!(not_let_in(&house, &bob.token).await, "TOKEN_EXPIRED", "fourteen idle days");
    }

    async fn addresses_that_could_harm_are_refused(house at "2026-04-01T12:00-04:00") {
        for email in ["", "ada", "ada@example.org\r\nBcc: eve@example.org", "<ada@example.org>", "a@localhost"] {
            let answer = requests(&house, "192.0.2.1", email).await;
            assert_eq!(answer["code"], "INVALID_INPUT", "{email:?}: {answer}");
        }
        house.works().await;
        assert_eq!(house.letters().len(), 0);
    }

    async fn a_profile_is_changed_and_bad_parts_are_named(house at "2026-04-01T12:00-04:00") {
        let ada = house.signs_in("ada@example.org").await;
        let selection = "learner { __typename name credentials profession { code name } timeZone }";
        let changed = ada.does(&house, "updateProfile", json!({ "name": " Ada Example ", "credentials": "RN", "professionCode": "nurse", "timeZone": "Asia/Tokyo" }), selection).await;
        assert_eq!((&changed["name"], &changed["timeZone"], &changed["profession"]), (&json!("Ada Example"), &json!("Asia/Tokyo"), &json!({ "code": "nurse", "name": "Nurse (RN/APRN)" })));
        let refused = ada.does(&house, "updateProfile", json!({ "timeZone": "Mars/Olympus" }), selection).await;
        assert_eq!((&refused["code"], &refused["path"]), (&json!("INVALID_INPUT"), &json!(["timeZone"])));
        let refused = ada.does(&house, "updateProfile", json!({ "name": "Ada\nBcc: eve@example.org" }), selection).await;
        assert_eq!((&refused["code"], &refused["path"]), (&json!("INVALID_INPUT"), &json!(["name"])));
    }
}
