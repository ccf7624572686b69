//! A draft is announced when it is ready.

use entity::course::Status;
use serde_json::json;

use super::{OFFERS, SLUG, acts, last_act, sample_with};
use crate::support::stories;

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
        })).await;
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        let no = acts(&app, &staff, "publishCourse", SLUG, json!({})).await;
        assert_eq!(no["code"], "NOT_READY", "{no}");
        let paths: Vec<_> = no["details"].as_array().expect("details").iter().map(|row| row["path"][0].as_str().expect("a path")).collect();
        assert_eq!(paths, ["summary", "contactEmail", "days", "faculty", "prices", "registrationDeadline", "statements", "statements"], "{no}");
        assert!(no["details"][2]["message"].as_str().is_some_and(|message| message.contains("sessions")), "{no}");
        assert_eq!(app.asks(None, "{ courses { totalCount } }", json!({})).await["courses"]["totalCount"], 0);
    }

    async fn a_ready_draft_is_announced_once(app at "2026-04-01T12:00-04:00") {
        app.imports(&sample_with(|file| file.course.status = Status::Draft)).await;
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        let done = acts(&app, &staff, "publishCourse", SLUG, json!({})).await;
        assert_eq!(done["status"], "PUBLISHED", "{done}");
        assert_eq!(app.asks(None, "{ courses { totalCount } }", json!({})).await["courses"]["totalCount"], 1);
        let (row, count) = last_act(&app).await;
        assert_eq!((row.act.as_str(), row.after.expect("after")), ("publishCourse", json!({ "course": { "status": "published" } })));
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
        assert_eq!(no["details"], json!([{ "path": ["endsOn"], "message": "it is over", "line": null }]), "{no}");
    }
}
