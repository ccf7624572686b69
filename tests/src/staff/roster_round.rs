//! A list that Lectern has written comes back and says nothing new, whatever became of the people in it.

use serde_json::json;

use crate::support::{SAMPLE, stories};

const IMPORT: &str =
    "registrationImport { applied created updated unchanged refused rows { verdict message } }";

stories! {
    async fn an_exported_list_comes_back_with_those_who_gave_up(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let ada = app.signs_in("ada@example.org").await;
        let first = ada.registers(&app, "nurse").await;
        ada.cancels(&app, &first).await;
        let second = ada.registers(&app, "nurse").await;
        staff.records_payment(&app, &second).await;
        app.signs_in("bob@example.org").await.registers(&app, "physician").await;
        let cyd = app.signs_in("cyd@example.org").await;
        let given_up = cyd.registers(&app, "nurse").await;
        cyd.cancels(&app, &given_up).await;
        app.travels_to("2026-04-20T12:00-04:00").await;
        let staff = app.staff("desk@example.org").await;
        let (course, _) = app.course_and_track().await;
        let input = json!({ "courseId": course, "purpose": "to be looked at" });
        let ticket = staff.does(&app, "exportRegistrations", input, "registrationExport { url }").await;
        let (_, _, file) = app.gets(ticket["url"].as_str().expect("a url")).await;
        assert!(file.matches(",CANCELLED,").count() == 2 && file.contains(",EXPIRED,"), "{file}");
        let import = async |csv: &str| {
            let input = json!({ "courseId": course, "csv": csv, "check": false });
            staff.does(&app, "importRegistrations", input, IMPORT).await
        };
        let back = import(&file).await;
        assert_eq!((&back["applied"], &back["unchanged"]), (&json!(true), &json!(4)), "{back:#}");

        // What is not so is wanted, and not to be had by a list.
        for row in ["dan@example.org,CANCELLED,", "cyd@example.org,EXPIRED,", "cyd@example.org,CANCELLED,5.00"] {
            let no = import(&format!("email,status,paid\n{row}\n")).await;
            assert_eq!((&no["applied"], &no["refused"]), (&json!(false), &json!(1)), "{row}: {no:#}");
        }
    }

    /// A file of last year's course says so before anybody waits for registrations.
    async fn a_file_that_comes_too_late_is_warned_of(app at "2026-05-10T12:00-04:00") {
        let told = async |email: &str| {
            let staff = app.staff(email).await;
            let input = json!({ "file": SAMPLE, "check": true });
            let done = staff.does(&app, "importCourse", input, "importedCourse { warnings { path message } }").await;
            done["warnings"].as_array().and_then(|warnings| warnings.last().cloned()).unwrap_or_default()
        };
        assert_eq!(
            told("office@example.org").await,
            json!({ "path": ["registration", "deadline"], "message": "This has passed, so nobody can register for the course." })
        );
        app.travels_to("2026-06-10T12:00-04:00").await;
        assert_eq!(
            told("desk@example.org").await,
            json!({ "path": ["course", "ends_on"], "message": "This lies in the past: the course is over, and nobody can register for it." })
        );
    }
}
