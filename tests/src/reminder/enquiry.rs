//! People who only ask: they get what they asked for, and, if they agreed to it, the letters about the
//! deadlines.

use entity::mailing::{NotSentReason, Topic};
use entity::notice::Status;

use crate::support::fact::{self, fate, ledger, sent};
use crate::support::{SAMPLE, stories};

stories! {
    async fn one_who_agreed_hears_of_the_deadlines_until_the_registration(app at "2026-03-28T12:00-04:00") {
        app.imports(&SAMPLE.replace("\ndeadline =", "\nearly_deadline = 2026-04-10\ndeadline =")).await;
        fact::enquire(&app, "ines@example.org", true).await;
        fact::enquire(&app, "jon@example.org", false).await;
        app.lives_until("2026-04-30T12:00-04:00").await;
        assert_eq!(
            sent(&app, "ines@example.org").await,
            [
                "information_requested",
                "early_fee_ending_7d",
                "early_fee_ending_1d",
                "registration_closing_7d"
            ]
        );
        assert_eq!(sent(&app, "jon@example.org").await, ["information_requested"]);

        let letters = app.letters_to("ines@example.org");
        let [first, early, _, closing] = letters.as_slice() else { panic!("{letters:?}") };
        assert!(
            first.header("List-Unsubscribe").is_none() && first.header("List-Id").is_none(),
            "what was asked for is no advertisement"
        );
        assert!(
            first.text.contains("has received your question") && first.text.contains("/unsubscribe/"),
            "{}",
            first.text
        );
        assert!(!app.letters_to("jon@example.org")[0].text.contains("/unsubscribe/"));
        for letter in [early, closing] {
            assert_eq!(letter.header("List-Id"), Some("<deadlines.news.example.org>"));
            assert_eq!(letter.header("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
            assert!(letter.raw.contains("<news@news.example.org>"), "{}", letter.raw);
            assert!(
                letter.text.contains("1 Example Street, Boston, MA")
                    && letter.text.contains("/courses/core-practice"),
                "{}",
                letter.text
            );
            assert!(!letter.text.contains("seat"), "{}", letter.text);
        }
        assert!(
            early.text.contains("is available until 11:59 p.m. Eastern Time on Friday, April 10"),
            "{}",
            early.text
        );
        assert!(early.text.contains("$1,795.50 early, $1,995.00 regular"), "{}", early.text);
        assert!(closing.text.contains("11:59 p.m. Eastern Time on Wednesday, May 6"), "{}", closing.text);
        let link = closing.header("List-Unsubscribe").expect("a link");
        let token = link
            .trim_matches(['<', '>'])
            .strip_prefix("https://courses.example.org/unsubscribe/")
            .expect("ours");
        let said = app.worker.key.read_unsubscribe_token(token).expect("ours");
        assert_eq!(said.topic, Topic::Deadlines);

        // Who has registered gets the letters of the registered, and no more of these.
        app.signs_in("ines@example.org").await.takes_part(&app, "nurse").await;
        app.lives_until("2026-05-06T12:00-04:00").await;
        assert!(!sent(&app, "ines@example.org").await.contains(&"registration_closing_1d".to_owned()));
    }

    async fn an_answer_goes_out_once(app with the course at "2026-04-20T12:00-04:00") {
        let id = fact::enquire(&app, "ines@example.org", false).await;
        app.works().await;
        let staff = app.staff("staff@example.org").await;
        app.travels_to("2026-04-20T15:00-04:00").await;
        fact::answer(&app, &staff, id, "Yes, by **phone**.").await;
        app.lives_until("2026-04-22T12:00-04:00").await;
        assert_eq!(sent(&app, "ines@example.org").await, ["information_requested", "enquiry_answered"]);
        let letter = app.letters_to("ines@example.org").pop().expect("a letter");
        assert!(
            letter.text.contains("Yes, by phone.") && letter.text.contains("> Can I take part by phone?"),
            "{}",
            letter.text
        );
        assert!(letter.html.contains("<strong>phone</strong>"), "{}", letter.html);
    }

    async fn one_who_has_enough_gets_no_more_even_of_what_is_queued(app with the course at "2026-04-20T12:00-04:00") {
        fact::enquire(&app, "ines@example.org", true).await;
        app.lives_until("2026-04-29T08:00-04:00").await;
        app.nature.move_to(crate::support::time::at("2026-04-29T09:00-04:00"));
        let nature: entity::nature::SharedNature = app.nature.clone();
        worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
        fact::unsubscribe(&app, "ines@example.org", Topic::Deadlines).await;
        app.lives_until("2026-05-10T08:00-04:00").await;
        assert_eq!(sent(&app, "ines@example.org").await, ["information_requested"]);
        assert_eq!(
            fate(&app, "ines@example.org", "registration_closing_7d").await,
            [(Status::Lapsed, Some(NotSentReason::Unsubscribed))]
        );
    }

    async fn without_a_postal_address_no_such_letter_leaves(app at "2026-04-20T12:00-04:00") {
        let mut app = app;
        app.has_no_postal_address();
        app.has_the_course().await;
        fact::enquire(&app, "ines@example.org", true).await;
        app.lives_until("2026-04-29T10:00-04:00").await;
        assert_eq!(sent(&app, "ines@example.org").await, ["information_requested"]);
        let notices = ledger(&app, "ines@example.org").await;
        let failed =
            notices.iter().find(|notice| notice.rule == "registration_closing_7d").expect("a notice");
        assert_eq!((failed.status, failed.reason), (Status::Failed, Some(NotSentReason::CannotBeWritten)));
        assert!(failed.smtp_reply.as_deref().is_some_and(|why| why.contains("POSTAL_ADDRESS")), "{failed:?}");
    }
}
