//! What a tick of the worker costs when nothing is due, and how fast letters leave when many are.
//!
//! `cargo bench -p lectern-tests` measures on both databases, SQLite waiting for the disk as it does when it
//! is served, and prints the figures. The bounds are for a machine of two cores, a release build and nothing
//! else at work.
#![allow(clippy::expect_used, reason = "a benchmark ends where something is wrong")]
#![allow(clippy::print_stdout, reason = "figures are for whoever runs the benchmarks")]

use std::sync::Arc;
use std::time::Duration;

use entity::nature::{Nature, SharedNature};
use entity::{notice, registration};
use lectern::store::Durability;
use lectern_tests::support::process::wait_until;
use lectern_tests::support::time::at;
use lectern_tests::support::{Backend, TestApp, crowd, fact};
use sea_orm::{EntityTrait, PaginatorTrait, QueryFilter};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use worker::sweep::{Sweeper, Swept, sweep};

/// The size that an idle tick is measured at.
const COURSES: u32 = 1_000;
const REGISTRATIONS: u32 = 100_000;
/// Ticks in one measurement.
const TICKS: usize = 20;
/// Measurements; the best one counts.
const MEASUREMENTS: usize = 5;
/// How long an idle tick may take.
const IDLE_TICK: Duration = Duration::from_millis(10);
/// Letters that are due at once.
const LETTERS: u32 = 10_000;
/// Letters in a second, at the least: a tenth of what was measured, so that it is a mistake of ours that is
/// found and not a slow disk.
const RATE: f64 = 30.0;

#[tokio::main]
async fn main() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        idle_tick(backend).await;
        letters_due_at_once(backend).await;
        announcement(backend).await;
    }
}

async fn open(backend: Backend, moment: &str) -> Option<TestApp> {
    let app = TestApp::open_with(backend, moment, Durability::PowerLoss).await?;
    app.has_the_course().await;
    // The mark stands at now, so that nobody asks for what was long ago.
    app.works().await;
    Some(app)
}

/// One tick: what the worker does every five seconds.
async fn tick(app: &TestApp, sweeper: &mut Sweeper) -> Duration {
    let nature: SharedNature = app.nature.clone();
    app.nature.move_to(nature.now().plus_seconds(5));
    let begin = Instant::now();
    let swept = sweeper.sweep(app.db(), &nature).await.expect("a sweep");
    let claimed = worker::claim::claim(app.db(), "bench", 8, nature.now()).await.expect("a claim");
    let took = begin.elapsed();
    assert_eq!((swept, claimed.len()), (Swept::default(), 0), "nothing is due");
    took
}

async fn idle_tick(backend: Backend) {
    let Some(app) = open(backend, "2026-04-01T12:00-04:00").await else { return };
    let begin = Instant::now();
    crowd::of_courses(&app, COURSES).await;
    crowd::of_registrations(&app, REGISTRATIONS, COURSES).await;
    let filled = begin.elapsed();
    let mut sweeper = Sweeper::new("stories.example.org");
    let first = tick(&app, &mut sweeper).await;
    let mut medians = Vec::new();
    for _ in 0..MEASUREMENTS {
        let mut took = Vec::new();
        for _ in 0..TICKS {
            took.push(tick(&app, &mut sweeper).await);
        }
        took.sort_unstable();
        medians.push(took[TICKS / 2]);
    }
    let best = *medians.iter().min().expect("a measurement");
    println!(
        "{backend:?}: an idle tick takes {best:?} (medians {medians:?}), the first after a start {first:?}; filled in {filled:?}"
    );
    assert!(best < IDLE_TICK, "{backend:?}: an idle tick takes {best:?}, more than {IDLE_TICK:?}");
}

async fn letters_due_at_once(backend: Backend) {
    let Some(app) = open(backend, "2026-05-06T08:00-04:00").await else { return };
    crowd::in_the_course(&app, LETTERS).await;
    app.nature.move_to(at("2026-05-06T09:00:05-04:00"));
    delivers(&app, "reminders").await;
}

async fn announcement(backend: Backend) {
    let Some(app) = open(backend, "2026-04-20T12:00-04:00").await else { return };
    let staff = app.staff("staff@example.org").await;
    crowd::in_the_course(&app, LETTERS).await;
    app.travels_to("2026-04-20T12:30-04:00").await;
    fact::announce(&app, &staff, "To all", "To **all**.", &[registration::Status::Confirmed]).await;
    app.nature.move_to(app.nature.now().plus_minutes(10));
    delivers(&app, "copies of an announcement").await;
}

/// Sweeps, and has the worker deliver what is due: a letter for everybody.
async fn delivers(app: &TestApp, what: &str) {
    let (backend, nature): (_, SharedNature) = (app.backend, app.nature.clone());
    let before = app.post().letters().len();
    let begin = Instant::now();
    let swept = sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
    let sweeping = begin.elapsed();
    assert_eq!(swept.planned, u64::from(LETTERS), "a letter for everybody, and no confirmation again");

    let begin = Instant::now();
    let stop = CancellationToken::new();
    let work =
        tokio::spawn(worker::run(app.worker.clone(), Arc::new(Notify::new()), stop.clone(), Arc::default()));
    wait_until("the queue to be empty", 300, async || {
        let open = notice::Entity::find().filter(notice::open()).count(app.db()).await.expect("a count");
        (open == 0).then_some(())
    })
    .await;
    let delivering = begin.elapsed();
    stop.cancel();
    work.await.expect("the worker").expect("a good end");
    assert_eq!(
        app.post().letters().len() - before,
        usize::try_from(LETTERS).expect("a number"),
        "each letter once"
    );
    let rate = f64::from(LETTERS) / delivering.as_secs_f64();
    println!(
        "{backend:?}: {LETTERS} {what} swept in {sweeping:?}, delivered in {delivering:?}: {rate:.0} a second"
    );
    assert!(rate > RATE, "{backend:?}: {rate:.0} {what} a second");
}
