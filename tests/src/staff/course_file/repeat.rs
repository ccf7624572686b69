//! What is imported again, checked or exported stays as it is.

use lectern::catalogue::draft;
use lectern::course_file::{parse, print};

use super::{a_minute_later, audited, checks, differing, edited, sample, snapshot};
use crate::support::{SAMPLE, SAMPLE_SLUG, said, stories};

stories! {
    async fn importing_twice_changes_nothing(app at "2026-04-01T12:00-04:00") {
        let first = draft::import(&app.state, &sample(), "a story").await.unwrap_or_else(|no| panic!("{no}"));
        assert!(!first.changes.is_empty());
        let before = snapshot(&app).await;
        a_minute_later(&app);
        let again = draft::import(&app.state, &sample(), "a story").await.unwrap_or_else(|no| panic!("{no}"));
        assert!(again.changes.is_empty(), "{}", again.changes);
        assert_eq!((again.course_id, &again.warnings), (first.course_id, &first.warnings));
        // Version, times and audit trail are among the rows.
        assert_eq!(differing(&before, &snapshot(&app).await), []);
        assert_eq!(audited(&app).await, 1);
    }

    async fn two_imports_at_once_make_one_course(app at "2026-04-01T12:00-04:00") {
        let second = app.second_server().await;
        let (here, there) = (sample(), sample());
        let (one, other) =
            tokio::join!(draft::import(&app.state, &here, "one"), draft::import(&second, &there, "other"));
        let (one, other) =
            (one.unwrap_or_else(|no| panic!("{no}")), other.unwrap_or_else(|no| panic!("{no}")));
        assert_eq!(one.course_id, other.course_id);
        assert_ne!(one.changes.is_empty(), other.changes.is_empty(), "one made it, the other found it made");
        assert_eq!(audited(&app).await, 1);
    }

    async fn checking_writes_nothing_and_says_what_an_import_does(app at "2026-04-01T12:00-04:00") {
        let empty = snapshot(&app).await;
        let planned = checks(&app, &sample()).await.expect("a plan");
        assert_eq!(snapshot(&app).await, empty);
        assert_eq!(planned, app.imports(SAMPLE).await);
        assert!(planned.iter().any(|line| line == "session d1-welcome: new"), "{planned:#?}");
        let edit = edited("title = \"The Frame of Palliative Care\"", "title = \"Frames\"");
        let file = parse(&edit).expect("a file");
        let before = snapshot(&app).await;
        let planned = checks(&app, &file).await.expect("a plan");
        assert_eq!(snapshot(&app).await, before);
        assert_eq!(planned.len(), 1, "{planned:?}");
        assert!(
            planned[0].starts_with("session d1-frame: title") && planned[0].contains("Frames"),
            "{planned:?}"
        );
        assert_eq!(planned, app.imports(&edit).await);
        assert_eq!(checks(&app, &file).await, Ok(vec![]));
    }

    async fn what_is_exported_imports_without_a_change(app with the course at "2026-04-01T12:00-04:00") {
        let before = snapshot(&app).await;
        a_minute_later(&app);
        let text = print(
            &draft::find(&app.state, SAMPLE_SLUG).await.expect("the database answers").expect("a course"),
        );
        assert_eq!(parse(&text).expect("a file"), sample());
        assert_eq!(app.imports(&text).await, Vec::<String>::new());
        assert_eq!(differing(&before, &snapshot(&app).await), []);
        assert_eq!(print(&parse(&text).expect("a file")), text, "always the same text for the same course");
        assert_eq!(draft::find(&app.state, "no-such-course").await.expect("the database answers"), None);
    }

    async fn rules_of_its_own_travel_with_the_course(app with the course at "2026-04-01T12:00-04:00") {
        let mut file = sample();
        let mut rules = draft::default_rules();
        let left_out = rules.remove(3);
        rules[0].subject = Some(said("Welcome"));
        file.reminder_rules = Some(rules);
        let said = app.imports(&print(&file)).await;
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(
            said.iter().any(|line| line.contains(&*left_out.slug) && line.ends_with("removed")),
            "{said:?}"
        );
        assert_eq!(
            app.imports(SAMPLE).await,
            Vec::<String>::new(),
            "a file without rules keeps those that are stored"
        );
        let text = print(
            &draft::find(&app.state, SAMPLE_SLUG).await.expect("the database answers").expect("a course"),
        );
        assert!(text.contains("[[reminder_rules]]") && text.contains("Welcome"));
        assert_eq!(app.imports(&text).await, Vec::<String>::new());
    }
}
