//! What time alone causes happens though nobody asks anything in between.

use entity::registration::{self, Status};
use futures_util::future::join_all;
use lectern::steward;
use lectern::wake::Change;
use sea_orm::EntityTrait;

use crate::support::{TestApp, fact, stories};

async fn stored(app: &TestApp) -> Vec<(Status, Option<String>)> {
    let rows = registration::Entity::find().all(app.db()).await.expect("registrations");
    rows.into_iter().map(|row| (row.status, row.expired_at.map(|at| at.to_string()))).collect()
}

stories! {
    async fn a_hold_that_has_ended_is_written_down_once_and_told(app with the course at "2026-04-01T12:00-04:00") {
        app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        assert_eq!(steward::round(&app.state).await.expect("a round"), 0, "the hold goes on");
        let course = fact::course(&app).await.id;
        let mut changes = app.state.wake.changes();
        // To the last second, and from the first after it on.
        app.travels_to("2026-04-15T23:59:59-04:00").await;
        assert_eq!(steward::round(&app.state).await.expect("a round"), 0);
        assert_eq!(stored(&app).await, [(Status::Started, None)]);
        app.travels_to("2026-04-16T00:00-04:00").await;
        while changes.try_recv().is_ok() {}
        let others = [app.second_server().await, app.second_server().await];
        let rounds = join_all([&app.state, &others[0], &others[1]].map(steward::round)).await;
        assert_eq!(
            rounds.into_iter().map(|round| round.expect("a round")).sum::<u64>(),
            1,
            "one of them acts"
        );
        assert_eq!(stored(&app).await, [(Status::Expired, Some("2026-04-16T04:00:00Z".to_owned()))]);
        assert_eq!(steward::round(&app.state).await.expect("a round"), 0, "once");
        app.is_sound().await;
        // Those who follow the seats hear of it; on PostgreSQL whichever process it was.
        app.signs_in("ben@example.org").await.registers(&app, "nurse").await;
        while changes.try_recv().is_ok() {}
        app.travels_to("2026-05-01T12:00-04:00").await;
        assert_eq!(steward::round(&app.state).await.expect("a round"), 1);
        assert!(
            std::iter::from_fn(|| changes.try_recv().ok())
                .any(|change| change == Change::Registrations(course)),
            "it is told"
        );
    }
}
