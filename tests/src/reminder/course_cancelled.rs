//! A cancelled course: everybody with a live registration is told, once, and nothing is said afterwards.

use entity::mailing::NotSentReason;
use entity::nature::SharedNature;
use entity::notice::Status;

use crate::support::fact::{self, fate, sent};
use crate::support::time::at;
use crate::support::{SAMPLE, stories};

stories! {
    async fn nothing_is_said_but_the_cancellation_queued_letters_included(app with the course at "2026-04-27T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.signs_in("ben@example.org").await.registers(&app, "nurse").await;
        let cleo = app.signs_in("cleo@example.org").await;
        let registration = cleo.takes_part(&app, "physician").await;
        cleo.cancels(&app, &registration).await;
        fact::enquire(&app, "ines@example.org", true).await;
        app.lives_until("2026-04-29T12:00-04:00").await;
        assert_eq!(
            sent(&app, "ines@example.org").await,
            ["information_requested", "registration_closing_7d"]
        );
        // A change, an announcement, and a reminder that has waited for the change are in the queue when the
        // course is cancelled.
        app.lives_until("2026-05-06T08:55-04:00").await;
        app.imports(&SAMPLE.replace(
            "start = \"10:15\", end = \"11:30\", kind = \"talk\"",
            "start = \"10:20\", end = \"11:30\", kind = \"talk\"",
        ))
        .await;
        let staff = app.staff("staff@example.org").await;
        fact::announce(&app, &staff, "Soon", "Soon.", &[entity::registration::Status::Confirmed]).await;
        app.nature.move_to(at("2026-05-06T09:05-04:00"));
        let nature: SharedNature = app.nature.clone();
        worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
        assert_eq!(fate(&app, "ada@example.org", "course_starting_7d").await, [(Status::Planned, None)]);
        let before = app.letters().len();
        fact::cancel_course(&app, "The faculty is *ill*.").await;
        app.works().await;
        app.lives_until("2026-06-20T12:00-04:00").await;
        for email in ["ada@example.org", "ben@example.org"] {
            assert_eq!(fate(&app, email, "course_cancelled").await, [(Status::Sent, None)], "{email}");
        }
        assert_eq!(app.letters().len(), before + 2, "{:?}", app.subjects_to("ada@example.org"));
        assert_eq!(
            fate(&app, "ada@example.org", "course_starting_7d").await,
            [(Status::Lapsed, Some(NotSentReason::CourseCancelled))]
        );
        assert_eq!(fate(&app, "cleo@example.org", "course_cancelled").await, []);

        let letter = app.letters_to("ada@example.org").pop().expect("a letter");
        assert_eq!(letter.subject, "The course is canceled: Core Practice of Palliative Care");
        assert!(
            letter.text.contains("The faculty is ill.") && letter.text.contains("You paid $"),
            "{}",
            letter.text
        );
        assert!(letter.html.contains("<em>ill</em>"), "{}", letter.html);
        assert_eq!(letter.events("STATUS"), ["CANCELLED"; 3]);
        let letter = app.letters_to("ben@example.org").pop().expect("a letter");
        assert!(
            letter.text.contains("You do not have to pay anything.") && letter.calendar.is_none(),
            "{}",
            letter.text
        );
    }
}
