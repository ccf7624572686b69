//! Strangers neither guess a code nor keep anybody out, and nobody has letters sent without end.

use entity::nature::Nature;
use serde_json::{Value, json};

use super::{newest_code, requests, requests_with, tries, tries_from};
use crate::support::database::MANY;
use crate::support::proof::solved;
use crate::support::{TestApp, stories};

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

stories! {
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
}
