//! Money: what is recorded, what it is measured by, and how long a seat waits for it.

use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::registration::{crowd, with_seats};
use crate::support::person::REGISTRATION;
use crate::support::{SAMPLE, stories};

stories! {
    /// What counts is when money was received, not when it was written down.
    async fn money_is_measured_by_when_it_was_received(app at "2026-04-08T12:00-04:00") {
        app.imports(&SAMPLE.replace("\ndeadline =", "\nearly_deadline = 2026-04-10\ndeadline =")).await;
        let started = app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        let staff = app.staff("staff@example.org").await;
        app.travels_to("2026-04-15T12:00-04:00").await;
        let pay = |received: &str| json!({ "registrationId": started["id"], "amount": "1805.50", "method": "CHECK", "receivedAt": received });
        let late = staff.does(&app, "recordPayment", pay("2026-04-11T00:00:00-04:00"), REGISTRATION).await;
        assert_eq!(late["status"], "STARTED", "the early price had ended");
        let second = json!({ "registrationId": started["id"], "amount": "199.50", "method": "CHECK" });
        assert_eq!(staff.does(&app, "recordPayment", second, REGISTRATION).await["status"], "CONFIRMED");
    }

    async fn a_check_that_came_in_time_is_in_time_however_late_it_is_entered(app at "2026-04-08T12:00-04:00") {
        app.imports(&SAMPLE.replace("\ndeadline =", "\nearly_deadline = 2026-04-10\ndeadline =")).await;
        let started = app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        let staff = app.staff("staff@example.org").await;
        app.travels_to("2026-04-15T12:00-04:00").await;
        let check = json!({
            "registrationId": started["id"], "amount": "1805.50", "method": "CHECK", "receivedAt": "2026-04-10T23:59:59-04:00",
        });
        assert_eq!(staff.does(&app, "recordPayment", check, REGISTRATION).await["status"], "CONFIRMED");
    }

    /// The early price is paid by what came while it held, whatever was written down first.
    async fn money_that_came_later_and_was_entered_first_takes_no_early_price(app at "2026-04-08T12:00-04:00") {
        app.imports(&SAMPLE.replace("\ndeadline =", "\nearly_deadline = 2026-04-10\ndeadline =")).await;
        let started = app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        let staff = app.staff("staff@example.org").await;
        app.travels_to("2026-04-15T12:00-04:00").await;
        let pay = |amount: &str, received: Value| {
            let mut input = json!({ "registrationId": started["id"], "amount": amount, "method": "CHECK" });
            input["receivedAt"] = received;
            input
        };
        let selection = "registration { status quote { basis total { amount } } paid { amount } }";
        let now = staff.does(&app, "recordPayment", pay("10.00", Value::Null), selection).await;
        assert_eq!(
            (&now["status"], &now["quote"]["total"]["amount"]),
            (&json!("STARTED"), &json!("2005.00")),
            "{now}"
        );
        let much = pay("1805.51", json!("2026-04-09T12:00:00-04:00"));
        assert_eq!(staff.does(&app, "recordPayment", much, selection).await["code"], "PAYMENT_TOO_LARGE");
        let check = pay("1805.50", json!("2026-04-09T12:00:00-04:00"));
        let paid = staff.does(&app, "recordPayment", check, selection).await;
        let quote = json!({ "basis": "EARLY", "total": { "amount": "1805.50" } });
        let wanted = json!({ "status": "CONFIRMED", "quote": quote, "paid": { "amount": "1815.50" } });
        assert_eq!(paid, wanted);
        app.is_sound().await;
    }

    /// Money that came is on record, seated or not: nobody is told that the course is full and left without a
    /// trace of what was paid.
    async fn money_without_a_seat_is_on_record(app at "2026-04-01T12:00-04:00") {
        app.imports(&with_seats(1)).await;
        let people = crowd(&app, 2).await;
        let first = people[0].registers(&app, "nurse").await;
        app.travels_to("2026-04-16T12:00-04:00").await;
        let second = app.signs_in("person1@example.org").await.registers(&app, "nurse").await;
        assert_eq!(second["status"], "STARTED", "the first one's hold has ended");
        let staff = app.staff("staff@example.org").await;
        let pay = |amount: &str| json!({ "registrationId": first["id"], "amount": amount, "method": "CHECK", "receivedAt": "2026-04-14T12:00:00-04:00" });
        // In time and in full, and the seat is another's now.
        let selection = "registration { status paid { amount } }";
        let paid = staff.does(&app, "recordPayment", pay("2005.00"), selection).await;
        assert_eq!(paid, json!({ "status": "EXPIRED", "paid": { "amount": "2005.00" } }));
        app.is_sound().await;
        // The seat comes free again; a last cent would be too much, and nothing more is due.
        let refused = staff.does(&app, "recordPayment", pay("0.01"), selection).await;
        assert_eq!(refused["code"], "PAYMENT_TOO_LARGE");
    }

    /// Money that came twice, too much of it, or for what was canceled, is on record where staff mean it; a
    /// slip of the hand is refused.
    async fn money_beyond_what_is_due_is_on_record_where_it_is_meant(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let started = ada.registers(&app, "nurse").await;
        let staff = app.staff("staff@example.org").await;
        let selection = "registration { status paid { amount } due { amount } }";
        let pay = async |amount: &str, beyond: bool| {
            let input = json!({ "registrationId": started["id"], "amount": amount, "method": "CHECK", "beyondDue": beyond });
            staff.does(&app, "recordPayment", input, selection).await
        };
        assert_eq!(pay("2010.00", false).await["code"], "PAYMENT_TOO_LARGE");
        let paid = pay("2010.00", true).await;
        assert_eq!(
            (&paid["status"], &paid["paid"]["amount"]),
            (&json!("CONFIRMED"), &json!("2010.00")),
            "{paid}"
        );
        assert_eq!(pay("2005.00", false).await["code"], "ALREADY_PAID");
        let twice = pay("2005.00", true).await;
        assert_eq!(
            (&twice["status"], &twice["paid"]["amount"]),
            (&json!("CONFIRMED"), &json!("4015.00")),
            "{twice}"
        );
        ada.cancels(&app, &started).await;
        assert_eq!(pay("1.00", false).await["code"], "REGISTRATION_NOT_LIVE");
        let late = pay("1.00", true).await;
        assert_eq!(
            (&late["status"], &late["paid"]["amount"]),
            (&json!("CANCELLED"), &json!("4016.00")),
            "{late}"
        );
        app.is_sound().await;
    }

    /// Who was told until when a seat is held loses it neither by fewer days to pay nor in the moment in
    /// which a deadline is pulled in, and is told of the new end.
    async fn nobody_loses_a_seat_in_the_moment_of_an_edit(app with the course at "2026-04-02T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let started = ada.registers(&app, "nurse").await;
        assert_eq!(started["holdUntil"], "2026-04-17T04:00:00Z");
        let staff = app.staff("staff@example.org").await;
        let held = async || {
            let data = ada
                .asks(&app, "{ viewer { registrations { nodes { status holdUntil } } } }", json!({}))
                .await;
            data["viewer"]["registrations"]["nodes"][0].clone()
        };
        let edits = async |change: Value| {
            let query = "{ course(slug: \"core-practice-of-palliative-care\") { id version } }";
            let course = staff.asks(&app, query, json!({})).await["course"].clone();
            let mut input = json!({ "courseId": course["id"], "version": course["version"] });
            input.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
            let done = staff.does(&app, "updateCourse", input, "course { version }").await;
            assert!(done["version"].is_i64(), "{done}");
        };
        edits(json!({ "paymentDays": 1 })).await;
        assert_eq!(
            held().await["holdUntil"],
            "2026-04-17T04:00:00Z",
            "fewer days are for those who come later"
        );
        app.works().await;
        let before = app.subjects_to("ada@example.org").len();
        edits(json!({ "registrationDeadline": "2026-04-01" })).await;
        let cut = held().await;
        assert_eq!(
            (&cut["status"], &cut["holdUntil"]),
            (&json!("STARTED"), &json!("2026-04-03T16:00:00Z")),
            "a day from now"
        );
        app.works().await;
        let told = app.subjects_to("ada@example.org");
        assert_eq!(told.len(), before + 1, "{told:?}");
        let letter = app.letters_to("ada@example.org").pop().expect("a letter");
        assert!(letter.text.contains("April 3"), "{}", letter.text);
    }

    /// What is paid for a course that will not take place breaks nothing, and no payment is larger than money can be.
    async fn money_for_what_will_not_take_place_is_on_record(app with the course at "2026-04-01T12:00-04:00") {
        let started = app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        let staff = app.staff("staff@example.org").await;
        let query = "{ course(slug: \"core-practice-of-palliative-care\") { id version } }";
        let course = staff.asks(&app, query, json!({})).await["course"].clone();
        let cancel = json!({ "courseId": course["id"], "version": course["version"] });
        staff.does(&app, "cancelCourse", cancel, "course { status }").await;
        let pay = async |amount: &str, beyond: bool| {
            let input = json!({ "registrationId": started["id"], "amount": amount, "method": "CHECK", "beyondDue": beyond });
            staff.does(&app, "recordPayment", input, "registration { status paid { amount } }").await
        };
        assert_eq!(pay("2005.00", false).await["code"], "COURSE_CANCELLED");
        assert_eq!(pay("2005.00", true).await["paid"]["amount"], "2005.00");
        let no = pay("80000000000000000.00", true).await;
        assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &json!(["amount"])), "{no}");
        app.is_sound().await;
    }

    /// Money for a seat that was let go is on record though its learner has registered anew.
    async fn money_for_the_registration_before_is_on_record(app with the course at "2026-04-01T12:00-04:00") {
        let before = app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        app.travels_to("2026-04-16T12:00-04:00").await;
        let anew = app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        assert_ne!(before["id"], anew["id"]);
        let staff = app.staff("staff@example.org").await;
        let late = json!({ "registrationId": before["id"], "amount": "2005.00", "method": "CHECK" });
        let paid = staff.does(&app, "recordPayment", late, "registration { status paid { amount } }").await;
        assert_eq!(paid, json!({ "status": "EXPIRED", "paid": { "amount": "2005.00" } }));
        app.is_sound().await;
    }

    /// Nobody takes part in what is over, whatever is paid for it then: it is on record, and owed back.
    async fn money_that_comes_after_the_course_confirms_nobody(app with the course at "2026-05-01T12:00-04:00") {
        let started = app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        app.travels_to("2026-05-15T16:30-04:00").await;
        let staff = app.staff("staff@example.org").await;
        let pay = |received: &str| json!({ "registrationId": started["id"], "amount": "1000.00", "method": "CHECK", "receivedAt": received });
        let late = staff
            .does(
                &app,
                "recordPayment",
                pay("2026-05-15T16:30:00-04:00"),
                "registration { status paid { amount } }",
            )
            .await;
        assert_eq!(late, json!({ "status": "EXPIRED", "paid": { "amount": "1000.00" } }));
        let rest = json!({ "registrationId": started["id"], "amount": "1005.00", "method": "CHECK" });
        assert_eq!(
            staff.does(&app, "recordPayment", rest, "registration { status }").await["status"],
            "EXPIRED"
        );
        app.lives_until("2026-05-20T12:00-04:00").await;
        assert_eq!(
            app.subjects_to("ada@example.org").iter().filter(|subject| subject.contains("valuat")).count(),
            0
        );
    }

    /// A hold ends with the dates that it came from, wherever they are moved to.
    async fn a_hold_follows_the_dates_that_it_came_from(app with the course at "2026-05-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        ada.registers(&app, "nurse").await;
        let held = async || {
            let data = ada
                .asks(
                    &app,
                    "{ viewer { registrations { nodes { status holdUntil quote { validUntil } } } } }",
                    json!({}),
                )
                .await;
            data["viewer"]["registrations"]["nodes"][0].clone()
        };
        let before = held().await;
        assert_eq!(
            (&before["holdUntil"], &before["quote"]["validUntil"]),
            (&json!("2026-05-07T04:00:00Z"), &json!("2026-05-07T04:00:00Z"))
        );
        let sooner = SAMPLE.replace("deadline = 2026-05-06", "deadline = 2026-05-04");
        assert_ne!(sooner, SAMPLE);
        app.imports(&sooner).await;
        let moved = held().await;
        assert_eq!(
            (&moved["holdUntil"], &moved["quote"]["validUntil"]),
            (&json!("2026-05-05T04:00:00Z"), &json!("2026-05-05T04:00:00Z"))
        );
        app.imports(&SAMPLE.replace("deadline = 2026-05-06", "deadline = 2026-05-10")).await;
        assert_eq!(held().await["holdUntil"], "2026-05-11T04:00:00Z");
    }

    async fn staff_record_payments_and_nobody_else_can(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let started = ada.registers(&app, "nurse").await;
        let pay = |amount: &str| json!({ "registrationId": started["id"], "amount": amount, "method": "BANK_TRANSFER" });
        assert_eq!(
            ada.does(&app, "recordPayment", pay("2005.00"), REGISTRATION).await["code"],
            "NOT_FOUND",
            "what is not yours does not exist"
        );
        let staff = app.staff("staff@example.org").await;
        assert_eq!(
            staff.does(&app, "recordPayment", pay("2005.01"), REGISTRATION).await["code"],
            "PAYMENT_TOO_LARGE"
        );
        assert_eq!(staff.does(&app, "recordPayment", pay("0"), REGISTRATION).await["code"], "INVALID_INPUT");
        assert_eq!(
            staff.does(&app, "recordPayment", pay("1000.00"), REGISTRATION).await["status"],
            "STARTED",
            "a part"
        );
        assert_eq!(
            staff.does(&app, "recordPayment", pay("1005.00"), REGISTRATION).await["status"],
            "CONFIRMED"
        );
        assert_eq!(
            staff.does(&app, "recordPayment", pay("1.00"), REGISTRATION).await["code"],
            "ALREADY_PAID"
        );
        app.works().await;
        let letter = app.letters_to("ada@example.org").pop().expect("a letter");
        assert!(letter.subject.starts_with("You are registered"), "{}", letter.subject);
        let calendar = letter.calendar.expect("a calendar");
        assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 3);
        assert!(
            calendar.contains("DTSTART:20260513T140000Z") && calendar.contains("METHOD:PUBLISH"),
            "{calendar}"
        );
    }

    /// A key is no right to see: who has lost the role hears of nothing, whatever the same request once
    /// answered.
    async fn a_payment_is_told_again_to_who_may_still_see_it(app with the course at "2026-04-01T12:00-04:00") {
        let started = app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        let staff = app.staff("staff@example.org").await;
        let input = json!({ "registrationId": started["id"], "amount": "2005.00", "method": "CASH", "idempotencyKey": "once" });
        for _ in 0..2 {
            assert_eq!(
                staff.does(&app, "recordPayment", input.clone(), "registration { status }").await["status"],
                "CONFIRMED"
            );
        }
        entity::staff_role::Entity::delete_many().exec(app.db()).await.expect("the role is taken away");
        assert_eq!(
            staff.does(&app, "recordPayment", input, "registration { status }").await["code"],
            "NOT_FOUND"
        );
    }

    async fn an_early_quote_ends_with_the_early_deadline_and_is_priced_anew(app at "2026-04-08T12:00-04:00") {
        app.imports(&SAMPLE.replace("\ndeadline =", "\nearly_deadline = 2026-04-10\ndeadline =")).await;
        let ada = app.signs_in("ada@example.org").await;
        let early = ada.registers(&app, "nurse").await;
        assert_eq!(early["quote"]["total"]["amount"], "1805.50");
        app.travels_to("2026-04-11T00:00-04:00").await;
        let ada = app.signs_in("ada@example.org").await;
        let query = "query($code: String!) { registration(code: $code) { status quote { total { amount } validUntil } } }";
        let data = ada.asks(&app, query, json!({ "code": early["code"] })).await;
        assert_eq!(
            data["registration"],
            json!({ "status": "STARTED", "quote": { "total": { "amount": "2005.00" }, "validUntil": "2026-04-23T04:00:00Z" } })
        );
        let staff = app.staff("staff@example.org").await;
        let pay =
            |amount: &str| json!({ "registrationId": early["id"], "amount": amount, "method": "CHECK" });
        assert_eq!(
            staff.does(&app, "recordPayment", pay("1805.50"), REGISTRATION).await["status"],
            "STARTED",
            "no longer enough"
        );
        assert_eq!(
            staff.does(&app, "recordPayment", pay("199.50"), REGISTRATION).await["status"],
            "CONFIRMED"
        );
    }
}
