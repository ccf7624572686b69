//! Signing in by a code from a letter.

use serde_json::{Value, json};

use crate::support::{House, stories};

const ANSWER: &str = "signedIn { __typename token viewer { learner { email } roles } }";

async fn requests(house: &House, client: &str, email: &str) -> Value {
    house.does_from(client, None, "requestSignInCode", json!({ "email": email }), "signInRequest { __typename email expiresAt }").await
}

async fn tries(house: &House, email: &str, code: &str) -> Value {
    house.does(None, "signIn", json!({ "email": email, "code": code }), ANSWER).await
}

stories! {
    async fn a_code_from_the_letter_opens_the_door(house at "2026-04-01T12:00-04:00") {
        let ada = house.signs_in("Ada@Example.org").await;
        let viewer = ada.asks(&house, "{ viewer { learner { email name } roles } }", json!({})).await;
        assert_eq!(viewer["viewer"], json!({ "learner": { "email": "Ada@example.org", "name": null }, "roles": ["LEARNER"] }));
        assert_eq!(house.asks(None, "{ viewer { roles } }", json!({})).await["viewer"], Value::Null);
        assert_eq!(house.asks(Some("lct_forged"), "{ viewer { roles } }", json!({})).await["viewer"], Value::Null);
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
        requests(&house, "192.0.2.1", "ada@example.org").await;
        house.works().await;
        let code = house.letters_to("ada@example.org").pop().expect("a letter").code();
        for _ in 0..5 {
            assert_eq!(tries(&house, "ada@example.org", "00000000").await["code"], "SIGN_IN_CODE_INVALID");
        }
        assert_eq!(tries(&house, "ada@example.org", &code).await["code"], "SIGN_IN_CODE_INVALID", "the right one comes too late");
    }

    async fn a_code_is_good_once_and_for_ten_minutes(house at "2026-04-01T12:00-04:00") {
        requests(&house, "192.0.2.1", "ada@example.org").await;
        house.works().await;
        let code = house.letters_to("ada@example.org").pop().expect("a letter").code();
        assert_eq!(tries(&house, "ada@example.org", &code).await["__typename"], "SignedIn");
        assert_eq!(tries(&house, "ada@example.org", &code).await["code"], "SIGN_IN_CODE_INVALID", "used");
        requests(&house, "192.0.2.1", "ada@example.org").await;
        house.works().await;
        let code = house.letters_to("ada@example.org").pop().expect("a letter").code();
        house.travels_to("2026-04-01T12:10-04:00").await;
        assert_eq!(tries(&house, "ada@example.org", &code).await["code"], "SIGN_IN_CODE_INVALID", "dead");
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
            let before = house.statements.load(std::sync::atomic::Ordering::Relaxed);
            let answer = requests(&house, "192.0.2.9", email).await;
            let statements = house.statements.load(std::sync::atomic::Ordering::Relaxed) - before;
            answers.push((answer["__typename"].clone(), answer["expiresAt"].clone(), statements));
        }
        assert_eq!(answers[0], answers[1]);
    }

    async fn codes_are_limited_per_address_and_per_client(house at "2026-04-01T12:00-04:00") {
        for _ in 0..5 {
            assert_eq!(requests(&house, "192.0.2.1", "ada@example.org").await["__typename"], "SignInRequest");
        }
        assert_eq!(requests(&house, "192.0.2.2", "ada@example.org").await["code"], "RATE_LIMITED");
        for number in 0..25 {
            assert_eq!(requests(&house, "192.0.2.1", &format!("p{number}@example.org")).await["__typename"], "SignInRequest", "{number}");
        }
        assert_eq!(requests(&house, "192.0.2.1", "one.more@example.org").await["code"], "RATE_LIMITED");
        house.travels_to("2026-04-01T13:01-04:00").await;
        assert_eq!(requests(&house, "192.0.2.1", "ada@example.org").await["__typename"], "SignInRequest", "an hour later");
    }

    async fn signing_out_ends_this_token_or_all(house at "2026-04-01T12:00-04:00") {
        let (here, there) = (house.signs_in("ada@example.org").await, house.signs_in("ada@example.org").await);
        here.does(&house, "signOut", json!({}), "").await;
        assert_eq!(here.asks(&house, "{ viewer { roles } }", json!({})).await["viewer"], Value::Null);
        assert_ne!(there.asks(&house, "{ viewer { roles } }", json!({})).await["viewer"], Value::Null);
        let again = house.signs_in("ada@example.org").await;
        again.does(&house, "signOut", json!({ "everywhere": true }), "").await;
        assert_eq!(there.asks(&house, "{ viewer { roles } }", json!({})).await["viewer"], Value::Null);
    }

    async fn a_token_ends_by_idling_and_by_age(house at "2026-04-01T12:00-04:00") {
        let ada = house.signs_in("ada@example.org").await;
        for day in ["2026-04-14", "2026-04-27", "2026-05-10", "2026-05-23", "2026-06-05", "2026-06-18", "2026-06-29"] {
            house.travels_to(&format!("{day}T12:00-04:00")).await;
            assert_ne!(ada.asks(&house, "{ viewer { roles } }", json!({})).await["viewer"], Value::Null, "{day}");
        }
        house.travels_to("2026-06-30T12:00-04:00").await;
        assert_eq!(ada.asks(&house, "{ viewer { roles } }", json!({})).await["viewer"], Value::Null, "ninety days");
        let bob = house.signs_in("bob@example.org").await;
        house.travels_to("2026-07-14T12:01-04:00").await;
        assert_eq!(bob.asks(&house, "{ viewer { roles } }", json!({})).await["viewer"], Value::Null, "fourteen idle days");
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
        let selection = "learner { __typename name credentials profession timeZone }";
        let changed = ada.does(&house, "updateProfile", json!({ "name": " Ada Example ", "credentials": "RN", "profession": "NURSE", "timeZone": "Asia/Tokyo" }), selection).await;
        assert_eq!((&changed["name"], &changed["timeZone"], &changed["profession"]), (&json!("Ada Example"), &json!("Asia/Tokyo"), &json!("NURSE")));
        let refused = ada.does(&house, "updateProfile", json!({ "timeZone": "Mars/Olympus" }), selection).await;
        assert_eq!((&refused["code"], &refused["path"]), (&json!("INVALID_INPUT"), &json!(["timeZone"])));
        let refused = ada.does(&house, "updateProfile", json!({ "name": "Ada\nBcc: eve@example.org" }), selection).await;
        assert_eq!((&refused["code"], &refused["path"]), (&json!("INVALID_INPUT"), &json!(["name"])));
    }
}
