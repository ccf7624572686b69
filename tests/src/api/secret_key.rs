//! The key is changed, and what was signed with the one before is still believed.

use entity::secret::SecretKey;
use serde_json::{Value, json};

use crate::support::app::KEY;
use crate::support::request::{by, from, post};
use crate::support::{TestApp, stories};

/// A key that a server is given in the place of the one that stories have.
const NEW: &[u8] = b"a new key for stories, 32 bytes.";

async fn calendar(app: &TestApp, token: &str) -> String {
    let data = app.asks(Some(token), "{ viewer { calendarUrl } }", json!({})).await;
    data["viewer"]["calendarUrl"].as_str().expect("an address").to_owned()
}

stories! {
    async fn what_the_key_before_has_signed_is_believed(app with the course at "2026-04-20T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        ada.takes_part(&app, "nurse").await;
        app.lives_until("2026-05-06T10:00-04:00").await;
        let reminder = app.letters_to("ada@example.org").pop().expect("a reminder");
        let link = reminder.header("List-Unsubscribe").expect("a link").trim_matches(['<', '>']).to_owned();
        let ada = app.signs_in("ada@example.org").await;
        let address = calendar(&app, &ada.token).await;
        // A code that is asked for under the old key, and goes out under the new one.
        let asked = app
            .does(None, "requestSignInCode", json!({ "email": "ben@example.org" }), "signInRequest { id }")
            .await;

        let alone = app.with_key(SecretKey::new(NEW));
        assert_eq!(
            (alone.gets(&link).await.0.as_u16(), alone.gets(&address).await.0.as_u16()),
            (404, 404),
            "without it they are dead"
        );
        let app = app.with_key(SecretKey::new(NEW).in_place_of(SecretKey::new(KEY)));
        assert_eq!((app.gets(&link).await.0.as_u16(), app.gets(&address).await.0.as_u16()), (200, 200));
        app.works().await;
        let code = app.letters_to("ben@example.org").pop().expect("a letter with a code").code();
        let signed = app
            .does(None, "signIn", json!({ "requestId": asked["id"], "code": code }), "signedIn { token }")
            .await;
        let token = signed["token"].as_str().unwrap_or_else(|| panic!("{signed}"));

        // What is new is signed with the new key alone.
        assert!(SecretKey::new(NEW).has_made_token(token) && !SecretKey::new(KEY).has_made_token(token));
        let moved = calendar(&app, &ada.token).await;
        assert_ne!(moved, address);
        let later = app.with_key(SecretKey::new(NEW));
        assert_eq!(later.gets(&moved).await.0.as_u16(), 200);
        assert_eq!(
            later.asks(Some(&ada.token), "{ viewer { learner { email } } }", Value::Null).await["viewer"]["learner"]
                ["email"],
            "ada@example.org",
            "a token is good whatever key it was made with"
        );
    }

    async fn a_token_of_the_key_before_is_told_from_a_made_up_one(app at "2026-04-20T12:00-04:00") {
        use lectern::limits::client::{Limits, Rates};
        let ada = app.signs_in("ada@example.org").await;
        let made_up = format!("lct_{}", "A".repeat(43));
        for (key, status) in
            [(SecretKey::new(NEW), 429), (SecretKey::new(NEW).in_place_of(SecretKey::new(KEY)), 200)]
        {
            let mut app = app.with_key(key);
            // What a stranger may spend in a minute is gone with one look for a token that is none of ours.
            app.limits_clients(Limits {
                rates: Rates { address: 100, person: 10_000, loopback: false },
                ..Limits::default()
            });
            let ask = |token: &str| {
                by(
                    Some(token),
                    from("198.51.100.7", post("/graphql", json!({ "query": "{ __typename }" }).to_string())),
                )
            };
            assert_eq!(app.answered(ask(&made_up)).await.status.as_u16(), 401);
            assert_eq!(app.answered(ask(&ada.token)).await.status.as_u16(), status);
        }
    }
}
