//! How much those may take who follow: each bound at its edge.

use std::time::Duration;

use lectern::limits::client::Limits;
use lectern::limits::client::Rates;
use lectern::limits::live;
use serde_json::json;
use tokio::net::TcpSocket;
use tokio_tungstenite::tungstenite::Message;

use super::{SEATS, available, course_of, limits, serve};
use crate::support::follower::{Events, Follower, Heard, Server, in_time};
use crate::support::process::wait_until;
use crate::support::stories;

stories! {
    async fn one_connection_follows_twenty_things(app at "2026-04-01T12:00-04:00") {
        let course = course_of(&app, 30).await;
        let (_server, address) = serve(&app).await;
        let mut client = Follower::connects(&address, None).await;
        for number in 0..20 {
            client.follows(&number.to_string(), SEATS, json!({ "id": course })).await;
            assert_eq!(available(&client.event(&number.to_string()).await), 30);
        }
        client.follows("one too many", SEATS, json!({ "id": course })).await;
        assert_eq!(client.refusal("one too many").await, "TOO_MANY_SUBSCRIPTIONS");
        client.says(json!({ "id": "7", "type": "complete" })).await;
        client.follows("another", SEATS, json!({ "id": course })).await;
        assert_eq!(available(&client.event("another").await), 30);
        client.follows("another", SEATS, json!({ "id": course })).await;
        assert_eq!(client.closing().await, 4409, "one id, one thing");
    }

    async fn one_person_has_four_connections_and_one_address_four_for_strangers(app at "2026-04-01T12:00-04:00") {
        let course = course_of(&app, 30).await;
        let (server, address) = serve(&app).await;
        let ada = app.signs_in("ada@example.org").await;
        let again = app.signs_in("ada@example.org").await;
        for (token, other) in [(None, Some(&ada.token)), (Some(&ada.token), None)] {
            let mut open = Vec::new();
            for number in 0..4 {
                // Whichever of the person's tokens it is, and whichever way.
                let token =
                    token.map(|token| if number % 2 == 0 { token.as_str() } else { again.token.as_str() });
                open.push(Follower::connects(&address, token).await);
            }
            let mut fifth = Follower::opens(&address, &[]).await.expect("a WebSocket");
            fifth.introduces(token.map(String::as_str)).await;
            assert_eq!(fifth.closing().await, 1013);
            let events = Events::opens(
                &address,
                "/graphql",
                token.map(String::as_str),
                SEATS,
                json!({ "id": course }),
            )
            .await;
            assert_eq!(events.err(), Some(503));
            drop(Follower::connects(&address, other.map(String::as_str)).await);
            open.pop();
            wait_until("room", 30, async || (server.front.live.places.count() <= 3).then_some(())).await;
            let mut events = Events::opens(
                &address,
                "/graphql",
                token.map(String::as_str),
                SEATS,
                json!({ "id": course }),
            )
            .await
            .expect("events");
            assert_eq!(available(&events.event().await), 30);
            drop((open, events));
            wait_until("all to be gone", 30, async || (server.front.live.places.count() == 0).then_some(()))
                .await;
        }
    }

    async fn there_are_so_many_connections_in_all(app at "2026-04-01T12:00-04:00") {
        let server =
            Server::of(&app, limits(live::Limits { connections: 2, ..live::Limits::default() })).await;
        let address = server.address.to_string();
        let open = [Follower::connects(&address, None).await, Follower::connects(&address, None).await];
        assert_eq!(Follower::opens(&address, &[]).await.err(), Some(503));
        drop(open);
        wait_until("room again", 30, async || Follower::opens(&address, &[]).await.ok()).await;
    }

    async fn who_does_not_say_who_it_is_is_sent_away(app at "2026-04-01T12:00-04:00") {
        let course = course_of(&app, 30).await;
        let server = Server::of(
            &app,
            limits(live::Limits { init_time: Duration::from_millis(50), ..live::Limits::default() }),
        )
        .await;
        let mut silent = Follower::opens(&server.address.to_string(), &[]).await.expect("a WebSocket");
        assert_eq!(silent.closing().await, 4408);
        let (_server, address) = serve(&app).await;
        let mut hasty = Follower::opens(&address, &[]).await.expect("a WebSocket");
        hasty.follows("a", SEATS, json!({ "id": course })).await;
        assert_eq!(hasty.closing().await, 4401);
        let mut twice = Follower::connects(&address, None).await;
        twice.says(json!({ "type": "ping", "payload": { "x": 1 } })).await;
        assert_eq!(twice.hears().await, Heard::Message(json!({ "type": "pong" })));
        twice.introduces(None).await;
        assert_eq!(twice.closing().await, 4429);
    }

    async fn what_is_no_message_ends_the_connection(app at "2026-04-01T12:00-04:00") {
        let (_server, address) = serve(&app).await;
        for (message, code) in [
            (Message::text("nonsense"), 4400),
            (Message::text("{\"type\":\"start\"}"), 4400),
            (Message::text("{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":7}}"), 4400),
            (Message::binary(vec![1, 2, 3]), 4400),
            (Message::text("x".repeat(64 * 1024 + 1)), 1009),
        ] {
            let mut client = Follower::connects(&address, None).await;
            client.sends(message).await;
            assert_eq!(client.closing().await, code);
        }
        // A message of the greatest size is read.
        let mut client = Follower::connects(&address, None).await;
        let around = json!({ "type": "ping", "payload": { "x": "" } }).to_string().len();
        client.says(json!({ "type": "ping", "payload": { "x": "x".repeat(64 * 1024 - around) } })).await;
        assert_eq!(client.hears().await, Heard::Message(json!({ "type": "pong" })));
    }

    /// What a connection keeps as long as it is open counts, and what nobody asked for is not kept.
    async fn what_is_kept_of_a_question_counts(app at "2026-04-01T12:00-04:00") {
        let course = course_of(&app, 30).await;
        let (server, address) = serve(&app).await;
        let held = || server.front.occupancy.taken().bytes;
        let mut client = Follower::connects(&address, None).await;
        // Five thousand objects, for each of which serde_json takes some 640 bytes.
        let nothing = vec![json!({ "a": 0 }); 5_000];
        client.follows("a", SEATS, json!({ "id": course, "nobody declared it": nothing })).await;
        client.event("a").await;
        let one = held();
        assert!((1_000..100_000).contains(&one), "{one}");
        for id in ["b", "c", "d"] {
            client.follows(id, SEATS, json!({ "id": course })).await;
            client.event(id).await;
        }
        assert!(held() < one + 3 * 3_000, "a document is in memory once: {one}, {}", held());
        client.says(json!({ "id": "a", "type": "complete" })).await;
        drop(client);
        wait_until("nothing to be held", 30, async || (held() == 0).then_some(())).await;

        let narrow = Server::of(&app, Limits { held_bytes: 2_000, ..Limits::default() }).await;
        let mut client = Follower::connects(&narrow.address.to_string(), None).await;
        client.follows("a", SEATS, json!({ "id": course })).await;
        assert_eq!(client.refusal("a").await, "OVERLOADED");
    }

    async fn every_message_is_paid_for(app at "2026-04-01T12:00-04:00") {
        let rates = Rates { address: 100, person: 1_000_000, loopback: true };
        let server = Server::of(&app, Limits { rates, ..Limits::default() }).await;
        let mut client = Follower::connects(&server.address.to_string(), None).await;
        let ping = json!({ "type": "ping", "payload": { "x": "x".repeat(10 * 1024) } });
        // Forty for its bytes and one for being one, as long as there is anything left.
        for _ in 0..3 {
            client.says(ping.clone()).await;
            assert_eq!(client.hears().await, Heard::Message(json!({ "type": "pong" })));
        }
        client.says(ping).await;
        assert_eq!(client.closing().await, 1013);
    }

    async fn every_event_is_paid_for(app at "2026-04-01T12:00-04:00") {
        let course = course_of(&app, 30).await;
        let rates = Rates { address: 400, person: 1_000_000, loopback: true };
        let server = Server::of(&app, Limits { rates, ..Limits::default() }).await;
        // A document whose event costs a good hundred of the address's four hundred.
        let dear: String = (0..50).map(|place| format!(" a{place}: capacity b{place}: available")).collect();
        let query = format!("subscription S($id: ID!) {{ seats(courseId: $id) {{{dear}}} }}");
        let ada = app.signs_in("ada@example.org").await;
        let mut client = Follower::connects(&server.address.to_string(), None).await;
        let mut signed_in = Follower::connects(&server.address.to_string(), Some(&ada.token)).await;
        client.follows("a", &query, json!({ "id": course })).await;
        signed_in.follows("a", &query, json!({ "id": course })).await;
        client.event("a").await;
        signed_in.event("a").await;
        let (mut told, mut registration) = (1, None);
        loop {
            registration = match registration {
                None => Some(ada.registers(&app, "nurse").await),
                Some(registration) => {
                    ada.cancels(&app, &registration).await;
                    None
                }
            };
            match client.hears().await {
                Heard::Message(message) if message["type"] == "next" => told += 1,
                Heard::Message(message) => {
                    assert_eq!(message["payload"][0]["extensions"]["code"], "RATE_LIMITED", "{message}");
                    break;
                }
                closed => panic!("{closed:?}"),
            }
        }
        assert_eq!(told, 3, "three events cost three hundred and some");
        client.follows("b", &query, json!({ "id": course })).await;
        assert_eq!(client.refusal("b").await, "RATE_LIMITED");
        // Who is signed in pays for themselves, and is told on.
        signed_in.event("a").await;
    }

    /// Who does not read is cut off, and keeps nobody else waiting.
    async fn a_slow_reader_is_cut_off(app at "2026-04-01T12:00-04:00") {
        course_of(&app, 30).await;
        let server =
            Server::of(&app, Limits { answer_time: Duration::from_millis(300), ..Limits::default() }).await;
        let ada = app.signs_in("ada@example.org").await;
        let staff = app.staff("staff@example.org").await;
        let registration = ada.registers(&app, "nurse").await;
        let own = json!({ "id": registration["id"] });
        // Events of about a megabyte, into a window of a few kilobytes.
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("a small window");
        let stream = in_time("a connection", socket.connect(server.address)).await.expect("a connection");
        let mut slow = Follower::over(stream, Follower::request(&server.address.to_string()))
            .await
            .expect("a WebSocket");
        slow.introduces(Some(&staff.token)).await;
        slow.hears().await;
        let pages: String =
            (0..30).map(|place| format!(" a{place}: sessions(first: 50) {{ ...rows }}")).collect();
        let rows = "fragment rows on SessionConnection { nodes { title faculty { member { name bio } } } }";
        let large = format!(
            "subscription S($id: ID!) {{ registration(id: $id) {{ paid {{ amount }} course {{{pages} }} }} }} {rows}"
        );
        slow.follows("a", &large, own.clone()).await;
        let mut honest = Follower::connects(&server.address.to_string(), Some(&ada.token)).await;
        honest
            .follows("a", "subscription S($id: ID!) { registration(id: $id) { paid { amount } } }", own)
            .await;
        assert_eq!(honest.event("a").await["registration"]["paid"]["amount"], "0.00");
        let is_cut =
            || server.front.metrics.text().contains("lectern_connections_cut_total{reason=\"slow\"} 1");
        let mut payments = 0;
        while !is_cut() {
            payments += 1;
            assert!(payments < 100, "it is never cut off");
            let input = json!({ "registrationId": registration["id"], "amount": "1.00", "method": "CHECK", "reference": payments.to_string() });
            let paid = staff.does(&app, "recordPayment", input, "registration { paid { amount } }").await;
            honest.event_where("a", |event| event["registration"]["paid"] == paid["paid"]).await;
        }
        wait_until("its place to be free", 30, async || {
            (server.front.live.places.count() == 1).then_some(())
        })
        .await;
        ada.cancels(&app, &registration).await;
    }
}
