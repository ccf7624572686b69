//! What is wrong with an input is told at once, and in the words of who asked.

use serde_json::{Value, json};

use super::{COURSE, OFFERS, SLUG, acts, read, sample_with, seen};
use crate::support::{TestApp, said, stories};

/// The places of the mistakes of a refusal, each as one word.
fn places(no: &Value) -> Vec<String> {
    let place = |row: &Value| {
        let path = row["path"].as_array().expect("a path");
        path.iter().map(|part| part.as_str().expect("text")).collect::<Vec<_>>().join(".")
    };
    no["details"].as_array().unwrap_or_else(|| panic!("no details: {no}")).iter().map(place).collect()
}

/// What is said of the mistake at a place.
fn told<'a>(no: &'a Value, place: &str) -> &'a str {
    let index = places(no)
        .iter()
        .position(|found| found == place)
        .unwrap_or_else(|| panic!("nothing at {place}: {no}"));
    no["details"][index]["message"].as_str().expect("a message")
}

async fn welcome(app: &TestApp, person: &crate::support::Person) -> Value {
    read(app, person, SLUG, "sessions(first: 1) { nodes { id } }").await["sessions"]["nodes"][0]["id"].clone()
}

stories! {
    async fn mistakes_are_told_in_the_words_of_who_asked(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("staff@example.org").await;
        let (id, version) = seen(&app, &staff, SLUG).await;
        let session = welcome(&app, &staff).await;
        let no = staff
            .does(
                &app,
                "updateSession",
                json!({ "sessionId": session, "version": version, "endTime": "09:00" }),
                "session { id }",
            )
            .await;
        assert!(
            told(&no, "endTime").ends_with("a session that goes over midnight says `endsOn` too."),
            "{no}"
        );
        let file = sample_with(|draft| draft.days[0].sessions[0].end = "09:00".parse().expect("a time"));
        let no =
            staff.does(&app, "importCourse", json!({ "file": file }), "importedCourse { applied }").await;
        assert!(
            told(&no, "days.0.sessions.0.end")
                .ends_with("a session that goes over midnight says `ends_on` too."),
            "{no}"
        );

        let nurses = json!([{ "professionCode": "nurse", "regular": "1" }, { "professionCode": "nurse", "regular": "1" }]);
        let no = acts(&app, &staff, "updateCourse", SLUG, json!({ "prices": nurses })).await;
        assert_eq!(told(&no, "prices.1.professionCode"), "This is there already, as prices.0.professionCode.");
        let no = acts(
            &app,
            &staff,
            "updateCourse",
            SLUG,
            json!({ "competencies": [{ "name": "IOM", "competencies": ["Care", ""] }] }),
        )
        .await;
        assert_eq!(places(&no), ["competencies.0.competencies.1"]);
        let no = acts(&app, &staff, "cancelCourse", SLUG, json!({ "note": "Snow\u{7}" })).await;
        assert_eq!(places(&no), ["note"]);
        let rule = json!({ "slug": "x", "letter": "COURSE_STARTING", "minutes": -60, "professionCodes": ["nurse", "surgeon"] });
        let no = staff
            .does(
                &app,
                "setReminderRules",
                json!({ "courseId": id, "version": version, "rules": [rule] }),
                "course { id }",
            )
            .await;
        assert_eq!(places(&no), ["rules.0.professionCodes.1"]);
        let series = json!({ "slug": "x", "title": "X", "length": 1, "legacyTitle": "x".repeat(301) });
        let no = staff.does(&app, "upsertSeries", series, "series { id }").await;
        assert_eq!(places(&no), ["legacyTitle"]);
    }

    async fn all_mistakes_of_an_edit_are_told_at_once(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("staff@example.org", Some(OFFERS)).await;
        let (id, version) = seen(&app, &staff, SLUG).await;
        let copy = json!({ "courseId": id, "slug": "Not good", "title": "x".repeat(301) });
        let no = staff.does(&app, "copyCourse", copy, COURSE).await;
        assert_eq!(places(&no), ["slug", "title", "moveByDays"], "{no}");
        assert!(no["message"].as_str().expect("a message").ends_with("(and 2 more)"), "{no}");
        let new = json!({ "courseId": id, "version": version, "title": "", "kind": "TALK", "date": "2026-05-14", "startTime": "10:00", "endTime": "09:00",
            "trackIds": ["nowhere"], "faculty": [{ "memberId": "nobody" }, { "memberId": "harry-han" }, { "memberId": "harry-han" }], "joinUrl": "http://example.org" });
        let no = staff.does(&app, "addSession", new, "session { id }").await;
        let mut found = places(&no);
        found.sort();
        assert_eq!(
            found,
            ["endTime", "faculty.0.memberId", "faculty.2.memberId", "joinUrl", "title", "trackIds.0"],
            "{no}"
        );
        let more = json!({ "offeredBy": [OFFERS, "nobody"], "contactEmail": "nobody", "currency": "EUR", "capacity": -1, "series": { "series": "none", "position": 99 },
            "audiences": [{ "name": "Surgeons", "professionCode": "surgeon" }], "credits": [{ "typeCode": "none", "label": "", "amount": "0" }] });
        let no = acts(&app, &staff, "updateCourse", SLUG, more).await;
        let expected = [
            "contactEmail",
            "offeredBy.1",
            "audiences.0.professionCode",
            "capacity",
            "currency",
            "series.series",
            "series.position",
            "credits.0.label",
            "credits.0.typeCode",
            "credits.0.amount",
        ];
        assert_eq!(places(&no), expected, "{no}");
        let rules = json!([{ "slug": "No Slug", "letter": "COURSE_STARTING", "minutes": -60 }, { "slug": "x", "letter": "COURSE_STARTING", "days": -1 },
            { "slug": "y", "letter": "COURSE_STARTING", "minutes": -60, "subject": "two\nlines", "trackId": "nowhere" }]);
        let no = staff
            .does(
                &app,
                "setReminderRules",
                json!({ "courseId": id, "version": version, "rules": rules }),
                "course { id }",
            )
            .await;
        assert_eq!(places(&no), ["rules.0.slug", "rules.2.subject", "rules.2.trackId"], "{no}");
        let no = staff
            .does(
                &app,
                "upsertFacultyMember",
                json!({ "slug": "A B", "bio": "\u{7}" }),
                "facultyMember { id }",
            )
            .await;
        assert_eq!(places(&no), ["slug", "name", "bio"], "{no}");
        assert_eq!(
            read(&app, &staff, SLUG, "version").await["version"],
            json!(version),
            "nothing has changed"
        );
    }

    async fn a_title_of_the_greatest_length_is_nowhere_cut(app at "2026-04-01T12:00-04:00") {
        let long = format!("{}until the final hour", "Palliative care and ".repeat(14));
        assert_eq!(long.chars().count(), 300);
        app.imports(&sample_with(|draft| draft.course.title = said(&long))).await;
        let nurse = app.signs_in("nurse@example.org").await;
        nurse.takes_part(&app, "nurse").await;
        let letters = app.letters_to("nurse@example.org");
        let confirmed = letters
            .iter()
            .find(|letter| letter.subject.starts_with("You are registered"))
            .expect("a confirmation");
        assert_eq!(confirmed.subject, format!("You are registered: {long}"));
        assert!(
            confirmed.text.split_whitespace().collect::<Vec<_>>().join(" ").contains(&long),
            "{}",
            confirmed.text
        );
        let events = confirmed.events("SUMMARY");
        assert!(!events.is_empty() && events.iter().all(|summary| summary.contains(&long)), "{events:?}");
        let staff = app.staff("staff@example.org").await;
        let no = acts(&app, &staff, "updateCourse", SLUG, json!({ "title": format!("{long}!") })).await;
        assert_eq!(told(&no, "title"), "This is longer than 300 characters.");
    }
}
