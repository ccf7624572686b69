//! Having enough of a kind of letters: by the link in one of them, or signed in.

use axum::http::StatusCode;
use entity::mailing::Topic;
use entity::secret::{Addressee, Unsubscribe};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::request::{get, post, with};
use crate::support::{Person, TestApp, stories};

const SIMPLE: &str = "application/x-www-form-urlencoded";
const ONE_CLICK: &str = "List-Unsubscribe=One-Click";
const MULTIPART: &str =
    "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";

/// The token of the link in a letter of this topic to a learner.
async fn link(app: &TestApp, email: &str, topic: Topic) -> String {
    let learner = entity::learner::Entity::find()
        .filter(entity::learner::Column::EmailKey.eq(email))
        .one(app.db())
        .await;
    let who = Addressee::Learner(learner.expect("a row").expect("a learner").id);
    app.state.key.unsubscribe_token(Unsubscribe { who, topic })
}

async fn looks(app: &TestApp, token: &str) -> (StatusCode, String) {
    app.http(get(&format!("/unsubscribe/{token}"))).await
}

async fn posts(app: &TestApp, token: &str, kind: &str, body: &str) -> (StatusCode, String) {
    app.http(with(post(&format!("/unsubscribe/{token}"), body.to_owned()), "content-type", kind)).await
}

async fn unsubscribed(app: &TestApp, person: &Person) -> Value {
    person.asks(app, "{ viewer { unsubscribedFrom } }", json!({})).await["viewer"]["unsubscribedFrom"].clone()
}

async fn rows(app: &TestApp) -> u64 {
    entity::unsubscription::Entity::find().count(app.db()).await.expect("a count")
}

stories! {
    async fn looking_changes_nothing_and_the_button_does(app at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let token = link(&app, "ada@example.org", Topic::Reminders).await;
        let (status, page) = looks(&app, &token).await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            page.contains("reminders of courses")
                && page.contains("a…@example.org")
                && page.contains("<form method=\"post\">"),
            "{page}"
        );
        assert!(
            !page.contains("<script") && !page.contains("ada@example.org") && !page.contains(&token),
            "{page}"
        );
        assert_eq!(rows(&app).await, 0, "scanners follow links");
        for _ in 0..2 {
            let (status, page) = posts(&app, &token, SIMPLE, ONE_CLICK).await;
            assert_eq!(status, StatusCode::OK);
            assert!(
                page.contains("receive no more of these e-mails") && page.contains("name=\"again\""),
                "{page}"
            );
        }
        assert_eq!(unsubscribed(&app, &ada).await, json!(["REMINDERS"]));
        assert!(looks(&app, &token).await.1.contains("receive no more of these e-mails"));
        assert_eq!(posts(&app, &token, SIMPLE, "again=1").await.0, StatusCode::OK);
        assert_eq!((unsubscribed(&app, &ada).await, rows(&app).await), (json!([]), 0));
    }

    async fn mail_programs_unsubscribe_with_one_click_in_either_encoding(app at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let token = link(&app, "ada@example.org", Topic::Evaluations).await;
        assert_eq!(posts(&app, &token, "multipart/form-data; boundary=b", MULTIPART).await.0, StatusCode::OK);
        assert_eq!(unsubscribed(&app, &ada).await, json!(["EVALUATIONS"]));
        let token = link(&app, "ada@example.org", Topic::Deadlines).await;
        assert_eq!(posts(&app, &token, SIMPLE, ONE_CLICK).await.0, StatusCode::OK);
        assert_eq!(unsubscribed(&app, &ada).await, json!(["DEADLINES", "EVALUATIONS"]));
    }

    async fn what_is_no_link_of_ours_or_no_wish_changes_nothing(app at "2026-04-01T12:00-04:00") {
        app.signs_in("ada@example.org").await;
        let token = link(&app, "ada@example.org", Topic::Reminders).await;
        let nobody = app.state.key.unsubscribe_token(Unsubscribe {
            who: Addressee::Learner(Uuid::from_u128(7)),
            topic: Topic::Reminders,
        });
        for unknown in [
            "x".to_owned(),
            token.replacen("72", "64", 1),
            token[..60].to_owned(),
            format!("{token}0"),
            nobody,
        ] {
            assert_eq!(looks(&app, &unknown).await.0, StatusCode::NOT_FOUND, "{unknown}");
            assert_eq!(posts(&app, &unknown, SIMPLE, ONE_CLICK).await.0, StatusCode::NOT_FOUND, "{unknown}");
        }
        for (kind, body) in [
            (SIMPLE, ""),
            (SIMPLE, "List-Unsubscribe=Two-Clicks"),
            (SIMPLE, "again=0"),
            ("multipart/form-data; boundary=b", "--b--"),
        ] {
            assert_eq!(posts(&app, &token, kind, body).await.0, StatusCode::BAD_REQUEST, "{body}");
        }
        assert_eq!(posts(&app, &token, SIMPLE, &"a".repeat(5000)).await.0, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(rows(&app).await, 0);
    }

    async fn all_that_one_may_choose_is_chosen_on_one_page(app at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let token = link(&app, "ada@example.org", Topic::Reminders).await;
        let (_, page) = looks(&app, &token).await;
        let ticked = |page: &str| -> Vec<String> {
            let boxes = page.split("name=\"wanted\" value=\"").skip(1);
            boxes.filter_map(|rest| rest.split_once("\" checked>").filter(|(name, _)| !name.contains('"'))).map(|(name, _)| name.to_owned()).collect()
        };
        assert_eq!(ticked(&page), ["deadlines", "reminders", "evaluations"], "{page}");
        assert_eq!(rows(&app).await, 0, "looking changes nothing");
        let (status, page) = posts(&app, &token, SIMPLE, "choices=1&wanted=evaluations&wanted=nothing").await;
        assert_eq!((status, ticked(&page)), (StatusCode::OK, vec!["evaluations".to_owned()]), "{page}");
        assert!(page.contains("Your choice is saved") && !page.contains("<script"), "{page}");
        assert_eq!(unsubscribed(&app, &ada).await, json!(["DEADLINES", "REMINDERS"]));
        // What stands already is not said again: it would hold from now on.
        let since = async || {
            let rows = entity::unsubscription::Entity::find().all(app.db()).await.expect("rows");
            rows.iter().find(|row| row.topic == Topic::Deadlines).map(|row| row.at)
        };
        let before = since().await;
        app.nature.move_to(crate::support::time::at("2026-04-02T12:00-04:00"));
        posts(&app, &token, SIMPLE, "choices=1&wanted=evaluations&wanted=reminders").await;
        assert_eq!((unsubscribed(&app, &ada).await, since().await), (json!(["DEADLINES"]), before));
        let (_, page) = posts(&app, &token, SIMPLE, "choices=1").await;
        assert!(ticked(&page).is_empty(), "{page}");
        assert_eq!(unsubscribed(&app, &ada).await, json!(["DEADLINES", "REMINDERS", "EVALUATIONS"]));
        let (_, page) = posts(&app, &token, SIMPLE, "again=1").await;
        assert_eq!(ticked(&page), ["reminders"], "the button is about the link's topic alone");
        // Somebody who only asked chooses the one thing that there is, and learns nothing of an account.
        let asked = crate::support::fact::enquire;
        app.has_the_course().await;
        let id = asked(&app, "ada@example.org", true).await;
        let token = app.state.key.unsubscribe_token(Unsubscribe { who: Addressee::Enquiry(id), topic: Topic::Deadlines });
        let (_, page) = looks(&app, &token).await;
        assert!(page.contains("receive no more of these e-mails") && !page.contains("wanted"), "{page}");
        posts(&app, &token, SIMPLE, "choices=1&wanted=deadlines&wanted=evaluations").await;
        assert_eq!(unsubscribed(&app, &ada).await, json!(["EVALUATIONS"]));
    }

    async fn a_learner_says_what_is_wanted_and_the_agenda_goes_by_it(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let eve = app.signs_in("eve@example.org").await;
        let registration = ada.takes_part(&app, "nurse").await;
        let selection = "viewer { __typename unsubscribedFrom }";
        let sets = async |topic: &str, wanted: bool| {
            ada.does(&app, "setSubscription", json!({ "topic": topic, "wanted": wanted }), selection).await
        };
        assert_eq!(
            sets("REMINDERS", false).await,
            json!({ "__typename": "Viewer", "unsubscribedFrom": ["REMINDERS"] })
        );
        let query =
            "query($code: String!) { registration(code: $code) { upcomingLetters { letter reason } } }";
        let planned = ada.asks(&app, query, json!({ "code": registration["code"] })).await["registration"]["upcomingLetters"].clone();
        for letter in planned.as_array().expect("letters") {
            let expected = match letter["letter"].as_str().expect("a letter") {
                "COURSE_STARTING" | "DAY_STARTING" => json!("UNSUBSCRIBED"),
                "EVALUATION_OPEN" | "EVALUATION_CLOSING" => Value::Null,
                _ => continue,
            };
            assert_eq!(letter["reason"], expected, "{letter}");
        }
        assert_eq!(sets("REMINDERS", true).await["unsubscribedFrom"], json!([]));
        assert_eq!(sets("EVALUATIONS", false).await["unsubscribedFrom"], json!(["EVALUATIONS"]));
        assert_eq!(unsubscribed(&app, &eve).await, json!([]), "another's wishes are another's");
        let refused = app
            .does(None, "setSubscription", json!({ "topic": "REMINDERS", "wanted": false }), selection)
            .await;
        assert_eq!(refused["code"], "UNAUTHENTICATED");
    }
}
