//! A course moves: into the past only where somebody says so, and with a word beforehand whom it reaches.

use lectern::catalogue::draft::{self, Manner};
use lectern::course_file::parse;
use lectern::error::Error;
use serde_json::{Value, json};

use super::{OFFERS, SLUG, acts, last_act, read, seen};
use crate::support::{Person, SAMPLE, TestApp, stories};

/// What the stories read of a move.
const MOVED: &str = "course { version startsOn endsOn } reach { confirmed held told letters pointless }";

/// Asks to move the reference course, with more input.
async fn moves(app: &TestApp, person: &Person, more: Value) -> Value {
    let (id, version) = seen(app, person, SLUG).await;
    let mut input = json!({ "courseId": id, "version": version });
    input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    person.does(app, "moveCourse", input, MOVED).await
}

stories! {
    async fn a_move_says_beforehand_whom_it_reaches(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        for email in ["one@example.org", "two@example.org"] {
            app.signs_in(email).await.takes_part(&app, "nurse").await;
        }
        app.signs_in("three@example.org").await.registers(&app, "nurse").await;
        let before = read(&app, &staff, SLUG, "version startsOn endsOn").await;
        let (_, count) = last_act(&app).await;
        let far = moves(&app, &staff, json!({ "moveByDays": 28, "check": true })).await;
        assert_eq!(far["course"], before, "a check changes nothing: {far}");
        let reach = &far["reach"];
        assert_eq!(
            (&reach["confirmed"], &reach["held"], &reach["told"], &reach["pointless"]),
            (&json!(2), &json!(1), &json!(3), &json!(0)),
            "{far}"
        );
        // Two before the course, one before each of three days and three about the evaluation, for each of
        // the two; for the third two before the seat is let go, which is before anything is said of the
        // deadline.
        assert_eq!(reach["letters"], 2 * 8 + 2, "{far}");
        assert_eq!(last_act(&app).await.1, count);
        let behind =
            moves(&app, &staff, json!({ "startsOn": "2026-04-06", "withDeadlines": false, "check": true }))
                .await;
        assert_eq!(
            behind["path"],
            json!(["registrationDeadline"]),
            "it would lie behind the course: {behind}"
        );
        // In five days already: a week before, nobody can be reminded any more, and registration is over, so
        // that no seat is held either.
        let near = moves(&app, &staff, json!({ "startsOn": "2026-04-06", "check": true })).await;
        assert_eq!(
            near["reach"],
            json!({ "confirmed": 2, "held": 1, "told": 2, "letters": 2 * 7, "pointless": 2 + 2 }),
            "{near}"
        );
        let done = moves(&app, &staff, json!({ "startsOn": "2026-04-06" })).await;
        assert_eq!(
            (&done["course"]["startsOn"], &done["reach"]),
            (&json!("2026-04-06"), &near["reach"]),
            "what the check said"
        );
        assert_eq!(last_act(&app).await.0.act, "moveCourse");
    }

    async fn nothing_moves_into_the_past_without_a_word(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        app.signs_in("one@example.org").await.takes_part(&app, "nurse").await;
        let before = read(&app, &staff, SLUG, "version startsOn").await;
        let no = moves(&app, &staff, json!({ "startsOn": "2026-01-01" })).await;
        assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &json!(["startsOn"])), "{no}");
        assert!(
            no["message"]
                .as_str()
                .is_some_and(|words| words.contains("2026-01-01 at 10:00, which is in the past")
                    && words.contains("intoThePast")),
            "{no}"
        );
        let no = moves(&app, &staff, json!({ "moveByDays": -60, "check": true })).await;
        assert_eq!(no["path"], json!(["moveByDays"]), "a check says the same: {no}");
        let course = read(&app, &staff, SLUG, "version sessions(first: 1) { nodes { id } }").await;
        let session =
            json!({ "sessionId": course["sessions"]["nodes"][0]["id"], "version": course["version"] });
        let no = acts(&app, &staff, "updateCourse", SLUG, json!({ "startsOn": "2026-03-31" })).await;
        assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &json!(["startsOn"])), "{no}");
        let meant = json!({ "startsOn": "2026-03-31", "intoThePast": true });
        acts(&app, &staff, "updateCourse", SLUG, meant).await;
        let with = |more: Value| {
            let mut input = session.clone();
            input["version"] = json!(course["version"].as_i64().expect("a version") + 1);
            input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            input
        };
        let no = staff
            .does(&app, "updateSession", with(json!({ "date": "2026-03-31" })), "session { date }")
            .await;
        assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &json!(["date"])), "{no}");
        let done = staff
            .does(
                &app,
                "updateSession",
                with(json!({ "date": "2026-03-31", "intoThePast": true })),
                "session { date }",
            )
            .await;
        assert_eq!(done["date"], "2026-03-31", "{done}");
        // It has begun now, so it may go wherever it likes.
        let (_, version) = seen(&app, &staff, SLUG).await;
        let mut again = with(json!({ "startTime": "09:00" }));
        again["version"] = json!(version);
        assert_eq!(
            staff.does(&app, "updateSession", again, "session { startTime }").await["startTime"],
            "09:00"
        );
        assert_eq!(before["startsOn"], "2026-05-13");
        let said =
            moves(&app, &staff, json!({ "startsOn": "2026-01-01", "intoThePast": true, "check": true }))
                .await;
        assert_eq!(
            (&said["reach"]["told"], &said["reach"]["letters"]),
            (&json!(1), &json!(0)),
            "the letter about the move alone: {said}"
        );
        assert!(said["reach"]["pointless"].as_i64().is_some_and(|letters| letters > 5), "{said}");
    }

    /// A file moves nothing into the past either, and says whose seat a move lets go.
    async fn a_file_takes_no_session_into_the_past(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        app.signs_in("one@example.org").await.registers(&app, "nurse").await;
        let early = SAMPLE
            .replace("2026-05-13", "2026-03-31")
            .replace("starts_on = 2026-05-13", "starts_on = 2026-03-31");
        assert_ne!(early, SAMPLE);
        let no =
            staff.does(&app, "importCourse", json!({ "file": early }), "importedCourse { applied }").await;
        assert_eq!(no["code"], "INVALID_INPUT", "{no}");
        assert!(no["message"].as_str().is_some_and(|words| words.contains("in the past")), "{no}");
        // Nor do sessions under new names in the place of those that were there.
        let anew = early.replace("key = \"d1-", "key = \"anew-");
        assert_ne!(anew, early);
        let no = staff.does(&app, "importCourse", json!({ "file": anew }), "importedCourse { applied }").await;
        assert!(no["message"].as_str().is_some_and(|words| words.contains("in the past")), "{no}");
        let check = json!({ "file": early, "check": true, "intoThePast": true });
        let said =
            staff.does(&app, "importCourse", check, "importedCourse { applied changes { thing } }").await;
        assert_eq!(said["applied"], false, "{said}");
        // Nor does a command line, whether it checks or imports.
        let file = parse(&early).expect("a file");
        for check in [true, false] {
            let manner = Manner { check, ..Manner::default() };
            let no = match draft::import_from(&app.state, &file, "command line", manner).await {
                Err(Error::Refused(no)) => no.to_string(),
                other => panic!("{other:?}"),
            };
            assert!(no.contains("in the past") && no.contains("--into-the-past"), "{no}");
        }
        let manner = Manner { check: true, into_the_past: true, ..Manner::default() };
        let planned = draft::import_from(&app.state, &file, "command line", manner).await;
        assert!(planned.is_ok_and(|planned| !planned.changes.is_empty()));
        let (id, version) = seen(&app, &staff, SLUG).await;
        let reach = async |starts_on: &str| {
            let input = json!({ "courseId": id, "version": version, "startsOn": starts_on, "intoThePast": true, "check": true });
            staff.does(&app, "moveCourse", input, "reach { held letGo }").await
        };
        assert_eq!(reach("2026-06-03").await, json!({ "held": 1, "letGo": 0 }));
        assert_eq!(
            reach("2026-02-03").await,
            json!({ "held": 1, "letGo": 1 }),
            "nobody pays for what has begun"
        );
    }

    /// Whoever has a seat keeps it, and what has been evaluated has taken place.
    async fn an_edit_keeps_what_people_rely_on(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        for email in ["one@example.org", "two@example.org"] {
            app.signs_in(email).await.takes_part(&app, "nurse").await;
        }
        app.signs_in("three@example.org").await.registers(&app, "nurse").await;
        let no = acts(&app, &staff, "updateCourse", SLUG, json!({ "capacity": 2 })).await;
        assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &json!(["capacity"])), "{no}");
        assert!(no["message"].as_str().is_some_and(|words| words.contains("3 seats are taken")), "{no}");
        let full = acts(&app, &staff, "updateCourse", SLUG, json!({ "capacity": 3 })).await;
        assert_eq!(full["__typename"], "Course", "{full}");

        app.travels_to("2026-05-15T17:00-04:00").await;
        let one = app.signs_in("one@example.org").await;
        let staff = app.signs_in("ours@example.org").await;
        // Until somebody has evaluated it, a course may turn out to take place later.
        let later = moves(&app, &staff, json!({ "startsOn": "2026-09-02", "check": true })).await;
        assert_eq!(later["course"]["startsOn"], "2026-05-13", "{later}");
        let query = "{ viewer { registrations { nodes { id code } } } }";
        let registration =
            one.asks(&app, query, json!({})).await["viewer"]["registrations"]["nodes"][0].clone();
        let ratings = app.objective_ratings(&one, &registration).await;
        let input = json!({ "registrationId": registration["id"], "objectiveRatings": ratings, "biasPerceived": false });
        one.does(&app, "submitEvaluation", input, "").await;
        let no = moves(&app, &staff, json!({ "startsOn": "2026-09-02" })).await;
        assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &json!(["startsOn"])), "{no}");
        assert!(no["message"].as_str().is_some_and(|words| words.contains("copy it")), "{no}");
        let title = acts(&app, &staff, "updateCourse", SLUG, json!({ "title": "As it was" })).await;
        assert_eq!(title["__typename"], "Course", "what is said of it can still be put right: {title}");
        app.is_sound().await;
    }

    async fn another_zone_takes_no_session_into_the_past(app with the course at "2026-05-13T09:30-04:00") {
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        let no = acts(&app, &staff, "updateCourse", SLUG, json!({ "timeZone": "Europe/Berlin" })).await;
        assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &json!(["timeZone"])), "{no}");
        let done = acts(
            &app,
            &staff,
            "updateCourse",
            SLUG,
            json!({ "timeZone": "Europe/Berlin", "intoThePast": true }),
        )
        .await;
        assert_eq!(done["__typename"], "Course", "{done}");
    }
}
