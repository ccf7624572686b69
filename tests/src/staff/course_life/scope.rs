//! Staff of one organization and the courses of another.

use serde_json::{Value, json};

use super::{COURSE, OFFERS, SLUG, last_act, read, seen, two_organizations};
use crate::support::stories;

stories! {
    async fn what_is_not_yours_to_run_does_not_exist(app at "2026-04-01T12:00-04:00") {
        let (ours, theirs) = two_organizations(&app).await;
        let (id, version) = seen(&app, &ours, SLUG).await;
        let (_, count) = last_act(&app).await;
        let learner = app.signs_in("nurse@example.org").await;
        for (act, more) in [
            ("updateCourse", json!({ "title": "Mine" })),
            ("publishCourse", json!({})),
            ("cancelCourse", json!({})),
            ("archiveCourse", json!({})),
        ] {
            let mut input = json!({ "courseId": id, "version": version });
            input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            for person in [&theirs, &learner] {
                let no = person.does(&app, act, input.clone(), COURSE).await;
                assert_eq!(
                    (&no["code"], &no["message"]),
                    (&json!("NOT_FOUND"), &json!("There is no such course.")),
                    "{act}: {no}"
                );
            }
            // Nor does a stale version tell that it is there.
            input["version"] = json!(version + 5);
            let no = theirs.does(&app, act, input.clone(), COURSE).await;
            assert_eq!((&no["code"], &no["current"]), (&json!("NOT_FOUND"), &Value::Null), "{act}: {no}");
            assert_eq!(app.does(None, act, input, COURSE).await["code"], "UNAUTHENTICATED");
        }
        let copy = theirs
            .does(&app, "copyCourse", json!({ "courseId": id, "slug": "stolen", "moveByDays": 7 }), COURSE)
            .await;
        assert_eq!(copy["code"], "NOT_FOUND", "{copy}");
        assert_eq!(last_act(&app).await.1, count);
        assert_eq!(
            read(&app, &ours, SLUG, "version status").await,
            json!({ "version": version, "status": "PUBLISHED" })
        );
    }

    async fn a_course_cannot_be_given_away_by_its_staff_but_shared(app at "2026-04-01T12:00-04:00") {
        let (ours, theirs) = two_organizations(&app).await;
        let (id, version) = seen(&app, &ours, SLUG).await;
        let away = ours
            .does(
                &app,
                "updateCourse",
                json!({ "courseId": id, "version": version, "offeredBy": ["mercy"] }),
                COURSE,
            )
            .await;
        assert_eq!(
            (&away["code"], &away["path"]),
            (&json!("INVALID_INPUT"), &json!(["offeredBy"])),
            "{away}"
        );
        let shared = ours
            .does(
                &app,
                "updateCourse",
                json!({ "courseId": id, "version": version, "offeredBy": [OFFERS, "mercy"] }),
                COURSE,
            )
            .await;
        assert_eq!(shared["__typename"], "Course", "{shared}");
        let theirs_too = theirs
            .does(
                &app,
                "updateCourse",
                json!({ "courseId": id, "version": version + 1, "title": "Ours" }),
                COURSE,
            )
            .await;
        assert_eq!(theirs_too["title"], "Ours", "{theirs_too}");
    }
}
