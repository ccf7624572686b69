//! Things that move, and a worker that was away.

use serde_json::json;

use crate::support::{SAMPLE, TestApp, stories};

async fn rules_sent(app: &TestApp) -> Vec<String> {
    ledger(app, entity::notice::Status::Sent)
        .await
        .into_iter()
        .map(|notice| notice.rule)
        .filter(|rule| rule != "sign_in_code" && rule != "registration_started")
        .collect()
}

async fn ledger(app: &TestApp, status: entity::notice::Status) -> Vec<entity::notice::Model> {
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
    entity::notice::Entity::find()
        .filter(entity::notice::Column::Status.eq(status))
        .order_by_asc(entity::notice::Column::SentAt)
        .order_by_asc(entity::notice::Column::DueAt)
        .all(app.db())
        .await
        .expect("notices")
}

/// The reference course with all its days moved by `days`.
fn moved(days: i32) -> String {
    let mut file = lectern::course_file::parse(SAMPLE).expect("the sample parses");
    lectern::catalogue::draft::move_by_days(&mut file, days);
    lectern::course_file::print(&file)
}

stories! {
    async fn a_course_that_moves_before_the_letter_is_spoken_of_at_its_new_moment_only(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.imports(&moved(14)).await;
        app.lives_until("2026-05-15T12:00-04:00").await;
        assert_eq!(
            rules_sent(&app).await,
            ["registration_confirmed", "schedule_changed"],
            "nothing at the old moments"
        );
        app.lives_until("2026-05-27T12:00-04:00").await;
        assert_eq!(
            rules_sent(&app).await,
            [
                "registration_confirmed",
                "schedule_changed",
                "course_starting_7d",
                "course_starting_1d",
                "day_starting_1h"
            ]
        );
    }

    async fn a_course_that_moves_to_another_day_after_the_letter_is_spoken_of_again(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.lives_until("2026-05-07T12:00-04:00").await;
        app.imports(&moved(7)).await;
        app.lives_until("2026-05-21T08:00-04:00").await;
        assert_eq!(
            rules_sent(&app).await,
            [
                "registration_confirmed",
                "course_starting_7d",
                "schedule_changed",
                "course_starting_7d",
                "course_starting_1d",
                "day_starting_1h"
            ]
        );
    }

    async fn a_session_that_moves_within_its_day_is_not_spoken_of_twice(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.lives_until("2026-05-13T09:05-04:00").await;
        let before = rules_sent(&app).await;
        assert_eq!(before.last().map(String::as_str), Some("day_starting_1h"));
        // The first session now begins a quarter of an hour later.
        app.imports(&SAMPLE.replacen("start = \"10:00\"", "start = \"10:15\"", 1)).await;
        app.lives_until("2026-05-13T12:00-04:00").await;
        let after: Vec<String> = before.into_iter().chain(["schedule_changed".to_owned()]).collect();
        assert_eq!(rules_sent(&app).await, after, "the change is told, the reminder is not repeated");
    }

    async fn a_worker_that_was_away_sends_what_is_still_useful_and_records_what_is_not(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.travels_to("2026-05-06T08:00-04:00").await;
        // Away from May 6 to May 14, 9:30: «in a week» and «tomorrow» are pointless, so is the first day; the
        // second day has not begun.
        app.travels_to("2026-05-14T09:30-04:00").await;
        assert_eq!(rules_sent(&app).await, ["registration_confirmed", "day_starting_1h"]);
        let mut lapsed: Vec<(String, String, Option<entity::mailing::NotSentReason>)> =
            ledger(&app, entity::notice::Status::Lapsed)
                .await
                .into_iter()
                .filter(|notice| notice.rule != "registration_started")
                .map(|notice| (notice.rule, notice.occurrence, notice.reason))
                .collect();
        lapsed.sort_by(|one, other| (&one.0, &one.1).cmp(&(&other.0, &other.1)));
        let pointless = Some(entity::mailing::NotSentReason::Pointless);
        assert_eq!(
            lapsed,
            [
                ("course_starting_1d".to_owned(), "2026-05-13".to_owned(), pointless),
                ("course_starting_7d".to_owned(), "2026-05-13".to_owned(), pointless),
                ("day_starting_1h".to_owned(), "2026-05-13".to_owned(), pointless),
            ]
        );
    }

    async fn two_reminders_that_fell_due_while_the_worker_was_away_become_one(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.travels_to("2026-05-12T18:00-04:00").await;
        assert_eq!(rules_sent(&app).await, ["registration_confirmed", "course_starting_1d"]);
    }

    async fn a_letter_in_the_queue_is_judged_again_just_before_it_is_sent(app with the course at "2026-04-20T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let registration = ada.takes_part(&app, "nurse").await;
        app.lives_until("2026-05-06T08:59-04:00").await;
        let ada = crate::support::Person { token: app.signs_in("ada@example.org").await.token, ..ada };
        app.nature.move_to(crate::support::time::at("2026-05-06T09:00-04:00"));
        let nature: entity::nature::SharedNature = app.nature.clone();
        worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
        ada.cancels(&app, &registration).await;
        app.delivers().await;
        assert_eq!(rules_sent(&app).await, ["registration_confirmed"]);
        let lapsed = ledger(&app, entity::notice::Status::Lapsed).await;
        let reasons: Vec<_> = lapsed
            .iter()
            .filter(|notice| notice.rule == "course_starting_7d")
            .map(|notice| notice.reason)
            .collect();
        assert_eq!(reasons, [Some(entity::mailing::NotSentReason::Cancelled)]);
    }

    async fn what_is_to_come_can_be_read_before_it_comes(app with the course at "2026-05-05T15:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let registration = ada.takes_part(&app, "nurse").await;
        let query =
            "query($code: String!) { registration(code: $code) { upcomingLetters { letter dueAt reason } } }";
        let data = ada.asks(&app, query, json!({ "code": registration["code"] })).await;
        let upcoming: Vec<(String, String)> = data["registration"]["upcomingLetters"]
            .as_array()
            .expect("letters")
            .iter()
            .filter(|letter| letter["reason"].is_null())
            .map(|letter| {
                (
                    letter["letter"].as_str().expect("a letter").to_owned(),
                    letter["dueAt"].as_str().expect("a moment").to_owned(),
                )
            })
            .collect();
        let expected = [
            ("COURSE_STARTING", "2026-05-06T13:00:00Z"),
            ("COURSE_STARTING", "2026-05-12T13:00:00Z"),
            ("DAY_STARTING", "2026-05-13T13:00:00Z"),
            ("DAY_STARTING", "2026-05-14T13:00:00Z"),
            ("DAY_STARTING", "2026-05-15T13:00:00Z"),
            ("EVALUATION_OPEN", "2026-05-15T21:30:00Z"),
            ("EVALUATION_CLOSING", "2026-06-07T13:00:00Z"),
            ("EVALUATION_CLOSING", "2026-06-13T13:00:00Z"),
        ];
        assert_eq!(upcoming, expected.map(|(letter, at)| (letter.to_owned(), at.to_owned())));
    }

    async fn staff_read_the_plan_before_and_the_record_after_and_nobody_else_does(app with the course at "2026-05-05T15:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        ada.takes_part(&app, "nurse").await;
        let query = "{ course(slug: \"core-practice-of-palliative-care\") { plan(learnerKind: CONFIRMED) { rule dueAt audience reason }
            notices(filter: { state: [SENT] }) { totalCount nodes { rule state } } } }";
        let hidden = ada.asks(&app, query, json!({})).await;
        assert_eq!(hidden["course"], json!({ "plan": null, "notices": null }));
        let staff = app.staff("staff@example.org").await;
        let seen = staff.asks(&app, query, json!({})).await;
        let planned = seen["course"]["plan"].as_array().expect("a plan").clone();
        let owed: Vec<&str> = planned
            .iter()
            .filter(|letter| letter["reason"].is_null())
            .filter_map(|letter| letter["rule"].as_str())
            .collect();
        assert_eq!(
            owed,
            [
                "course_starting_7d",
                "course_starting_1d",
                "day_starting_1h",
                "day_starting_1h",
                "day_starting_1h",
                "evaluation_open_1h",
                "evaluation_closing_7d",
                "evaluation_closing_1d"
            ]
        );
        assert!(planned.iter().all(|letter| letter["audience"] == 1));
        assert!(
            planned.iter().any(|letter| letter["reason"] == "RULE_OFF"),
            "the switched-off rule says why it is silent"
        );
        assert_eq!(seen["course"]["notices"]["totalCount"], 2);
        assert_eq!(seen["course"]["notices"]["nodes"].as_array().map(Vec::len), Some(2));
        app.lives_until("2026-05-06T10:00-04:00").await;
        let after = staff.asks(&app, query, json!({})).await;
        assert_eq!(
            after["course"]["notices"]["nodes"][0],
            json!({ "rule": "course_starting_7d", "state": "SENT" })
        );
    }
}
