//! Values that no course can have, or hardly any means.

use serde_json::json;

use super::{OFFERS, SLUG, acts, read, seen};
use crate::support::{SAMPLE, stories};

stories! {
    async fn what_no_course_can_have_is_refused(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        // A day and an hour is a slip of the hand; a whole day is not.
        let (id, version) = seen(&app, &staff, SLUG).await;
        let lasting = |end: &str| {
            json!({ "courseId": id, "version": version, "title": "Vigil", "kind": "TALK", "date": "2026-05-13",
                "startTime": "22:00", "endTime": end, "endsOn": "2026-05-14" })
        };
        let no = staff.does(&app, "addSession", lasting("23:00"), "session { id }").await;
        assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &json!(["endTime"])), "{no}");
        assert!(no["message"].as_str().is_some_and(|words| words.contains("more than 24 hours")), "{no}");
        let done = staff.does(&app, "addSession", lasting("22:00"), "session { id }").await;
        assert!(done["id"].is_string(), "{done}");

        let room = json!({ "rooms": [{ "slug": "hall", "name": "Hall", "capacity": 0 }] });
        let no = acts(&app, &staff, "updateCourse", SLUG, room).await;
        assert_eq!(no["path"], json!(["rooms", "0", "capacity"]), "{no}");
        let nothing = json!({ "competencies": [{ "name": "IOM", "competencies": [] }] });
        let no = acts(&app, &staff, "updateCourse", SLUG, nothing).await;
        assert_eq!(no["path"], json!(["competencies", "0", "competencies"]), "{no}");
        let twice = json!({ "competencies": [{ "name": "IOM", "competencies": ["Care", "Teams", "Care"] }] });
        acts(&app, &staff, "updateCourse", SLUG, twice).await;
        let warnings = read(&app, &staff, SLUG, "warnings { path message }").await["warnings"].clone();
        let told = json!({ "path": ["competencies", "0", "competencies", "2"], "message": "\"Care\" stands twice in \"IOM\"." });
        assert!(warnings.as_array().is_some_and(|all| all.contains(&told)), "{warnings}");
    }

    async fn files_beside_the_zones_are_no_zones(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        let (id, version) = seen(&app, &staff, SLUG).await;
        let query = "mutation($input: UpdateCourseInput!) { updateCourse(input: $input) { refusal { code } } }";
        for zone in ["Factory", "posixrules", "localtime", "posix/America/New_York", "right/America/New_York"] {
            let input = json!({ "courseId": id, "version": version, "timeZone": zone });
            let answer = app.answers(Some(&staff.token), query, json!({ "input": input })).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{zone}: {answer}");
            let file = SAMPLE.replace("America/New_York", zone);
            assert!(lectern::course_file::parse(&file).is_err(), "{zone}");
        }
    }

    /// The place of a mistake stands beside its message, which is a sentence by itself.
    async fn a_message_stands_without_the_name_of_its_field(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let file = SAMPLE.replacen("title = \"Core Practice of Palliative Care\"\n", "", 1);
        let no = staff.does(&app, "importCourse", json!({ "file": file }), "importedCourse { applied }").await;
        assert_eq!((&no["message"], &no["path"]), (&json!("This is missing."), &json!(["course", "title"])), "{no}");
        let roster = json!({ "courseId": app.course_and_track().await.0, "csv": "email,Notes\na@example.org,x\n" });
        let no = staff.does(&app, "importRegistrations", roster, "registrationImport { applied }").await;
        assert_eq!(no["path"], json!(["csv"]), "{no}");
        let message = no["message"].as_str().expect("a message");
        assert!(message.starts_with("Line 1, column 2: there is no column \"Notes\"; known are email, "), "{message}");
        let admin = app.administrator("admin@example.org").await;
        let grant = json!({ "email": "bad", "organizationId": "nope", "role": "STAFF" });
        let no = admin.does(&app, "grantRole", grant, "staffRole { id }").await;
        let paths: Vec<_> = no["details"].as_array().expect("details").iter().map(|told| told["path"].clone()).collect();
        assert_eq!(paths, [json!(["email"]), json!(["organizationId"])], "{no}");
    }
}
