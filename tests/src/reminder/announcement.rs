//! What staff write to the registrants of a course.

use std::time::Duration;

use entity::nature::{Nature, SharedNature};
use entity::notice;
use entity::registration::Status;
use sea_orm::{EntityTrait, PaginatorTrait, QueryFilter};
use tokio::time::Instant;

use crate::support::fact::{self, fate};
use crate::support::{House, crowd, stories};

/// Registrants of the one course.
const CROWD: u32 = 10_000;
/// How many registrations the sweep holds at a time.
const PAGE: u32 = 1_000;
/// How many of the letters are delivered here: all of them where the build is quick.
const DELIVERED: usize = if cfg!(debug_assertions) { 200 } else { 10_000 };

#[allow(clippy::print_stderr, reason = "figures are for whoever runs the tests")]
fn tell(house: &House, figure: &str) {
    eprintln!("{:?}, {}: {figure}", house.backend, if cfg!(debug_assertions) { "debug" } else { "release" });
}

/// The memory that this process holds, in MiB; 0 where the machine does not say.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").ok().and_then(|text| text.split(' ').nth(1)?.parse::<usize>().ok());
    pages.unwrap_or(0) * 4 / 1024
}

stories! {
    async fn it_reaches_those_it_is_meant_for_in_their_own_frame(house at "2026-04-20T12:00-04:00") {
        house.has_the_course().await;
        house.signs_in("ada@example.org").await.takes_part(&house, "nurse").await;
        house.signs_in("ben@example.org").await.registers(&house, "nurse").await;
        let staff = house.staff("staff@example.org").await;
        let body = "Please **read** this:\n\n- [a case](https://example.org/case)\n- <script>alert(1)</script>";
        fact::announce(&house, &staff, "Before we meet", body, &[Status::Confirmed]).await;
        house.travels_to("2026-04-20T12:09-04:00").await;
        assert_eq!(fate(&house, "ada@example.org", "announcement").await, []);
        // Who is confirmed only afterwards is not one of those who were written to.
        house.travels_to("2026-04-20T12:11-04:00").await;
        house.signs_in("cleo@example.org").await.takes_part(&house, "nurse").await;
        house.lives_until("2026-04-22T12:00-04:00").await;
        assert_eq!(fate(&house, "ada@example.org", "announcement").await, [(notice::Status::Sent, None)]);
        assert_eq!(fate(&house, "ben@example.org", "announcement").await, []);
        assert_eq!(fate(&house, "cleo@example.org", "announcement").await, []);
        let letter = house.letters_to("ada@example.org").pop().expect("a letter");
        assert_eq!(letter.subject, "Before we meet");
        let text = letter.text.replace("\r\n", "\n");
        assert!(text.contains("Please read this:\n\n- a case (https://example.org/case)\n- <script>alert(1)</script>\n"), "{text}");
        assert!(letter.html.contains("<strong>read</strong>") && letter.html.contains("&lt;script&gt;"), "{}", letter.html);
        assert!(!letter.html.contains("<script"), "{}", letter.html);
        assert!(letter.header("List-Unsubscribe").is_none(), "{}", letter.raw);
    }

    async fn one_that_is_stopped_in_time_reaches_nobody(house at "2026-04-20T12:00-04:00") {
        house.has_the_course().await;
        house.signs_in("ada@example.org").await.takes_part(&house, "nurse").await;
        let staff = house.staff("staff@example.org").await;
        let id = fact::announce(&house, &staff, "Wrong", "Wrong.", &[Status::Confirmed]).await;
        house.travels_to("2026-04-20T12:09-04:00").await;
        fact::stop_announcement(&house, id).await;
        house.lives_until("2026-04-22T12:00-04:00").await;
        assert_eq!(fate(&house, "ada@example.org", "announcement").await, []);
    }

    /// Ten thousand are walked through a page at a time: the number of statements goes by pages and rows in a statement, and never are more
    /// registrations held than a page. A sweep that is done twice enters nobody twice.
    async fn ten_thousand_are_not_held_at_once(house at "2026-04-20T12:00-04:00") {
        house.has_the_course().await;
        house.works().await;
        let staff = house.staff("staff@example.org").await;
        crowd::in_the_course(&house, CROWD).await;
        house.travels_to("2026-04-20T12:30-04:00").await;
        fact::announce(&house, &staff, "To all", "To **all**.", &[Status::Confirmed]).await;
        house.nature.move_to(house.nature.now().plus_minutes(10));
        let nature: SharedNature = house.nature.clone();
        let (held, asked) = (resident(), house.statements.load(std::sync::atomic::Ordering::Relaxed));
        let begin = Instant::now();
        let swept = worker::sweep::sweep(house.db(), &nature, "stories.example.org").await.expect("a sweep");
        let sweeping = begin.elapsed();
        let statements = house.statements.load(std::sync::atomic::Ordering::Relaxed) - asked;
        let grown = resident().saturating_sub(held);
        assert_eq!((swept.planned, swept.lapsed), (u64::from(CROWD), 0));
        let again = worker::sweep::sweep(house.db(), &nature, "stories.example.org").await.expect("a sweep");
        assert_eq!(again.planned, 0, "said once");
        // For each page: the registrations, four kinds of facts about them, and four statements that enter a thousand announcements and find a
        // thousand confirmations entered long ago.
        let pages = u64::from(CROWD / PAGE) + 1;
        assert!(statements <= 20 + pages * 9, "{statements} statements for {pages} pages");

        let begin = Instant::now();
        let mut delivered = 0;
        while delivered < DELIVERED {
            let claimed = worker::claim::claim(house.db(), "story", 50, house.nature.now()).await.expect("a claim");
            assert!(!claimed.is_empty() && claimed.len() <= 50);
            delivered += claimed.len();
            for notice in claimed {
                worker::deliver::deliver(&house.worker, notice).await;
            }
        }
        let delivering = begin.elapsed();
        let sent = notice::Entity::find()
            .filter(sea_orm::ColumnTrait::eq(&notice::Column::Rule, "announcement"))
            .filter(sea_orm::ColumnTrait::eq(&notice::Column::Status, notice::Status::Sent))
            .count(house.db())
            .await
            .expect("a count");
        assert_eq!(usize::try_from(sent).expect("a number"), delivered);
        let rate = delivered as f64 / delivering.max(Duration::from_millis(1)).as_secs_f64();
        tell(
            &house,
            &format!(
                "an announcement to {CROWD}: swept in {sweeping:?} with {statements} statements, memory grew by {grown} MiB; \
                 {delivered} delivered by one hand, {rate:.0} a second"
            ),
        );
    }
}
