//! Calendars at an address, read back as a learner's program reads them.

use axum::http::{StatusCode, header};
use icalendar::{Component, parser};
use serde_json::{Value, json};

use crate::support::request::{get, with};
use crate::support::{Person, SAMPLE, TestApp, stories};

/// The events of a file, each as (UID, STATUS, DTSTART).
fn events(text: &str) -> Vec<[String; 3]> {
    assert!(
        text.starts_with("BEGIN:VCALENDAR\r\n")
            && text.ends_with("END:VCALENDAR\r\n")
            && text.contains("METHOD:PUBLISH\r\n"),
        "{text}"
    );
    assert!(text.split("\r\n").all(|line| line.len() <= 75));
    let read: icalendar::Calendar = parser::read_calendar(&parser::unfold(text)).expect("a calendar").into();
    read.events()
        .map(|event| {
            ["UID", "STATUS", "DTSTART"].map(|name| event.property_value(name).expect(name).to_owned())
        })
        .collect()
}

fn uids(text: &str) -> Vec<String> {
    events(text).into_iter().map(|[uid, _, _]| uid).collect()
}

async fn public_url(app: &TestApp) -> String {
    let data = app
        .asks(None, "{ course(slug: \"core-practice-of-palliative-care\") { calendarUrl } }", json!({}))
        .await;
    data["course"]["calendarUrl"].as_str().unwrap_or_else(|| panic!("{data}")).to_owned()
}

async fn own_url(app: &TestApp, person: &Person) -> String {
    let data = person.asks(app, "{ viewer { calendarUrl } }", json!({})).await;
    data["viewer"]["calendarUrl"].as_str().expect("an address").to_owned()
}

/// Asks again with a tag; returns the status.
async fn again(app: &TestApp, url: &str, tag: &str) -> StatusCode {
    let path = url.strip_prefix(crate::support::app::PUBLIC_URL).expect("a path");
    app.response(with(get(path), "if-none-match", tag)).await.status()
}

stories! {
    async fn the_days_of_a_course_are_for_everybody(app at "2026-04-01T12:00-04:00") {
        app.imports(
            &SAMPLE.replace("{ key = \"d", "{ join_url = \"https://meet.example.org/room\", key = \"d"),
        )
        .await;
        let url = public_url(&app).await;
        let (status, headers, text) = app.gets(&url).await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            headers[header::CONTENT_TYPE].to_str().expect("text").starts_with("text/calendar; charset=utf-8")
        );
        let days: Vec<String> =
            events(&text).into_iter().map(|[_, status, start]| format!("{status} {start}")).collect();
        assert_eq!(
            days,
            ["CONFIRMED 20260513T140000Z", "CONFIRMED 20260514T140000Z", "CONFIRMED 20260515T140000Z"]
        );
        assert!(!text.contains("meet.example.org"), "nowhere to join");
        let tag = headers[header::ETAG].to_str().expect("a tag").to_owned();
        app.nature.move_to(crate::support::time::at("2026-04-02T12:00-04:00"));
        assert_eq!(again(&app, &url, &tag).await, StatusCode::NOT_MODIFIED, "the clock changes nothing");
        assert_eq!(again(&app, &url, &format!("\"x\", {tag}")).await, StatusCode::NOT_MODIFIED);
        app.imports(&SAMPLE.replace("\"Core Practice of Palliative Care\"", "\"Core Practice, Anew\"")).await;
        assert_eq!(again(&app, &url, &tag).await, StatusCode::OK);
        for wrong in [url.replace(".ics", ""), url.replace("core-", "no-")] {
            assert_eq!(app.gets(&wrong).await.0, StatusCode::NOT_FOUND, "{wrong}");
        }
    }

    async fn a_draft_has_no_calendar(app at "2026-04-01T12:00-04:00") {
        app.imports(&SAMPLE.replacen("status = \"published\"", "status = \"draft\"", 1)).await;
        let staff = app.staff("office@example.org").await;
        let data = staff
            .asks(
                &app,
                "{ course(slug: \"core-practice-of-palliative-care\") { slug calendarUrl } }",
                json!({}),
            )
            .await;
        assert_eq!(
            data["course"],
            json!({ "slug": "core-practice-of-palliative-care", "calendarUrl": null })
        );
        let url = format!(
            "{}/calendar/courses/core-practice-of-palliative-care.ics",
            crate::support::app::PUBLIC_URL
        );
        assert_eq!(app.gets(&url).await.0, StatusCode::NOT_FOUND);
    }

    async fn a_learners_own_days_follow_the_registration(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let url = own_url(&app, &ada).await;
        let started = ada.registers(&app, "nurse").await;
        assert_eq!(events(&app.gets(&url).await.2).len(), 0, "not before the payment");
        app.staff("payments@example.org").await.records_payment(&app, &started).await;
        app.works().await;
        let (_, headers, text) = app.gets(&url).await;
        assert_eq!(headers[header::CACHE_CONTROL], "private, no-cache");
        let letter = app
            .letters_to("ada@example.org")
            .into_iter()
            .rev()
            .find_map(|letter| letter.calendar)
            .expect("a calendar by mail");
        let by_mail: Vec<&str> =
            letter.lines().filter_map(|line| line.trim_end().strip_prefix("UID:")).collect();
        assert_eq!(uids(&text), by_mail, "the same events as by mail");
        let sequence = |text: &str| {
            text.lines().find(|line| line.starts_with("SEQUENCE:")).map(|line| line.trim_end().to_owned())
        };
        assert_eq!(sequence(&text), sequence(&letter));
        assert!(events(&text).iter().all(|[_, status, _]| status == "CONFIRMED"));
        assert_eq!(uids(&text), uids(&app.gets(&public_url(&app).await).await.2));
        let tag = headers[header::ETAG].to_str().expect("a tag").to_owned();
        assert_eq!(again(&app, &url, &tag).await, StatusCode::NOT_MODIFIED);

        ada.cancels(&app, &started).await;
        let (_, _, gone) = app.gets(&url).await;
        assert_eq!(uids(&gone), uids(&text));
        assert!(events(&gone).iter().all(|[_, status, _]| status == "CANCELLED"));
        app.travels_to("2026-04-02T12:00-04:00").await;
        let ada = app.signs_in("ada@example.org").await;
        ada.takes_part(&app, "nurse").await;
        let back = app.gets(&url).await.2;
        assert_eq!(uids(&back), uids(&text), "each day once");
        assert!(events(&back).iter().all(|[_, status, _]| status == "CONFIRMED"));
    }

    async fn an_address_that_moved_is_dead_at_once(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let bob = app.signs_in("bob@example.org").await;
        ada.takes_part(&app, "nurse").await;
        let (old, of_bob) = (own_url(&app, &ada).await, own_url(&app, &bob).await);
        let moved = ada
            .does(&app, "rotateCalendarUrl", json!({ "replaces": old }), "viewer { __typename calendarUrl }")
            .await;
        let new = moved["calendarUrl"].as_str().unwrap_or_else(|| panic!("{moved}")).to_owned();
        assert_eq!(app.gets(&old).await.0, StatusCode::NOT_FOUND);
        assert_eq!(events(&app.gets(&new).await.2).len(), 3);
        let twice = ada
            .does(&app, "rotateCalendarUrl", json!({ "replaces": old }), "viewer { __typename calendarUrl }")
            .await;
        assert_eq!(twice["calendarUrl"], json!(new), "it has moved already");
        let third = ada.does(&app, "rotateCalendarUrl", json!({}), "viewer { calendarUrl }").await;
        assert_ne!(third["calendarUrl"], json!(new));
        assert_eq!(app.gets(&new).await.0, StatusCode::NOT_FOUND);
        assert_eq!(own_url(&app, &ada).await, third["calendarUrl"].as_str().expect("an address"));
        assert_eq!(app.gets(&of_bob).await.0, StatusCode::OK, "nobody else's moves");
        // Her name in front of his secret opens nothing.
        let split = old.rfind('/').expect("a path") + 1;
        let forged = format!("{}{}", &old[..split + 32], &of_bob[split + 32..]);
        assert_eq!(app.gets(&forged).await.0, StatusCode::NOT_FOUND);
        let nobody = app.does(None, "rotateCalendarUrl", json!({}), "").await;
        assert_eq!(nobody["code"], "UNAUTHENTICATED");
        assert_eq!(app.asks(None, "{ viewer { calendarUrl } }", json!({})).await["viewer"], Value::Null);
    }
}
