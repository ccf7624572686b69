//! Files that staff send.

use axum::body::Body;
use axum::http::Request;
use entity::{file, file_piece};
use lectern::limits::client::{Limits, Rates};
use lectern::steward::purge;
use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder};
use serde_json::{Value, json};

use crate::support::request::{by, from, get};
use crate::support::{TestApp, stories};

/// Bytes of which no two parts are alike.
fn noise(count: usize) -> Vec<u8> {
    (0..count).map(|place| u8::try_from((place * 31 + place / 251) % 256).expect("a byte")).collect()
}

async fn stored(app: &TestApp) -> (u64, u64) {
    let files = file::Entity::find().count(app.db()).await.expect("a count");
    (files, file_piece::Entity::find().count(app.db()).await.expect("a count"))
}

async fn imports(app: &TestApp, person: &crate::support::Person, id: &str) -> Value {
    let input = json!({ "courseId": app.course_and_track().await.0, "fileId": id });
    person.does(app, "importRegistrations", input, "registrationImport { created }").await
}

stories! {
    async fn a_file_is_kept_as_it_was_sent_and_told_by_its_id(app at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let bytes = noise(600_001);
        let answer = app.sends_file(Some(&staff.token), bytes.clone(), 7_919).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (201, "application/json; charset=utf-8"),
            "{answer:?}"
        );
        let told = answer.json();
        assert_eq!(
            (&told["size"], &told["expiresAt"]),
            (&json!(600_001), &json!("2026-04-08T16:00:00Z")),
            "{told}"
        );
        assert!(told["id"].as_str().is_some_and(|id| !id.is_empty()), "{told}");
        let pieces = file_piece::Entity::find()
            .order_by_asc(file_piece::Column::Position)
            .all(app.db())
            .await
            .expect("pieces");
        assert!(
            pieces.len() > 2 && pieces.iter().all(|piece| piece.bytes.len() < 300_000),
            "{} pieces",
            pieces.len()
        );
        assert!(pieces.into_iter().flat_map(|piece| piece.bytes).eq(bytes), "byte by byte");
        let node =
            staff.asks(&app, "query($id: ID!) { node(id: $id) { id } }", json!({ "id": told["id"] })).await;
        assert_eq!(node["node"], Value::Null, "it is named, and nothing else");
    }

    async fn who_may_not_send_and_what_is_no_file_is_told_apart(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let learner = app.signs_in("ada@example.org").await;
        let unknown = format!("lct_{}", "A".repeat(43));
        for (token, status, code) in [
            (None, 401, "UNAUTHENTICATED"),
            (Some(&unknown), 401, "TOKEN_UNKNOWN"),
            (Some(&learner.token), 403, "FORBIDDEN"),
        ] {
            let answer = app.sends_file(token.map(String::as_str), noise(10), 10).await;
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{answer:?}");
            assert_eq!(answer.header("www-authenticate").starts_with("Bearer"), status == 401, "{answer:?}");
        }
        let empty = app.sends_file(Some(&staff.token), Vec::new(), 1).await;
        assert_eq!((empty.status.as_u16(), empty.code().as_str()), (400, "BAD_REQUEST"), "{empty:?}");
        let form = Request::post("/files")
            .header("content-type", "multipart/form-data; boundary=x")
            .body(Body::from("--x\r\n"))
            .expect("a request");
        let form = app.answered(by(Some(&staff.token), form)).await;
        assert_eq!((form.status.as_u16(), form.code().as_str()), (415, "UNSUPPORTED_MEDIA_TYPE"), "{form:?}");
        let told = app.answered(by(Some(&staff.token), get("/files"))).await;
        assert_eq!((told.status.as_u16(), told.header("allow")), (405, "POST"));
        // What says that it is too large is not read, and what becomes so is not kept.
        let large =
            Request::post("/files").body(Body::from(vec![b'x'; 20 * 1024 * 1024 + 1])).expect("a request");
        let large = app.answered(by(Some(&staff.token), from("192.0.2.1", large))).await;
        let longer = app.sends_file(Some(&staff.token), vec![b'x'; 20 * 1024 * 1024 + 1], 300_000).await;
        for answer in [large, longer] {
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (413, "TOO_LARGE"), "{answer:?}");
        }
        let cut = vec![Ok(noise(400_000)), Err(std::io::Error::other("the line is dead"))];
        let cut = Request::post("/files")
            .body(Body::from_stream(futures_util::stream::iter(cut)))
            .expect("a request");
        assert_eq!(app.answered(by(Some(&staff.token), from("192.0.2.1", cut))).await.status.as_u16(), 400);
        assert_eq!(stored(&app).await, (0, 0), "nothing of it is kept");
    }

    async fn a_file_takes_no_more_memory_than_a_piece(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        let staff = app.staff("office@example.org").await;
        let plenty = 1_000_000_000;
        let rates = Rates { address: plenty, person: plenty, loopback: false };
        // One address has a quarter of it in hand.
        app.limits_clients(Limits { held_bytes: 2 * 1024 * 1024, rates, ..Limits::default() });
        let answer = app.sends_file(Some(&staff.token), noise(5_000_000), 16_000).await;
        assert_eq!(answer.status.as_u16(), 201, "{answer:?}");
        assert_eq!(
            app.sends_file(Some(&staff.token), noise(5_000_000), 700_000).await.code(),
            "OVERLOADED",
            "what comes at once counts at once"
        );
    }

    async fn a_file_is_paid_for_by_the_byte(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        let staff = app.staff("office@example.org").await;
        app.limits_clients(Limits {
            rates: Rates { address: 100_000, person: 10_000, loopback: false },
            ..Limits::default()
        });
        let answer = app.sends_file(Some(&staff.token), noise(1_048_576), 65_536).await;
        assert_eq!(answer.status.as_u16(), 201, "{answer:?}");
        assert!((5_800..=5_904).contains(&answer.parameter("ratelimit", "r")), "{answer:?}");
        assert_eq!(
            app.sends_file(Some(&staff.token), noise(1_500_000), 65_536).await.status.as_u16(),
            201,
            "most of the rest"
        );
        let spent = app.sends_file(Some(&staff.token), noise(1_500_000), 65_536).await;
        assert_eq!((spent.status.as_u16(), spent.code().as_str()), (429, "RATE_LIMITED"), "{spent:?}");
        assert_eq!(stored(&app).await.0, 2);
    }

    async fn a_file_is_for_its_sender_alone_and_for_seven_days(app with the course at "2026-04-01T12:00-04:00") {
        let (ours, other) = (app.staff("ours@example.org").await, app.staff("other@example.org").await);
        let id = app.has_file(&ours, "email,profession,track\nada@example.org,NURSE,adult\n").await;
        assert_eq!(imports(&app, &ours, &id).await, json!({ "created": 1 }));
        for (person, id) in
            [(&other, id.as_str()), (&ours, "ZmlsZTox"), (&ours, app.course_and_track().await.0.as_str())]
        {
            let no = imports(&app, person, id).await;
            assert_eq!(
                (&no["code"], &no["message"]),
                (&json!("NOT_FOUND"), &json!("There is no such file.")),
                "{id}"
            );
        }
        let half = file::Model {
            id: uuid::Uuid::from_u128(7),
            learner_id: crate::support::fact::learner(&app, "ours@example.org").await.id,
            size: 0,
            whole: false,
            created_at: entity::Nature::now(&*app.nature),
        };
        file::Entity::insert(sea_orm::IntoActiveModel::into_active_model(half))
            .exec_without_returning(app.db())
            .await
            .expect("a file that never arrived");
        app.travels_to("2026-04-08T11:59-04:00").await;
        assert_eq!(imports(&app, &ours, &id).await, json!({ "created": 1 }), "to the last minute");
        purge::bite(&app.state).await.expect("a bite");
        assert_eq!(stored(&app).await, (1, 1), "what never arrived is gone");
        app.travels_to("2026-04-08T12:00-04:00").await;
        assert_eq!(imports(&app, &ours, &id).await["code"], "NOT_FOUND");
        purge::bite(&app.state).await.expect("a bite");
        assert_eq!(stored(&app).await, (0, 0));
    }

    async fn one_person_keeps_so_much_and_no_more(app at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let learner_id = crate::support::fact::learner(&app, "office@example.org").await.id;
        let now = entity::Nature::now(&*app.nature);
        let rows = (1..=10).map(|number| file::Model {
            id: uuid::Uuid::from_u128(number),
            learner_id,
            size: 20 * 1024 * 1024,
            whole: number > 1,
            created_at: now,
        });
        file::Entity::insert_many(rows.map(sea_orm::IntoActiveModel::into_active_model))
            .exec_without_returning(app.db())
            .await
            .expect("files");
        let no = app.sends_file(Some(&staff.token), noise(10), 10).await;
        assert_eq!((no.status.as_u16(), no.code().as_str()), (429, "RATE_LIMITED"), "{no:?}");
        file::Entity::delete_by_id(uuid::Uuid::from_u128(1)).exec(app.db()).await.expect("one has gone");
        // Two at once do not find the same room.
        let send = || app.sends_file(Some(&staff.token), noise(10), 10);
        let (one, other) = tokio::join!(send(), send());
        let mut both = [one.status.as_u16(), other.status.as_u16()];
        both.sort_unstable();
        // The room of one file of the largest size; the second finds it free again once the first is whole.
        assert!(both == [201, 201] || both == [201, 429], "{both:?}");
        assert_eq!(stored(&app).await.0, 9 + both.iter().filter(|status| **status == 201).count() as u64);
    }
}
