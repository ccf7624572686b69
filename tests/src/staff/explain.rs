//! Why did I (not) get this?

use serde_json::{Value, json};

use crate::support::{Person, TestApp, stories};

async fn explained(app: &TestApp, who: &Person, registration: &Value, letter: &str) -> Value {
    let query =
        "query($id: ID!, $letter: Letter!) { explain(registrationId: $id, letter: $letter) { letter summary answers { rule dueAt outcome at
        reason sentence } } }";
    who.asks(app, query, json!({ "id": registration["id"], "letter": letter })).await["explain"].clone()
}

fn told(explanation: &Value) -> Vec<(String, String, Value)> {
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{explanation}")).to_owned();
    let answers = explanation["answers"].as_array().unwrap_or_else(|| panic!("{explanation}"));
    answers
        .iter()
        .map(|answer| (text(&answer["rule"]), text(&answer["outcome"]), answer["reason"].clone()))
        .collect()
}

stories! {
    async fn staff_are_told_what_became_of_every_letter(app with the course at "2026-05-05T15:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let hers = ada.takes_part(&app, "nurse").await;
        app.travels_to("2026-05-06T12:00-04:00").await;
        let bob = app.signs_in("bob@example.org").await;
        let his = bob.takes_part(&app, "nurse").await;
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let starting = explained(&app, &staff, &hers, "COURSE_STARTING").await;
        assert_eq!(
            told(&starting),
            [
                ("course_starting_7d".to_owned(), "SENT".to_owned(), Value::Null),
                ("course_starting_1d".to_owned(), "PLANNED".to_owned(), Value::Null)
            ]
        );
        assert_eq!(starting["summary"], "This e-mail: 1 sent, 1 planned.");
        assert_eq!(
            starting["answers"][1]["sentence"],
            "It will be sent at 9:00 a.m. Eastern Time on Tuesday, May 12, 2026."
        );
        let late = explained(&app, &staff, &his, "COURSE_STARTING").await;
        assert_eq!(
            told(&late)[0],
            ("course_starting_7d".to_owned(), "NOT_SENT".to_owned(), json!("LATE_REGISTRATION"))
        );
        assert!(
            late["answers"][0]["sentence"].as_str().expect("words").starts_with(
                "It was not sent at 9:00 a.m. Eastern Time on Wednesday, May 6, 2026. It was due before"
            ),
            "{late}"
        );
        let off = explained(&app, &staff, &hers, "SESSION_STARTING").await;
        assert!(
            off["summary"].as_str().expect("words").ends_with("Every rule for this e-mail is switched off."),
            "{off}"
        );
        assert!(told(&off).iter().all(|(_, outcome, reason)| outcome == "NOT_SENT" && reason == "RULE_OFF"));
        let early = explained(&app, &staff, &hers, "EARLY_FEE_ENDING").await;
        assert_eq!(
            (&early["summary"], &early["answers"]),
            (&json!("The course has no early deadline, which this e-mail depends on."), &json!([]))
        );
        assert_eq!(
            explained(&app, &staff, &hers, "COURSE_CANCELLED").await["summary"],
            "The course has not been canceled."
        );
        assert_eq!(told(&explained(&app, &staff, &hers, "REGISTRATION_CONFIRMED").await)[0].1, "SENT");
        ada.cancels(&app, &hers).await;
        app.works().await;
        let after = explained(&app, &staff, &hers, "COURSE_STARTING").await;
        assert_eq!(told(&after)[1].2, json!("CANCELLED"), "{after}");
    }

    async fn nobody_else_is_told(app with the course at "2026-04-20T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let hers = ada.takes_part(&app, "nurse").await;
        let other = app.staff_of("other@example.org", Some("harvard-medical-school")).await;
        for stranger in [&ada, &other] {
            assert_eq!(explained(&app, stranger, &hers, "COURSE_STARTING").await, Value::Null);
        }
        let staff = app.staff("staff@example.org").await;
        assert_eq!(
            explained(&app, &staff, &json!({ "id": "nonsense" }), "COURSE_STARTING").await,
            Value::Null
        );
        assert_eq!(explained(&app, &staff, &hers, "SIGN_IN_CODE").await["answers"], json!([]));
    }
}
