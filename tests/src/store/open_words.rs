//! Words of which there will be more are not listed in the schema, and one that this version does not know is
//! found.

use entity::nature::{Nature, SharedNature};
use lectern::selfcheck;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use crate::support::{TestApp, stories};

async fn unknown(app: &TestApp) -> u64 {
    let findings = selfcheck::run(app.db(), app.nature.now()).await.expect("answers");
    findings.into_iter().find(|finding| finding.name == "unknown_word").expect("the question").rows
}

stories! {
    async fn a_word_of_tomorrow_can_be_stored_and_is_found_by_the_version_of_today(app with the course at "2026-04-20T12:00-04:00") {
        assert_eq!(unknown(&app).await, 0);
        for (count, change) in [
            (1, "update reminder_rule set letter = 'credit_ready' where slug = 'evaluation_open_1h'"),
            (2, "update session set kind = 'poster' where slug = (select min(slug) from session)"),
        ] {
            let done =
                app.db().execute_unprepared(change).await.expect("the schema has no list of such words");
            assert_eq!((done.rows_affected(), unknown(&app).await), (1, count), "{change}");
        }
    }

    /// A row of another version costs itself alone: it is set aside, and everybody else's letters go out at
    /// once.
    async fn a_letter_that_this_version_does_not_know_is_set_aside_by_itself(app with the course at "2026-04-20T12:00-04:00") {
        app.works().await;
        app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        let nature: SharedNature = app.nature.clone();
        worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
        let done = app
            .db()
            .execute_unprepared("update notice set letter = 'of_tomorrow' where status = 'planned'")
            .await
            .expect("a row");
        assert_eq!(done.rows_affected(), 1);
        let before = app.letters().len();
        let others = ["ben@example.org", "cleo@example.org", "dora@example.org"];
        for email in others {
            app.does(None, "requestSignInCode", json!({ "email": email }), "signInRequest { id }").await;
        }
        app.works().await;
        assert_eq!(app.letters().len() - before, others.len(), "theirs went out");
        let aside = "select count(*) as rows from notice where letter = 'of_tomorrow' and status = 'quarantined' and ready_at is null and crashes = 0";
        let row = app
            .db()
            .query_one_raw(Statement::from_string(app.db().get_database_backend(), aside))
            .await
            .expect("an answer")
            .expect("a row");
        assert_eq!(row.try_get::<i64>("", "rows").expect("a number"), 1);
    }

    /// The same for what staff ask for, and for the rules by which letters are sent.
    async fn what_this_version_does_not_know_costs_itself_alone(app with the course at "2026-04-20T12:00-04:00") {
        let change = async |sql: &str| app.db().execute_unprepared(sql).await.expect("rows").rows_affected();
        let rule = "update reminder_rule set letter = 'credit_ready' where slug = 'course_starting_7d'";
        assert_eq!(change(rule).await, 1);
        let ada = app.signs_in("ada@example.org").await;
        ada.takes_part(&app, "nurse").await;
        let staff = app.staff("staff@example.org").await;
        let query = "{ course(slug: \"core-practice-of-palliative-care\") { reminderRules { slug } plan { rule }
            notices(first: 50) { totalCount nodes { rule letter } } } }";
        let seen = staff.asks(&app, query, json!({})).await["course"].clone();
        let before = seen["notices"]["totalCount"].as_i64().expect("a number");
        assert!(before > 1, "{seen}");
        let slugs: Vec<&str> =
            seen["reminderRules"].as_array().expect("rules").iter().filter_map(|rule| rule["slug"].as_str()).collect();
        assert!(slugs.contains(&"course_starting_1d") && !slugs.contains(&"course_starting_7d"), "{slugs:?}");

        let notice = "update notice set letter = 'of_tomorrow' where rule = 'registration_started'";
        assert_eq!(change(notice).await, 1);
        let seen = staff.asks(&app, query, json!({})).await["course"].clone();
        assert_eq!(seen["notices"]["totalCount"], before - 1, "{seen}");
        assert_eq!(unknown(&app).await, 2);

        // The other reminders go out.
        app.travels_to("2026-05-12T09:00-04:00").await;
        let staff = app.signs_in("staff@example.org").await;
        let seen = staff.asks(&app, query, json!({})).await["course"]["notices"]["nodes"].clone();
        let rules: Vec<&str> =
            seen.as_array().expect("letters").iter().filter_map(|letter| letter["rule"].as_str()).collect();
        assert!(rules.contains(&"course_starting_1d"), "{rules:?}");
    }
}
