//! The mark of the sweep is a hint: a clock that was wrong for a while hides nothing.

use std::sync::Arc;

use entity::mailing::NotSentReason;
use entity::nature::{Nature, SharedNature};
use entity::notice::Status;
use entity::{Instant, sweep_mark};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use worker::sweep::{Sweeper, sweep};

use crate::support::fact::{fate, sent};
use crate::support::nature::MovableNature;
use crate::support::process::wait_until;
use crate::support::{TestApp, stories};

const HOST: &str = "stories.example.org";

async fn mark(app: &TestApp) -> Instant {
    let row = sweep_mark::Entity::find_by_id(sweep_mark::ID).one(app.db()).await.expect("marks");
    row.expect("a mark").swept_to
}

/// Puts the mark where a worker with another clock left it.
async fn puts_the_mark(app: &TestApp, moment: Instant) {
    let row = sweep_mark::ActiveModel { id: Set(sweep_mark::ID), swept_to: Set(moment) };
    row.update(app.db()).await.expect("the mark");
}

/// The clock of a machine that is ahead by so many minutes.
fn ahead(app: &TestApp, minutes: i64) -> SharedNature {
    Arc::new(MovableNature::at(app.nature.now().plus_minutes(minutes)))
}

stories! {
    async fn a_worker_whose_clock_was_ahead_hides_nothing_from_the_others(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let started = ada.registers(&app, "nurse").await;
        let staff = app.staff("payments@example.org").await;
        for minutes in [15, 24 * 60] {
            sweep(app.db(), &ahead(&app, minutes), HOST).await.expect("a sweep");
            assert_eq!(mark(&app).await, app.nature.now().plus_minutes(minutes), "{minutes}");
            // Whoever signs in reads the code from the e-mail.
            app.signs_in(&format!("p{minutes}@example.org")).await;
            assert_eq!(mark(&app).await, app.nature.now(), "it is set right");
        }
        sweep(app.db(), &ahead(&app, 24 * 60), HOST).await.expect("a sweep");
        staff.records_payment(&app, &started).await;
        app.works().await;
        assert_eq!(sent(&app, "ada@example.org").await, ["registration_confirmed"]);
        app.lives_until("2026-05-06T09:01-04:00").await;
        assert_eq!(sent(&app, "ada@example.org").await, ["registration_confirmed", "course_starting_7d"]);
    }

    async fn a_mark_that_is_hardly_ahead_is_believed_and_does_not_go_back(app with the course at "2026-04-01T12:00-04:00") {
        sweep(app.db(), &ahead(&app, 1), HOST).await.expect("a sweep");
        let swept = sweep(app.db(), &(app.nature.clone() as SharedNature), HOST).await.expect("a sweep");
        assert_eq!(swept.mark_ahead_seconds, 0);
        assert_eq!(mark(&app).await, app.nature.now().plus_minutes(1));
        app.signs_in("ada@example.org").await;
    }

    /// The only clock there is, a day ahead for a while: the same sweeper, with what it keeps in mind.
    async fn the_only_clock_a_day_ahead_for_a_while_loses_no_reminder(app with the course at "2026-05-05T12:00-04:00") {
        let right: SharedNature = app.nature.clone();
        let mut sweeper = Sweeper::new(HOST);
        sweeper.sweep(app.db(), &right).await.expect("a sweep");
        sweeper.sweep(app.db(), &ahead(&app, 24 * 60)).await.expect("a sweep that is a day ahead");
        let found = sweeper.sweep(app.db(), &right).await.expect("a sweep");
        assert_eq!(found.mark_ahead_seconds, 24 * 60 * 60);
        app.signs_in("ben@example.org").await.takes_part(&app, "nurse").await;
        app.nature.move_to("2026-05-06T09:00-04:00".parse().expect("a moment"));
        sweeper.sweep(app.db(), &right).await.expect("a sweep at the reminder's moment");
        app.delivers().await;
        assert_eq!(sent(&app, "ben@example.org").await, ["registration_confirmed", "course_starting_7d"]);
    }

    /// A letter that a worker with a clock a day ahead had in its hands when it died waits a minute, not a
    /// day.
    async fn what_a_clock_that_was_ahead_put_off_is_taken_over(app with the course at "2026-04-01T12:00-04:00") {
        app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        let wrong = ahead(&app, 24 * 60);
        sweep(app.db(), &wrong, HOST).await.expect("a sweep");
        let taken = worker::claim::claim(app.db(), "ahead", 10, wrong.now()).await.expect("a claim");
        assert_eq!(taken.len(), 1);
        app.works().await;
        assert_eq!(fate(&app, "ada@example.org", "registration_started").await, [(Status::Claimed, None)]);
        app.nature.move_to(app.nature.now().plus_seconds(61));
        app.works().await;
        assert_eq!(fate(&app, "ada@example.org", "registration_started").await, [(Status::Sent, None)]);
    }

    /// What was written by a clock that was ahead is done, and told at once.
    async fn what_was_done_by_a_clock_that_was_ahead_is_told_now(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        ada.takes_part(&app, "nurse").await;
        let row = entity::registration::Entity::find().all(app.db()).await.expect("registrations").remove(0);
        assert_eq!(sent(&app, "ada@example.org").await, ["registration_confirmed"]);
        app.nature.move_to(app.nature.now().plus_minutes(1));
        let tomorrow = app.nature.now().plus_minutes(24 * 60);
        let change = entity::registration::ActiveModel {
            id: Set(row.id),
            status: Set(entity::registration::Status::Cancelled),
            cancelled_at: Set(Some(tomorrow)),
            updated_at: Set(tomorrow),
            ..Default::default()
        };
        change.update(app.db()).await.expect("it is cancelled");
        app.works().await;
        assert_eq!(
            sent(&app, "ada@example.org").await,
            ["registration_confirmed", "registration_cancelled"]
        );
    }

    async fn the_second_look_finds_what_was_passed_over_and_nothing_twice(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let started = ada.registers(&app, "nurse").await;
        app.works().await;
        let staff = app.staff("payments@example.org").await;
        staff.records_payment(&app, &started).await;
        crate::support::fact::enquire(&app, "erin@example.org", true).await;
        // Nobody was at work for an hour, and the mark says that somebody was.
        app.nature.move_to(app.nature.now().plus_minutes(60));
        puts_the_mark(&app, app.nature.now()).await;
        app.works().await;
        assert_eq!(sent(&app, "ada@example.org").await, [""; 0], "the sweep itself does not look that far");
        assert_eq!(app.subjects_to("erin@example.org").len(), 0);
        let mut found = Vec::new();
        for _ in 0..4 {
            found.push(app.looks_again().await.planned);
            app.nature.move_to(app.nature.now().plus_seconds(30));
        }
        assert_eq!(found, [1, 1, 0, 0], "registrations, enquiries, addresses; then it rests");
        app.delivers().await;
        assert_eq!(sent(&app, "ada@example.org").await, ["registration_confirmed"]);
        assert_eq!(app.subjects_to("erin@example.org").len(), 1);
        for _ in 0..60 {
            app.nature.move_to(app.nature.now().plus_seconds(30));
            assert_eq!(app.looks_again().await.planned, 0);
        }
        assert_eq!(
            fate(&app, "ada@example.org", "registration_confirmed").await,
            [(Status::Sent, None::<NotSentReason>)]
        );
    }

    /// A reminder whose moment has passed by an edit alone is not one that was passed over.
    async fn the_second_look_sends_no_reminder_that_an_edit_made_late(app with the course at "2026-05-01T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        // The course begins on May 6 instead of May 13: «in a week» would have been on April 29.
        let mut file = lectern::course_file::parse(crate::support::SAMPLE).expect("the sample parses");
        lectern::catalogue::draft::move_by_days(&mut file, -7);
        file.registration.deadline = Some("2026-05-05".parse().expect("a day"));
        app.imports(&lectern::course_file::print(&file)).await;
        app.lives_until("2026-05-02T12:00-04:00").await;
        let before = sent(&app, "ada@example.org").await;
        assert_eq!(before, ["registration_confirmed", "schedule_changed"]);
        for _ in 0..4 {
            app.nature.move_to(app.nature.now().plus_seconds(30));
            app.looks_again().await;
            app.delivers().await;
        }
        assert_eq!(sent(&app, "ada@example.org").await, before);
    }

    async fn readiness_tells_of_a_mark_that_is_ahead(app with the course at "2026-04-01T12:00-04:00") {
        sweep(app.db(), &ahead(&app, 24 * 60), HOST).await.expect("a sweep");
        let (health, stop) =
            (Arc::new(worker::Health::default()), tokio_util::sync::CancellationToken::new());
        let wake = Arc::new(tokio::sync::Notify::new());
        let work = tokio::spawn(worker::run(app.worker.clone(), wake, stop.clone(), Arc::clone(&health)));
        let told = "the sweep's mark is 86400 seconds ahead of the clock";
        // Some other process keeps writing by a clock of its own.
        wait_until("the mark to be told", 60, async || {
            puts_the_mark(&app, app.nature.now().plus_minutes(24 * 60)).await;
            (health.is_well() == Err(told.to_owned())).then_some(())
        })
        .await;
        wait_until("the next sweep to find it right", 60, async || health.is_well().ok()).await;
        assert_eq!(mark(&app).await, app.nature.now());
        stop.cancel();
        work.await.expect("the worker").expect("a good end");
    }
}
