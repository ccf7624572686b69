//! The whole life of a course: copied from last term's, moved twice, one session dragged across the end of
//! daylight saving, and cancelled; and what each kind of learner heard of it, to the minute and not a letter
//! more.

use entity::notice::Status;
use serde_json::{Value, json};

use super::enquiry::enquires_about;
use super::office::{course, does, row, session};
use crate::support::fact::ledger;
use crate::support::{Person, TestApp, stories};

const SLUG: &str = "core-practice-autumn";
const COURSE: &str = "course { id slug version status startsAt endsAt }";

/// What the ledger holds for somebody, in the course's time: when, which letter, and what became of it.
async fn heard(app: &TestApp, email: &str) -> Vec<String> {
    let zone = "America/New_York".parse().expect("a zone");
    let told = |row: entity::notice::Model| {
        let late = row.sent_at.map_or(0, |sent| sent.as_micros() - row.due_at.as_micros());
        assert!((0..=60_000_000).contains(&late), "{} went out {late} µs after its moment", row.rule);
        let moment = row.due_at.in_zone(&zone).strftime("%m-%d %H:%M").to_string();
        let fate = match (row.status, row.reason) {
            (Status::Sent, _) => "sent".to_owned(),
            (status, Some(reason)) => format!("{status:?} {reason:?}"),
            (status, None) => format!("{status:?}"),
        };
        format!("{moment} {} {fate}", row.rule)
    };
    let mut told: Vec<String> = ledger(app, email).await.into_iter().map(told).collect();
    // What fell due in one instant has no order of its own.
    told.sort();
    told
}

/// The staff, whose sign-in does not last for months.
async fn staff(app: &TestApp) -> Person {
    app.staff("office@example.org").await
}

/// Registers for the autumn course in a track, and pays where that is wanted.
async fn registers(app: &TestApp, staff: &Person, email: &str, track: &str, pays: bool) {
    let person = app.signs_in(email).await;
    let told = course(app, &person, SLUG).await;
    let track = row(&told["tracks"], track)["id"].clone();
    let input = json!({ "courseId": told["id"], "trackId": track, "professionCode": "nurse" });
    let started = person.registers_for(app, input).await;
    assert_eq!(started["status"], "STARTED", "{started}");
    app.works().await;
    if pays {
        staff.records_payment(app, &started).await;
        app.works().await;
    }
}

async fn moves(app: &TestApp, staff: &Person, days: i32) -> Value {
    let told = course(app, staff, SLUG).await;
    let input = json!({ "courseId": told["id"], "version": told["version"], "moveByDays": days });
    does(app, staff, "moveCourse", input, COURSE).await
}

/// From the copy to the eve of the cancellation: Nora and Paul are confirmed, Sami has started, Erin has
/// asked.
async fn lives(app: &TestApp) {
    app.has_the_course().await;
    let office = staff(app).await;
    let source = course(app, &office, "core-practice-of-palliative-care").await;
    let copy = json!({ "courseId": source["id"], "slug": SLUG, "startsOn": "2026-10-14" });
    does(app, &office, "copyCourse", copy, COURSE).await;
    let draft = course(app, &office, SLUG).await;
    let pediatric = row(&draft["tracks"], "pediatric")["id"].clone();
    let added = json!({ "courseId": draft["id"], "version": draft["version"], "key": "d3-children", "title": "Pain in Children", "kind": "TALK",
        "date": "2026-10-16", "startTime": "16:30", "endTime": "17:00", "trackIds": [pediatric] });
    does(app, &office, "addSession", added, "session { id }").await;
    let draft = course(app, &office, SLUG).await;
    let publish = json!({ "courseId": draft["id"], "version": draft["version"] });
    assert_eq!(does(app, &office, "publishCourse", publish, COURSE).await["status"], "PUBLISHED");

    app.lives_until("2026-09-01T10:00-04:00").await;
    enquires_about(app, SLUG, "erin@example.org", true).await;
    app.works().await;
    app.lives_until("2026-09-10T11:00-04:00").await;
    let office = staff(app).await;
    registers(app, &office, "nora@example.org", "adult", true).await;
    registers(app, &office, "paul@example.org", "pediatric", true).await;

    app.lives_until("2026-09-15T12:00-04:00").await;
    assert_eq!(moves(app, &office, 7).await["startsAt"], "2026-10-21T14:00:00Z");
    app.lives_until("2026-09-15T12:10-04:00").await;
    app.lives_until("2026-09-20T12:00-04:00").await;
    assert_eq!(moves(app, &office, 7).await["startsAt"], "2026-10-28T14:00:00Z");

    app.lives_until("2026-09-20T12:10-04:00").await;

    // The pediatric session goes from Friday to the Monday after the clocks went back: the same time on the
    // clock, an hour more on the sun.
    app.lives_until("2026-10-05T12:00-04:00").await;
    let office = staff(app).await;
    let told = course(app, &office, SLUG).await;
    let longer = json!({ "courseId": told["id"], "version": told["version"], "endsOn": "2026-11-02" });
    does(app, &office, "updateCourse", longer, COURSE).await;
    let told = course(app, &office, SLUG).await;
    let before = session(&told, "d3-children");
    assert_eq!(before["startsAt"], "2026-10-30T20:30:00Z", "{before}");
    let drag = json!({ "sessionId": before["id"], "version": told["version"], "date": "2026-11-02" });
    let dragged = does(app, &office, "updateSession", drag, "session { startsAt startTime }").await;
    assert_eq!(
        (&dragged["startsAt"], &dragged["startTime"]),
        (&json!("2026-11-02T21:30:00Z"), &json!("16:30")),
        "{dragged}"
    );

    app.lives_until("2026-10-05T12:11-04:00").await;
    app.lives_until("2026-10-10T11:00-04:00").await;
    registers(app, &office, "sami@example.org", "adult", false).await;
}

async fn cancels(app: &TestApp, staff: &Person) {
    let told = course(app, staff, SLUG).await;
    let note = "The building is closed. We pay back what you paid.";
    let input = json!({ "courseId": told["id"], "version": told["version"], "note": note });
    assert_eq!(does(app, staff, "cancelCourse", input, COURSE).await["status"], "CANCELLED");
    app.works().await;
}

stories! {
    async fn cancelled_before_it_begins(app at "2026-08-03T12:00-04:00") {
        lives(&app).await;
        app.lives_until("2026-10-20T12:00-04:00").await;
        cancels(&app, &staff(&app).await).await;
        app.lives_until("2026-12-15T12:00-05:00").await;

        assert_eq!(
            heard(&app, "nora@example.org").await,
            [
                "09-10 11:00 registration_confirmed sent",
                "09-10 11:00 registration_started sent",
                "09-15 12:10 schedule_changed sent",
                "09-20 12:10 schedule_changed sent",
                "10-20 12:00 course_cancelled sent",
            ]
        );
        assert_eq!(
            heard(&app, "paul@example.org").await,
            [
                "09-10 11:00 registration_confirmed sent",
                "09-10 11:00 registration_started sent",
                "09-15 12:10 schedule_changed sent",
                "09-20 12:10 schedule_changed sent",
                "10-05 12:10 schedule_changed sent",
                "10-20 12:00 course_cancelled sent",
            ]
        );
        assert_eq!(
            heard(&app, "sami@example.org").await,
            [
                "10-10 11:00 registration_started sent",
                "10-14 09:00 registration_closing_7d sent",
                "10-18 09:00 payment_due_3d sent",
                "10-20 09:00 payment_due_1d Lapsed Superseded",
                "10-20 09:00 registration_closing_1d sent",
                "10-20 12:00 course_cancelled sent",
            ]
        );
        assert_eq!(
            heard(&app, "erin@example.org").await,
            [
                "09-01 10:00 information_requested sent",
                "10-14 09:00 registration_closing_7d sent",
                "10-20 09:00 registration_closing_1d sent",
            ]
        );
        app.is_sound().await;
    }

    async fn cancelled_on_its_last_day_but_one(app at "2026-08-03T12:00-04:00") {
        lives(&app).await;
        app.lives_until("2026-10-30T18:00-04:00").await;
        cancels(&app, &staff(&app).await).await;
        app.lives_until("2026-12-15T12:00-05:00").await;

        let days = [
            "10-21 09:00 course_starting_7d sent",
            "10-27 09:00 course_starting_1d sent",
            "10-28 09:00 day_starting_1h sent",
            "10-29 09:00 day_starting_1h sent",
            "10-30 09:00 day_starting_1h sent",
            "10-30 18:00 course_cancelled sent",
        ];
        let nora = heard(&app, "nora@example.org").await;
        assert_eq!(nora.iter().skip(4).collect::<Vec<_>>(), days.iter().collect::<Vec<_>>());
        // Monday's session, and the evaluation, are over before they began.
        let paul = heard(&app, "paul@example.org").await;
        assert_eq!(paul.iter().skip(5).collect::<Vec<_>>(), days.iter().collect::<Vec<_>>());
        // Registration closed on October 21; whoever had not paid is not registered when the course is
        // cancelled.
        let sami = heard(&app, "sami@example.org").await;
        assert_eq!(
            sami.iter().skip(1).collect::<Vec<_>>(),
            [
                "10-14 09:00 registration_closing_7d sent",
                "10-18 09:00 payment_due_3d sent",
                "10-20 09:00 payment_due_1d Lapsed Superseded",
                "10-20 09:00 registration_closing_1d sent",
                "10-22 00:00 registration_expired sent"
            ]
        );
        assert_eq!(heard(&app, "erin@example.org").await.len(), 3);
        app.is_sound().await;
    }
}
