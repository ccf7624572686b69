//! What moves, who is told, and what cannot go any more.

use entity::nature::SharedNature;
use entity::{notice, schedule_change};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::{SESSION, talk, with};
use crate::staff::office::{does, refused, session, the_course, variant};
use crate::support::time::at;
use crate::support::{SAMPLE_SLUG, TestApp, stories};

/// The reference course with all its days moved by `days`.
fn moved(days: i32) -> String {
    variant(SAMPLE_SLUG, |file| lectern::catalogue::draft::move_by_days(file, days))
}

async fn changes(app: &TestApp) -> Vec<schedule_change::Model> {
    schedule_change::Entity::find()
        .order_by_asc(schedule_change::Column::At)
        .all(app.db())
        .await
        .expect("rows")
}

/// To whom the ledger tells a change of schedule, once the worker has looked.
async fn told(app: &TestApp) -> Vec<String> {
    let nature: SharedNature = app.nature.clone();
    worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
    let letter = entity::mailing::Letter::ScheduleChanged;
    let rows = notice::Entity::find()
        .filter(notice::Column::Letter.eq(letter))
        .order_by_asc(notice::Column::Recipient)
        .all(app.db())
        .await;
    rows.expect("rows").into_iter().map(|row| row.recipient).collect()
}

stories! {
    async fn a_moved_session_is_told_to_those_of_its_track_alone(app with the course at "2026-04-20T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let course = the_course(&app, &staff).await;
        let adult = app.signs_in("adult@example.org").await;
        adult.takes_part(&app, "nurse").await;
        let mut pediatric = Vec::new();
        for (email, pays) in [("pediatric@example.org", true), ("undecided@example.org", false)] {
            let person = app.signs_in(email).await;
            let input = json!({ "courseId": course["id"], "trackId": course["tracks"][1]["id"], "professionCode": "nurse" });
            let started = person.registers_for(&app, input).await;
            if pays {
                pediatric.push(staff.records_payment(&app, &started).await);
            }
        }
        let of_the_track = ["pediatric@example.org", "undecided@example.org"];
        let learners = entity::learner::Entity::find()
            .filter(entity::learner::Column::Email.is_in(of_the_track))
            .all(app.db())
            .await;
        let mut learners: Vec<String> =
            learners.expect("rows").into_iter().map(|row| row.id.to_string()).collect();
        learners.sort();

        app.nature.move_to(at("2026-04-21T12:00-04:00"));
        let added = does(
            &app,
            &staff,
            "addSession",
            with(&talk(&course), json!({ "trackIds": [course["tracks"][1]["id"]] })),
            SESSION,
        )
        .await;
        app.nature.move_to(at("2026-04-21T12:05-04:00"));
        let later =
            json!({ "sessionId": added["id"], "version": 2, "startTime": "17:10", "endTime": "17:55" });
        does(&app, &staff, "updateSession", later, SESSION).await;
        let words = json!({ "sessionId": added["id"], "version": 3, "title": "Grief" });
        does(&app, &staff, "updateSession", words, SESSION).await;
        let facts = changes(&app).await;
        assert_eq!(facts.len(), 2, "a new name is no change of time: {facts:?}");
        assert_eq!(
            (facts[0].old_starts_at, facts[0].new_starts_at),
            (None, Some(at("2026-05-14T17:00-04:00")))
        );
        assert_eq!(
            (facts[1].old_starts_at, facts[1].new_starts_at),
            (Some(at("2026-05-14T17:00-04:00")), Some(at("2026-05-14T17:10-04:00")))
        );
        assert!(facts.iter().all(|fact| fact.track_ids.0.len() == 1));
        assert_eq!(told(&app).await, Vec::<String>::new(), "changes are gathered for ten minutes");
        app.nature.move_to(at("2026-04-21T12:10-04:00"));
        assert_eq!(told(&app).await, learners, "whose seat is held is told, too");
    }

    async fn a_draft_moves_in_silence(app at "2026-04-20T12:00-04:00") {
        app.imports(&variant(SAMPLE_SLUG, |file| file.course.status = entity::course::Status::Draft)).await;
        let staff = app.staff("office@example.org").await;
        let course = the_course(&app, &staff).await;
        does(&app, &staff, "addSession", talk(&course), SESSION).await;
        assert_eq!(changes(&app).await, []);
    }

    async fn wall_times_hold_across_a_change_of_clocks(app at "2026-02-01T12:00-05:00") {
        app.imports(&moved(-67)).await;
        let staff = app.staff("office@example.org").await;
        let course = the_course(&app, &staff).await;
        assert_eq!(
            (&session(&course, "d1-welcome")["startsAt"], &session(&course, "d2-welcome")["startsAt"]),
            (&json!("2026-03-07T15:00:00Z"), &json!("2026-03-08T14:00:00Z"))
        );
        let base = json!({ "sessionId": session(&course, "d1-frame")["id"], "version": course["version"] });
        let dragged =
            does(&app, &staff, "updateSession", with(&base, json!({ "date": "2026-03-08" })), SESSION).await;
        assert_eq!(
            (&dragged["startTime"], &dragged["startsAt"]),
            (&json!("10:30"), &json!("2026-03-08T14:30:00Z"))
        );
        let night = |start: &str, end: &str| {
            with(
                &talk(&course),
                json!({ "version": 2, "date": "2026-03-08", "startTime": start, "endTime": end }),
            )
        };
        for (input, path) in [(night("02:30", "03:30"), "startTime"), (night("01:30", "02:30"), "endTime")] {
            let no = refused(&app, &staff, "addSession", input).await;
            assert_eq!(no["path"], json!([path]));
            assert!(
                no["message"]
                    .as_str()
                    .is_some_and(|message| message.contains("There is no 02:30 on 2026-03-08")),
                "{no}"
            );
        }
        let short = does(&app, &staff, "addSession", night("01:30", "03:30"), SESSION).await;
        assert_eq!(
            (&short["startsAt"], &short["endsAt"]),
            (&json!("2026-03-08T06:30:00Z"), &json!("2026-03-08T07:30:00Z")),
            "two hours on the clock, one to sit"
        );
        let over = with(
            &talk(&course),
            json!({ "version": 3, "date": "2026-03-07", "startTime": "23:00", "endTime": "01:00", "endsOn": "2026-03-08" }),
        );
        let over = does(&app, &staff, "addSession", over, SESSION).await;
        let next = json!({ "sessionId": over["id"], "version": 4, "date": "2026-03-08" });
        let next = does(&app, &staff, "updateSession", next, SESSION).await;
        assert_eq!(
            (&next["startsAt"], &next["endsAt"]),
            (&json!("2026-03-09T03:00:00Z"), &json!("2026-03-09T05:00:00Z")),
            "it still goes over midnight"
        );
    }

    async fn what_learners_have_rated_and_the_last_session_stay(app with the course at "2026-05-01T12:00-04:00") {
        let registration = app.signs_in("nurse@example.org").await.takes_part(&app, "nurse").await;
        app.travels_to("2026-05-15T17:00-04:00").await;
        let nurse = app.signs_in("nurse@example.org").await;
        let staff = app.staff("office@example.org").await;
        let course = the_course(&app, &staff).await;
        let ratings = app.objective_ratings(&nurse, &registration).await;
        let input = json!({ "registrationId": registration["id"], "objectiveRatings": ratings, "biasPerceived": false,
            "sessionRatings": [{ "sessionId": session(&course, "d1-frame")["id"], "rating": 4, "speakers": [] }] });
        does(&app, &nurse, "submitEvaluation", input, "").await;
        let rated = json!({ "sessionId": session(&course, "d1-frame")["id"], "version": course["version"] });
        let no = refused(&app, &staff, "removeSession", rated).await;
        assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &json!(["sessionId"])));
        assert!(no["message"].as_str().is_some_and(|message| message.contains("d1-frame")), "{no}");
        let unrated =
            json!({ "sessionId": session(&course, "d1-lunch")["id"], "version": course["version"] });
        let left = does(
            &app,
            &staff,
            "removeSession",
            unrated,
            "course { sessions(first: 100) { nodes { slug } } } removedSessionId",
        )
        .await;
        assert_eq!(left["course"]["sessions"]["nodes"].as_array().map(Vec::len), Some(29));
        assert_eq!(left["removedSessionId"], session(&course, "d1-lunch")["id"]);
    }

    async fn a_published_course_keeps_a_session_and_a_cancelled_one_stays_as_it_is(app at "2026-04-01T12:00-04:00") {
        app.imports(&variant(SAMPLE_SLUG, |file| {
            file.days.truncate(1);
            file.days[0].sessions.truncate(1);
        }))
        .await;
        let staff = app.staff("office@example.org").await;
        let course = the_course(&app, &staff).await;
        let last = json!({ "sessionId": session(&course, "d1-welcome")["id"], "version": course["version"] });
        let no: Value = refused(&app, &staff, "removeSession", last.clone()).await;
        assert_eq!((&no["path"], &no["code"]), (&json!(["sessionId"]), &json!("INVALID_INPUT")));
        does(
            &app,
            &staff,
            "cancelCourse",
            json!({ "courseId": course["id"], "version": course["version"], "note": "Snow." }),
            "",
        )
        .await;
        let version = the_course(&app, &staff).await["version"].clone();
        for (name, input) in [
            ("removeSession", with(&last, json!({ "version": version }))),
            ("addSession", with(&talk(&course), json!({ "version": version }))),
        ] {
            assert_eq!(refused(&app, &staff, name, input).await["code"], "COURSE_CANCELLED");
        }
    }
}
