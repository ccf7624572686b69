//! Whoever mends a form sees all of its mistakes, each at its field; who may not see the thing at all sees none.

use serde_json::{Value, json};

use super::office::{does, refused};
use crate::support::stories;

const LONG: usize = 201;

/// Where a refusal says that something is wrong.
fn told(no: &Value) -> Vec<String> {
    let path = |detail: &Value| {
        let steps = detail["path"].as_array().expect("a path").iter();
        steps.map(|step| step.as_str().expect("a step")).collect::<Vec<_>>().join(".")
    };
    no["details"].as_array().unwrap_or_else(|| panic!("no details: {no}")).iter().map(path).collect()
}

/// Of several mistakes the message tells the first, and how many more there are.
fn all(no: &Value, paths: &[&str]) {
    assert_eq!(
        (&no["code"], told(no)),
        (&json!("INVALID_INPUT"), paths.iter().map(|path| (*path).to_owned()).collect()),
        "{no}"
    );
    let message = no["message"].as_str().expect("a message");
    let first = no["details"][0]["message"].as_str().expect("a message");
    assert_eq!(message, format!("{first} (and {} more)", paths.len() - 1));
    for detail in no["details"].as_array().expect("details") {
        let message = detail["message"].as_str().expect("a message");
        assert!(!message.starts_with(char::is_lowercase) && message.ends_with('.'), "no sentence: {message}");
    }
    assert_eq!(no["path"], no["details"][0]["path"]);
}

stories! {
    async fn registering_tells_every_mistake(app with the course at "2026-04-01T12:00-04:00") {
        let office = app.staff("office@example.org").await;
        let (course, track) = app.course_and_track().await;
        let long = "x".repeat(LONG);
        let input = json!({
            "courseId": course, "trackId": course, "email": "nobody", "name": long, "professionCode": "wizard",
            "idempotencyKey": "with spaces",
        });
        let no = refused(&app, &office, "registerLearner", input.clone()).await;
        all(&no, &["professionCode", "trackId", "email", "name", "idempotencyKey"]);
        // A track that was left out is told along with the rest, and alone it is its own refusal.
        let mut without = input.clone();
        without["trackId"] = Value::Null;
        let no = refused(&app, &office, "registerLearner", without).await;
        all(&no, &["professionCode", "email", "name", "idempotencyKey", "trackId"]);
        let input_of_one = json!({ "courseId": course, "email": "ada@example.org", "professionCode": "nurse" });
        let no = refused(&app, &office, "registerLearner", input_of_one).await;
        assert_eq!((&no["code"], &no["path"]), (&json!("TRACK_REQUIRED"), &json!(["trackId"])));

        // The same for who registers alone; a course that is not there has no mistakes.
        let ada = app.signs_in("ada@example.org").await;
        let own = json!({ "courseId": course, "name": long, "professionCode": "wizard", "idempotencyKey": "" });
        all(&refused(&app, &ada, "register", own).await, &["professionCode", "name", "idempotencyKey", "trackId"]);
        let no = refused(&app, &ada, "registerLearner", input).await;
        assert_eq!(no["code"], "NOT_FOUND", "{no}");
        let one = json!({ "courseId": course, "trackId": track, "professionCode": "wizard" });
        let no = refused(&app, &ada, "register", one).await;
        assert_eq!((&no["code"], &no["path"], &no["details"]), (&json!("INVALID_INPUT"), &json!(["professionCode"]), &json!([])));
        assert!(ada.registers(&app, "nurse").await["code"].is_string());
    }

    async fn correcting_people_and_profiles_tells_every_mistake(app with the course at "2026-04-01T12:00-04:00") {
        let office = app.staff("office@example.org").await;
        let ada = app.signs_in("ada@example.org").await;
        let registration = ada.registers(&app, "nurse").await;
        let registrations = "registration { id learner { id } }";
        let (course, track) = app.course_and_track().await;
        let input = json!({ "courseId": course, "trackId": track, "email": "bob@example.org", "professionCode": "nurse" });
        let bob = does(&app, &office, "registerLearner", input, registrations).await;
        let wrong = json!({ "learnerId": bob["learner"]["id"], "name": "x".repeat(LONG), "email": "nobody" });
        all(&refused(&app, &office, "correctLearner", wrong.clone()).await, &["name", "email"]);
        assert_eq!(refused(&app, &ada, "correctLearner", wrong).await["code"], "NOT_FOUND");

        let wrong = json!({ "registrationId": registration["id"], "professionCode": "wizard", "trackId": course });
        all(&refused(&app, &office, "correctRegistration", wrong.clone()).await, &["professionCode", "trackId"]);
        assert_eq!(refused(&app, &ada, "correctRegistration", wrong).await["code"], "NOT_FOUND");

        let long = "x".repeat(LONG);
        let wrong = json!({ "name": long, "credentials": "RN\nMSN", "professionCode": "wizard", "timeZone": "Mars/Base" });
        let no = refused(&app, &ada, "updateProfile", wrong).await;
        all(&no, &["professionCode", "name", "credentials", "timeZone"]);
        let seen = ada.asks(&app, "{ viewer { learner { name credentials timeZone } } }", json!({})).await;
        assert_eq!(seen["viewer"]["learner"], json!({ "name": null, "credentials": null, "timeZone": null }));
    }

    async fn payments_and_announcements_tell_every_mistake(app with the course at "2026-04-01T12:00-04:00") {
        let office = app.staff("office@example.org").await;
        let ada = app.signs_in("ada@example.org").await;
        let registration = ada.registers(&app, "nurse").await;
        let wrong = json!({
            "registrationId": registration["id"], "amount": "10.005", "method": "CHECK", "reference": "x".repeat(LONG),
            "receivedAt": "2026-04-02T12:00:00-04:00", "idempotencyKey": "",
        });
        let no = refused(&app, &office, "recordPayment", wrong.clone()).await;
        all(&no, &["amount", "receivedAt", "reference", "idempotencyKey"]);
        assert_eq!(refused(&app, &ada, "recordPayment", wrong).await["code"], "NOT_FOUND");

        let (course, _) = app.course_and_track().await;
        let wrong = json!({
            "courseId": course, "subject": " ", "body": "", "statuses": ["CANCELLED"], "professionCodes": ["nurse", "wizard", "druid"],
            "trackId": course,
        });
        let no = refused(&app, &office, "announce", wrong.clone()).await;
        all(&no, &["professionCodes.1", "professionCodes.2", "trackId", "subject", "body", "statuses"]);
        assert_eq!(refused(&app, &ada, "announce", wrong).await["code"], "NOT_FOUND");
    }
}
