//! A course is called off, or put away.

use entity::course::Status;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{OFFERS, SLUG, acts, last_act, read, sample_with, seen};
use crate::support::{TestApp, stories};

stories! {
    async fn a_course_is_called_off_and_then_changes_no_more(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        let done = acts(&app, &staff, "cancelCourse", SLUG, json!({ "note": "The **storm**." })).await;
        assert_eq!(done["status"], "CANCELLED", "{done}");
        let (row, _) = last_act(&app).await;
        assert_eq!(
            row.before,
            Some(json!({ "course": { "status": "published", "cancellation_note": null } }))
        );
        assert_eq!(
            row.after,
            Some(json!({ "course": { "status": "cancelled", "cancellation_note": "The **storm**." } }))
        );
        let stored = stored(&app).await;
        assert_eq!(
            (stored.cancelled_at.map(|at| at.to_string()).as_deref(), stored.cancellation_note.as_deref()),
            (Some("2026-04-01T16:00:01Z"), Some("The **storm**."))
        );
        let page = app
            .asks(
                None,
                "query($slug: String!) { course(slug: $slug) { status cancellationNote } }",
                json!({ "slug": SLUG }),
            )
            .await;
        assert_eq!(page["course"], json!({ "status": "CANCELLED", "cancellationNote": "The **storm**." }));
        for (act, more) in [
            ("updateCourse", json!({ "title": "New" })),
            ("updateCourse", json!({ "title": "" })),
            ("publishCourse", json!({})),
            ("cancelCourse", json!({ "note": "again" })),
        ] {
            let no = acts(&app, &staff, act, SLUG, more).await;
            assert_eq!(no["code"], "COURSE_CANCELLED", "{act}: {no}");
        }
        let nurse = app.signs_in("nurse@example.org").await;
        assert_eq!(nurse.registers(&app, "nurse").await["code"], "COURSE_CANCELLED");
        let archived = acts(&app, &staff, "archiveCourse", SLUG, json!({})).await;
        assert_eq!(archived["status"], "ARCHIVED", "{archived}");
        for act in ["updateCourse", "publishCourse", "cancelCourse", "archiveCourse"] {
            let no = acts(&app, &staff, act, SLUG, json!({})).await;
            assert_eq!(no["code"], "COURSE_ARCHIVED", "{act}: {no}");
        }
        assert_eq!(read(&app, &staff, SLUG, "cancellationNote").await["cancellationNote"], "The **storm**.");
    }

    /// Putting it away forgets nothing: what was called off is so in every calendar, takes no money and is
    /// not evaluated, whenever.
    async fn what_was_called_off_stays_called_off_when_it_is_put_away(app with the course at "2026-04-01T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        let ben = app.signs_in("ben@example.org").await.registers(&app, "nurse").await;
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        acts(&app, &staff, "cancelCourse", SLUG, json!({})).await;
        let put_away = acts(&app, &staff, "archiveCourse", SLUG, json!({})).await;
        assert_eq!(put_away["status"], "ARCHIVED", "{put_away}");
        let payment = json!({ "registrationId": ben["id"], "amount": "2005.00", "method": "CHECK" });
        assert_eq!(
            staff.does(&app, "recordPayment", payment, "registration { status }").await["code"],
            "COURSE_CANCELLED"
        );
        let ada = app.signs_in("ada@example.org").await;
        assert_eq!(ada.registers(&app, "nurse").await["code"], "COURSE_CANCELLED");
        let address = app
            .asks(
                None,
                "query($slug: String!) { course(slug: $slug) { calendarUrl } }",
                json!({ "slug": SLUG }),
            )
            .await;
        let calendar = app.gets(address["course"]["calendarUrl"].as_str().expect("an address")).await.2;
        assert_eq!(calendar.matches("STATUS:CANCELLED").count(), 3, "{calendar}");
        // The end that it was to have had passes.
        app.travels_to("2026-05-20T12:00-04:00").await;
        let ada = app.signs_in("ada@example.org").await;
        let mine = "{ viewer { registrations { nodes { evaluation { state } } } } }";
        let data = ada.asks(&app, mine, json!({})).await;
        assert_eq!(data["viewer"]["registrations"]["nodes"][0]["evaluation"]["state"], "CLOSED", "{data}");
    }

    async fn a_draft_is_put_away_and_stays_unseen(app at "2026-04-01T12:00-04:00") {
        app.imports(&sample_with(|file| file.course.status = Status::Draft)).await;
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        let no = acts(&app, &staff, "cancelCourse", SLUG, json!({})).await;
        assert_eq!(no["code"], "NOT_PUBLISHED", "{no}");
        let (id, _) = seen(&app, &staff, SLUG).await;
        let done = acts(&app, &staff, "archiveCourse", SLUG, json!({})).await;
        assert_eq!(done["status"], "ARCHIVED", "{done}");
        let query = "query($slug: String!, $id: ID!) { course(slug: $slug) { id } node(id: $id) { id } courses { totalCount } }";
        let found = app.asks(None, query, json!({ "slug": SLUG, "id": id })).await;
        assert_eq!(
            found,
            json!({ "course": null, "node": null, "courses": { "totalCount": 0 } }),
            "it was never announced"
        );
    }

    async fn what_is_over_is_put_away_when_its_evaluation_is_closed(app with the course at "2026-04-01T12:00-04:00") {
        let deadline = {
            let staff = app.staff("staff@example.org").await;
            read(&app, &staff, SLUG, "evaluationDeadline").await["evaluationDeadline"].clone()
        };
        app.nature.move_to(crate::support::time::at("2026-05-16T12:00-04:00"));
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        let over = acts(&app, &staff, "cancelCourse", SLUG, json!({})).await;
        assert_eq!(over["code"], "COURSE_OVER", "{over}");
        let early = acts(&app, &staff, "archiveCourse", SLUG, json!({})).await;
        let deadline: entity::LocalDate = deadline.as_str().expect("a day").parse().expect("a day");
        assert_eq!(early["code"], "TOO_EARLY_TO_ARCHIVE", "{early}");
        assert!(
            early["message"].as_str().expect("words").contains(&deadline.plus_days(1).to_string()),
            "{early}"
        );
        app.nature
            .move_to(entity::deadline::end_of_day(deadline, &"America/New_York".parse().expect("a zone")));
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        let done = acts(&app, &staff, "archiveCourse", SLUG, json!({})).await;
        assert_eq!(done["status"], "ARCHIVED", "{done}");
        let page = app
            .asks(None, "query($slug: String!) { course(slug: $slug) { status } }", json!({ "slug": SLUG }))
            .await;
        assert_ne!(page["course"], Value::Null, "what was announced stays to be read");
    }
}

/// The stored reference course.
async fn stored(app: &TestApp) -> entity::course::Model {
    let found =
        entity::course::Entity::find().filter(entity::course::Column::Slug.eq(SLUG)).one(app.db()).await;
    found.expect("rows").expect("a course")
}
