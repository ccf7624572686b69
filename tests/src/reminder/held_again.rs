//! What people with a seat that is held are told when things change, and when the seat is gone.

use serde_json::json;

use crate::support::fact::{self, fate, sent};
use crate::support::{Letter, SAMPLE, TestApp, stories};

fn last(app: &TestApp, email: &str) -> Letter {
    app.letters_to(email).pop().expect("a letter")
}

/// The reference course with all its days, and its deadlines, moved by `days`.
fn moved(days: i32) -> String {
    let mut file = lectern::course_file::parse(SAMPLE).expect("the sample parses");
    lectern::catalogue::draft::move_by_days(&mut file, days);
    lectern::course_file::print(&file)
}

stories! {
    /// A part of the price comes too late, the office takes the seat up again, and the rest never comes.
    async fn a_seat_that_is_held_again_is_lost_again_and_each_is_told(app with the course at "2026-04-01T12:00-04:00") {
        let started = app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        app.lives_until("2026-04-17T12:00-04:00").await;
        assert_eq!(fate(&app, "ada@example.org", "registration_expired").await.len(), 1);
        let staff = app.staff("staff@example.org").await;
        let part = json!({ "registrationId": started["id"], "amount": "100.00", "method": "CHECK" });
        let held = staff.does(&app, "recordPayment", part, crate::support::person::REGISTRATION).await;
        assert_eq!(held["status"], "STARTED", "{held}");
        app.works().await;
        let again = last(&app, "ada@example.org");
        assert!(again.subject.starts_with("Your registration has changed"), "{}", again.subject);
        assert!(again.text.contains("Your seat is held until") && again.text.contains("$100.00"), "{}", again.text);
        app.lives_until("2026-05-08T12:00-04:00").await;
        let ends: Vec<Letter> = app
            .letters_to("ada@example.org")
            .into_iter()
            .filter(|letter| letter.subject.starts_with("Your seat is no longer held"))
            .collect();
        let [_, second] = ends.as_slice() else { panic!("{} letters", ends.len()) };
        assert!(second.text.contains("$100.00"), "{}", second.text);
    }

    /// Early price and hold end together: the one letter says both.
    async fn a_reminder_of_the_early_price_says_that_the_seat_goes_with_it(app at "2026-04-01T12:00-04:00") {
        app.imports(&SAMPLE.replace("\ndeadline =", "\nearly_deadline = 2026-04-15\ndeadline =")).await;
        app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        app.lives_until("2026-04-14T12:00-04:00").await;
        assert_eq!(sent(&app, "ada@example.org").await.last().map(String::as_str), Some("early_fee_ending_1d"));
        let letter = last(&app, "ada@example.org");
        assert!(
            letter.text.contains("Your seat is held until 11:59 p.m. Eastern Time on Wednesday, April 15"),
            "{}",
            letter.text
        );
    }

    /// The hold follows the deadline, and one letter tells of both.
    async fn a_move_tells_until_when_the_seat_is_held(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("dora@example.org").await.registers(&app, "nurse").await;
        app.works().await;
        app.travels_to("2026-04-21T12:00-04:00").await;
        app.imports(&moved(-10)).await;
        app.lives_until("2026-04-21T13:00-04:00").await;
        let subjects = app.subjects_to("dora@example.org");
        assert!(!subjects.iter().any(|subject| subject.contains("has changed: ") && subject.starts_with("Your registration")), "{subjects:?}");
        let letter = last(&app, "dora@example.org");
        assert!(letter.subject.starts_with("The agenda has changed"), "{subjects:?}");
        assert!(
            letter.text.contains("Your seat is held until 11:59 p.m. Eastern Time on Sunday, April 26"),
            "{}",
            letter.text
        );
        assert!(!letter.text.contains("your evaluation"), "that is for the confirmed: {}", letter.text);
    }

    async fn a_move_tells_the_confirmed_when_the_evaluation_is_open(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.imports(&moved(7)).await;
        app.lives_until("2026-04-20T13:00-04:00").await;
        let text = last(&app, "ada@example.org").text;
        assert!(text.contains("please submit your evaluation: it opens at"), "{text}");
        assert!(!text.contains("Your seat is held until"), "{text}");
    }

    /// The evening of the first of three days.
    async fn a_course_that_is_canceled_after_it_has_begun_is_canceled_from_then_on(app with the course at "2026-05-05T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.lives_until("2026-05-13T20:00-04:00").await;
        fact::cancel_course(&app, "The faculty is ill.").await;
        app.works().await;
        let letter = last(&app, "ada@example.org");
        let text = letter.text.replace("\r\n", "\n");
        assert!(text.contains("the rest of this course will not take place"), "{text}");
        assert!(!text.contains("May 13") && text.contains("May 14") && text.contains("May 15"), "{text}");
        assert_eq!(letter.events("STATUS"), ["CANCELLED"; 2], "what was attended stays");
    }

    async fn who_asks_about_limited_seats_is_promised_none(app at "2026-04-20T12:00-04:00") {
        for (capacity, told) in [("", false), ("\ncapacity = 2", true)] {
            app.imports(&SAMPLE.replace("\ndeadline =", &format!("{capacity}\ndeadline ="))).await;
            let email = format!("ines{told}@example.org");
            fact::enquire(&app, &email, false).await;
            app.works().await;
            let text = last(&app, &email).text.replace("\r\n", " ").replace('\n', " ");
            assert!(text.contains("You can register until"), "{text}");
            assert_eq!(text.contains("as long as seats are available"), told, "{text}");
        }
    }
}
