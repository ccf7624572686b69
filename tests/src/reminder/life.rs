//! The letters of a learner's life, as the mailing plan calls for them.

use serde_json::json;

use crate::support::{TestApp, stories};

/// The moments and rules of what was sent to an address, in the course's zone. Of one moment, on a clock that
/// stands, the names of the rules give the order; so they do in [`told`].
async fn said(app: &TestApp, email: &str) -> Vec<(String, String)> {
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
    let learner = entity::learner::Entity::find()
        .filter(entity::learner::Column::EmailKey.eq(email))
        .one(app.db())
        .await
        .expect("a learner")
        .expect("a learner");
    let notices = entity::notice::Entity::find()
        .filter(entity::notice::Column::Recipient.eq(learner.id.to_string()))
        .filter(entity::notice::Column::Status.eq(entity::notice::Status::Sent))
        .order_by_asc(entity::notice::Column::SentAt)
        .order_by_asc(entity::notice::Column::Rule)
        .all(app.db())
        .await
        .expect("notices");
    let zone = "America/New_York".parse().expect("a zone");
    notices
        .into_iter()
        .map(|notice| {
            (notice.sent_at.expect("sent").in_zone(&zone).strftime("%Y-%m-%d %H:%M").to_string(), notice.rule)
        })
        .collect()
}

fn told(list: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut told: Vec<(String, String)> =
        list.iter().map(|(at, rule)| ((*at).to_owned(), (*rule).to_owned())).collect();
    told.sort();
    told
}

stories! {
    /// The whole life of somebody who registers early, pays, takes part, and evaluates on the last day but
    /// one.
    async fn one_who_takes_part_and_evaluates_late(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let registration = ada.takes_part(&app, "nurse").await;
        app.lives_until("2026-06-13T12:00-04:00").await;
        let ada = app.signs_in("ada@example.org").await;
        let evaluation = json!({ "registrationId": registration["id"], "biasPerceived": false, "sessionRatings": [],
            "objectiveRatings": app.objective_ratings(&ada, &registration).await });
        let evaluated = ada.does(&app, "submitEvaluation", evaluation, "").await;
        assert!(evaluated.is_null(), "{evaluated}");
        app.lives_until("2026-07-01T12:00-04:00").await;
        assert_eq!(
            said(&app, "ada@example.org").await,
            told(&[
                ("2026-04-01 12:00", "registration_started"),
                ("2026-04-01 12:00", "registration_confirmed"),
                ("2026-05-06 09:00", "course_starting_7d"),
                ("2026-05-12 09:00", "course_starting_1d"),
                ("2026-05-13 09:00", "day_starting_1h"),
                ("2026-05-14 09:00", "day_starting_1h"),
                ("2026-05-15 09:00", "day_starting_1h"),
                ("2026-05-15 17:30", "evaluation_open_1h"),
                ("2026-06-07 09:00", "evaluation_closing_7d"),
                ("2026-06-13 09:00", "evaluation_closing_1d"),
            ])
        );
    }

    /// Somebody who starts and never pays hears of the deadline and of the payment while the seat is held,
    /// and of its end. Where the last day of the hold is that of registration, one letter says both.
    async fn one_who_never_pays(app with the course at "2026-04-25T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let started = ada.registers(&app, "physician").await;
        assert_eq!(
            started["holdUntil"], "2026-05-07T04:00:00Z",
            "fourteen days, but not beyond the deadline"
        );
        app.lives_until("2026-05-20T12:00-04:00").await;
        assert_eq!(
            said(&app, "ada@example.org").await,
            told(&[
                ("2026-04-25 12:00", "registration_started"),
                ("2026-04-29 09:00", "registration_closing_7d"),
                ("2026-05-03 09:00", "payment_due_3d"),
                ("2026-05-05 09:00", "registration_closing_1d"),
                ("2026-05-07 00:00", "registration_expired"),
            ])
        );
    }

    /// Nothing is said in a burst to somebody who comes late: the confirmation says it.
    async fn one_who_comes_late(app with the course at "2026-05-05T15:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        ada.takes_part(&app, "social_worker").await;
        app.lives_until("2026-05-13T12:00-04:00").await;
        assert_eq!(
            said(&app, "ada@example.org").await,
            told(&[
                ("2026-05-05 15:00", "registration_started"),
                ("2026-05-05 15:00", "registration_confirmed"),
                ("2026-05-06 09:00", "course_starting_7d"),
                ("2026-05-12 09:00", "course_starting_1d"),
                ("2026-05-13 09:00", "day_starting_1h"),
            ])
        );
    }

    /// After a cancellation nothing is said but the cancellation.
    async fn one_who_cancels(app with the course at "2026-04-20T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let registration = ada.takes_part(&app, "psychologist").await;
        app.lives_until("2026-05-07T10:00-04:00").await;
        let ada = app.signs_in("ada@example.org").await;
        assert_eq!(ada.cancels(&app, &registration).await["status"], "CANCELLED");
        app.lives_until("2026-06-20T12:00-04:00").await;
        assert_eq!(
            said(&app, "ada@example.org").await,
            told(&[
                ("2026-04-20 12:00", "registration_started"),
                ("2026-04-20 12:00", "registration_confirmed"),
                ("2026-05-06 09:00", "course_starting_7d"),
                ("2026-05-07 10:00", "registration_cancelled"),
            ])
        );
        let last = app.letters_to("ada@example.org").pop().expect("a letter");
        assert!(last.calendar.expect("the days are taken off the calendar").contains("STATUS:CANCELLED"));
    }

    /// Who evaluates at once is not reminded.
    async fn one_who_evaluates_at_once(app with the course at "2026-04-20T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let registration = ada.takes_part(&app, "resident_fellow").await;
        app.lives_until("2026-05-15T16:45-04:00").await;
        let ada = app.signs_in("ada@example.org").await;
        let evaluation = json!({ "registrationId": registration["id"], "biasPerceived": true, "biasComment": "One slide named a brand.", "sessionRatings": [],
            "objectiveRatings": app.objective_ratings(&ada, &registration).await });
        let evaluated = ada.does(&app, "submitEvaluation", evaluation, "").await;
        assert!(evaluated.is_null(), "{evaluated}");
        let before = app.letters().len();
        app.lives_until("2026-06-20T12:00-04:00").await;
        assert_eq!(app.letters().len(), before, "{:?}", app.subjects_to("ada@example.org"));
    }

    /// The early price has letters of its own, once it has a date.
    async fn one_at_the_early_price(app at "2026-03-28T12:00-04:00") {
        app.imports(
            &crate::support::SAMPLE.replace("\ndeadline =", "\nearly_deadline = 2026-04-10\ndeadline ="),
        )
        .await;
        let ada = app.signs_in("ada@example.org").await;
        let started = ada.registers(&app, "nurse").await;
        assert_eq!(started["quote"]["total"]["amount"], "1805.50");
        assert_eq!(
            started["quote"]["validUntil"], "2026-04-11T04:00:00Z",
            "until the end of the early deadline"
        );
        app.lives_until("2026-04-10T20:00-04:00").await;
        assert_eq!(
            said(&app, "ada@example.org").await,
            told(&[
                ("2026-03-28 12:00", "registration_started"),
                ("2026-04-03 09:00", "early_fee_ending_7d"),
                ("2026-04-08 09:00", "payment_due_3d"),
                ("2026-04-09 09:00", "early_fee_ending_1d"),
                ("2026-04-10 09:00", "payment_due_1d"),
            ])
        );
    }
}
