//! A draft is announced when it is ready.

use entity::course::Status;
use serde_json::json;

use super::{OFFERS, SLUG, acts, last_act, read, sample_with};
use crate::support::{said, stories};

stories! {
    async fn what_is_missing_is_told_in_a_list(app at "2026-04-01T12:00-04:00") {
        app.imports(&sample_with(|file| {
            file.course.status = Status::Draft;
            file.course.summary = None;
            file.course.contact_email = None;
            file.days.clear();
            file.fees.prices.clear();
            file.statements.clear();
            file.faculty.clear();
            file.registration.deadline = Some("2026-03-31".parse().expect("a day"));
        }))
        .await;
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        let no = acts(&app, &staff, "publishCourse", SLUG, json!({})).await;
        assert_eq!(no["code"], "NOT_READY", "{no}");
        let paths: Vec<_> = no["details"]
            .as_array()
            .expect("details")
            .iter()
            .map(|row| row["path"][0].as_str().expect("a path"))
            .collect();
        assert_eq!(
            paths,
            [
                "summary",
                "contactEmail",
                "days",
                "faculty",
                "prices",
                "registrationDeadline",
                "statements",
                "statements"
            ],
            "{no}"
        );
        assert!(
            no["details"][2]["message"].as_str().is_some_and(|message| message.contains("sessions")),
            "{no}"
        );
        assert_eq!(app.asks(None, "{ courses { totalCount } }", json!({})).await["courses"]["totalCount"], 0);
    }

    async fn a_ready_draft_is_announced_once(app at "2026-04-01T12:00-04:00") {
        app.imports(&sample_with(|file| file.course.status = Status::Draft)).await;
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        let done = acts(&app, &staff, "publishCourse", SLUG, json!({})).await;
        assert_eq!(done["status"], "PUBLISHED", "{done}");
        assert_eq!(app.asks(None, "{ courses { totalCount } }", json!({})).await["courses"]["totalCount"], 1);
        let (row, count) = last_act(&app).await;
        assert_eq!(
            (row.act.as_str(), row.after.expect("after")),
            ("publishCourse", json!({ "course": { "status": "published" } }))
        );
        let again = acts(&app, &staff, "publishCourse", SLUG, json!({})).await;
        assert_eq!(again["code"], "ALREADY_PUBLISHED", "{again}");
        assert_eq!(last_act(&app).await.1, count);
        let nurse = app.signs_in("nurse@example.org").await;
        assert_eq!(nurse.registers(&app, "nurse").await["status"], "STARTED");
    }

    async fn what_is_over_is_not_announced(app at "2026-06-01T12:00-04:00") {
        app.imports(&sample_with(|file| file.course.status = Status::Draft)).await;
        let staff = app.staff("staff@example.org").await;
        let no = acts(&app, &staff, "publishCourse", SLUG, json!({})).await;
        assert_eq!(
            no["details"],
            json!([{ "path": ["endsOn"], "message": "It is over.", "line": null }]),
            "{no}"
        );
    }

    async fn what_publishing_asks_for_holds_as_long_as_a_course_is_published(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        let before = read(&app, &staff, SLUG, "version summary").await;
        let less = json!({ "summary": null, "contactEmail": null, "objectives": [], "prices": [], "accreditedBy": [], "statements": null });
        let no = acts(&app, &staff, "updateCourse", SLUG, less).await;
        assert_eq!(no["code"], "INVALID_INPUT", "{no}");
        let mut paths: Vec<_> = no["details"]
            .as_array()
            .expect("details")
            .iter()
            .map(|row| row["path"][0].as_str().expect("a path"))
            .collect();
        paths.sort_unstable();
        assert_eq!(
            paths,
            ["accreditedBy", "contactEmail", "objectives", "prices", "statements", "summary"],
            "{no}"
        );
        let message = |field: &str| {
            no["details"]
                .as_array()
                .expect("details")
                .iter()
                .find(|row| row["path"][0] == field)
                .map(|row| row["message"].clone())
        };
        assert_eq!(message("summary"), Some(json!("The course is published, and it has no summary.")));
        let both = "The course is published, and it offers credit without a statement of accreditation, and it offers credit without a statement of disclosure.";
        assert_eq!(message("statements"), Some(json!(both)));
        let nobody = acts(&app, &staff, "setCourseFaculty", SLUG, json!({ "faculty": [] })).await;
        assert_eq!(nobody["path"], json!(["faculty"]), "{nobody}");
        // Opening after the close: nobody could ever register.
        let never = acts(
            &app,
            &staff,
            "updateCourse",
            SLUG,
            json!({ "registrationDeadline": null, "registrationOpensAt": "2026-05-15T12:00:00Z" }),
        )
        .await;
        assert_eq!(never["path"], json!(["registrationOpensAt"]), "{never}");
        // A file is held to the same, at its lines.
        let file = sample_with(|file| {
            file.course.summary = None;
            file.faculty.iter_mut().for_each(|row| row.role = lectern::catalogue::draft::Standing::Faculty);
        });
        let no =
            staff.does(&app, "importCourse", json!({ "file": file }), "importedCourse { applied }").await;
        let told: Vec<_> = no["details"]
            .as_array()
            .expect("details")
            .iter()
            .map(|row| (row["path"].clone(), row["line"].is_u64()))
            .collect();
        assert_eq!(told, [(json!(["course", "summary"]), true), (json!(["faculty"]), true)], "{no}");
        assert_eq!(read(&app, &staff, SLUG, "version summary").await, before);
        // A draft may lack all of it.
        let draft = sample_with(|file| {
            file.course.slug = said("draft");
            file.course.status = Status::Draft;
            file.course.summary = None;
        });
        assert_eq!(
            staff.does(&app, "importCourse", json!({ "file": draft }), "importedCourse { applied }").await["applied"],
            true
        );
    }

    async fn what_a_course_lacked_before_it_was_asked_for_keeps_nobody_from_editing_it(app with the course at "2026-04-01T12:00-04:00") {
        let bare = sea_orm::ConnectionTrait::execute_unprepared(
            app.db(),
            "update course set summary = null, contact_email = null, version = version + 1",
        )
        .await;
        bare.expect("the course is as an earlier release left it");
        app.state.catalogue.forget_all();
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        let done = acts(
            &app,
            &staff,
            "updateCourse",
            SLUG,
            json!({ "title": "Core Practice", "contactEmail": "course@example.org" }),
        )
        .await;
        assert_eq!(done["title"], "Core Practice", "{done}");
        // What it has by now, it keeps.
        let no = acts(&app, &staff, "updateCourse", SLUG, json!({ "contactEmail": null })).await;
        assert_eq!(no["path"], json!(["contactEmail"]), "{no}");
    }
}
