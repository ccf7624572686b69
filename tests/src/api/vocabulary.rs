//! Professions and types of credit: lists to choose from, codes in inputs, and what is said of a code that is
//! none.

use serde_json::{Value, json};

use crate::staff::office::refused;
use crate::support::payload::is_refused;
use crate::support::stories;

stories! {
    async fn what_can_be_chosen_is_listed_with_codes_and_names(app at "2026-04-01T12:00-04:00") {
        let data =
            app.asks(None, "{ professions { code name } creditTypes { code name unit } }", json!({})).await;
        let codes = |list: &Value| {
            list.as_array()
                .expect("a list")
                .iter()
                .map(|row| row["code"].as_str().expect("a code").to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            codes(&data["professions"]),
            [
                "physician",
                "nurse",
                "physician_assistant",
                "psychologist",
                "resident_fellow",
                "social_worker",
                "pharmacist",
                "chaplain",
                "allied_health_other"
            ]
        );
        assert_eq!(data["professions"][1]["name"], "Nurse (RN/APRN)");
        assert_eq!(
            codes(&data["creditTypes"]),
            [
                "ama_pra_category_1",
                "nursing_contact_hours",
                "nccpa_recognition",
                "abim_moc",
                "abp_moc",
                "massachusetts_risk_management",
                "uems_recognition",
                "rcpsc_recognition"
            ]
        );
        let units: Vec<&Value> =
            data["creditTypes"].as_array().expect("a list").iter().map(|row| &row["unit"]).collect();
        assert_eq!(
            units,
            [
                &json!("HOUR"),
                &json!("HOUR"),
                &Value::Null,
                &json!("POINT"),
                &json!("POINT"),
                &json!("HOUR"),
                &Value::Null,
                &Value::Null
            ]
        );
    }

    async fn every_code_that_is_listed_is_taken(app at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let listed = app.asks(None, "{ professions { code name } }", json!({})).await["professions"].clone();
        for profession in listed.as_array().expect("a list") {
            let done = ada
                .does(
                    &app,
                    "updateProfile",
                    json!({ "professionCode": profession["code"] }),
                    "learner { profession { code name } }",
                )
                .await;
            assert_eq!(done["profession"], *profession, "{done}");
        }
    }

    async fn a_code_that_is_none_is_refused_at_its_place(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("staff@example.org").await;
        let (course, track) = app.course_and_track().await;
        let version = app
            .asks(
                None,
                "query($id: ID!) { node(id: $id) { ... on Course { version } } }",
                json!({ "id": course }),
            )
            .await["node"]["version"]
            .clone();
        let rule = json!({ "slug": "x", "letter": "COURSE_STARTING", "minutes": -60, "professionCodes": ["nurse", "NURSE"] });
        for (act, input, path, known) in [
            (
                "register",
                json!({ "courseId": course, "trackId": track, "professionCode": "NURSE" }),
                json!(["professionCode"]),
                "physician, nurse, ",
            ),
            (
                "updateProfile",
                json!({ "professionCode": "" }),
                json!(["professionCode"]),
                "physician, nurse, ",
            ),
            (
                "announce",
                json!({ "courseId": course, "subject": "Hello", "body": "Hello", "professionCodes": ["nurse", "dentist"] }),
                json!(["professionCodes", "1"]),
                "physician, nurse, ",
            ),
            (
                "setReminderRules",
                json!({ "courseId": course, "version": version, "rules": [rule] }),
                json!(["rules", "0", "professionCodes", "1"]),
                "physician, nurse, ",
            ),
            (
                "updateCourse",
                json!({ "courseId": course, "version": version, "prices": [{ "professionCode": "dentist", "regular": "1.00" }] }),
                json!(["prices", "0", "professionCode"]),
                "physician, nurse, ",
            ),
            (
                "updateCourse",
                json!({ "courseId": course, "version": version, "audiences": [{ "name": "All", "professionCode": "all" }] }),
                json!(["audiences", "0", "professionCode"]),
                "physician, nurse, ",
            ),
            (
                "updateCourse",
                json!({ "courseId": course, "version": version, "credits": [{ "typeCode": "AMA_PRA_CATEGORY_1", "label": "AMA" }] }),
                json!(["credits", "0", "typeCode"]),
                "ama_pra_category_1, ",
            ),
        ] {
            let no = refused(&app, &staff, act, input).await;
            assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &path), "{act}: {no}");
            assert!(no["message"].as_str().is_some_and(|message| message.contains(known)), "{act}: {no}");
        }
        let nobody = app.does(None, "updateProfile", json!({ "professionCode": "dentist" }), "").await;
        assert_eq!(nobody["code"], "UNAUTHENTICATED", "who is not signed in is told that first");
        let asked = json!({ "courseId": course, "name": "Ada", "email": "ada@example.org", "professionCode": "dentist", "consent": false, "proof": "" });
        let asked = app.does(None, "requestInformation", asked, "").await;
        assert!(is_refused(&asked) && asked["path"] == json!(["professionCode"]), "{asked}");
        let answer = app
            .answers(
                Some(&staff.token),
                "{ registrations(filter: { professionCode: [\"dentist\"] }) { nodes { id } } }",
                json!({}),
            )
            .await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
        assert!(
            error["message"].as_str().is_some_and(|message| message.contains("physician, nurse, ")),
            "{answer}"
        );
    }
}
