//! What staff write to the registrants of a course.

use entity::nature::{Nature, SharedNature};
use entity::notice;
use entity::registration::Status;

use crate::support::fact::{self, fate};
use crate::support::{crowd, stories};

/// Registrants of the one course. How quickly ten thousand get their letters is measured by `cargo bench`.
const CROWD: u32 = 3_000;
/// How many registrations the sweep holds at a time.
const PAGE: u32 = 1_000;

stories! {
    async fn it_reaches_those_it_is_meant_for_in_their_own_frame(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.signs_in("ben@example.org").await.registers(&app, "nurse").await;
        let staff = app.staff("staff@example.org").await;
        let body =
            "Please **read** this:\n\n- [a case](https://example.org/case)\n- <script>alert(1)</script>";
        fact::announce(&app, &staff, "Before we meet", body, &[Status::Confirmed]).await;
        app.travels_to("2026-04-20T12:09-04:00").await;
        assert_eq!(fate(&app, "ada@example.org", "announcement").await, []);
        // Who is confirmed only afterwards is not one of those who were written to.
        app.travels_to("2026-04-20T12:11-04:00").await;
        app.signs_in("cleo@example.org").await.takes_part(&app, "nurse").await;
        app.lives_until("2026-04-22T12:00-04:00").await;
        assert_eq!(fate(&app, "ada@example.org", "announcement").await, [(notice::Status::Sent, None)]);
        assert_eq!(fate(&app, "ben@example.org", "announcement").await, []);
        assert_eq!(fate(&app, "cleo@example.org", "announcement").await, []);
        let letter = app.letters_to("ada@example.org").pop().expect("a letter");
        assert_eq!(letter.subject, "Before we meet");
        let text = letter.text.replace("\r\n", "\n");
        assert!(
            text.contains(
                "Please read this:\n\n- a case (https://example.org/case)\n- <script>alert(1)</script>\n"
            ),
            "{text}"
        );
        assert!(
            letter.html.contains("<strong>read</strong>") && letter.html.contains("&lt;script&gt;"),
            "{}",
            letter.html
        );
        assert!(!letter.html.contains("<script"), "{}", letter.html);
        assert!(letter.header("List-Unsubscribe").is_none(), "{}", letter.raw);
    }

    async fn one_that_is_stopped_in_time_reaches_nobody(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        let staff = app.staff("staff@example.org").await;
        let id = fact::announce(&app, &staff, "Wrong", "Wrong.", &[Status::Confirmed]).await;
        app.travels_to("2026-04-20T12:09-04:00").await;
        fact::stop_announcement(&app, id).await;
        app.lives_until("2026-04-22T12:00-04:00").await;
        assert_eq!(fate(&app, "ada@example.org", "announcement").await, []);
    }

    /// Thousands are walked through a page at a time: the number of statements goes by pages and rows in a
    /// statement, and never are more registrations held than a page. A sweep that is done twice enters nobody
    /// twice.
    async fn thousands_are_not_held_at_once(app with the course at "2026-04-20T12:00-04:00") {
        app.works().await;
        let staff = app.staff("staff@example.org").await;
        crowd::in_the_course(&app, CROWD).await;
        app.travels_to("2026-04-20T12:30-04:00").await;
        fact::announce(&app, &staff, "To all", "To **all**.", &[Status::Confirmed]).await;
        app.nature.move_to(app.nature.now().plus_minutes(10));
        let nature: SharedNature = app.nature.clone();
        let asked = app.statements();
        let swept = worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
        let statements = app.statements() - asked;
        assert_eq!((swept.planned, swept.lapsed), (u64::from(CROWD), 0));
        let again = worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
        assert_eq!(again.planned, 0, "said once");
        // For each page: its ids, the registrations, four kinds of facts about them and seven about their
        // course, all in one snapshot, and four statements that enter a thousand announcements and find a
        // thousand confirmations entered long ago.
        let pages = u64::from(CROWD / PAGE) + 1;
        assert!(statements <= 20 + pages * 18, "{statements} statements for {pages} pages");
    }
}
