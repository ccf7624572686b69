//! One request, few statements: what a course page costs does not depend on how much stands on it.

use serde_json::json;

use super::{PAGE, variant};
use crate::support::{SAMPLE_SLUG, TestApp, said, stories};

/// How many SQL statements a question costs.
async fn cost(app: &TestApp, query: &str, variables: serde_json::Value) -> u64 {
    let before = app.statements();
    app.asks(None, query, variables).await;
    app.statements() - before
}

/// How many a page costs of which nothing is remembered.
async fn cold(app: &TestApp, slug: &str) -> u64 {
    app.state.catalogue.forget_all();
    cost(app, PAGE, json!({ "slug": slug })).await
}

/// The sample with each session three times.
fn threefold(slug: &str) -> String {
    variant(slug, |file| {
        for day in &mut file.days {
            let once = day.sessions.clone();
            for copy in ["b", "c"] {
                day.sessions.extend(once.iter().cloned().map(|mut session| {
                    session.key = said(format!("{}-{copy}", session.key));
                    session
                }));
            }
        }
    })
}

stories! {
    async fn a_page_costs_the_same_however_many_sessions_it_has(app with the course at "2026-04-01T12:00-04:00") {
        app.imports(&threefold("threefold")).await;
        let data = app.asks(None, PAGE, json!({ "slug": "threefold" })).await;
        assert_eq!(data["course"]["sessions"]["totalCount"], 90);
        // By now both are known by their names.
        cold(&app, SAMPLE_SLUG).await;
        let (once, thrice) = (cold(&app, SAMPLE_SLUG).await, cold(&app, "threefold").await);
        assert_eq!(once, thrice, "statements for 30 sessions and for 90");
        assert!((1..=30).contains(&once), "{once} statements");
        cold(&app, SAMPLE_SLUG).await;
        let warm = cost(&app, PAGE, json!({ "slug": SAMPLE_SLUG })).await;
        assert!(warm <= 2, "{warm} statements for a page that is remembered");
        app.nature.move_to(entity::Nature::now(&*app.nature).plus_minutes(10));
        let checked = cost(&app, PAGE, json!({ "slug": SAMPLE_SLUG })).await;
        assert!(checked <= 2, "{checked} statements for a page that is looked at again");
    }

    async fn a_list_costs_few_statements_however_long_it_is(app with the course at "2026-04-01T12:00-04:00") {
        for number in 0..4 {
            app.imports(&variant(&format!("copy-{number}"), |file| {
                file.registration.capacity = Some(number + 1)
            }))
            .await;
        }
        let courses = "query($first: Int!) { courses(first: $first) { totalCount nodes { title seats { available } directors { name courses(first: 2) { nodes { slug } } }
            series { series { title courses(first: 3) { nodes { slug } } } } sessions(first: 5) { nodes { title course { title } faculty { member { name sessions(first: 2) { nodes { title } } } } } } } } }";
        let sessions = "query($first: Int!) { sessions(first: $first) { nodes { title course { title seats { available } } faculty { member { name } } tracks { name } } } }";
        for (query, few, many) in [(courses, 2, 5), (sessions, 8, 40)] {
            // Which pages are remembered after which level depends on how many were asked for; so all are
            // remembered before it is counted.
            cost(&app, query, json!({ "first": many })).await;
            let costs = [
                cost(&app, query, json!({ "first": few })).await,
                cost(&app, query, json!({ "first": many })).await,
            ];
            // Loaders that happen to run side by side may ask once more; what asked for each row would be far
            // beyond this.
            assert!(costs.iter().all(|cost| *cost <= 16), "{costs:?}: {query}");
        }
    }
}
