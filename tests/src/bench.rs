//! What a tick costs when nothing is due, and how fast letters leave when many are.
//!
//! The figures are printed (`cargo test -p lectern-tests bench -- --nocapture`); bounds are for a machine with two cores, wider in a debug build.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use entity::nature::{Nature, SharedNature};
use entity::notice;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, Statement};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use worker::sweep::Sweeper;

use crate::support::process::wait_until;
use crate::support::time::at;
use crate::support::{House, crowd, stories};

/// The size that an idle tick is measured at.
const COURSES: u32 = 1_000;
const REGISTRATIONS: u32 = 100_000;
/// Ticks in one measurement.
const TICKS: usize = 20;
/// Measurements; the best one counts, because other tests run at the same time.
const MEASUREMENTS: usize = 5;
/// Letters that are due at once.
const LETTERS: u32 = if cfg!(debug_assertions) { 300 } else { 10_000 };
/// How long an idle tick may take.
const BOUND: Duration = Duration::from_millis(if cfg!(debug_assertions) { 30 } else { 10 });

#[allow(clippy::print_stderr, reason = "figures are for whoever runs the tests")]
fn tell(house: &House, figure: &str) {
    eprintln!("{:?}, {}: {figure}", house.backend, if cfg!(debug_assertions) { "debug" } else { "release" });
}

/// One tick: what the worker does every five seconds.
async fn tick(house: &House, sweeper: &mut Sweeper, db: &DatabaseConnection) -> Duration {
    let nature: SharedNature = house.nature.clone();
    nature_moves(house);
    let begin = Instant::now();
    let swept = sweeper.sweep(db, &nature).await.expect("a sweep");
    let claimed = worker::claim::claim(db, "bench", 8, nature.now()).await.expect("a claim");
    let took = begin.elapsed();
    assert_eq!((swept, claimed.len()), (worker::sweep::Swept::default(), 0), "nothing is due");
    took
}

fn nature_moves(house: &House) {
    house.nature.move_to(house.nature.now().plus_seconds(5));
}

/// How the database would run a statement, a line for each step.
async fn plan(house: &House, statement: &Statement) -> Vec<String> {
    let backend = house.db().get_database_backend();
    let (explain, column) = if backend == DbBackend::Sqlite { ("explain query plan", "detail") } else { ("explain", "QUERY PLAN") };
    let mut asked = statement.clone();
    asked.sql = format!("{explain} {}", statement.sql);
    let rows = house.db().query_all_raw(asked).await.unwrap_or_else(|error| panic!("{error}: {statement}"));
    rows.iter().map(|row| row.try_get::<String>("", column).expect("a step")).collect()
}

/// Whether a step of a plan reads a whole table that grows with the people. The index of what is ready may be read from end to end: it holds
/// nothing but what waits.
fn reads_all(step: &str) -> bool {
    let step = step.trim_start_matches([' ', '-', '>']);
    ["registration", "notice"].iter().any(|table| {
        let word = |beginning: &str| step.strip_prefix(&format!("{beginning}{table}")).is_some_and(|rest| !rest.starts_with('_'));
        let scanned = word("SCAN ") && !step.contains("USING INDEX notice_ready") && !step.contains("USING COVERING INDEX notice_ready");
        scanned || word("Seq Scan on ") || word("Parallel Seq Scan on ")
    })
}

stories! {
    async fn an_idle_tick_reads_by_index_and_is_quick(house at "2026-04-01T12:00-04:00") {
        house.has_the_course().await;
        // The mark stands at now, so that nobody asks for what was long ago.
        house.works().await;
        let begin = Instant::now();
        crowd::of_courses(&house, COURSES).await;
        crowd::of_registrations(&house, REGISTRATIONS, COURSES).await;
        let filled = begin.elapsed();

        let statements: Arc<Mutex<Vec<Statement>>> = Arc::default();
        let heard = Arc::clone(&statements);
        let mut db = house.db().clone();
        db.set_metric_callback(move |info| {
            let mut heard = heard.lock().expect("statements");
            if !heard.iter().any(|known| known.sql == info.statement.sql) {
                heard.push(info.statement.clone());
            }
        });
        let mut sweeper = Sweeper::new("stories.example.org");
        let first = tick(&house, &mut sweeper, &db).await;
        statements.lock().expect("statements").clear();

        let mut medians = Vec::new();
        for _ in 0..MEASUREMENTS {
            let mut took = Vec::new();
            for _ in 0..TICKS {
                took.push(tick(&house, &mut sweeper, &db).await);
            }
            took.sort_unstable();
            medians.push(took[TICKS / 2]);
        }
        let best = *medians.iter().min().expect("a measurement");
        tell(&house, &format!("an idle tick takes {best:?} (medians {medians:?}), the first after a start {first:?}; filled in {filled:?}"));

        let every_row = Statement::from_string(house.db().get_database_backend(), "select id from notice where letter = 'none'");
        assert!(plan(&house, &every_row).await.iter().any(|step| reads_all(step)), "this test would not see a table read from end to end");
        let statements = statements.lock().expect("statements").clone();
        let mut plans = String::new();
        for statement in &statements {
            let plan = plan(&house, statement).await;
            assert!(!plan.iter().any(|step| reads_all(step)), "{}\n{}", statement.sql, plan.join("\n"));
            plans += &plan.join("\n");
        }
        for index in ["registration_by_change", "notice_ready"] {
            assert!(plans.contains(index), "a tick does not ask by {index}:\n{plans}");
        }
        assert!(best < BOUND, "an idle tick takes {best:?}, more than {BOUND:?}");
    }

    async fn many_letters_due_at_once_leave_quickly(house at "2026-05-06T08:00-04:00") {
        house.has_the_course().await;
        house.works().await;
        crowd::in_the_course(&house, LETTERS).await;
        house.nature.move_to(at("2026-05-06T09:00:05-04:00"));
        let nature: SharedNature = house.nature.clone();
        let begin = Instant::now();
        let swept = worker::sweep::sweep(house.db(), &nature, "stories.example.org").await.expect("a sweep");
        let sweeping = begin.elapsed();
        assert_eq!(swept.planned, u64::from(LETTERS), "a reminder for everybody, and no confirmation again");

        let begin = Instant::now();
        let stop = CancellationToken::new();
        let work = tokio::spawn(worker::run(house.worker.clone(), Arc::new(Notify::new()), stop.clone(), Arc::default()));
        wait_until("the queue to be empty", 300, async || {
            let open = notice::Entity::find().filter(notice::open()).count(house.db()).await.expect("a count");
            (open == 0).then_some(())
        })
        .await;
        let delivering = begin.elapsed();
        stop.cancel();
        work.await.expect("the worker").expect("a good end");
        assert_eq!(house.letters().len(), usize::try_from(LETTERS).expect("a number"), "each letter once");
        let rate = f64::from(LETTERS) / delivering.as_secs_f64();
        tell(&house, &format!("{LETTERS} letters swept in {sweeping:?}, delivered in {delivering:?}: {rate:.0} a second"));
    }
}
