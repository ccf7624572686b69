//! What is wrong with a session that an input does not speak of stands at a field that the input has, and names
//! the session.

use serde_json::json;

use super::{OFFERS, SLUG, acts, seen};
use crate::support::{SAMPLE, stories};

stories! {
    async fn a_mistake_stands_where_the_input_has_a_field(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        let shorter = acts(&app, &staff, "updateCourse", SLUG, json!({ "startsOn": "2026-05-14" })).await;
        assert_eq!(shorter["path"], json!(["startsOn"]), "{shorter}");
        let message = shorter["message"].as_str().expect("a message");
        assert!(
            message.starts_with("The session \"") && message.contains("of 2026-05-13 (and ")
                && message.contains("more on that day) lies outside of the course, which lasts from 2026-05-14 to "),
            "{message}"
        );
        let shorter = acts(&app, &staff, "updateCourse", SLUG, json!({ "endsOn": "2026-05-14" })).await;
        assert_eq!(shorter["path"], json!(["endsOn"]), "{shorter}");

        // 02:30 of March 14 is jumped over in New York.
        let night = SAMPLE.replacen(
            "start = \"10:30\", end = \"11:15\"",
            "start = \"02:30\", end = \"04:15\"",
            1,
        );
        assert_ne!(night, SAMPLE);
        app.imports(&night).await;
        let (id, version) = seen(&app, &staff, SLUG).await;
        let into_spring = |far: serde_json::Value| {
            let mut input = json!({ "courseId": id });
            input.as_object_mut().expect("an object").extend(far.as_object().expect("an object").clone());
            input
        };
        for (field, far) in [
            ("moveByDays", json!({ "moveByDays": 305 })),
            ("startsOn", json!({ "startsOn": "2027-03-14" })),
        ] {
            let mut input = into_spring(far);
            let mut copy = input.clone();
            copy["slug"] = json!("spring");
            input["version"] = json!(version);
            let moved = staff.does(&app, "moveCourse", input, "course { id }").await;
            let copied = staff.does(&app, "copyCourse", copy, "course { id }").await;
            for no in [moved, copied] {
                assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &json!([field])), "{no}");
                let message = no["message"].as_str().expect("a message");
                assert!(
                    message.starts_with("The session \"") && message.contains("\" of 2027-03-14: there is no 02:30 on"),
                    "{message}"
                );
            }
        }
    }

    /// Staff are told of the profession that they chose, and a learner of the own.
    async fn no_price_stands_at_the_profession(app at "2026-04-01T12:00-04:00") {
        let start = SAMPLE.find("prices = [").expect("prices");
        let end = start + SAMPLE[start..].find("]\n\n").expect("their end") + 2;
        let nurses = "prices = [{ profession = \"nurse\", regular = \"1995.00\" }]\n";
        app.imports(&format!("{}{nurses}{}", &SAMPLE[..start], &SAMPLE[end..])).await;
        let (course, track) = app.course_and_track().await;
        let staff = app.staff("office@example.org").await;
        let place = json!({ "courseId": course, "trackId": track, "professionCode": "physician" });
        let ada = app.signs_in("ada@example.org").await;
        let own = ada.does(&app, "register", place.clone(), "registration { id }").await;
        let mut theirs = place;
        theirs["email"] = json!("bob@example.org");
        let entered = staff.does(&app, "registerLearner", theirs, "registration { id }").await;
        let nurse = app.signs_in("eve@example.org").await.registers(&app, "nurse").await;
        let correction = json!({ "registrationId": nurse["id"], "professionCode": "physician" });
        let corrected = staff.does(&app, "correctRegistration", correction, "correctedRegistration { __typename }").await;
        for (no, whose) in
            [(own, "your profession"), (entered, "this profession"), (corrected, "this profession")]
        {
            assert_eq!((&no["code"], &no["path"]), (&json!("NO_PRICE"), &json!(["professionCode"])), "{no}");
            assert!(no["message"].as_str().is_some_and(|words| words.contains(whose)), "{no}");
        }
    }
}
