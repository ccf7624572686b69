//! A cancelled course: everybody with a live registration is told, once, and nothing is said afterwards.

use entity::mailing::NotSentReason;
use entity::nature::SharedNature;
use entity::notice::Status;

use crate::support::fact::{self, fate, sent};
use crate::support::time::at;
use crate::support::{SAMPLE, stories};

stories! {
    async fn nothing_is_said_but_the_cancellation_queued_letters_included(house at "2026-04-27T12:00-04:00") {
        house.has_the_course().await;
        house.signs_in("ada@example.org").await.takes_part(&house, "nurse").await;
        house.signs_in("ben@example.org").await.registers(&house, "nurse").await;
        let cleo = house.signs_in("cleo@example.org").await;
        let registration = cleo.takes_part(&house, "physician").await;
        cleo.cancels(&house, &registration).await;
        fact::enquire(&house, "ines@example.org", true).await;
        house.lives_until("2026-04-29T12:00-04:00").await;
        assert_eq!(sent(&house, "ines@example.org").await, ["information_requested", "registration_closing_7d"]);
        // A change is being gathered, an announcement waits, a reminder is in the queue, when the course is cancelled.
        house.lives_until("2026-05-06T08:55-04:00").await;
        house.imports(&SAMPLE.replace("start = \"10:15\", end = \"11:30\", kind = \"talk\"", "start = \"10:20\", end = \"11:30\", kind = \"talk\"")).await;
        let staff = house.staff("staff@example.org").await;
        fact::announce(&house, &staff, "Soon", "Soon.", &[entity::registration::Status::Confirmed]).await;
        house.nature.move_to(at("2026-05-06T09:00-04:00"));
        let nature: SharedNature = house.nature.clone();
        worker::sweep::sweep(house.db(), &nature, "stories.example.org").await.expect("a sweep");
        assert_eq!(fate(&house, "ada@example.org", "course_starting_7d").await, [(Status::Planned, None)]);
        let before = house.letters().len();
        fact::cancel_course(&house, "The faculty is *ill*.").await;
        house.works().await;
        house.lives_until("2026-06-20T12:00-04:00").await;
        for email in ["ada@example.org", "ben@example.org"] {
            assert_eq!(fate(&house, email, "course_cancelled").await, [(Status::Sent, None)], "{email}");
        }
        assert_eq!(house.letters().len(), before + 2, "{:?}", house.subjects_to("ada@example.org"));
        assert_eq!(fate(&house, "ada@example.org", "course_starting_7d").await, [(Status::Lapsed, Some(NotSentReason::CourseCancelled))]);
        assert_eq!(fate(&house, "cleo@example.org", "course_cancelled").await, []);

        let letter = house.letters_to("ada@example.org").pop().expect("a letter");
        assert_eq!(letter.subject, "The course is cancelled: Core Practice of Palliative Care");
        assert!(letter.text.contains("The faculty is ill.") && letter.text.contains("You have paid $"), "{}", letter.text);
        assert!(letter.html.contains("<em>ill</em>"), "{}", letter.html);
        assert_eq!(letter.events("STATUS"), ["CANCELLED"; 3]);
        let letter = house.letters_to("ben@example.org").pop().expect("a letter");
        assert!(letter.text.contains("You need not pay anything.") && letter.calendar.is_none(), "{}", letter.text);
    }
}
