//! Having enough of a kind of letters: by the link in one of them, or signed in.

use axum::http::StatusCode;
use entity::mailing::Topic;
use entity::secret::{Addressee, Unsubscribe};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::request::{get, post, with};
use crate::support::{House, Person, stories};

const SIMPLE: &str = "application/x-www-form-urlencoded";
const ONE_CLICK: &str = "List-Unsubscribe=One-Click";
const MULTIPART: &str = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";

/// The token of the link in a letter of this topic to a learner.
async fn link(house: &House, email: &str, topic: Topic) -> String {
    let learner = entity::learner::Entity::find().filter(entity::learner::Column::EmailKey.eq(email)).one(house.db()).await;
    let who = Addressee::Learner(learner.expect("a row").expect("a learner").id);
    house.desk.key.unsubscribe_token(Unsubscribe { who, topic })
}

async fn looks(house: &House, token: &str) -> (StatusCode, String) {
    house.http(get(&format!("/unsubscribe/{token}"))).await
}

async fn posts(house: &House, token: &str, kind: &str, body: &str) -> (StatusCode, String) {
    house.http(with(post(&format!("/unsubscribe/{token}"), body.to_owned()), "content-type", kind)).await
}

async fn unsubscribed(house: &House, person: &Person) -> Value {
    person.asks(house, "{ viewer { unsubscribedFrom } }", json!({})).await["viewer"]["unsubscribedFrom"].clone()
}

async fn rows(house: &House) -> u64 {
    entity::unsubscription::Entity::find().count(house.db()).await.expect("a count")
}

stories! {
    async fn looking_changes_nothing_and_the_button_does(house at "2026-04-01T12:00-04:00") {
        let ada = house.signs_in("ada@example.org").await;
        let token = link(&house, "ada@example.org", Topic::Reminders).await;
        let (status, page) = looks(&house, &token).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("reminders of courses") && page.contains("a…@example.org") && page.contains("<form method=\"post\">"), "{page}");
        assert!(!page.contains("<script") && !page.contains("ada@example.org") && !page.contains(&token), "{page}");
        assert_eq!(rows(&house).await, 0, "scanners follow links");
        for _ in 0..2 {
            let (status, page) = posts(&house, &token, SIMPLE, ONE_CLICK).await;
            assert_eq!(status, StatusCode::OK);
            assert!(page.contains("not get these letters any more") && page.contains("name=\"again\""), "{page}");
        }
        assert_eq!(unsubscribed(&house, &ada).await, json!(["REMINDERS"]));
        assert!(looks(&house, &token).await.1.contains("not get these letters any more"));
        assert_eq!(posts(&house, &token, SIMPLE, "again=1").await.0, StatusCode::OK);
        assert_eq!((unsubscribed(&house, &ada).await, rows(&house).await), (json!([]), 0));
    }

    async fn mail_programs_unsubscribe_with_one_click_in_either_encoding(house at "2026-04-01T12:00-04:00") {
        let ada = house.signs_in("ada@example.org").await;
        let token = link(&house, "ada@example.org", Topic::Evaluations).await;
        assert_eq!(posts(&house, &token, "multipart/form-data; boundary=b", MULTIPART).await.0, StatusCode::OK);
        assert_eq!(unsubscribed(&house, &ada).await, json!(["EVALUATIONS"]));
        let token = link(&house, "ada@example.org", Topic::Deadlines).await;
        assert_eq!(posts(&house, &token, SIMPLE, ONE_CLICK).await.0, StatusCode::OK);
        assert_eq!(unsubscribed(&house, &ada).await, json!(["DEADLINES", "EVALUATIONS"]));
    }

    async fn what_is_no_link_of_ours_or_no_wish_changes_nothing(house at "2026-04-01T12:00-04:00") {
        house.signs_in("ada@example.org").await;
        let token = link(&house, "ada@example.org", Topic::Reminders).await;
        let nobody = house.desk.key.unsubscribe_token(Unsubscribe { who: Addressee::Learner(Uuid::from_u128(7)), topic: Topic::Reminders });
        for unknown in ["x".to_owned(), token.replacen("72", "64", 1), token[..60].to_owned(), format!("{token}0"), nobody] {
            assert_eq!(looks(&house, &unknown).await.0, StatusCode::NOT_FOUND, "{unknown}");
            assert_eq!(posts(&house, &unknown, SIMPLE, ONE_CLICK).await.0, StatusCode::NOT_FOUND, "{unknown}");
        }
        for (kind, body) in [(SIMPLE, ""), (SIMPLE, "List-Unsubscribe=Two-Clicks"), (SIMPLE, "again=0"), ("multipart/form-data; boundary=b", "--b--")] {
            assert_eq!(posts(&house, &token, kind, body).await.0, StatusCode::BAD_REQUEST, "{body}");
        }
        assert_eq!(posts(&house, &token, SIMPLE, &"a".repeat(5000)).await.0, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(rows(&house).await, 0);
    }

    async fn a_learner_says_what_is_wanted_and_the_agenda_goes_by_it(house at "2026-04-01T12:00-04:00") {
        house.has_the_course().await;
        let ada = house.signs_in("ada@example.org").await;
        let eve = house.signs_in("eve@example.org").await;
        let registration = ada.takes_part(&house, "nurse").await;
        let selection = "viewer { __typename unsubscribedFrom }";
        let sets = async |topic: &str, wanted: bool| ada.does(&house, "setSubscription", json!({ "topic": topic, "wanted": wanted }), selection).await;
        assert_eq!(sets("REMINDERS", false).await, json!({ "__typename": "Viewer", "unsubscribedFrom": ["REMINDERS"] }));
        let query = "query($code: String!) { registration(code: $code) { upcomingLetters { letter reason } } }";
        let planned = ada.asks(&house, query, json!({ "code": registration["code"] })).await["registration"]["upcomingLetters"].clone();
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
        assert_eq!(unsubscribed(&house, &eve).await, json!([]), "another's wishes are another's");
        let refused = house.does(None, "setSubscription", json!({ "topic": "REMINDERS", "wanted": false }), selection).await;
        assert_eq!(refused["code"], "UNAUTHENTICATED");
    }
}
