//! Who may follow what, and for how long.

use std::time::Duration;

use lectern::http::Front;
use lectern::http::origins::Origins;
use lectern::limits::client::Limits;
use lectern::limits::live;
use serde_json::json;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::{NOTICES, REGISTRATION, SEATS, available, course_of, limits, serve};
use crate::support::follower::{Events, Follower, Heard, Server};
use crate::support::stories;
use crate::support::time::at;

stories! {
    async fn what_is_not_yours_is_as_though_it_did_not_exist(app at "2026-04-01T12:00-04:00") {
        let course = course_of(&app, 30).await;
        let (_server, address) = serve(&app).await;
        let ada = app.signs_in("ada@example.org").await;
        let eve = app.signs_in("eve@example.org").await;
        let registration = ada.registers(&app, "nurse").await;
        for token in [None, Some(eve.token.as_str())] {
            let mut client = Follower::connects(&address, token).await;
            for (id, query, of) in [
                ("r", REGISTRATION, &registration["id"]),
                ("n", NOTICES, &json!(course)),
                ("x", SEATS, &registration["id"]),
            ] {
                client.follows(id, query, json!({ "id": of })).await;
                let event = client.event(id).await;
                assert!(
                    event.as_object().is_some_and(|data| data.values().all(serde_json::Value::is_null)),
                    "{event}"
                );
                assert_eq!(client.hears().await, Heard::Message(json!({ "id": id, "type": "complete" })));
            }
        }
        let mut events = Events::opens(
            &address,
            "/graphql",
            Some(&eve.token),
            REGISTRATION,
            json!({ "id": registration["id"] }),
        )
        .await
        .expect("events");
        assert_eq!(events.event().await, json!({ "registration": null }));
        assert_eq!(events.next().await.map(|(name, _)| name).as_deref(), Some("complete"));
    }

    async fn a_token_comes_in_the_payload_or_in_the_header_and_from_nowhere_else(app at "2026-04-01T12:00-04:00") {
        course_of(&app, 30).await;
        let (_server, address) = serve(&app).await;
        let ada = app.signs_in("ada@example.org").await;
        let registration = ada.registers(&app, "nurse").await;
        let bearer = format!("Bearer {}", ada.token);
        let own = json!({ "id": registration["id"] });
        let cookie = format!("lectern_token={}", ada.token);
        for (header, payload, known) in [
            (None, json!({ "Authorization": bearer }), true),
            (Some(("authorization", bearer.as_str())), json!({}), true),
            (Some(("cookie", cookie.as_str())), json!({}), false),
            (None, json!({ "token": ada.token }), false),
        ] {
            let headers: Vec<_> = header.into_iter().collect();
            let mut client = Follower::opens(&address, &headers).await.expect("a WebSocket");
            client.says(json!({ "type": "connection_init", "payload": payload })).await;
            assert_eq!(
                client.hears().await,
                Heard::Message(json!({ "type": "connection_ack" })),
                "{payload}"
            );
            client.follows("r", REGISTRATION, own.clone()).await;
            assert_eq!(client.event("r").await["registration"].is_null(), !known, "{payload}");
        }
        for payload in [
            json!({ "authorization": "Bearer lct_forged" }),
            json!({ "authorization": 7 }),
            json!({ "authorization": "Basic x" }),
        ] {
            let mut client = Follower::opens(&address, &[]).await.expect("a WebSocket");
            client.says(json!({ "type": "connection_init", "payload": payload })).await;
            assert_eq!(client.closing().await, 4403, "{payload}");
        }
        let forged = Events::opens(&address, "/graphql", Some("lct_forged"), REGISTRATION, own).await;
        assert_eq!(forged.err(), Some(401));
    }

    /// Whoever signs out hears no event after that.
    async fn a_token_that_ends_ends_what_is_followed_with_it(app at "2026-04-01T12:00-04:00") {
        course_of(&app, 30).await;
        let (_server, address) = serve(&app).await;
        let ada = app.signs_in("ada@example.org").await;
        let again = app.signs_in("ada@example.org").await;
        let registration = ada.registers(&app, "nurse").await;
        let own = json!({ "id": registration["id"] });
        let mut client = Follower::connects(&address, Some(&ada.token)).await;
        let mut events = Events::opens(&address, "/graphql", Some(&ada.token), REGISTRATION, own.clone())
            .await
            .expect("events");
        let mut kept = Follower::connects(&address, Some(&again.token)).await;
        client.follows("r", REGISTRATION, own.clone()).await;
        kept.follows("r", REGISTRATION, own).await;
        client.event("r").await;
        events.event().await;
        kept.event("r").await;
        ada.does(&app, "signOut", json!({}), "").await;
        again.cancels(&app, &registration).await;
        assert_eq!(client.refusal("r").await, "TOKEN_EXPIRED");
        assert_eq!(client.closing().await, 4403);
        let (_, told) = events.next().await.expect("an event");
        assert_eq!(told["errors"][0]["extensions"]["code"], "TOKEN_EXPIRED", "{told}");
        assert_eq!(events.next().await.map(|(name, _)| name).as_deref(), Some("complete"));
        assert_eq!(
            kept.event("r").await["registration"]["status"],
            "CANCELLED",
            "another token of the same person"
        );
    }

    /// What an administrator takes or ends is over with the next event.
    async fn a_role_that_is_revoked_and_sign_ins_that_are_ended_end_what_is_followed(app at "2026-04-01T12:00-04:00") {
        course_of(&app, 30).await;
        let (_server, address) = serve(&app).await;
        let admin = app.administrator("admin@example.org").await;
        let staff = app.staff("staff@example.org").await;
        let ada = app.signs_in("ada@example.org").await;
        let registration = ada.registers(&app, "nurse").await;
        let mine =
            staff.asks(&app, "{ viewer { staffRoles { id } } }", json!({})).await["viewer"]["staffRoles"][0]
                ["id"]
                .clone();
        let hers =
            ada.asks(&app, "{ viewer { learner { id } } }", json!({})).await["viewer"]["learner"]["id"]
                .clone();
        let mut staffs = Follower::connects(&address, Some(&staff.token)).await;
        let mut adas = Follower::connects(&address, Some(&ada.token)).await;
        staffs.follows("n", REGISTRATION, json!({ "id": registration["id"] })).await;
        adas.follows("r", REGISTRATION, json!({ "id": registration["id"] })).await;
        staffs.event("n").await;
        adas.event("r").await;
        admin.does(&app, "revokeRole", json!({ "staffRoleId": mine }), "").await;
        admin.does(&app, "endSignIns", json!({ "learnerId": hers }), "").await;
        admin.cancels(&app, &registration).await;
        assert_eq!(staffs.event("n").await, json!({ "registration": null }));
        assert_eq!(adas.refusal("r").await, "TOKEN_EXPIRED");
    }

    /// Rights are asked for once in a while, too, where nothing happens.
    async fn a_token_that_is_too_old_ends_what_is_followed_though_nothing_happens(app at "2026-04-01T12:00-04:00") {
        course_of(&app, 30).await;
        let often = live::Limits { recheck: Duration::from_millis(100), ..live::Limits::default() };
        let server = Server::of(&app, limits(often)).await;
        let address = server.address.to_string();
        let ada = app.signs_in("ada@example.org").await;
        let registration = ada.registers(&app, "nurse").await;
        let mut client = Follower::connects(&address, Some(&ada.token)).await;
        let mut idle = Follower::connects(&address, Some(&ada.token)).await;
        client.follows("r", REGISTRATION, json!({ "id": registration["id"] })).await;
        client.event("r").await;
        app.nature.move_to(at("2026-07-01T12:00-04:00"));
        match client.hears().await {
            Heard::Message(message) => {
                assert_eq!(message["payload"][0]["extensions"]["code"], "TOKEN_EXPIRED", "{message}")
            }
            Heard::Closed(code, reason) => {
                assert!(code == 4403 && reason.starts_with("TOKEN_EXPIRED"), "{code} {reason}")
            }
        }
        assert_eq!(idle.closing().await, 4403, "who follows nothing is sent away, too");
    }

    async fn a_role_that_is_taken_away_ends_what_it_let_follow(app at "2026-04-01T12:00-04:00") {
        use sea_orm::EntityTrait;
        let course = course_of(&app, 30).await;
        let often = live::Limits { recheck: Duration::from_millis(100), ..live::Limits::default() };
        let server = Server::of(&app, limits(often)).await;
        let staff = app.staff("staff@example.org").await;
        let mut client = Follower::connects(&server.address.to_string(), Some(&staff.token)).await;
        client.follows("n", NOTICES, json!({ "id": course })).await;
        assert_eq!(client.event("n").await, json!({ "notices": { "nodes": [] } }));
        entity::staff_role::Entity::delete_many().exec(app.db()).await.expect("the roles are gone");
        assert_eq!(client.event("n").await, json!({ "notices": null }));
        assert_eq!(client.hears().await, Heard::Message(json!({ "id": "n", "type": "complete" })));
    }

    async fn pages_of_other_origins_open_no_websocket(app at "2026-04-01T12:00-04:00") {
        let course = course_of(&app, 30).await;
        let (server, address) = serve(&app).await;
        let (ours, other) = (crate::support::app::PUBLIC_URL, "https://www.example.org");
        let own = format!("http://{address}");
        for (origin, opened) in [(ours, true), (own.as_str(), true), (other, false), ("null", false)] {
            let open = Follower::opens(&address, &[("origin", origin)]).await;
            assert_eq!(open.err(), (!opened).then_some(403), "{origin}");
        }
        server.stops().await;
        let origins = Origins::parse(other).expect("an origin");
        let server = Server::over(Front { origins, ..app.front(Limits::default()) }).await;
        let address = server.address.to_string();
        let mut client = Follower::opens(&address, &[("origin", other)]).await.expect("a WebSocket");
        client.introduces(None).await;
        client.hears().await;
        client.follows("a", SEATS, json!({ "id": course })).await;
        assert_eq!(available(&client.event("a").await), 30);
    }

    async fn another_protocol_is_not_spoken(app at "2026-04-01T12:00-04:00") {
        let (_server, address) = serve(&app).await;
        // A client that had asked for one would itself refuse an answer that names none.
        let request = format!("ws://{address}/graphql/ws").into_client_request().expect("a request");
        let mut client = Follower::opens_with(&address, request).await.expect("a WebSocket");
        assert_eq!(client.closing().await, 4406);
        let plain = reqwest::get(format!("http://{address}/graphql/ws")).await.expect("an answer");
        assert!(plain.status().is_client_error(), "{}", plain.status());
    }

    /// A subscription is a document as any other.
    async fn documents_are_held_to_the_same_rules(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        app.knows_no_document();
        let course = course_of(&app, 30).await;
        let (_server, address) = serve(&app).await;
        let mut client = Follower::connects(&address, None).await;
        let id = json!({ "id": course });
        for (query, code) in [
            ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
            ("subscription {", "GRAPHQL_PARSE_FAILED"),
            (
                "subscription S($id: ID!) { seats(courseId: $id) { capacity } again: seats(courseId: $id) { capacity } }",
                "GRAPHQL_VALIDATION_FAILED",
            ),
            (
                "subscription S($id: ID!) { notices(courseId: $id, first: 1000) { nodes { id } } }",
                "BAD_USER_INPUT",
            ),
            ("{ __typename }", "BAD_REQUEST"),
            ("mutation { signOut(input: {}) { refusal { code } } }", "BAD_REQUEST"),
            (
                "subscription S($id: ID!, $x: Int!) { seats(courseId: $id) { capacity } }",
                "GRAPHQL_VALIDATION_FAILED",
            ),
        ] {
            client.follows("q", query, id.clone()).await;
            assert_eq!(client.refusal("q").await, code, "{query}");
        }
        // One that is known by its hash, as with a query.
        let hash = entity::secret::fingerprint(SEATS);
        let by_hash = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
        client.says(json!({ "id": "h", "type": "subscribe", "payload": { "variables": id, "extensions": by_hash } })).await;
        assert_eq!(client.refusal("h").await, "PERSISTED_QUERY_NOT_FOUND");
        client.says(json!({ "id": "h", "type": "subscribe", "payload": { "query": SEATS, "variables": id, "extensions": by_hash } })).await;
        assert_eq!(available(&client.event("h").await), 30);
        client.says(json!({ "id": "i", "type": "subscribe", "payload": { "variables": id, "extensions": by_hash } })).await;
        assert_eq!(available(&client.event("i").await), 30);
        // Where it is answered once, it is not answered.
        let answer = app.answers(None, SEATS, id).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_ACCEPTABLE", "{answer}");
    }
}
