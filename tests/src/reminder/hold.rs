//! Who has started and not paid: reminded before the hold ends, told when it has; and rules that a release
//! ships later.

use entity::nature::{Nature, SharedNature};
use entity::{reminder_rule, shipped_rule};
use lectern::catalogue::draft;
use lectern::steward;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;

use crate::support::person::REGISTRATION;
use crate::support::time::at;
use crate::support::{SAMPLE, TestApp, stories};

/// The last letter to somebody, as text.
fn last(app: &TestApp, email: &str) -> String {
    app.letters_to(email).pop().expect("a letter").text
}

async fn given(app: &TestApp) -> usize {
    let nature: SharedNature = app.nature.clone();
    draft::give_rules(app.db(), &nature).await.expect("given")
}

stories! {
    /// What a payment is measured by is what the letter tells, whether or not anybody has written it down.
    async fn a_reminder_after_the_early_price_tells_the_regular_one(app at "2026-04-01T12:00-04:00") {
        app.imports(&SAMPLE.replace("\ndeadline =", "\nearly_deadline = 2026-04-10\ndeadline =")).await;
        let ada = app.signs_in("ada@example.org").await;
        let started = ada.registers(&app, "nurse").await;
        assert_eq!(started["quote"]["total"]["amount"], "1805.50", "{started}");
        app.nature.move_to(at("2026-04-12T09:01-04:00"));
        // No server was there, only a worker.
        app.works().await;
        let due = last(&app, "ada@example.org");
        for words in ["registration: Nurse (RN/APRN): $1,995.00", "Total: $2,005.00"] {
            assert!(due.contains(words), "{words}:\n{due}");
        }
        assert!(!due.contains("This price is available until") && !due.contains("early"), "{due}");
    }

    async fn a_part_of_the_price_is_reminded_of_and_not_forgotten_when_the_seat_is_let_go(app with the course at "2026-04-01T12:00-04:00") {
        let started = app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        assert_eq!(started["holdUntil"], "2026-04-16T04:00:00Z");
        let staff = app.staff("staff@example.org").await;
        let part = json!({ "registrationId": started["id"], "amount": "600.00", "method": "CHECK", "reference": "1" });
        assert_eq!(staff.does(&app, "recordPayment", part, REGISTRATION).await["status"], "STARTED");
        app.lives_until("2026-04-12T10:00-04:00").await;
        let due = last(&app, "ada@example.org");
        assert!(
            app.subjects_to("ada@example.org").last().expect("a letter").starts_with("Your payment is due: your seat is held until ")
        );
        for words in [
            "Your seat is held until 11:59 p.m. Eastern Time on Wednesday, April 15",
            "Paid: $600.00",
            "Still to pay: $1,405.00",
            "/registrations/",
        ] {
            assert!(due.contains(words), "{words}:\n{due}");
        }
        app.lives_until("2026-04-16T01:00-04:00").await;
        let subjects = app.subjects_to("ada@example.org");
        let count =
            |beginning: &str| subjects.iter().filter(|subject| subject.starts_with(beginning)).count();
        assert_eq!(
            (count("Your payment is due"), count("Your seat is no longer held")),
            (2, 1),
            "{subjects:?}"
        );
        let expired = last(&app, "ada@example.org");
        for words in [
            "was held until 11:59 p.m. Eastern Time on Wednesday, April 15",
            "We received $600.00 from you. The course office will contact you about a refund.",
            "you can register again until 11:59 p.m. Eastern Time on Wednesday, May 6",
        ] {
            assert!(expired.contains(words), "{words}:\n{expired}");
        }
        // Whatever changes about it later, it is said once.
        app.lives_until("2026-05-14T12:00-04:00").await;
        assert_eq!(app.subjects_to("ada@example.org").len(), subjects.len());
    }

    async fn who_pays_or_gives_up_in_time_hears_nothing_of_an_end(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        assert_eq!(ada["status"], "CONFIRMED");
        let ben = app.signs_in("ben@example.org").await;
        let started = ben.registers(&app, "nurse").await;
        app.lives_until("2026-04-12T10:00-04:00").await;
        let ben = app.signs_in("ben@example.org").await;
        ben.cancels(&app, &started).await;
        app.lives_until("2026-04-20T12:00-04:00").await;
        let due = |email: &str| {
            app.subjects_to(email).iter().filter(|subject| subject.contains("payment is due")).count()
        };
        assert_eq!((due("ada@example.org"), due("ben@example.org")), (0, 1));
        for email in ["ada@example.org", "ben@example.org"] {
            assert!(
                !app.subjects_to(email).iter().any(|subject| subject.contains("no longer held")),
                "{email}"
            );
        }
    }

    /// Nobody is told of a seat that was let go who has another one by then.
    async fn who_has_registered_again_is_not_told_of_the_seat_before(app with the course at "2026-04-01T12:00-04:00") {
        app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        app.signs_in("ben@example.org").await.registers(&app, "nurse").await;
        app.lives_until("2026-04-15T23:50-04:00").await;
        let ada = app.signs_in("ada@example.org").await;
        app.nature.move_to(at("2026-04-16T00:00-04:00"));
        ada.registers(&app, "nurse").await;
        assert_eq!(
            steward::round(&app.state).await.expect("a round"),
            0,
            "registering has written down both ends"
        );
        app.works().await;
        let let_go = |email: &str| {
            app.subjects_to(email).iter().filter(|subject| subject.contains("no longer held")).count()
        };
        assert_eq!((let_go("ada@example.org"), let_go("ben@example.org")), (0, 1));
        assert!(
            app.subjects_to("ada@example.org").last().expect("a letter").starts_with("Your seat is held")
        );
    }

    /// A hold that moves with the deadline is spoken of where it ends now.
    async fn a_reminder_follows_the_hold(app with the course at "2026-04-25T12:00-04:00") {
        let started = app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        assert_eq!(started["holdUntil"], "2026-05-07T04:00:00Z", "the deadline");
        app.works().await;
        app.imports(&SAMPLE.replace("\ndeadline = 2026-05-06", "\ndeadline = 2026-05-08"))
            .await;
        app.lives_until("2026-05-06T10:00-04:00").await;
        let due = app
            .subjects_to("ada@example.org")
            .iter()
            .filter(|subject| subject.contains("payment is due"))
            .count();
        assert_eq!(due, 1, "on May 5, three days before the eighth");
        assert!(last(&app, "ada@example.org").contains("May 8"), "{}", last(&app, "ada@example.org"));
    }

    /// A worker that was away over the moment says it late, as long as it is of use; over all of them, only
    /// that the seat is gone.
    async fn after_a_pause_what_is_still_of_use_is_said(app with the course at "2026-04-01T12:00-04:00") {
        app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        app.works().await;
        app.travels_to("2026-04-15T08:00-04:00").await;
        let due = |app: &TestApp| {
            app.subjects_to("ada@example.org")
                .iter()
                .filter(|subject| subject.contains("payment is due"))
                .count()
        };
        assert_eq!(due(&app), 1, "the later one says it all");
        app.nature.move_to(at("2026-04-18T08:00-04:00"));
        assert_eq!(steward::round(&app.state).await.expect("a round"), 1);
        app.works().await;
        assert_eq!(due(&app), 1);
        assert!(app.subjects_to("ada@example.org").last().expect("a letter").contains("no longer held"));
    }

    /// A rule that is shipped after courses were made is given to each of them once, looks forward only, and
    /// stays away where staff take it away.
    async fn a_rule_that_is_shipped_later_is_given_to_every_course_once(app with the course at "2026-04-13T12:00-04:00") {
        app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        app.works().await;
        assert_eq!(given(&app).await, 3, "the rules since the first release");
        assert_eq!(given(&app).await, 0);
        let rules = || {
            reminder_rule::Entity::find()
                .filter(reminder_rule::Column::Letter.eq(entity::letter::Letter::PaymentDue))
        };
        assert_eq!(
            rules().count(app.db()).await.expect("a number"),
            2,
            "the course had them from the beginning"
        );
        // As in a database of before: the course has no such rule, and nobody has given it.
        for slug in ["payment_due_3d", "payment_due_1d", "registration_expired"] {
            reminder_rule::Entity::delete_many()
                .filter(reminder_rule::Column::Slug.eq(slug))
                .exec(app.db())
                .await
                .expect("gone");
            shipped_rule::Entity::delete_by_id(slug.to_owned()).exec(app.db()).await.expect("gone");
        }
        let (one, other) = tokio::join!(given(&app), given(&app));
        assert_eq!(one + other, 3, "by one of two");
        let found = rules().all(app.db()).await.expect("rules");
        assert_eq!(
            found.iter().filter(|rule| rule.enabled && rule.applies_from == app.nature.now()).count(),
            2,
            "{found:?}"
        );
        let positions: std::collections::HashSet<i16> = reminder_rule::Entity::find()
            .all(app.db())
            .await
            .expect("rules")
            .iter()
            .map(|rule| rule.position)
            .collect();
        assert_eq!(positions.len(), entity::mailing::DEFAULT_RULES.len(), "each has a place of its own");
        // Who takes one away has it away.
        reminder_rule::Entity::delete_many()
            .filter(reminder_rule::Column::Slug.eq("payment_due_3d"))
            .exec(app.db())
            .await
            .expect("gone");
        assert_eq!(given(&app).await, 0);
        assert_eq!(rules().count(app.db()).await.expect("a number"), 1);
    }
}
