//! Staff steer single letters: not this one, this one again.

use serde_json::{Value, json};

use crate::support::{Person, TestApp, stories};

const STOPPED: &str =
    "notice { __typename id rule state stopRequestedAt } plannedLetter { __typename rule occurrence reason }";
const AGAIN: &str = "notice { __typename id rule state resendRequestedAt }";

async fn notices(app: &TestApp, who: &Person, code: &Value) -> Vec<Value> {
    let query = "query($code: String!) { registration(code: $code) { notices(first: 100) { nodes { id rule state reason stopRequestedAt
        resendRequestedAt resentAs { id state } } } } }";
    who.asks(app, query, json!({ "code": code })).await["registration"]["notices"]["nodes"]
        .as_array()
        .expect("notices")
        .clone()
}

async fn upcoming(app: &TestApp, who: &Person, code: &Value, rule: &str) -> Value {
    let query = "query($code: String!) { registration(code: $code) { upcomingLetters { rule occurrence dueOn dueTime reason } } }";
    let data = who.asks(app, query, json!({ "code": code })).await;
    let letters = data["registration"]["upcomingLetters"].as_array().expect("letters").clone();
    letters
        .into_iter()
        .find(|letter| letter["rule"] == rule)
        .unwrap_or_else(|| panic!("no {rule} in {data:#}"))
}

stories! {
    async fn a_letter_that_lies_ahead_is_stopped_for_one_person(app with the course at "2026-04-20T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let hers = ada.takes_part(&app, "nurse").await;
        app.signs_in("bob@example.org").await.takes_part(&app, "nurse").await;
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let letter = upcoming(&app, &staff, &hers["code"], "course_starting_7d").await;
        assert_eq!((&letter["dueOn"], &letter["dueTime"]), (&json!("2026-05-06"), &json!("09:00")));
        let input = json!({ "registrationId": hers["id"], "rule": letter["rule"], "occurrence": letter["occurrence"] });
        let other = app.staff_of("other@example.org", Some("harvard-medical-school")).await;
        for stranger in [&ada, &other] {
            assert_eq!(
                stranger.does(&app, "cancelNotice", input.clone(), STOPPED).await["code"],
                "NOT_FOUND"
            );
        }
        for _ in 0..2 {
            let stopped = staff.does(&app, "cancelNotice", input.clone(), STOPPED).await;
            assert_eq!(
                (&stopped["__typename"], &stopped["reason"]),
                (&json!("PlannedLetter"), &json!("STOPPED_BY_STAFF")),
                "{stopped}"
            );
        }
        let mut unknown = input.clone();
        unknown["rule"] = json!("nothing");
        assert_eq!(staff.does(&app, "cancelNotice", unknown, STOPPED).await["code"], "NOT_FOUND");
        assert_eq!(
            staff.does(&app, "cancelNotice", json!({ "rule": "x" }), STOPPED).await["code"],
            "INVALID_INPUT"
        );
        app.travels_to("2026-05-06T10:00-04:00").await;
        let told = |email: &str| app.subjects_to(email).len();
        assert_eq!(
            (told("ada@example.org") + 1, told("ada@example.org")),
            (told("bob@example.org"), 2),
            "{:?}",
            app.subjects_to("ada@example.org")
        );
    }

    async fn what_was_sent_is_not_stopped_and_can_be_sent_again(app with the course at "2026-04-20T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let hers = ada.takes_part(&app, "nurse").await;
        let staff = app.staff("staff@example.org").await;
        let sent = notices(&app, &staff, &hers["code"])
            .await
            .into_iter()
            .find(|notice| notice["rule"] == "registration_confirmed")
            .expect("a confirmation");
        let input = json!({ "noticeId": sent["id"] });
        let refused = staff.does(&app, "cancelNotice", input.clone(), STOPPED).await;
        assert_eq!(
            (&refused["code"], &refused["message"]),
            (&json!("NOTICE_SETTLED"), &json!("This e-mail cannot be stopped. It was sent."))
        );
        let other = app.staff_of("other@example.org", Some("harvard-medical-school")).await;
        for stranger in [&ada, &other] {
            assert_eq!(stranger.does(&app, "resendNotice", input.clone(), AGAIN).await["code"], "NOT_FOUND");
        }
        app.nature.move_to(crate::support::time::at("2026-04-21T12:00-04:00"));
        let staff = app.staff("staff@example.org").await;
        let before = app.subjects_to("ada@example.org").len();
        let again = staff.does(&app, "resendNotice", input.clone(), AGAIN).await;
        assert_eq!(again["resendRequestedAt"], "2026-04-21T16:00:00Z", "{again}");
        assert_eq!(
            staff.does(&app, "resendNotice", input.clone(), AGAIN).await["code"],
            "CANNOT_RESEND",
            "a second click sends nothing twice"
        );
        app.works().await;
        let subjects = app.subjects_to("ada@example.org");
        assert_eq!((subjects.len(), subjects.last()), (before + 1, subjects.get(before - 1)), "{subjects:?}");
        let all = notices(&app, &staff, &hers["code"]).await;
        let first = all.iter().find(|notice| notice["id"] == sent["id"]).expect("the first");
        assert_eq!(first["resentAs"]["state"], "SENT", "{first}");
        let copy = all.iter().find(|notice| notice["id"] == first["resentAs"]["id"]).expect("the second");
        assert_eq!((&copy["rule"], &copy["resentAs"]), (&json!("registration_confirmed"), &Value::Null));
        // And once more, by the copy.
        let third = staff.does(&app, "resendNotice", json!({ "noticeId": copy["id"] }), AGAIN).await;
        assert_eq!(third["__typename"], "Notice", "{third}");
        app.works().await;
        assert_eq!(app.subjects_to("ada@example.org").len(), before + 2);
    }

    async fn the_facts_stand_against_sending_again(app with the course at "2026-04-20T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let hers = ada.takes_part(&app, "nurse").await;
        let staff = app.staff("staff@example.org").await;
        let all = notices(&app, &staff, &hers["code"]).await;
        let id =
            |rule: &str| all.iter().find(|notice| notice["rule"] == rule).expect("a notice")["id"].clone();
        let resend =
            async |id: Value| staff.does(&app, "resendNotice", json!({ "noticeId": id }), AGAIN).await;
        let done = resend(id("registration_started")).await;
        assert_eq!(
            (&done["code"], &done["message"]),
            (
                &json!("CANNOT_RESEND"),
                &json!(
                    "This e-mail cannot be sent again. The registration is confirmed, so there is nothing left to do."
                )
            )
        );
        ada.cancels(&app, &hers).await;
        let cancelled = resend(id("registration_confirmed")).await;
        assert_eq!(
            cancelled["message"],
            "This e-mail cannot be sent again. The registration was canceled."
        );
        use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
        let code = entity::notice::Entity::find()
            .filter(entity::notice::Column::Rule.eq("sign_in_code"))
            .one(app.db())
            .await
            .expect("rows")
            .expect("a code");
        let code = lectern::graphql::global_id::global(lectern::graphql::global_id::Kind::Notice, code.id);
        assert_eq!(resend(json!(code.0)).await["code"], "NOT_FOUND", "a sign-in code is nobody's to send");
    }

    async fn a_letter_to_somebody_who_asked_is_steered_too(app at "2026-04-20T12:00-04:00") {
        use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
        app.has_the_course().await;
        let course = entity::course::Entity::find().one(app.db()).await.expect("rows").expect("a course");
        let now = entity::Nature::now(&*app.nature);
        let enquiry = entity::enquiry::Model {
            id: entity::Nature::id(&*app.nature),
            course_id: course.id,
            name: "Eve".to_owned(),
            email: "eve@example.org".to_owned(),
            email_key: "eve@example.org".to_owned(),
            profession: None,
            question: None,
            consent_version: Some("1".to_owned()),
            consented_at: Some(now),
            answer: None,
            answered_by: None,
            answered_at: None,
            created_at: now,
            updated_at: now,
        };
        entity::enquiry::ActiveModel { name: Set("Eve".to_owned()), ..enquiry.clone().into_active_model() }
            .insert(app.db())
            .await
            .expect("a row");
        let staff = app.staff("staff@example.org").await;
        app.works().await;
        let query = "{ course(slug: \"core-practice-of-palliative-care\") { notices(filter: { letter: INFORMATION_REQUESTED }) { nodes { id state } }
            plan(learnerKind: ENQUIRER) { rule audience sampleRecipients { id } } } }";
        let data = staff.asks(&app, query, json!({})).await;
        let notice = data["course"]["notices"]["nodes"][0].clone();
        let closing: Vec<&Value> = data["course"]["plan"].as_array().expect("a plan").iter().collect();
        assert_eq!(closing.len(), 2, "{data}");
        assert!(
            closing.iter().all(|letter| letter["audience"] == 1 && letter["sampleRecipients"] == json!([])),
            "{data}"
        );
        let query = "query($id: ID!) { node(id: $id) { ... on Notice { rule } } }";
        assert_eq!(
            staff.asks(&app, query, json!({ "id": notice["id"] })).await["node"]["rule"],
            "information_requested"
        );
        let other = app.staff_of("other@example.org", Some("harvard-medical-school")).await;
        assert_eq!(other.asks(&app, query, json!({ "id": notice["id"] })).await["node"], Value::Null);
        assert_eq!(
            other.does(&app, "resendNotice", json!({ "noticeId": notice["id"] }), AGAIN).await["code"],
            "NOT_FOUND"
        );
        if !["PLANNED", "RETRY", "CLAIMED"].contains(&notice["state"].as_str().expect("a state")) {
            let again = staff.does(&app, "resendNotice", json!({ "noticeId": notice["id"] }), AGAIN).await;
            assert_eq!(again["__typename"], "Notice", "{again}");
            app.works().await;
            let rows = entity::notice::Entity::find().all(app.db()).await.expect("rows");
            assert!(rows.iter().any(|row| row.occurrence == "asked, again 1"), "{rows:#?}");
        }
    }
}
