//! What the worker asks of the database every five seconds when nothing is due. How long that takes is
//! measured by `cargo bench`.

use entity::nature::SharedNature;
use sea_orm::Statement;
use worker::sweep::{Sweeper, Swept};

use crate::support::overheard::Overheard;
use crate::support::plan::plan;
use crate::support::{TestApp, crowd, stories};

/// Enough for the planners of both databases to prefer an index.
const COURSES: u32 = 40;
const REGISTRATIONS: u32 = 4_000;

/// One tick, five seconds after the last one.
async fn tick(app: &TestApp, sweeper: &mut Sweeper, db: &Overheard) {
    let nature: SharedNature = app.nature.clone();
    app.nature.move_to(nature.now().plus_seconds(5));
    let swept = sweeper.sweep(db, &nature).await.expect("a sweep");
    let claimed = worker::claim::claim(db, "story", 8, nature.now()).await.expect("a claim");
    assert_eq!((swept, claimed.len()), (Swept::default(), 0), "nothing is due");
}

/// Whether a step of a plan reads a whole table that grows with the people. The index of what is ready may be
/// read from end to end: it holds nothing but what waits.
fn reads_all(step: &str) -> bool {
    let step = step.trim_start_matches([' ', '-', '>']);
    ["registration", "notice"].iter().any(|table| {
        let word = |beginning: &str| {
            step.strip_prefix(&format!("{beginning}{table}")).is_some_and(|rest| !rest.starts_with('_'))
        };
        let scanned = word("SCAN ")
            && !step.contains("USING INDEX notice_ready")
            && !step.contains("USING COVERING INDEX notice_ready");
        scanned || word("Seq Scan on ") || word("Parallel Seq Scan on ")
    })
}

stories! {
    async fn an_idle_tick_reads_by_index(app with the course at "2026-04-01T12:00-04:00") {
        // The mark stands at now, so that nobody asks for what was long ago.
        app.works().await;
        crowd::of_courses(&app, COURSES).await;
        crowd::of_registrations(&app, REGISTRATIONS, COURSES).await;

        let db = Overheard::new(app.db());
        // The first tick after a start learns the timetables.
        let mut sweeper = Sweeper::new("stories.example.org");
        tick(&app, &mut sweeper, &db).await;
        db.statements();
        // A minute of ticks: one of them writes the mark.
        for _ in 0..13 {
            tick(&app, &mut sweeper, &db).await;
        }

        let every_row = Statement::from_string(
            app.db().get_database_backend(),
            "select id from notice where letter = 'none'",
        );
        assert!(
            plan(&app, &every_row).await.iter().any(|step| reads_all(step)),
            "this test would not see a table read from end to end"
        );
        let statements = db.statements();
        let mut plans = String::new();
        for statement in &statements {
            let plan = plan(&app, statement).await;
            assert!(!plan.iter().any(|step| reads_all(step)), "{}\n{}", statement.sql, plan.join("\n"));
            plans += &plan.join("\n");
        }
        for index in ["registration_by_change", "notice_ready"] {
            assert!(plans.contains(index), "a tick does not ask by {index}:\n{plans}");
        }
    }
}
