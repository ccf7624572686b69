//! Words of which there will be more are not listed in the schema, and one that this version does not know is found.

use lectern::selfcheck;
use sea_orm::ConnectionTrait;

use entity::nature::Nature;

use crate::support::{TestApp, stories};

async fn unknown(app: &TestApp) -> u64 {
    let findings = selfcheck::run(app.db(), app.nature.now()).await.expect("answers");
    findings.into_iter().find(|finding| finding.name == "unknown_word").expect("the question").rows
}

stories! {
    async fn a_word_of_tomorrow_can_be_stored_and_is_found_by_the_version_of_today(app at "2026-04-20T12:00-04:00") {
        app.has_the_course().await;
        assert_eq!(unknown(&app).await, 0);
        for (count, change) in [
            (1, "update reminder_rule set letter = 'credit_ready' where slug = 'evaluation_open_1h'"),
            (2, "update session set kind = 'poster' where slug = (select min(slug) from session)"),
        ] {
            let done = app.db().execute_unprepared(change).await.expect("the schema has no list of such words");
            assert_eq!((done.rows_affected(), unknown(&app).await), (1, count), "{change}");
        }
    }
}
