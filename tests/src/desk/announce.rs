//! Staff write to the registrants of a course.

use serde_json::{Value, json};

use crate::support::{House, Person, SAMPLE, SAMPLE_SLUG, crowd, stories};

const ANNOUNCEMENT: &str = "announcement { __typename id state recipientCount sampleRecipients { email } statuses subject author dueAt
    course { slug } notices { totalCount nodes { rule state } } }";

async fn announces(house: &House, who: &Person, more: Value) -> Value {
    let (course, _) = house.course_and_track().await;
    let mut input = json!({ "courseId": course, "subject": "Parking", "body": "Please park **behind** the house." });
    for (name, value) in more.as_object().expect("fields") {
        input[name] = value.clone();
    }
    who.does(house, "announce", input, ANNOUNCEMENT).await
}

async fn confirms(house: &House, who: &Person, draft: &Value, count: i64) -> Value {
    who.does(house, "confirmAnnouncement", json!({ "announcementId": draft["id"], "recipientCount": count }), ANNOUNCEMENT).await
}

async fn stops(house: &House, who: &Person, draft: &Value) -> Value {
    who.does(house, "stopAnnouncement", json!({ "announcementId": draft["id"] }), ANNOUNCEMENT).await
}

async fn acts(house: &House) -> Vec<String> {
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
    let rows = entity::audit::Entity::find().filter(entity::audit::Column::SubjectType.eq("announcement"));
    rows.order_by_asc(entity::audit::Column::Id).all(house.db()).await.expect("rows").into_iter().map(|row| row.act).collect()
}

stories! {
    async fn an_announcement_is_drafted_confirmed_and_goes_out_after_ten_minutes(house at "2026-04-20T12:00-04:00") {
        house.has_the_course().await;
        let staff = house.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        assert_eq!(announces(&house, &staff, json!({})).await["code"], "NOBODY_TO_TELL");
        let ada = house.signs_in("ada@example.org").await;
        ada.takes_part(&house, "nurse").await;
        house.signs_in("bob@example.org").await.registers(&house, "physician").await;
        let draft = announces(&house, &staff, json!({})).await;
        assert_eq!((&draft["state"], &draft["recipientCount"]), (&json!("DRAFT"), &json!(1)), "{draft}");
        assert_eq!(draft["sampleRecipients"], json!([{ "email": "ada@example.org" }]));
        assert_eq!((&draft["statuses"], &draft["author"]), (&json!(["CONFIRMED"]), &json!("ours@example.org")));
        assert_eq!(announces(&house, &staff, json!({ "professionCodes": ["physician"] })).await["code"], "NOBODY_TO_TELL");
        assert_eq!(announces(&house, &staff, json!({ "statuses": ["STARTED", "CONFIRMED"] })).await["recipientCount"], 2);
        house.travels_to("2026-04-20T12:30-04:00").await;
        assert_eq!(draft["notices"]["totalCount"], 0, "a draft reaches nobody");
        let changed = confirms(&house, &staff, &draft, 2).await;
        assert_eq!((&changed["code"], &changed["path"]), (&json!("ANNOUNCEMENT_CHANGED"), &json!(["recipientCount"])));
        assert!(changed["message"].as_str().expect("words").contains("to 1 people"), "{changed}");
        let waiting = confirms(&house, &staff, &draft, 1).await;
        assert_eq!((&waiting["state"], &waiting["dueAt"]), (&json!("WAITING"), &json!("2026-04-20T16:40:00Z")), "{waiting}");
        assert_eq!(confirms(&house, &staff, &draft, 1).await["code"], "ANNOUNCEMENT_SETTLED");
        let query = "query($slug: String!) { course(slug: $slug) { plan(learnerKind: CONFIRMED) { letter dueTime audience } } }";
        let plan = staff.asks(&house, query, json!({ "slug": SAMPLE_SLUG })).await;
        let planned = plan["course"]["plan"].as_array().expect("a plan").iter().find(|letter| letter["letter"] == "ANNOUNCEMENT").cloned();
        assert_eq!(planned, Some(json!({ "letter": "ANNOUNCEMENT", "dueTime": "12:40", "audience": 1 })));
        house.travels_to("2026-04-20T12:39-04:00").await;
        let query = "query($id: ID!) { node(id: $id) { ... on Announcement { state recipientCount notices { totalCount nodes { rule } } } } }";
        let before = staff.asks(&house, query, json!({ "id": draft["id"] })).await;
        assert_eq!(before["node"], json!({ "state": "WAITING", "recipientCount": 1, "notices": { "totalCount": 0, "nodes": [] } }));
        house.travels_to("2026-04-20T12:40-04:00").await;
        let after = staff.asks(&house, query, json!({ "id": draft["id"] })).await;
        assert_eq!(after["node"], json!({ "state": "SENT", "recipientCount": 1, "notices": { "totalCount": 1, "nodes": [{ "rule": "announcement" }] } }));
        assert_eq!(stops(&house, &staff, &draft).await["code"], "ANNOUNCEMENT_SETTLED");
        assert_eq!(acts(&house).await, ["announce", "announce", "confirmAnnouncement"]);
    }

    async fn what_was_stopped_in_time_reaches_nobody(house at "2026-04-20T12:00-04:00") {
        house.has_the_course().await;
        house.signs_in("ada@example.org").await.takes_part(&house, "nurse").await;
        let staff = house.staff("staff@example.org").await;
        let draft = announces(&house, &staff, json!({})).await;
        confirms(&house, &staff, &draft, 1).await;
        house.travels_to("2026-04-20T12:09-04:00").await;
        assert_eq!(stops(&house, &staff, &draft).await["state"], "STOPPED");
        house.travels_to("2026-04-20T12:30-04:00").await;
        let query = "query($slug: String!) { course(slug: $slug) { announcements { totalCount nodes { state stoppedAt notices { totalCount } } } } }";
        let all = staff.asks(&house, query, json!({ "slug": SAMPLE_SLUG })).await;
        let stopped = json!({ "state": "STOPPED", "stoppedAt": "2026-04-20T16:09:00Z", "notices": { "totalCount": 0 } });
        assert_eq!(all["course"]["announcements"], json!({ "totalCount": 1, "nodes": [stopped] }));
    }

    async fn nobody_else_announces_and_no_nonsense_is_announced(house at "2026-04-20T12:00-04:00") {
        house.has_the_course().await;
        let ada = house.signs_in("ada@example.org").await;
        ada.takes_part(&house, "nurse").await;
        let ours = house.staff("ours@example.org").await;
        let other = house.staff_of("other@example.org", Some("harvard-medical-school")).await;
        let draft = announces(&house, &ours, json!({})).await;
        for stranger in [&ada, &other] {
            assert_eq!(announces(&house, stranger, json!({})).await["code"], "NOT_FOUND");
            assert_eq!(confirms(&house, stranger, &draft, 1).await["code"], "NOT_FOUND");
            assert_eq!(stops(&house, stranger, &draft).await["code"], "NOT_FOUND");
            let query = "query($id: ID!, $slug: String!) { node(id: $id) { id } course(slug: $slug) { announcements { totalCount } } }";
            let seen = stranger.asks(&house, query, json!({ "id": draft["id"], "slug": SAMPLE_SLUG })).await;
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
            let refused = announces(&house, &ours, json!({ field: value })).await;
            assert_eq!((&refused["code"], &refused["path"]), (&json!("INVALID_INPUT"), &json!([field])), "{field}");
        }
    }

    async fn thousands_are_announced_to_without_being_loaded(house at "2026-04-20T12:00-04:00") {
        house.imports(SAMPLE).await;
        crowd::in_the_course(&house, 2_000).await;
        let staff = house.staff("staff@example.org").await;
        let before = house.statements();
        let draft = announces(&house, &staff, json!({})).await;
        let statements = house.statements() - before;
        assert_eq!(draft["recipientCount"], 2_000, "{draft}");
        assert_eq!(draft["sampleRecipients"].as_array().map(Vec::len), Some(5));
        assert!(statements < 50, "{statements} statements");
        assert_eq!(confirms(&house, &staff, &draft, 2_000).await["state"], "WAITING");
    }
}
