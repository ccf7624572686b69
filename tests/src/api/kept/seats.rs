//! Seats: an answer that counts them is kept until one is taken or comes free, wherever that happens.

use std::time::Duration;

use entity::Instant;
use entity::nature::Nature;
use lectern::wake::listen::listen;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{HIT, STORED, ask};
use crate::support::time::at;
use crate::support::{Backend, SAMPLE, TestApp, stories};

const SEATS: &str = "{ course(slug: \"core-practice-of-palliative-care\") { seats { available } } courses { nodes { slug seats { capacity available } } } }";

/// How many are told to be free, and where the answer came from.
async fn free(app: &TestApp) -> (Option<String>, i64) {
    let told = ask(app, None, SEATS, json!({})).await;
    let data = told.data();
    let (one, other) =
        (&data["course"]["seats"]["available"], &data["courses"]["nodes"][0]["seats"]["available"]);
    assert_eq!(one, other, "{data}");
    (told.how, one.as_i64().unwrap_or_else(|| panic!("{data}")))
}

fn made(seats: i64) -> (Option<String>, i64) {
    (Some(STORED.to_owned()), seats)
}

fn kept(seats: i64) -> (Option<String>, i64) {
    (Some(HIT.to_owned()), seats)
}

fn a_bit_later(app: &TestApp) {
    app.nature.move_to(Instant::from_micros(app.nature.now().as_micros() + 500_000));
}

stories! {
    async fn seats_are_told_as_they_are_wherever_they_are_taken(app at "2026-04-01T12:00-04:00") {
        app.imports(&SAMPLE.replacen("[registration]\n", "[registration]\ncapacity = 10\n", 1)).await;
        let other = app.on_connections(4).await;
        let (ada, bob) = (app.signs_in("ada@example.org").await, app.signs_in("bob@example.org").await);
        assert_eq!(free(&app).await, made(10));
        assert_eq!(free(&app).await, kept(10));
        // Here it shows at once, there within half a second.
        let hers = ada.registers(&app, "nurse").await;
        assert_eq!(hers["status"], "STARTED");
        assert_eq!(free(&app).await, made(9));
        assert_eq!(free(&app).await, kept(9));
        bob.registers(&other, "nurse").await;
        a_bit_later(&app);
        assert_eq!(free(&app).await, made(8));
        ada.cancels(&other, &hers).await;
        a_bit_later(&app);
        assert_eq!(free(&app).await, made(9));
        // What changes nothing of the seats, however much is written, leaves the answer where it is.
        app.signs_in("cyd@example.org").await;
        a_bit_later(&app);
        assert_eq!(free(&app).await, kept(9));
        // Bob's is held to the end of the fourteenth day, if he does not pay.
        let lapses = at("2026-04-16T00:00-04:00");
        app.nature.move_to(Instant::from_micros(lapses.as_micros() - 1));
        assert_eq!(free(&app).await, kept(9));
        app.nature.move_to(lapses);
        assert_eq!(free(&app).await, made(10));
    }

    async fn postgresql_tells_of_seats_while_the_clock_stands(app at "2026-04-01T12:00-04:00") {
        if app.backend == Backend::Sqlite {
            return;
        }
        app.imports(&SAMPLE.replacen("[registration]\n", "[registration]\ncapacity = 300\n", 1)).await;
        let other = app.on_connections(4).await;
        let stop = CancellationToken::new();
        let listening = tokio::spawn(listen(app.state.clone(), stop.clone()));
        let ada = app.signs_in("ada@example.org").await;
        assert_eq!(free(&app).await.1, 300);
        // What is said before anybody listens is lost; so a seat is taken and given back until it is heard.
        // As the clock stands, nothing but being told makes us look again.
        let mut heard = false;
        for _ in 0..200 {
            let registration = ada.registers(&other, "nurse").await;
            assert_eq!(registration["status"], "STARTED", "{registration}");
            heard = tokio::time::timeout(Duration::from_millis(500), async {
                while free(&app).await.1 == 300 {
                    tokio::task::yield_now().await;
                }
            })
            .await
            .is_ok();
            if heard {
                break;
            }
            ada.cancels(&other, &registration).await;
        }
        assert!(heard, "a registration on another server was not heard of");
        stop.cancel();
        listening.await.expect("it stops when it is told to");
    }
}
