//! Whose clock counts: the database's, whatever that of a machine says.

use std::sync::Arc;

use entity::nature::{Nature, RealNature, SharedNature};
use entity::{Instant, sweep_mark};
use lectern::store::{Clock, Durability};
use sea_orm::EntityTrait;

use crate::support::nature::MovableNature;
use crate::support::request::get;
use crate::support::{Backend, TestApp, database};

/// By how many seconds two moments differ.
fn apart(one: Instant, other: Instant) -> i64 {
    (one.as_micros() - other.as_micros()).abs() / 1_000_000
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_has_no_clock_of_its_own() {
    let database = database::fresh(Backend::Sqlite, Durability::ProcessEnd).await.expect("a database");
    assert!(Clock::of(&database.db, Arc::new(RealNature)).await.expect("an answer").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn time_is_that_of_the_database_whatever_becomes_of_the_machines() {
    let Some(database) = database::fresh(Backend::Postgres, Durability::ProcessEnd).await else { return };
    // The database runs on this machine, so its clock is the real one.
    let machine = Arc::new(MovableNature::at(RealNature.now().plus_minutes(15)));
    let clock = Clock::of(&database.db, machine.clone()).await.expect("an answer").expect("a clock");
    assert!(apart(clock.now(), RealNature.now()) < 30, "{} at {}", clock.now(), RealNature.now());
    let complaint = clock.complaint().expect("a machine that is off");
    assert!(
        complaint.starts_with("the clock of this machine is ")
            && complaint.ends_with(" seconds ahead of the database's"),
        "{complaint}"
    );
    machine.move_to(machine.now().plus_minutes(24 * 60));
    assert!(apart(clock.now(), RealNature.now()) < 30, "{} at {}", clock.now(), RealNature.now());
    clock.ask(&database.db).await.expect("an answer");
    assert!(apart(clock.now(), RealNature.now()) < 30, "{} at {}", clock.now(), RealNature.now());
    assert!(clock.skew_seconds() > 24 * 60 * 60, "{}", clock.skew_seconds());

    let right = Clock::of(&database.db, Arc::new(RealNature)).await.expect("an answer").expect("a clock");
    assert_eq!(right.complaint(), None);
}

/// A worker whose machine is a quarter of an hour ahead leaves the mark where the others expect it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_that_is_ahead_moves_no_mark_ahead_and_says_so() {
    let moment = RealNature.now();
    let Some(mut app) = TestApp::open(Backend::Postgres, &moment.to_string()).await else { return };
    let machine: SharedNature = Arc::new(MovableNature::at(moment.plus_minutes(15)));
    let clock = Clock::of(app.db(), machine).await.expect("an answer").expect("a clock");
    let nature: SharedNature = clock.clone();
    worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
    let mark = sweep_mark::Entity::find_by_id(sweep_mark::ID).one(app.db()).await.expect("marks");
    let mark = mark.expect("a mark").swept_to;
    assert!(apart(mark, RealNature.now()) < 60, "{mark} at {}", RealNature.now());

    app.goes_by(clock);
    let (status, text) = app.http(get("/readyz")).await;
    assert!(status.is_success(), "{status}: {text}");
    assert!(
        text.starts_with("ready; the clock of this machine is ")
            && text.ends_with(" seconds ahead of the database's\n"),
        "{text}"
    );
}
