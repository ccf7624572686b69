//! Following: seats, registrations and letters, over WebSocket and server-sent events.

mod bounds;
mod rights;

use lectern::limits::client::Limits;
use lectern::limits::live;
use serde_json::{Value, json};

use crate::support::follower::{Events, Follower, Heard, Server};
use crate::support::process::wait_until;
use crate::support::{Backend, SAMPLE, TestApp, stories};

const SEATS: &str = "subscription Seats($id: ID!) { seats(courseId: $id) { capacity available } }";
const REGISTRATION: &str = "subscription Registration($id: ID!) { registration(id: $id) { status code quote { total { amount } } } }";
const NOTICES: &str =
    "subscription Notices($id: ID!) { notices(courseId: $id, first: 5) { nodes { letter state } } }";

/// The reference course with so many seats.
async fn course_of(app: &TestApp, seats: u32) -> String {
    app.imports(&SAMPLE.replacen("[registration]\n", &format!("[registration]\ncapacity = {seats}\n"), 1))
        .await;
    app.course_and_track().await.0
}

/// What clients may take who do not ask for a budget, with these limits for those who follow.
fn limits(live: live::Limits) -> Limits {
    Limits { live, ..Limits::default() }
}

async fn serve(app: &TestApp) -> (Server, String) {
    let server = Server::of(app, Limits::default()).await;
    let address = server.address.to_string();
    (server, address)
}

fn available(event: &Value) -> i64 {
    event["seats"]["available"].as_i64().unwrap_or_else(|| panic!("{event}"))
}

stories! {
    async fn seats_are_followed_from_what_they_are_now(app at "2026-04-01T12:00-04:00") {
        let course = course_of(&app, 30).await;
        let (server, address) = serve(&app).await;
        let mut client = Follower::connects(&address, None).await;
        client.follows("a", SEATS, json!({ "id": course })).await;
        assert_eq!(client.event("a").await, json!({ "seats": { "capacity": 30, "available": 30 } }));

        let ada = app.signs_in("ada@example.org").await;
        let registration = ada.registers(&app, "nurse").await;
        assert_eq!(available(&client.event("a").await), 29);
        ada.cancels(&app, &registration).await;
        assert_eq!(available(&client.event("a").await), 30);

        // The page changes, too.
        app.imports(&SAMPLE.replacen("[registration]\n", "[registration]\ncapacity = 40\n", 1)).await;
        assert_eq!(client.event("a").await, json!({ "seats": { "capacity": 40, "available": 40 } }));

        // Who comes again begins with what is.
        drop(client);
        ada.registers(&app, "nurse").await;
        let mut client = Follower::connects(&address, None).await;
        client.follows("b", SEATS, json!({ "id": course })).await;
        assert_eq!(available(&client.event("b").await), 39);
        // Who has heard enough hears no more; the id is free again.
        client.says(json!({ "id": "b", "type": "complete" })).await;
        client.follows("b", SEATS, json!({ "id": course })).await;
        assert_eq!(available(&client.event("b").await), 39);
        server.stops().await;
        assert_eq!(client.closing().await, 1012);
    }

    async fn a_registration_is_followed_by_its_learner_and_by_staff(app at "2026-04-01T12:00-04:00") {
        course_of(&app, 30).await;
        let (_server, address) = serve(&app).await;
        let ada = app.signs_in("ada@example.org").await;
        let staff = app.staff("staff@example.org").await;
        let registration = ada.registers(&app, "nurse").await;
        let mut clients = vec![
            Follower::connects(&address, Some(&ada.token)).await,
            Follower::connects(&address, Some(&staff.token)).await,
        ];
        for client in &mut clients {
            client.follows("r", REGISTRATION, json!({ "id": registration["id"] })).await;
            let event = client.event("r").await;
            assert_eq!(
                (&event["registration"]["status"], &event["registration"]["code"]),
                (&json!("STARTED"), &registration["code"]),
                "{event}"
            );
        }
        staff.records_payment(&app, &registration).await;
        for client in &mut clients {
            assert_eq!(client.event("r").await["registration"]["status"], "CONFIRMED");
        }
        ada.cancels(&app, &registration).await;
        for client in &mut clients {
            assert_eq!(client.event("r").await["registration"]["status"], "CANCELLED");
        }
    }

    async fn letters_are_followed_by_staff(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        let course = course_of(&app, 30).await;
        app.tells_of_letters();
        let (_server, address) = serve(&app).await;
        let staff = app.staff("staff@example.org").await;
        let mut client = Follower::connects(&address, Some(&staff.token)).await;
        client.follows("n", NOTICES, json!({ "id": course })).await;
        assert_eq!(client.event("n").await, json!({ "notices": { "nodes": [] } }));
        let ada = app.signs_in("ada@example.org").await;
        ada.registers(&app, "nurse").await;
        app.works().await;
        let sent = client.event_where("n", |event| event["notices"]["nodes"][0]["state"] == "SENT").await;
        assert_eq!(sent["notices"]["nodes"][0]["letter"], "REGISTRATION_STARTED", "{sent}");
    }

    async fn server_sent_events_tell_the_same(app at "2026-04-01T12:00-04:00") {
        let course = course_of(&app, 30).await;
        let (server, address) = serve(&app).await;
        let ada = app.signs_in("ada@example.org").await;
        for path in ["/graphql", "/graphql/stream"] {
            let mut events =
                Events::opens(&address, path, None, SEATS, json!({ "id": course })).await.expect("events");
            assert_eq!(available(&events.event().await), 30, "{path}");
            let registration = ada.registers(&app, "nurse").await;
            assert_eq!(available(&events.event().await), 29, "{path}");
            let mut own = Events::opens(
                &address,
                path,
                Some(&ada.token),
                REGISTRATION,
                json!({ "id": registration["id"] }),
            )
            .await
            .expect("events");
            assert_eq!(own.event().await["registration"]["status"], "STARTED");
            ada.cancels(&app, &registration).await;
            assert_eq!(own.event().await["registration"]["status"], "CANCELLED");
            assert_eq!(available(&events.event().await), 30, "{path}");
        }
        // What is answered once is answered once, and what cannot be run is told in the stream, as the
        // protocol has it.
        let mut once = Events::opens(&address, "/graphql/stream", None, "{ __typename }", json!({}))
            .await
            .expect("events");
        assert_eq!(once.event().await, json!({ "__typename": "Query" }));
        assert_eq!(once.next().await.map(|(name, _)| name).as_deref(), Some("complete"));
        let mut wrong = Events::opens(&address, "/graphql", None, "subscription { nothing }", json!({}))
            .await
            .expect("events");
        let (name, response) = wrong.next().await.expect("an event");
        assert_eq!(
            (name.as_str(), &response["errors"][0]["extensions"]["code"]),
            ("next", &json!("GRAPHQL_VALIDATION_FAILED")),
            "{response}"
        );
        assert_eq!(wrong.next().await.map(|(name, _)| name).as_deref(), Some("complete"));
        // A stream is open to no end, and does not hold a server that stops.
        let mut open =
            Events::opens(&address, "/graphql", None, SEATS, json!({ "id": course })).await.expect("events");
        open.event().await;
        server.stops().await;
        assert_eq!(open.next().await, None, "it ends without being complete, so that the client asks again");
    }

    async fn what_one_server_does_is_seen_on_another(app at "2026-04-01T12:00-04:00") {
        if app.backend == Backend::Sqlite {
            return;
        }
        let course = course_of(&app, 30).await;
        let other = app.on_connections(6).await;
        let ((_here, _), (_there, address)) = (serve(&app).await, serve(&other).await);
        let mut client = Follower::connects(&address, None).await;
        client.follows("a", SEATS, json!({ "id": course })).await;
        assert_eq!(available(&client.event("a").await), 30);
        let ada = app.signs_in("ada@example.org").await;
        ada.registers(&app, "nurse").await;
        assert_eq!(available(&client.event("a").await), 29);
        app.imports(&SAMPLE.replacen("[registration]\n", "[registration]\ncapacity = 40\n", 1)).await;
        assert_eq!(available(&client.event("a").await), 39);
    }

    /// What many follow is read once, and each is told.
    async fn those_who_follow_the_same_share_one_read(app at "2026-04-01T12:00-04:00") {
        let course = course_of(&app, 30).await;
        let server =
            Server::of(&app, limits(live::Limits { connections_of_one: 20, ..live::Limits::default() }))
                .await;
        let address = server.address.to_string();
        let mut clients = Vec::new();
        for _ in 0..12 {
            let mut client = Follower::connects(&address, None).await;
            client.follows("a", SEATS, json!({ "id": course })).await;
            assert_eq!(available(&client.event("a").await), 30);
            clients.push(client);
        }
        assert_eq!(server.front.live.reads(), 1);
        let ada = app.signs_in("ada@example.org").await;
        ada.registers(&app, "nurse").await;
        for client in &mut clients {
            assert_eq!(available(&client.event("a").await), 29);
        }
        // Other variables, another document, another person: another read.
        clients[0].follows("b", SEATS, json!({ "id": "another" })).await;
        assert_eq!(clients[0].event("b").await, json!({ "seats": null }));
        assert_eq!(
            clients[0].hears().await,
            Heard::Message(json!({ "id": "b", "type": "complete" })),
            "there is nothing to follow"
        );
        let mut signed_in = Follower::connects(&address, Some(&ada.token)).await;
        signed_in.follows("a", SEATS, json!({ "id": course })).await;
        assert_eq!(available(&signed_in.event("a").await), 29);
        wait_until("two reads", 30, async || (server.front.live.reads() == 2).then_some(())).await;
        // Nothing is read any more when nobody follows it.
        drop((clients, signed_in));
        wait_until("the reads to end", 30, async || (server.front.live.reads() == 0).then_some(())).await;
        wait_until("the places to be free", 30, async || {
            (server.front.live.places.count() == 0).then_some(())
        })
        .await;
    }
}
