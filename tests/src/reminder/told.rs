//! A change is held against what people were told: back and forth, late, twice, in time, and to those who have
//! not paid yet.

use worker::post::{PostError, Reply, Step};

use crate::support::fact::{fate, sent};
use crate::support::time::at;
use crate::support::{Letter, SAMPLE, TestApp, stories};

/// What is sent to somebody who has registered before the reminders.
const UNTIL_THE_FIRST_DAY: [&str; 4] =
    ["registration_confirmed", "course_starting_7d", "course_starting_1d", "day_starting_1h"];

fn pain_at(from: &str, to: &str) -> String {
    let old = "key = \"d3-pain\", start = \"10:15\", end = \"11:30\"";
    assert!(SAMPLE.contains(old), "the sample has changed");
    SAMPLE.replace(old, &format!("key = \"d3-pain\", start = \"{from}\", end = \"{to}\""))
}

/// The reference course with all its days moved by `days`; one may register until its last day but one.
fn moved(days: i32) -> String {
    let mut file = lectern::course_file::parse(SAMPLE).expect("the sample parses");
    lectern::catalogue::draft::move_by_days(&mut file, days);
    file.registration.deadline = Some("2026-05-06".parse().expect("a day"));
    lectern::course_file::print(&file)
}

fn changes(app: &TestApp, email: &str) -> Vec<Letter> {
    app.letters_to(email)
        .into_iter()
        .filter(|letter| letter.subject.starts_with("The agenda has changed"))
        .collect()
}

fn says(letter: &Letter, before: &str, now: &str) {
    let text = letter.text.replace("\r\n", "\n");
    let told = format!("Before: {before}");
    assert!(text.contains(&told) && text.contains(&format!("Now: {now}")), "{before}, {now}: {text}");
}

stories! {
    /// The reminder of the day to which the course was moved for eight minutes is never sent.
    async fn moved_back_and_forth_around_a_reminder(app with the course at "2026-05-03T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.travels_to("2026-05-04T08:55-04:00").await;
        app.imports(&moved(-2)).await;
        app.works().await;
        // «In a week», of Monday, May 11.
        app.travels_to("2026-05-04T09:00-04:00").await;
        app.travels_to("2026-05-04T09:03-04:00").await;
        app.imports(SAMPLE).await;
        app.lives_until("2026-05-05T12:00-04:00").await;
        assert_eq!(sent(&app, "ada@example.org").await, ["registration_confirmed"]);
        app.lives_until("2026-05-06T12:00-04:00").await;
        assert_eq!(sent(&app, "ada@example.org").await, ["registration_confirmed", "course_starting_7d"]);
        let letter = app.letters_to("ada@example.org").pop().expect("a reminder");
        assert!(letter.text.contains("Wednesday, May 13"), "{}", letter.text);
    }

    /// Where it stays moved, the change is told first, and the reminder says the same.
    async fn a_reminder_waits_for_the_change_that_it_tells_of(app with the course at "2026-05-03T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.travels_to("2026-05-04T08:55-04:00").await;
        app.imports(&moved(-2)).await;
        app.travels_to("2026-05-04T09:04-04:00").await;
        assert_eq!(sent(&app, "ada@example.org").await, ["registration_confirmed"]);
        app.lives_until("2026-05-05T12:00-04:00").await;
        let mut told = sent(&app, "ada@example.org").await;
        told.sort();
        assert_eq!(told, ["course_starting_7d", "registration_confirmed", "schedule_changed"]);
        let ledger = crate::support::fact::ledger(&app, "ada@example.org").await;
        let week = ledger.iter().find(|notice| notice.rule == "course_starting_7d").expect("a reminder");
        assert_eq!(week.sent_at, Some(at("2026-05-04T09:05-04:00")));
    }

    async fn a_session_slipped_and_taken_back_around_its_reminder(app with the course at "2026-05-05T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.lives_until("2026-05-13T08:52-04:00").await;
        let slipped = SAMPLE.replacen("start = \"10:00\"", "start = \"09:55\"", 1);
        assert_ne!(slipped, SAMPLE);
        app.imports(&slipped).await;
        app.travels_to("2026-05-13T08:56-04:00").await;
        app.imports(SAMPLE).await;
        app.lives_until("2026-05-13T09:30-04:00").await;
        assert_eq!(sent(&app, "ada@example.org").await, UNTIL_THE_FIRST_DAY);
        let letter = app.letters_to("ada@example.org").pop().expect("a reminder");
        assert!(letter.text.contains("10:00 a.m.") && !letter.text.contains("9:55"), "{}", letter.text);
    }

    /// A confirmation that was written late has told of the change already.
    async fn what_the_confirmation_has_told_is_not_told_again(app with the course at "2026-04-20T12:00-04:00") {
        let started = app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        app.works().await;
        app.staff("payments@example.org").await.records_payment(&app, &started).await;
        app.nature.move_to(at("2026-04-20T12:02-04:00"));
        app.imports(&pain_at("10:20", "11:30")).await;
        app.travels_to("2026-04-20T12:05-04:00").await;
        app.lives_until("2026-04-20T13:00-04:00").await;
        assert_eq!(sent(&app, "ada@example.org").await, ["registration_confirmed"]);
        // Taken back, it is told, from what the confirmation said.
        app.imports(SAMPLE).await;
        app.lives_until("2026-04-20T14:00-04:00").await;
        let letters = changes(&app, "ada@example.org");
        let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
        says(letter, "10:20 a.m.", "10:15 a.m.");
    }

    /// The worker is away until both are due: one letter, from what was known to what holds.
    async fn two_changes_that_are_due_together_are_one_letter(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.imports(&pain_at("10:20", "11:30")).await;
        app.nature.move_to(at("2026-04-20T12:30-04:00"));
        app.imports(&pain_at("10:25", "11:30")).await;
        app.travels_to("2026-04-20T13:00-04:00").await;
        app.lives_until("2026-04-21T12:00-04:00").await;
        let letters = changes(&app, "ada@example.org");
        let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
        says(letter, "10:15 a.m.", "10:25 a.m.");
        assert!(!letter.text.contains("10:20"), "{}", letter.text);
    }

    /// The mail server puts the first one off until the second change has been made: what is sent says how
    /// things are then, and nothing is left to say.
    async fn what_is_put_off_is_written_when_it_is_sent(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.imports(&pain_at("10:20", "11:30")).await;
        app.post().refuse_next(PostError::reply(Step::Answer, Reply::new(451, "4.3.0 later")));
        app.travels_to("2026-04-20T12:10-04:00").await;
        assert_eq!(changes(&app, "ada@example.org").len(), 0);
        app.nature.move_to(at("2026-04-20T12:10:30-04:00"));
        app.imports(&pain_at("10:25", "11:30")).await;
        app.lives_until("2026-04-21T12:00-04:00").await;
        let letters = changes(&app, "ada@example.org");
        let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
        says(letter, "10:15 a.m.", "10:25 a.m.");
    }

    /// Eight minutes before the session begins, nothing is gathered any more.
    async fn a_change_just_before_the_session_is_told_at_once(app with the course at "2026-05-05T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.lives_until("2026-05-15T10:00-04:00").await;
        app.travels_to("2026-05-15T10:07-04:00").await;
        app.imports(&pain_at("10:25", "11:30")).await;
        app.works().await;
        let letters = changes(&app, "ada@example.org");
        let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
        says(letter, "10:15 a.m.", "10:25 a.m.");
    }

    /// Whose seat is held has been told the days, and hears when they are others; whose hold has ended does
    /// not.
    async fn who_has_not_paid_is_told_too(app with the course at "2026-04-20T12:00-04:00") {
        let dora = app.signs_in("dora@example.org").await;
        let held = dora.registers(&app, "nurse").await;
        app.works().await;
        app.travels_to("2026-04-21T12:00-04:00").await;
        app.imports(&moved(1)).await;
        app.lives_until("2026-04-21T13:00-04:00").await;
        let letters = changes(&app, "dora@example.org");
        let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
        assert!(letter.text.contains("Thursday, May 14"), "{}", letter.text);
        let staff = app.staff("staff@example.org").await;
        let query = "query($id: ID!) { explain(registrationId: $id, letter: SCHEDULE_CHANGED) { summary } }";
        let told = staff.asks(&app, query, serde_json::json!({ "id": held["id"] })).await;
        assert_eq!(told["explain"]["summary"], "This e-mail: 1 sent.");
        let other = app.signs_in("eve@example.org").await.registers(&app, "nurse").await;
        let untold = staff.asks(&app, query, serde_json::json!({ "id": other["id"] })).await;
        assert_eq!(
            untold["explain"]["summary"],
            "Nothing in the agenda of this person has changed since the last e-mail that said how it stands."
        );
        app.lives_until("2026-05-07T12:00-04:00").await;
        app.imports(&moved(2)).await;
        app.lives_until("2026-05-07T13:00-04:00").await;
        assert_eq!(changes(&app, "dora@example.org").len(), 1, "the seat is let go");
        assert_eq!(fate(&app, "dora@example.org", "schedule_changed").await.len(), 1);
    }

    /// The first session of the last day goes to the pediatric track: the adults' day begins later.
    async fn a_session_that_leaves_a_track_is_told_to_those_of_the_track(app with the course at "2026-04-20T12:00-04:00") {
        for (email, track) in [("ada@example.org", "Adult"), ("ben@example.org", "Pediatric")] {
            app.signs_in(email).await.takes_part_in(&app, "nurse", track).await;
        }
        app.lives_until("2026-04-21T12:00-04:00").await;
        let staff = app.staff("office@example.org").await;
        let query = "query($slug: String!) { course(slug: $slug) { version tracks { id slug } sessions(first: 100) { nodes { id slug } } } }";
        let data = staff.asks(&app, query, serde_json::json!({ "slug": crate::support::SAMPLE_SLUG })).await;
        let course = &data["course"];
        let of = |list: &serde_json::Value, slug: &str| {
            list.as_array().expect("a list").iter().find(|row| row["slug"] == slug).expect("a row").clone()
        };
        let (track, session) = (of(&course["tracks"], "pediatric"), of(&course["sessions"]["nodes"], "d3-pain"));
        let input = serde_json::json!({ "sessionId": session["id"], "version": course["version"], "trackIds": [track["id"]] });
        let done = staff.does(&app, "updateSession", input, "session { id }").await;
        assert_eq!(done["id"], session["id"], "{done}");
        app.lives_until("2026-04-21T13:00-04:00").await;
        let letters = changes(&app, "ada@example.org");
        let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
        let text = letter.text.replace("\r\n", "\n");
        assert!(text.contains("Pain (no longer in your track)\n    Before: 10:15 a.m."), "{text}");
        assert!(!text.contains("Now: 10:15"), "{text}");
        assert_eq!(changes(&app, "ben@example.org").len(), 0, "nothing has changed for him");
    }

    /// Whom a roster puts into another track hears of it, with the days of that track.
    async fn who_is_put_into_another_track_by_a_roster_is_told(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part_in(&app, "nurse", "Adult").await;
        app.lives_until("2026-04-21T12:00-04:00").await;
        let staff = app.staff("office@example.org").await;
        let (course, _) = app.course_and_track().await;
        let csv = "email,track\nada@example.org,pediatric\n";
        for told in [1, 1] {
            let input = serde_json::json!({ "courseId": course, "csv": csv, "check": false });
            let done = staff.does(&app, "importRegistrations", input, "registrationImport { applied }").await;
            assert_eq!(done["applied"], true, "{done}");
            app.lives_until("2026-04-21T13:00-04:00").await;
            let corrected: Vec<Letter> = app
                .letters_to("ada@example.org")
                .into_iter()
                .filter(|letter| letter.subject.starts_with("Your registration has changed"))
                .collect();
            assert_eq!(corrected.len(), told, "once, and not again for the same roster");
            assert!(corrected[0].text.contains("Pediatric"), "{}", corrected[0].text);
            assert!(corrected[0].calendar.is_some());
        }
    }

    /// A day that moves as a whole is one line; what moves beside it is told by itself.
    async fn a_day_that_moves_as_a_whole_is_one_line(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        let mut file = lectern::course_file::parse(SAMPLE).expect("the sample parses");
        let last = file.days.last_mut().expect("a day");
        last.date = last.date.plus_days(3);
        file.course.ends_on = last.date;
        app.imports(&lectern::course_file::print(&file)).await;
        app.lives_until("2026-04-20T13:00-04:00").await;
        let letters = changes(&app, "ada@example.org");
        let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
        let text = letter.text.replace("\r\n", "\n");
        assert!(
            text.contains("Moved from Friday, May 15 to Monday, May 18, times unchanged.\n")
                && !text.contains("Before:"),
            "{text}"
        );
        let html = "Moved from <strong>Friday, May 15</strong> to <strong>Monday, May 18</strong>, times unchanged.";
        assert!(letter.html.contains(html), "{}", letter.html);
    }

    /// The link changes after the letter of the day, which told it; of other days, their letters will tell.
    async fn a_link_that_changes_after_it_was_told_is_told(app at "2026-05-05T12:00-04:00") {
        let with = |link: &str| {
            let course = SAMPLE.replace("{ key = \"d", &format!("{{ join_url = \"https://meet.example.org/{link}\", key = \"d"));
            assert_ne!(course, SAMPLE);
            course
        };
        app.imports(&with("one")).await;
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.lives_until("2026-05-13T09:05-04:00").await;
        assert_eq!(sent(&app, "ada@example.org").await, UNTIL_THE_FIRST_DAY);
        app.imports(&with("two")).await;
        app.lives_until("2026-05-13T09:20-04:00").await;
        let letters = changes(&app, "ada@example.org");
        let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
        let text = letter.text.replace("\r\n", "\n");
        assert!(text.contains("New link to join online: https://meet.example.org/two"), "{text}");
        assert!(!text.contains("Dyspnea") && !text.contains("(new)"), "the other days say it themselves: {text}");
        assert!(letter.html.contains("https://meet.example.org/two"), "{}", letter.html);
        app.lives_until("2026-05-14T09:05-04:00").await;
        let day = app.letters_to("ada@example.org").pop().expect("a letter");
        assert!(day.text.contains("https://meet.example.org/two"), "{}", day.text);
        assert_eq!(changes(&app, "ada@example.org").len(), 1);
    }
}
