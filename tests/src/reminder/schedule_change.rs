//! Changes to a published agenda reach those whom they concern, once, old and new side by side.

use crate::support::fact::{fate, sent};
use crate::support::{Letter, SAMPLE, TestApp, stories};

/// The reference course with one session of the last day for the pediatric track alone.
fn with_a_pediatric_session() -> String {
    let old = "title = \"Dyspnea\", tracks = [\"adult\", \"pediatric\"]";
    assert!(SAMPLE.contains(old), "the sample has changed");
    SAMPLE.replace(old, "title = \"Dyspnea\", tracks = [\"pediatric\"]")
}

fn pain_at(course: &str, from: &str, to: &str) -> String {
    let old = "key = \"d3-pain\", start = \"10:15\", end = \"11:30\"";
    assert!(course.contains(old), "the sample has changed");
    course.replace(old, &format!("key = \"d3-pain\", start = \"{from}\", end = \"{to}\""))
}

/// The reference course with all its days moved by `days`.
fn moved(days: i32) -> String {
    let mut file = lectern::course_file::parse(SAMPLE).expect("the sample parses");
    lectern::catalogue::draft::move_by_days(&mut file, days);
    lectern::course_file::print(&file)
}

fn changes(app: &TestApp, email: &str) -> Vec<Letter> {
    app.letters_to(email)
        .into_iter()
        .filter(|letter| letter.subject.starts_with("The agenda has changed"))
        .collect()
}

stories! {
    /// A change in the pediatric track does not reach people in the adult track, nor anybody who has not
    /// paid.
    async fn only_those_concerned_are_told(app at "2026-04-20T12:00-04:00") {
        let before = with_a_pediatric_session();
        app.imports(&before).await;
        for (email, track) in [("ada@example.org", "Adult"), ("ben@example.org", "Pediatric")] {
            app.signs_in(email).await.takes_part_in(&app, "nurse", track).await;
        }
        let dora = app.signs_in("dora@example.org").await;
        dora.registers(&app, "nurse").await;
        app.lives_until("2026-04-21T12:00-04:00").await;
        app.imports(
            &before.replace(
                "key = \"d3-dyspnea\", start = \"11:45\"",
                "key = \"d3-dyspnea\", start = \"11:50\"",
            ),
        )
        .await;
        app.travels_to("2026-04-21T12:09:59-04:00").await;
        assert_eq!(changes(&app, "ben@example.org").len(), 0, "changes are gathered for ten minutes");
        app.travels_to("2026-04-21T12:10-04:00").await;
        for (email, letters) in [("ada@example.org", 0), ("ben@example.org", 1), ("dora@example.org", 0)] {
            assert_eq!(changes(&app, email).len(), letters, "{email}");
        }
        let letter = changes(&app, "ben@example.org").remove(0);
        let told = "Friday, May 15\n\n  Dyspnea\n    Before: 11:45 a.m. to 12:30 p.m. Eastern Time on Friday, May 15\n    \
            Now: 11:50 a.m. to 12:30 p.m. Eastern Time on Friday, May 15\n";
        assert!(letter.text.replace("\r\n", "\n").contains(told), "{}", letter.text);
        assert!(
            letter.html.contains("Before: 11:45 a.m. to 12:30 p.m. Eastern Time on Friday, May 15"),
            "{}",
            letter.html
        );
        assert!(letter.header("List-Unsubscribe").is_none(), "nobody can have enough of changes");
        app.lives_until("2026-04-23T12:00-04:00").await;
        assert_eq!(changes(&app, "ben@example.org").len(), 1, "once");
    }

    async fn moved_back_and_forth_within_ten_minutes_is_not_told(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.imports(&pain_at(SAMPLE, "10:20", "11:30")).await;
        app.travels_to("2026-04-20T12:04-04:00").await;
        app.imports(&pain_at(SAMPLE, "10:25", "11:30")).await;
        app.travels_to("2026-04-20T12:09-04:00").await;
        app.imports(SAMPLE).await;
        app.lives_until("2026-04-21T12:00-04:00").await;
        assert_eq!(changes(&app, "ada@example.org").len(), 0);
        assert_eq!(fate(&app, "ada@example.org", "schedule_changed").await, []);
    }

    async fn several_changes_become_one_letter_with_the_last_state(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.imports(&pain_at(SAMPLE, "10:20", "11:30")).await;
        app.travels_to("2026-04-20T12:04-04:00").await;
        let closing = "  { key = \"d3-closing\", start = \"16:15\", end = \"16:30\"";
        assert!(SAMPLE.contains(closing), "the sample has changed");
        let longer = "  { key = \"d3-ethics\", start = \"16:30\", end = \"17:00\", kind = \"talk\", title = \"Ethics\" },\n";
        app.imports(&pain_at(SAMPLE, "10:25", "11:30").replace(closing, &format!("{longer}{closing}"))).await;
        app.lives_until("2026-04-21T12:00-04:00").await;
        let letters = changes(&app, "ada@example.org");
        let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
        let text = letter.text.replace("\r\n", "\n");
        assert!(
            text.contains("Before: 10:15 a.m. to 11:30 a.m.")
                && text.contains("Now: 10:25 a.m. to 11:30 a.m."),
            "{text}"
        );
        assert!(!text.contains("10:20"), "{text}");
        assert!(
            text.contains("Ethics (new)\n    Now: 4:30 p.m. to 5:00 p.m. Eastern Time on Friday, May 15"),
            "{text}"
        );
        // The number of the events grows, their ids stay.
        let confirmation = app
            .letters_to("ada@example.org")
            .into_iter()
            .find(|letter| letter.subject.starts_with("You are registered"));
        let confirmation = confirmation.expect("a confirmation");
        assert_eq!(letter.events("UID"), confirmation.events("UID"));
        let number = |letter: &Letter| letter.events("SEQUENCE")[0].parse::<u32>().expect("a number");
        assert!(number(letter) > number(&confirmation), "{} after {}", number(letter), number(&confirmation));
        assert_eq!(letter.events("DTEND")[2], "20260515T210000Z");
    }

    /// A day that is dragged over the end of daylight saving keeps its time on the clock; the old day leaves
    /// the calendar.
    async fn dragged_across_the_end_of_daylight_saving(app at "2026-10-01T12:00-04:00") {
        // October 31 to November 2; the clocks fall back on November 1.
        app.imports(&moved(170)).await;
        let before = app.letters().len();
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        assert!(app.letters().len() > before);
        app.imports(&moved(171)).await;
        app.lives_until("2026-10-01T13:00-04:00").await;
        let letters = changes(&app, "ada@example.org");
        let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
        let text = letter.text.replace("\r\n", "\n");
        let moved = "Moved from Friday, October 30 to Saturday, October 31, times unchanged.\n\
            Moved from Saturday, October 31 to Sunday, November 1, times unchanged.\n\
            Moved from Sunday, November 1 to Monday, November 2, times unchanged.\n";
        assert!(text.contains(moved) && !text.contains("Before:"), "{text}");
        let days: Vec<(String, String)> =
            letter.events("DTSTART").into_iter().zip(letter.events("STATUS")).collect();
        let day = |start: &str, status: &str| (start.to_owned(), status.to_owned());
        assert_eq!(
            days,
            [
                day("20261031T140000Z", "CONFIRMED"),
                day("20261101T150000Z", "CONFIRMED"),
                day("20261102T150000Z", "CONFIRMED"),
                day("20261030T140000Z", "CANCELLED"),
            ]
        );
        // Reminders go by the new days alone.
        app.lives_until("2026-10-30T12:00-04:00").await;
        assert_eq!(
            sent(&app, "ada@example.org").await,
            ["registration_confirmed", "schedule_changed", "course_starting_7d", "course_starting_1d"]
                .map(str::to_owned)
        );
        let week = crate::support::fact::ledger(&app, "ada@example.org").await;
        let week = week.iter().find(|notice| notice.rule == "course_starting_7d").expect("a reminder");
        assert_eq!(week.due_at.to_string(), "2026-10-24T13:00:00Z");
    }
}
