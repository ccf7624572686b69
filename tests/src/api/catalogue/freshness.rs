//! A change shows at once where it was made, and within a second everywhere else.

use lectern::app::AppState;
use lectern::wake::listen::listen;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::page;
use crate::support::time::at;
use crate::support::{Backend, SAMPLE, SAMPLE_SLUG, stories};

const TITLE: &str = "title = \"Core Practice of Palliative Care\"\nkind";

/// The sample under another title.
fn titled(title: &str) -> String {
    assert!(SAMPLE.contains(TITLE));
    SAMPLE.replace(TITLE, &format!("title = \"{title}\"\nkind"))
}

/// The title that a process has in mind.
async fn title(state: &AppState) -> String {
    let page = state
        .catalogue
        .page_by_slug(&state.db, SAMPLE_SLUG)
        .await
        .expect("the database answers")
        .expect("a course");
    page.course.title.clone()
}

stories! {
    async fn who_changes_a_course_reads_the_change_at_once(app with the course at "2026-04-01T12:00-04:00") {
        for number in 0..5 {
            let _ = page(&app).await;
            let new = format!("Edition {number}");
            app.imports(&titled(&new)).await;
            assert_eq!(page(&app).await["title"], new);
            let data = app
                .asks(
                    None,
                    "{ courses { nodes { title sessions(first: 1) { nodes { course { title } } } } } }",
                    json!({}),
                )
                .await;
            assert_eq!(
                data["courses"]["nodes"],
                json!([{ "title": new, "sessions": { "nodes": [{ "course": { "title": new } }] } }])
            );
        }
    }

    async fn another_process_reads_a_change_within_a_second(app with the course at "2026-04-01T12:00-04:00") {
        let other = app.second_server().await;
        assert_eq!(title(&other).await, "Core Practice of Palliative Care");
        app.imports(&titled("Changed elsewhere")).await;
        app.nature.move_to(at("2026-04-01T12:00:00.6-04:00"));
        assert_eq!(title(&other).await, "Changed elsewhere");
        app.imports(&SAMPLE.replace("title = \"Pain\"", "title = \"Pain and Its Relief\"")).await;
        app.nature.move_to(at("2026-04-01T12:00:01.2-04:00"));
        let page = other
            .catalogue
            .page_by_slug(&other.db, SAMPLE_SLUG)
            .await
            .expect("the database answers")
            .expect("a course");
        assert!(page.sessions.iter().any(|row| row.session.title == "Pain and Its Relief"), "sessions too");
        assert_eq!(page.course.title, "Core Practice of Palliative Care");
    }

    async fn postgresql_tells_other_processes_while_the_clock_stands(app at "2026-04-01T12:00-04:00") {
        if app.backend == Backend::Sqlite {
            return;
        }
        app.has_the_course().await;
        let other = app.second_server().await;
        let stop = CancellationToken::new();
        let listening = tokio::spawn(listen(other.clone(), stop.clone()));
        let first = title(&other).await;
        // What is said before the other one listens is lost: so something is changed again and again, until
        // it is heard. As the clock stands, nothing but being told makes it look again.
        let mut heard = false;
        for number in 0..200 {
            app.imports(&titled(&format!("Edition {number}"))).await;
            if title(&other).await != first {
                heard = true;
                break;
            }
        }
        assert!(heard, "the other process still has {first:?} in mind");
        stop.cancel();
        listening.await.expect("it stops when it is told to");
    }
}
