//! Letters that come back after they were sent, and complaints about them, as a mail service hands them in.

use axum::http::StatusCode;
use entity::mailing::NotSentReason;
use entity::notice::Status;
use entity::suppression::{self, Reason, Scope, Source};
use lectern::steward::purge;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::support::fact::{self, fate};
use crate::support::request::{by, get, post};
use crate::support::returned::{away, complaint, status};
use crate::support::time::at;
use crate::support::{Answer, TestApp, stories};

const KEY: &str = "a-key-of-32-characters-for-what-comes-back";
const ADA: &str = "ada@example.org";
const KEPT_BACK: (Status, Option<NotSentReason>) = (Status::Lapsed, Some(NotSentReason::AddressSuppressed));
const SENT: (Status, Option<NotSentReason>) = (Status::Sent, None);

async fn hands_in(app: &TestApp, message: impl Into<Vec<u8>>) -> Answer {
    app.answered(by(Some(KEY), post("/bounces", message.into()))).await
}

/// What comes of a message: what it was noted as, and whether the address is suppressed.
async fn noted(app: &TestApp, message: impl Into<Vec<u8>>) -> (Value, Value) {
    let answer = hands_in(app, message).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let told = answer.json();
    (told["noted"].clone(), told["suppressed"].clone())
}

/// The last letter to an address: where it comes back to, and itself.
fn last_letter(app: &TestApp, email: &str) -> (String, String) {
    let letters = app.post().letters();
    let last = letters.iter().rfind(|posted| posted.envelope.to.as_sent() == email).expect("a letter");
    (last.envelope.from.as_sent(), String::from_utf8(last.message.clone()).expect("ASCII"))
}

async fn rows(app: &TestApp) -> Vec<suppression::Model> {
    suppression::Entity::find()
        .order_by_asc(suppression::Column::Id)
        .all(app.db())
        .await
        .expect("suppressions")
}

stories! {
    async fn a_letter_that_comes_back_for_good_is_the_last_one(app with the course at "2026-04-20T12:00-04:00") {
        let mut app = app;
        app.takes_what_comes_back(KEY);
        app.signs_in(ADA).await.takes_part(&app, "nurse").await;
        app.signs_in("eve@example.org").await.takes_part(&app, "nurse").await;
        app.lives_until("2026-05-06T10:00-04:00").await;
        let (to, letter) = last_letter(&app, ADA);
        assert!(to.starts_with("bounces+") && to.ends_with("@example.org"), "{to}");
        assert!(to.split('@').next().expect("a local part").len() <= 64);
        assert_ne!(to, last_letter(&app, "eve@example.org").0, "each letter has its own");
        // What is put off, was delivered, or says something of us, and whoever is away, changes nothing.
        for (action, said) in [("delayed", "4.4.1"), ("delivered", "2.0.0"), ("failed", "5.7.1")] {
            assert_eq!(noted(&app, status(&to, &letter, ADA, (action, said))).await, (Value::Null, json!(false)));
        }
        assert_eq!(noted(&app, away(&to)).await, (Value::Null, json!(false)));
        assert_eq!(rows(&app).await, []);

        let back = status(&to, &letter, ADA, ("failed", "5.1.1"));
        assert_eq!(noted(&app, back.clone()).await, (json!("hard"), json!(true)));
        let [row] = rows(&app).await.try_into().expect("one");
        assert_eq!((row.email.as_str(), row.scope, row.reason, row.source), (ADA, Scope::All, Reason::HardBounce, Source::Dsn));
        assert_eq!(row.diagnostic.as_deref(), Some("5.1.1 smtp; 550 5.1.1 told so"));
        assert_eq!(noted(&app, back.clone()).await, (Value::Null, json!(false)), "it was told before");
        app.lives_until("2026-05-12T10:00-04:00").await;
        assert_eq!(fate(&app, ADA, "course_starting_1d").await, [KEPT_BACK]);
        assert_eq!(fate(&app, "eve@example.org", "course_starting_1d").await, [SENT]);

        // Lifted; what comes back late of the letters of before counts no more.
        let staff = app.staff("office@example.org").await;
        let query = "{ suppressions { nodes { id } } }";
        let id = staff.asks(&app, query, json!({})).await["suppressions"]["nodes"][0]["id"].clone();
        staff.does(&app, "liftSuppression", json!({ "suppressionId": id, "note": "It is there again." }), "").await;
        let late = status(&to, &letter, ADA, ("failed", "5.2.1")).replace("It came back", "Again");
        assert_eq!(noted(&app, late).await, (Value::Null, json!(false)));
        app.lives_until("2026-05-13T10:00-04:00").await;
        assert_eq!(fate(&app, ADA, "day_starting_1h").await[0], SENT);
        app.is_sound().await;
    }

    async fn whoever_complains_gets_what_was_bought_and_no_reminder(app with the course at "2026-04-20T12:00-04:00") {
        let mut app = app;
        app.takes_what_comes_back(KEY);
        app.signs_in(ADA).await.takes_part(&app, "nurse").await;
        let (_, letter) = last_letter(&app, ADA);
        // It comes to another address, and names the letter alone.
        assert_eq!(noted(&app, complaint("abuse@example.org", &letter)).await, (json!("complaint"), json!(true)));
        let [row] = rows(&app).await.try_into().expect("one");
        assert_eq!((row.scope, row.source, row.expires_at), (Scope::Optional, Source::Arf, None));
        app.lives_until("2026-05-06T10:00-04:00").await;
        assert_eq!(fate(&app, ADA, "course_starting_7d").await, [KEPT_BACK]);
        fact::cancel_course(&app, "The house is closed.").await;
        app.works().await;
        assert_eq!(fate(&app, ADA, "course_cancelled").await, [SENT]);
    }

    async fn what_may_pass_counts_only_together(app with the course at "2026-04-20T12:00-04:00") {
        let mut app = app;
        app.takes_what_comes_back(KEY);
        app.signs_in(ADA).await.takes_part(&app, "nurse").await;
        let staff = app.staff("office@example.org").await;
        let course = app.course_and_track().await.0;
        for number in 1..=entity::bounce::SOFT_BOUNCES {
            let said = json!({ "courseId": course, "subject": format!("Parking {number}"), "body": "Behind the house." });
            let draft = staff.does(&app, "announce", said, "announcement { id recipientCount }").await;
            let confirm = json!({ "announcementId": draft["id"], "recipientCount": draft["recipientCount"] });
            staff.does(&app, "confirmAnnouncement", confirm, "").await;
            app.nature.move_to(entity::Nature::now(&*app.nature).plus_minutes(11));
            app.works().await;
            let (to, letter) = last_letter(&app, ADA);
            let full = status(&to, &letter, ADA, ("failed", "5.2.2"));
            let last = number == entity::bounce::SOFT_BOUNCES;
            assert_eq!(noted(&app, full.clone()).await, (json!("soft"), json!(last)), "{number}");
            assert_eq!(noted(&app, full).await.0, Value::Null, "a message that comes twice counts once");
        }
        let [row] = rows(&app).await.try_into().expect("one");
        assert_eq!((row.scope, row.reason), (Scope::All, Reason::SoftBounces));
        let days = (row.expires_at.expect("an end").as_micros() - row.suppressed_at.as_micros()) / 86_400_000_000;
        assert_eq!(days, entity::bounce::SOFT_DAYS, "for a while");
        app.lives_until("2026-05-06T10:00-04:00").await;
        assert_eq!(fate(&app, ADA, "course_starting_7d").await, [SENT], "by then it has ended by itself");
    }

    async fn what_nobody_has_signed_suppresses_nobody(app with the course at "2026-04-20T12:00-04:00") {
        let mut app = app;
        app.takes_what_comes_back(KEY);
        app.signs_in(ADA).await.takes_part(&app, "nurse").await;
        app.signs_in("eve@example.org").await.takes_part(&app, "nurse").await;
        let (hers, letter) = last_letter(&app, ADA);
        let (eves, other) = last_letter(&app, "eve@example.org");
        let failed = ("failed", "5.1.1");
        // Eve's number with Ada's signature, a signature that is changed, none at all: though the letter itself is named.
        let tag = |address: &str| address.trim_start_matches("bounces+").split('@').next().expect("a tag").to_owned();
        let swapped = format!("bounces+{}{}@example.org", &tag(&eves)[..32], &tag(&hers)[32..]);
        for forged in [swapped, hers.replace('@', "0@"), "bounces+@example.org".to_owned()] {
            assert_eq!(noted(&app, status(&forged, &letter, ADA, failed)).await, (Value::Null, json!(false)), "{forged}");
        }
        // Without a return path of ours the letter is known by its Message-ID, and then it must be about its reader.
        let unknown = letter.replace("Message-ID: <", "Message-ID: <0");
        assert_eq!(noted(&app, status("office@example.org", &unknown, ADA, failed)).await.0, Value::Null);
        assert_eq!(noted(&app, status("office@example.org", &letter, "eve@example.org", failed)).await.0, Value::Null);
        assert_eq!(noted(&app, status("office@example.org", &format!("{letter}{other}"), "eve@example.org", failed)).await.0, Value::Null);
        // Two letters at once are none.
        assert_eq!(noted(&app, status(&format!("{hers}, {eves}"), &letter, ADA, failed)).await.0, Value::Null);
        assert_eq!(rows(&app).await, []);
        // What the mail server says of the envelope counts before what the message says.
        let to_nobody = status(&hers, &letter.replace("Message-ID", "X-ID"), ADA, failed);
        let path = "/bounces?recipient=office%40example.org";
        let told = app.answered(by(Some(KEY), post(path, to_nobody.clone()))).await.json();
        assert_eq!(told["noted"], Value::Null, "{told}");
        // What has lain about for long counts no more.
        app.nature.move_to(at("2026-06-20T12:00-04:00"));
        assert_eq!(noted(&app, status(&hers, &letter, ADA, failed)).await.0, Value::Null);
        assert_eq!(rows(&app).await, []);
    }

    async fn the_key_of_before_is_believed_and_a_name_is_enough_for_the_rest(app with the course at "2026-04-20T12:00-04:00") {
        let mut app = app;
        app.takes_what_comes_back(KEY);
        app.signs_in(ADA).await.takes_part(&app, "nurse").await;
        let (to, letter) = last_letter(&app, ADA);
        let new = entity::secret::SecretKey::new(b"another key, of 32 bytes or more".to_vec());
        let mut stranger = app.with_key(new.clone());
        stranger.takes_what_comes_back(KEY);
        assert_eq!(noted(&stranger, status(&to, &letter, ADA, ("failed", "5.1.1"))).await.0, Value::Null);
        let mut later = app.with_key(new.in_place_of(entity::secret::SecretKey::new(crate::support::app::KEY)));
        later.takes_what_comes_back(KEY);
        assert_eq!(noted(&later, status(&to, &letter, ADA, ("failed", "5.1.1"))).await, (json!("hard"), json!(true)));
    }

    async fn the_door_is_for_whoever_has_the_key(app with the course at "2026-04-20T12:00-04:00") {
        let mut app = app;
        let path = "/bounces";
        assert_eq!(app.answered(by(Some(KEY), post(path, "x"))).await.status, StatusCode::NOT_FOUND, "no key is set");
        app.signs_in(ADA).await;
        assert_eq!(last_letter(&app, ADA).0, "office@example.org", "nor another return path");
        app.takes_what_comes_back(KEY);
        assert_eq!(app.answered(get(path)).await.status, StatusCode::METHOD_NOT_ALLOWED);
        let staff = app.administrator("admin@example.org").await;
        for wrong in [None, Some(""), Some("a-key-of-32-characters-for-what-comes-bacK"), Some(staff.token.as_str())] {
            let refused = app.answered(by(wrong, post(path, away("office@example.org")))).await;
            assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{wrong:?}");
            assert!(refused.headers.contains_key("www-authenticate"));
        }
        for nothing in ["", "\r\n", "no head"] {
            assert_eq!(hands_in(&app, nothing).await.status, StatusCode::BAD_REQUEST, "{nothing:?}");
        }
        let mut large = away("office@example.org").into_bytes();
        large.resize(lectern::bounce::LONGEST, b'a');
        assert_eq!(noted(&app, large.clone()).await.0, Value::Null, "as large as may be");
        large.push(b'a');
        assert_eq!(hands_in(&app, large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    }

    async fn what_came_back_is_remembered_for_as_long_as_it_counts(app with the course at "2026-04-20T12:00-04:00") {
        let mut app = app;
        app.takes_what_comes_back(KEY);
        app.signs_in(ADA).await.takes_part(&app, "nurse").await;
        let (to, letter) = last_letter(&app, ADA);
        assert_eq!(noted(&app, status(&to, &letter, ADA, ("failed", "5.2.2"))).await.0, "soft");
        let left = async |moment: &str| {
            app.nature.move_to(at(moment));
            purge::bite(&app.state).await.expect("a bite");
            entity::bounce::Entity::find().all(app.db()).await.expect("bounces").len()
        };
        assert_eq!(left("2026-06-19T11:59-04:00").await, 1);
        assert_eq!(left("2026-06-19T12:00-04:00").await, 0);
    }
}
