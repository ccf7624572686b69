//! Staff write to the registrants of a course.

use serde_json::{Value, json};

use crate::support::{Person, SAMPLE, SAMPLE_SLUG, TestApp, crowd, stories};

const ANNOUNCEMENT: &str = "announcement { __typename id state recipientCount sampleRecipients { email } statuses subject author dueAt
    course { slug } notices { totalCount nodes { rule state } } }";

async fn announces(app: &TestApp, who: &Person, more: Value) -> Value {
    let (course, _) = app.course_and_track().await;
    let mut input =
        json!({ "courseId": course, "subject": "Parking", "body": "Please park **behind** the house." });
    for (name, value) in more.as_object().expect("fields") {
        input[name] = value.clone();
    }
    who.does(app, "announce", input, ANNOUNCEMENT).await
}

async fn confirms(app: &TestApp, who: &Person, draft: &Value, count: i64) -> Value {
    who.does(
        app,
        "confirmAnnouncement",
        json!({ "announcementId": draft["id"], "recipientCount": count }),
        ANNOUNCEMENT,
    )
    .await
}

async fn stops(app: &TestApp, who: &Person, draft: &Value) -> Value {
    who.does(app, "stopAnnouncement", json!({ "announcementId": draft["id"] }), ANNOUNCEMENT).await
}

async fn acts(app: &TestApp) -> Vec<String> {
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
    let rows = entity::audit::Entity::find().filter(entity::audit::Column::SubjectType.eq("announcement"));
    rows.order_by_asc(entity::audit::Column::Id)
        .all(app.db())
        .await
        .expect("rows")
        .into_iter()
        .map(|row| row.act)
        .collect()
}

stories! {
    async fn an_announcement_is_drafted_confirmed_and_goes_out_after_ten_minutes(app with the course at "2026-04-20T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        assert_eq!(announces(&app, &staff, json!({})).await["code"], "NOBODY_TO_TELL");
        let ada = app.signs_in("ada@example.org").await;
        ada.takes_part(&app, "nurse").await;
        app.signs_in("bob@example.org").await.registers(&app, "physician").await;
        let draft = announces(&app, &staff, json!({})).await;
        assert_eq!((&draft["state"], &draft["recipientCount"]), (&json!("DRAFT"), &json!(1)), "{draft}");
        assert_eq!(draft["sampleRecipients"], json!([{ "email": "ada@example.org" }]));
        assert_eq!(
            (&draft["statuses"], &draft["author"]),
            (&json!(["CONFIRMED"]), &json!("ours@example.org"))
        );
        assert_eq!(
            announces(&app, &staff, json!({ "professionCodes": ["physician"] })).await["code"],
            "NOBODY_TO_TELL"
        );
        assert_eq!(
            announces(&app, &staff, json!({ "statuses": ["STARTED", "CONFIRMED"] })).await["recipientCount"],
            2
        );
        app.travels_to("2026-04-20T12:30-04:00").await;
        assert_eq!(draft["notices"]["totalCount"], 0, "a draft reaches nobody");
        let changed = confirms(&app, &staff, &draft, 2).await;
        assert_eq!(
            (&changed["code"], &changed["path"]),
            (&json!("ANNOUNCEMENT_CHANGED"), &json!(["recipientCount"]))
        );
        assert!(changed["message"].as_str().expect("words").contains("changed to 1."), "{changed}");
        let waiting = confirms(&app, &staff, &draft, 1).await;
        assert_eq!(
            (&waiting["state"], &waiting["dueAt"]),
            (&json!("WAITING"), &json!("2026-04-20T16:40:00Z")),
            "{waiting}"
        );
        assert_eq!(confirms(&app, &staff, &draft, 1).await["code"], "ANNOUNCEMENT_SETTLED");
        let query = "query($slug: String!) { course(slug: $slug) { plan(learnerKind: CONFIRMED) { letter dueTime audience } } }";
        let plan = staff.asks(&app, query, json!({ "slug": SAMPLE_SLUG })).await;
        let planned = plan["course"]["plan"]
            .as_array()
            .expect("a plan")
            .iter()
            .find(|letter| letter["letter"] == "ANNOUNCEMENT")
            .cloned();
        assert_eq!(planned, Some(json!({ "letter": "ANNOUNCEMENT", "dueTime": "12:40", "audience": 1 })));
        app.travels_to("2026-04-20T12:39-04:00").await;
        let query = "query($id: ID!) { node(id: $id) { ... on Announcement { state recipientCount notices { totalCount nodes { rule } } } } }";
        let before = staff.asks(&app, query, json!({ "id": draft["id"] })).await;
        assert_eq!(
            before["node"],
            json!({ "state": "WAITING", "recipientCount": 1, "notices": { "totalCount": 0, "nodes": [] } })
        );
        app.travels_to("2026-04-20T12:40-04:00").await;
        let after = staff.asks(&app, query, json!({ "id": draft["id"] })).await;
        assert_eq!(
            after["node"],
            json!({ "state": "SENT", "recipientCount": 1, "notices": { "totalCount": 1, "nodes": [{ "rule": "announcement" }] } })
        );
        assert_eq!(stops(&app, &staff, &draft).await["code"], "ANNOUNCEMENT_SETTLED");
        assert_eq!(acts(&app).await, ["announce", "announce", "confirmAnnouncement"]);
    }

    async fn what_was_stopped_in_time_reaches_nobody(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        let staff = app.staff("staff@example.org").await;
        let draft = announces(&app, &staff, json!({})).await;
        confirms(&app, &staff, &draft, 1).await;
        app.travels_to("2026-04-20T12:09-04:00").await;
        assert_eq!(stops(&app, &staff, &draft).await["state"], "STOPPED");
        app.travels_to("2026-04-20T12:30-04:00").await;
        let query = "query($slug: String!) { course(slug: $slug) { announcements { totalCount nodes { state stoppedAt notices { totalCount } } } } }";
        let all = staff.asks(&app, query, json!({ "slug": SAMPLE_SLUG })).await;
        let stopped = json!({ "state": "STOPPED", "stoppedAt": "2026-04-20T16:09:00Z", "notices": { "totalCount": 0 } });
        assert_eq!(all["course"]["announcements"], json!({ "totalCount": 1, "nodes": [stopped] }));
    }

    async fn nobody_else_announces_and_no_nonsense_is_announced(app with the course at "2026-04-20T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        ada.takes_part(&app, "nurse").await;
        let ours = app.staff("ours@example.org").await;
        let other = app.staff_of("other@example.org", Some("harvard-medical-school")).await;
        let draft = announces(&app, &ours, json!({})).await;
        for stranger in [&ada, &other] {
            assert_eq!(announces(&app, stranger, json!({})).await["code"], "NOT_FOUND");
            assert_eq!(confirms(&app, stranger, &draft, 1).await["code"], "NOT_FOUND");
            assert_eq!(stops(&app, stranger, &draft).await["code"], "NOT_FOUND");
            let query = "query($id: ID!, $slug: String!) { node(id: $id) { id } course(slug: $slug) { announcements { totalCount } } }";
            let seen = stranger.asks(&app, query, json!({ "id": draft["id"], "slug": SAMPLE_SLUG })).await;
            assert_eq!(seen, json!({ "node": null, "course": { "announcements": null } }));
        }
        for (field, value) in [
            ("subject", json!("  ")),
            ("subject", json!("two\nlines")),
            ("subject", json!("x".repeat(201))),
            ("body", json!("")),
            ("body", json!("bell \u{7}")),
            ("statuses", json!([])),
            ("statuses", json!(["CANCELLED"])),
            ("trackId", draft["id"].clone()),
        ] {
            let refused = announces(&app, &ours, json!({ field: value })).await;
            assert_eq!(
                (&refused["code"], &refused["path"]),
                (&json!("INVALID_INPUT"), &json!([field])),
                "{field}"
            );
        }
    }

    async fn thousands_are_announced_to_without_being_loaded(app at "2026-04-20T12:00-04:00") {
        app.imports(SAMPLE).await;
        crowd::in_the_course(&app, 2_000).await;
        let staff = app.staff("staff@example.org").await;
        let before = app.statements();
        let draft = announces(&app, &staff, json!({})).await;
        let statements = app.statements() - before;
        assert_eq!(draft["recipientCount"], 2_000, "{draft}");
        assert_eq!(draft["sampleRecipients"].as_array().map(Vec::len), Some(5));
        assert!(statements < 50, "{statements} statements");
        assert_eq!(confirms(&app, &staff, &draft, 2_000).await["state"], "WAITING");
    }
}
