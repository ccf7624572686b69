//! Rosters as files: who gets one, what stands in it, and what it costs.

use axum::http::{StatusCode, header};
use futures_util::StreamExt;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use crate::support::request::get;
use crate::support::{Person, TestApp, crowd, stories};

const EXPORT: &str = "registrationExport { __typename url expiresAt }";

async fn exports(app: &TestApp, staff: &Person, mut input: Value) -> Value {
    let (course, _) = app.course_and_track().await;
    input["courseId"] = json!(course);
    if input["purpose"].is_null() {
        input["purpose"] = json!("Name tags");
    }
    staff.does(app, "exportRegistrations", input, EXPORT).await
}

fn url(ticket: &Value) -> &str {
    ticket["url"].as_str().unwrap_or_else(|| panic!("{ticket}"))
}

/// The rows of a file, its header first, each as its cells; none of these files has a quoted comma.
fn rows(file: &str) -> Vec<Vec<String>> {
    let text = file.strip_prefix('\u{feff}').expect("a mark that says UTF-8");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

async fn acts(app: &TestApp) -> Vec<entity::audit::Model> {
    use entity::audit::{Column, Entity};
    Entity::find().filter(Column::Act.eq("exportRegistrations")).all(app.db()).await.expect("rows")
}

stories! {
    async fn a_roster_leaves_the_house_and_it_is_written_down(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let evil = app.signs_in("evil@example.org").await;
        evil.does(&app, "updateProfile", json!({ "name": "=HYPERLINK(\"https://evil.example\")" }), "").await;
        evil.takes_part(&app, "nurse").await;
        app.nature.move_to(crate::support::time::at("2026-04-01T12:01-04:00"));
        let minus = app.signs_in("+minus@example.org").await;
        minus.does(&app, "updateProfile", json!({ "name": "Ünal" }), "").await;
        let started = minus.registers(&app, "physician_assistant").await;

        let ticket = exports(&app, &staff, json!({ "purpose": " Name tags " })).await;
        assert_eq!(ticket["expiresAt"], "2026-04-01T16:11:00Z");
        let (status, headers, file) = app.gets(url(&ticket)).await;
        assert_eq!(status, StatusCode::OK);
        let told = |name: header::HeaderName| headers[name].to_str().expect("text").to_owned();
        assert_eq!(
            told(header::CONTENT_DISPOSITION),
            "attachment; filename=\"registrations-core-practice-of-palliative-care-2026-04-01.csv\""
        );
        assert_eq!(
            (told(header::CACHE_CONTROL).as_str(), told(header::X_CONTENT_TYPE_OPTIONS).as_str()),
            ("no-store", "nosniff")
        );
        assert!(told(header::CONTENT_TYPE).starts_with("text/csv; charset=utf-8"));
        let rows = rows(&file);
        assert_eq!(
            rows[0].join(","),
            "code,external_id,status,name,email,profession,track,started_at,confirmed_at,cancelled_at,quote_total,paid,evaluated_at,missing"
        );
        assert_eq!(
            rows[1][2..],
            [
                "CONFIRMED",
                "\"'=HYPERLINK(\"\"https://evil.example\"\")\"",
                "evil@example.org",
                "NURSE",
                "Adult",
                "2026-04-01T12:00:00-04:00",
                "2026-04-01T12:00:00-04:00",
                "",
                "2005.00",
                "2005.00",
                "",
                ""
            ]
        );
        assert_eq!(
            rows[2],
            [
                started["code"].as_str().expect("a code"),
                "",
                "STARTED",
                "Ünal",
                "'+minus@example.org",
                "PHYSICIAN_ASSISTANT",
                "Adult",
                "2026-04-01T12:01:00-04:00",
                "",
                "",
                "2005.00",
                "0.00",
                "",
                ""
            ]
        );
        assert_eq!(rows.len(), 3);

        let filtered = exports(&app, &staff, json!({ "filter": { "status": ["STARTED"] }, "orderBy": { "field": "LEARNER_NAME", "direction": "DESC" } })).await;
        let (_, _, file) = app.gets(url(&filtered)).await;
        assert_eq!(self::rows(&file).len(), 2);

        let acts = acts(&app).await;
        assert_eq!(acts.len(), 2);
        let first = acts
            .iter()
            .find(|act| act.after.as_ref().expect("after")["asked"]["filter"]["status"].is_null())
            .expect("the first");
        assert_eq!(
            (&first.after.as_ref().expect("after")["purpose"], first.actor.as_str()),
            (&json!("Name tags"), "ours@example.org")
        );
        assert!(acts.iter().all(|act| {
            !format!("{act:?}")
                .contains(url(&ticket).rsplit('/').next().expect("a token").trim_end_matches(".csv"))
        }));
        app.nature.move_to(crate::support::time::at("2026-04-01T12:11-04:00"));
        assert_eq!(app.gets(url(&ticket)).await.0, StatusCode::NOT_FOUND, "ten minutes are over");
    }

    async fn nobody_else_takes_it(app with the course at "2026-04-01T12:00-04:00") {
        let ours = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let other = app.staff_of("other@example.org", Some("harvard-medical-school")).await;
        let learner = app.signs_in("learner@example.org").await;
        for nobody in [&other, &learner] {
            assert_eq!(exports(&app, nobody, json!({})).await["code"], "NOT_FOUND");
        }
        let input = json!({ "courseId": app.course_and_track().await.0, "purpose": "x" });
        assert_eq!(app.does(None, "exportRegistrations", input, EXPORT).await["code"], "UNAUTHENTICATED");
        let aimless = exports(&app, &ours, json!({ "purpose": "  " })).await;
        assert_eq!((&aimless["code"], &aimless["path"]), (&json!("INVALID_INPUT"), &json!(["purpose"])));
        assert_eq!(entity::export_ticket::Entity::find().count(app.db()).await.expect("a count"), 0);
        assert!(acts(&app).await.is_empty());

        let ticket = exports(&app, &ours, json!({})).await;
        assert_eq!(app.gets(url(&ticket)).await.0, StatusCode::OK);
        let stored =
            entity::export_ticket::Entity::find().one(app.db()).await.expect("rows").expect("a ticket");
        assert!(!url(&ticket).contains(&stored.token_hash));
        for wrong in [
            format!("{}x", url(&ticket)),
            url(&ticket).replace(".csv", ""),
            format!("{}/export/registrations/.csv", crate::support::app::PUBLIC_URL),
        ] {
            assert_eq!(app.gets(&wrong).await.0, StatusCode::NOT_FOUND, "{wrong}");
        }
        entity::staff_role::Entity::delete_many().exec(app.db()).await.expect("roles are taken away");
        assert_eq!(
            app.gets(url(&ticket)).await.0,
            StatusCode::NOT_FOUND,
            "whoever no longer runs the course gets nothing"
        );
    }

    async fn thousands_leave_page_by_page(app with the course at "2026-04-01T12:00-04:00") {
        crowd::in_the_course(&app, 2000).await;
        let staff = app.staff("office@example.org").await;
        for order in ["STARTED_AT", "LEARNER_NAME", "CODE", "CONFIRMED_AT"] {
            let ticket = exports(&app, &staff, json!({ "orderBy": { "field": order } })).await;
            let before = app.statements();
            let (status, _, file) = app.gets(url(&ticket)).await;
            let cost = app.statements() - before;
            assert_eq!(status, StatusCode::OK);
            let mut codes: Vec<String> = rows(&file).into_iter().skip(1).map(|row| row[0].clone()).collect();
            codes.sort();
            codes.dedup();
            assert_eq!(codes.len(), 2000, "everybody once, by {order}");
            assert!(cost <= 4 + 4 * 6, "{cost} statements for four pages, by {order}");
        }
    }

    async fn who_hangs_up_holds_nothing(app with the course at "2026-04-01T12:00-04:00") {
        crowd::in_the_course(&app, 2000).await;
        let staff = app.staff("office@example.org").await;
        let ticket = exports(&app, &staff, json!({})).await;
        let path = url(&ticket).strip_prefix(crate::support::app::PUBLIC_URL).expect("a path");
        let mut slow = Vec::new();
        for number in 0..30 {
            let response = app.response(get(path)).await;
            let mut body = response.into_body().into_data_stream();
            let piece = body.next().await.expect("a piece").expect("bytes");
            assert!(piece.len() > 10_000);
            if number % 2 == 0 {
                // Half of them read on very slowly, the other half have gone.
                slow.push(body);
            }
        }
        let wait = std::time::Duration::from_secs(20);
        let (status, _, file) =
            tokio::time::timeout(wait, app.gets(url(&ticket))).await.expect("the pool is not held");
        assert_eq!((status, rows(&file).len()), (StatusCode::OK, 2001));
        drop(slow);
    }
}
