//! Until when an answer is kept: to the microsecond before it would be another.

use entity::Instant;
use entity::nature::Nature;
use serde_json::{Value, json};

use super::{HIT, STORED, Told, ask};
use crate::api::catalogue::variant;
use crate::support::time::at;
use crate::support::{TestApp, said, stories};

const TERMS: &str =
    "{ course(slug: \"terms\") { registrationWindow { state } prices { current { amount } } } }";

/// An app on the same database that makes every answer anew.
async fn forgetful(app: &TestApp) -> TestApp {
    let mut other = app.on_connections(4).await;
    other.keeps_no_answers();
    other
}

/// What is told of the course's terms at a moment, and what would be told if nothing were kept.
async fn at_moment(app: &TestApp, forgetful: &TestApp, moment: Instant) -> (Told, Value) {
    app.nature.move_to(moment);
    let anew = ask(forgetful, None, TERMS, json!({})).await;
    assert_eq!(anew.how, None, "nothing is kept there");
    (ask(app, None, TERMS, json!({})).await, anew.data())
}

stories! {
    async fn an_answer_is_kept_until_the_moment_at_which_it_would_be_another(app at "2026-03-01T12:00Z") {
        app.imports(&variant("terms", |file| {
            file.registration.opens = Some("2026-03-10T09:00".parse().expect("a moment"));
            file.registration.early_deadline = Some("2026-04-02".parse().expect("a day"));
            file.registration.deadline = Some("2026-05-06".parse().expect("a day"));
        }))
        .await;
        let forgetful = forgetful(&app).await;
        let mut seen = Vec::new();
        let mut last = at_moment(&app, &forgetful, at("2026-03-01T12:00Z")).await.0.data();
        seen.push(last["course"]["registrationWindow"]["state"].clone());
        for boundary in ["2026-03-10T09:00-04:00", "2026-04-03T00:00-04:00", "2026-05-07T00:00-04:00"] {
            let boundary = at(boundary);
            // Long after it was made, and only just before it ends.
            let (told, anew) =
                at_moment(&app, &forgetful, Instant::from_micros(boundary.as_micros() - 1)).await;
            assert_eq!(
                (told.how.as_deref(), &told.data(), &anew),
                (Some(HIT), &last, &last),
                "just before {boundary}"
            );
            let (told, anew) = at_moment(&app, &forgetful, boundary).await;
            assert_eq!((told.how.as_deref(), &told.data()), (Some(STORED), &anew), "at {boundary}");
            assert_ne!(anew, last, "{boundary} is a boundary");
            let (told, anew) =
                at_moment(&app, &forgetful, Instant::from_micros(boundary.as_micros() + 1)).await;
            assert_eq!((told.how.as_deref(), &told.data()), (Some(HIT), &anew), "just after {boundary}");
            last = anew;
            seen.push(last["course"]["registrationWindow"]["state"].clone());
        }
        assert_eq!(seen, ["NOT_YET_OPEN", "OPEN_EARLY", "OPEN", "CLOSED"]);
        // What was made last holds for good.
        let (told, anew) = at_moment(&app, &forgetful, at("2029-01-01T12:00Z")).await;
        assert_eq!((told.how.as_deref(), told.data()), (Some(HIT), anew));
    }

    /// Which courses are open changes at moments that nobody has reckoned, so such a list is made each time.
    async fn a_clock_whose_next_moment_is_not_known_is_read_each_time(app with the course at "2026-04-01T12:00-04:00") {
        let query = "{ courses(filter: { openForRegistration: true }) { nodes { slug } } }";
        for _ in 0..2 {
            let told = ask(&app, None, query, json!({})).await;
            assert_eq!(told.how, None);
            assert_eq!(told.data()["courses"]["nodes"].as_array().map(Vec::len), Some(1));
        }
    }

    async fn an_edit_on_another_server_shows_within_half_a_second(app at "2026-04-01T12:00-04:00") {
        app.imports(&variant("terms", |_| ())).await;
        let other = app.on_connections(4).await;
        let query = "{ course(slug: \"terms\") { title directors { name bio } } }";
        for list in [
            query,
            "{ courses { nodes { title } } }",
            "{ faculty { nodes { name bio } } }",
            "{ organizations { nodes { name } } }",
        ] {
            ask(&app, None, list, json!({})).await;
            assert_eq!(ask(&app, None, list, json!({})).await.how.as_deref(), Some(HIT), "{list}");
            other
                .imports(&variant("terms", |file| {
                    file.course.title = said(format!("Changed at {}", list.len()));
                    file.faculty[0].bio = Some(said(format!("Changed at {}", list.len())));
                    file.organizations[0].name = said(format!("Changed at {}", list.len()));
                }))
                .await;
            app.nature.move_to(Instant::from_micros(app.nature.now().as_micros() + 500_000));
            let told = ask(&app, None, list, json!({})).await;
            assert_eq!(told.how.as_deref(), Some(STORED), "{list}");
            assert!(told.text.contains(&format!("Changed at {}", list.len())), "{}", told.text);
        }
    }
}
