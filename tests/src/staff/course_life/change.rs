//! A course is changed, by one and by two at once.

use serde_json::{Value, json};

use super::{COURSE, OFFERS, SLUG, acts, last_act, read, seen};
use crate::support::stories;

stories! {
    async fn a_change_changes_what_it_says_and_is_on_record(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        let (id, version) = seen(&app, &staff, SLUG).await;
        let before = read(&app, &staff, SLUG, "overview objectives prices { label } statements { id }").await;
        let done = acts(&app, &staff, "updateCourse", SLUG, json!({ "title": "Core Practice", "lengthLabel": null, "topics": ["One", "Two"], "earlyDeadline": "2026-04-20" })).await;
        assert_eq!(
            (&done["title"], done["version"].as_i64()),
            (&json!("Core Practice"), Some(version + 1)),
            "{done}"
        );
        let after = read(&app, &staff, SLUG, "id lengthLabel topics registrationWindow { earlyDeadline } overview objectives prices { label } statements { id }").await;
        assert_eq!(
            (&after["id"], &after["lengthLabel"], &after["topics"]),
            (&id, &Value::Null, &json!(["One", "Two"]))
        );
        assert_eq!(after["registrationWindow"]["earlyDeadline"], "2026-04-20");
        for field in ["overview", "objectives", "prices", "statements"] {
            assert_eq!(before[field], after[field], "{field} stays");
        }
        let (row, count) = last_act(&app).await;
        assert_eq!((row.act.as_str(), row.actor.as_str()), ("updateCourse", "ours@example.org"));
        let (was, became) = (row.before.expect("before"), row.after.expect("after"));
        assert_eq!(
            (&was["course"]["title"], &became["course"]["title"]),
            (&json!("Core Practice of Palliative Care"), &json!("Core Practice"))
        );
        assert_eq!(
            (&was["course"]["early_deadline_on"], &became["course"]["early_deadline_on"]),
            (&Value::Null, &json!("2026-04-20"))
        );
        assert_eq!(became["course"]["length"], Value::Null);
        // The same once more changes nothing: no version, no record.
        let again = acts(&app, &staff, "updateCourse", SLUG, json!({ "title": "Core Practice" })).await;
        assert_eq!(again["version"].as_i64(), Some(version + 1), "{again}");
        assert_eq!(last_act(&app).await.1, count);
    }

    async fn who_comes_late_is_refused_and_shown_what_is_there(app with the course at "2026-04-01T12:00-04:00") {
        let (one, other) =
            (app.staff_of("one@example.org", Some(OFFERS)).await, app.staff("other@example.org").await);
        let (id, version) = seen(&app, &one, SLUG).await;
        let edit = |title: &str| json!({ "courseId": id, "version": version, "title": title });
        let first = one.does(&app, "updateCourse", edit("First"), COURSE).await;
        assert_eq!(first["title"], "First", "{first}");
        let late = other.does(&app, "updateCourse", edit("Second"), COURSE).await;
        assert_eq!((&late["code"], &late["path"]), (&json!("STALE"), &json!(["version"])), "{late}");
        assert_eq!(
            late["current"],
            json!({ "__typename": "Course", "id": id, "version": version + 1, "title": "First" })
        );
        for act in ["publishCourse", "cancelCourse", "archiveCourse"] {
            let late = other.does(&app, act, json!({ "courseId": id, "version": version }), COURSE).await;
            assert_eq!(late["code"], "STALE", "{act}: {late}");
        }
        assert_eq!(
            read(&app, &one, SLUG, "title status").await,
            json!({ "title": "First", "status": "PUBLISHED" })
        );
        let mut again = edit("Second");
        again["version"] = late["current"]["version"].clone();
        assert_eq!(other.does(&app, "updateCourse", again, COURSE).await["title"], "Second");
        let refused = other
            .does(&app, "updateCourse", json!({ "courseId": "bm9uc2Vuc2U", "version": 1 }), COURSE)
            .await;
        assert_eq!((&refused["code"], &refused["current"]), (&json!("NOT_FOUND"), &Value::Null));
    }

    async fn two_edits_at_the_same_moment_are_not_both_taken(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("staff@example.org").await;
        let (id, version) = seen(&app, &staff, SLUG).await;
        let input = |title: &str| json!({ "courseId": id, "version": version, "title": title });
        let (one, other) = tokio::join!(
            staff.does(&app, "updateCourse", input("One"), COURSE),
            staff.does(&app, "updateCourse", input("Other"), COURSE)
        );
        let mut kinds = [one["__typename"].as_str(), other["__typename"].as_str()];
        kinds.sort_unstable();
        assert_eq!(kinds, [Some("Course"), Some("Refusal")], "{one} {other}");
    }

    async fn mistakes_are_told_together_and_change_nothing(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("staff@example.org").await;
        let before = read(&app, &staff, SLUG, "version title").await;
        let more = json!({ "title": "", "startsOn": "2026-05-14", "paymentDays": 400, "objectives": ["Twice", "Twice"], "overview": "bad\u{0}text" });
        let no = acts(&app, &staff, "updateCourse", SLUG, more).await;
        assert_eq!(no["code"], "INVALID_INPUT", "{no}");
        let paths: Vec<&Value> =
            no["details"].as_array().expect("details").iter().map(|row| &row["path"]).collect();
        for path in [
            json!(["title"]),
            json!(["paymentDays"]),
            json!(["objectives", "1"]),
            json!(["overview"]),
            json!(["startsOn"]),
        ] {
            assert!(paths.contains(&&path), "{path}: {no}");
        }
        assert!(no["message"].as_str().expect("a message").contains(" more)"), "{no}");
        let currency = acts(&app, &staff, "updateCourse", SLUG, json!({ "currency": "EUR" })).await;
        assert_eq!(currency["path"], json!(["currency"]), "{currency}");
        assert_eq!(read(&app, &staff, SLUG, "version title").await, before);
    }

    async fn a_registration_remembers_the_statements_it_was_made_under(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        let early = app.signs_in("early@example.org").await;
        let first = early.registers(&app, "nurse").await;
        let told = acts(&app, &staff, "updateCourse", SLUG, json!({ "statements": [
            { "kind": "ACCREDITATION", "text": "Accredited." }, { "kind": "DISCLOSURE", "text": "Nothing to disclose." }] })).await;
        assert_eq!(told["__typename"], "Course", "{told}");
        let late = app.signs_in("late@example.org").await;
        let second = late.registers(&app, "nurse").await;
        let query = "query($code: String!) { registration(code: $code) { acceptedStatements { kind version text } } }";
        let accepted = async |code: &Value| {
            staff.asks(&app, query, json!({ "code": code })).await["registration"]["acceptedStatements"]
                .clone()
        };
        let old = accepted(&first["code"]).await;
        assert_eq!(old.as_array().expect("statements").len(), 10);
        assert!(old.as_array().expect("statements").iter().all(|row| row["version"] == 1), "{old}");
        let new = accepted(&second["code"]).await;
        assert_eq!(
            new,
            json!([{ "kind": "ACCREDITATION", "version": 2, "text": "Accredited." }, { "kind": "DISCLOSURE", "version": 2, "text": "Nothing to disclose." }])
        );
        let own = early.asks(&app, query, json!({ "code": first["code"] })).await;
        assert_eq!(own["registration"]["acceptedStatements"], old, "the learner sees the same");
    }
}
