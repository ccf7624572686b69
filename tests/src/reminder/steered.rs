//! What staff say about single letters: not this one, and once more.

use entity::letter_instruction::Kind;
use entity::mailing::NotSentReason;
use entity::nature::{Nature, SharedNature};
use entity::notice::Status;

use crate::support::fact::{self, fate, ledger};
use crate::support::time::at;
use crate::support::{TestApp, stories};

async fn registration(app: &TestApp, email: &str) -> uuid::Uuid {
    ledger(app, email).await.into_iter().find_map(|notice| notice.registration_id).expect("a registration")
}

stories! {
    async fn a_letter_that_is_stopped_is_not_sent_planned_or_not(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        let staff = app.staff("staff@example.org").await;
        let ada = registration(&app, "ada@example.org").await;
        // One before anything is planned.
        fact::instruct(&app, &staff, ada, ("course_starting_7d", "2026-05-13"), Kind::Stop).await;
        app.lives_until("2026-05-12T08:59-04:00").await;
        assert_eq!(fate(&app, "ada@example.org", "course_starting_7d").await, []);
        // One that waits in the queue.
        app.nature.move_to(at("2026-05-12T09:00-04:00"));
        let nature: SharedNature = app.nature.clone();
        worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
        fact::instruct(&app, &staff, ada, ("course_starting_1d", "2026-05-13"), Kind::Stop).await;
        worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
        let stopped = (Status::Cancelled, Some(NotSentReason::StoppedByStaff));
        assert_eq!(
            fate(&app, "ada@example.org", "course_starting_1d").await,
            [stopped],
            "the sweep ends what waits"
        );
        // One that is in a worker's hands.
        app.nature.move_to(at("2026-05-13T09:00-04:00"));
        worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
        let claimed = worker::claim::claim(app.db(), "story", 50, app.nature.now()).await.expect("a claim");
        assert_eq!(claimed.len(), 1);
        fact::instruct(&app, &staff, ada, ("day_starting_1h", "2026-05-13"), Kind::Stop).await;
        for notice in claimed {
            worker::deliver::deliver(&app.worker, notice).await;
        }
        assert_eq!(fate(&app, "ada@example.org", "day_starting_1h").await, [stopped]);
        app.lives_until("2026-05-14T12:00-04:00").await;
        assert_eq!(
            fate(&app, "ada@example.org", "day_starting_1h").await,
            [stopped, (Status::Sent, None)],
            "the next day is another letter"
        );
    }

    async fn a_letter_that_is_sent_again_says_the_same_under_a_name_of_its_own(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        let staff = app.staff("staff@example.org").await;
        let ada = registration(&app, "ada@example.org").await;
        let id = fact::announce(
            &app,
            &staff,
            "Before we meet",
            "Read **this**.",
            &[entity::registration::Status::Confirmed],
        )
        .await;
        app.lives_until("2026-04-20T13:00-04:00").await;
        let all = || app.letters_to("ada@example.org");
        let letters = |subject: &str| {
            all().into_iter().filter(|letter| letter.subject.starts_with(subject)).collect::<Vec<_>>()
        };
        assert_eq!((letters("You are registered").len(), letters("Before we meet").len()), (1, 1));
        fact::instruct(&app, &staff, ada, ("registration_confirmed", "confirmed"), Kind::Again).await;
        fact::instruct(&app, &staff, ada, ("announcement", &id.to_string()), Kind::Again).await;
        app.works().await;
        app.works().await;
        for subject in ["You are registered", "Before we meet"] {
            let letters = letters(subject);
            let [first, second] = letters.as_slice() else { panic!("{subject}: {} letters", letters.len()) };
            assert_eq!((&first.text, &first.html), (&second.text, &second.html));
            assert_ne!(first.message_id, second.message_id);
        }
        // And once more, two hours later; the sweep that starts afresh sends nothing twice.
        app.travels_to("2026-04-20T15:00-04:00").await;
        fact::instruct(&app, &staff, ada, ("registration_confirmed", "confirmed"), Kind::Again).await;
        app.works().await;
        let nature: SharedNature = app.nature.clone();
        assert_eq!(
            worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep").planned,
            0
        );
        assert_eq!(letters("You are registered").len(), 3);
    }
}
