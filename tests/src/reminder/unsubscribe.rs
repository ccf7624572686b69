//! Having enough: of reminders, of letters about evaluations, of letters about deadlines; never of what
//! belongs to the purchase.

use entity::mailing::{NotSentReason, Topic};
use entity::notice::Status;
use entity::secret::Addressee;

use crate::support::fact::{self, fate, learner, sent};
use crate::support::stories;

stories! {
    async fn reminders_can_be_stopped_with_one_click_and_nothing_else_stops(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.lives_until("2026-05-06T10:00-04:00").await;
        let letters = app.letters_to("ada@example.org");
        let reminder = letters.last().expect("a reminder");
        let link = reminder.header("List-Unsubscribe").expect("a link").trim_matches(['<', '>']).to_owned();
        assert_eq!(reminder.header("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
        assert!(reminder.header("List-Id").is_none(), "a reminder of what was bought is no advertisement");
        assert!(
            reminder.text.contains(&format!("Stop reminders: {link}")) && reminder.html.contains(&link),
            "{}",
            reminder.text
        );
        let token = link.strip_prefix("https://courses.example.org/unsubscribe/").expect("ours");
        let said = app.worker.key.read_unsubscribe_token(token).expect("ours");
        assert_eq!(
            (said.who, said.topic),
            (Addressee::Learner(learner(&app, "ada@example.org").await.id), Topic::Reminders)
        );
        for letter in letters.iter().filter(|letter| letter.message_id != reminder.message_id) {
            assert!(letter.header("List-Unsubscribe").is_none(), "{}", letter.subject);
        }

        fact::unsubscribe(&app, "ada@example.org", Topic::Reminders).await;
        app.lives_until("2026-05-16T10:00-04:00").await;
        assert_eq!(
            sent(&app, "ada@example.org").await,
            ["registration_confirmed", "course_starting_7d", "evaluation_open_1h"]
        );
        let evaluation = app.letters_to("ada@example.org").pop().expect("a letter");
        assert!(
            evaluation.text.contains("Stop e-mails about evaluations: https://"),
            "{}",
            evaluation.text
        );
    }

    async fn a_queued_reminder_is_not_sent_to_one_who_has_had_enough(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.lives_until("2026-05-06T08:59-04:00").await;
        app.nature.move_to(crate::support::time::at("2026-05-06T09:00-04:00"));
        let nature: entity::nature::SharedNature = app.nature.clone();
        worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
        fact::unsubscribe(&app, "ada@example.org", Topic::Reminders).await;
        app.delivers().await;
        assert_eq!(
            fate(&app, "ada@example.org", "course_starting_7d").await,
            [(Status::Lapsed, Some(NotSentReason::Unsubscribed))]
        );
    }
}
