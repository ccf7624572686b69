//! A course is taught again.

use serde_json::{Value, json};

use super::{COURSE, OFFERS, SLUG, acts, last_act, read, sample_with, seen};
use crate::support::{said, stories};

/// What a copy has in common with its original, but for its dates.
const SAME: &str = "kind overview objectives topics domains audiences timeZone prices { profession { code } regular { amount } early { amount } } processingFee { amount }
    tracks { slug name } directors { slug } credits { type { code } amount parts { label amount } requirements { kind text } } offeredBy { slug } accreditedBy { slug }
    series { position series { slug } } reminderRules { slug letter enabled }
    days { sessions { title kind startTime endTime tracks { slug } faculty { role member { slug } } } }";

stories! {
    async fn a_copy_is_a_draft_with_everything_at_another_time(app at "2026-04-01T12:00-04:00") {
        app.imports(&sample_with(|file| {
            file.days[0].sessions[0].join_url = Some(said("https://example.org/room"));
            file.registration.opens = Some("2026-01-15T09:00".parse().expect("a moment"));
        }))
        .await;
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        let nurse = app.signs_in("nurse@example.org").await;
        nurse.registers(&app, "nurse").await;
        let policy = json!({ "statements": [{ "kind": "ACCREDITATION", "text": "New words." }, { "kind": "DISCLOSURE", "text": "Nothing." }] });
        acts(&app, &staff, "updateCourse", SLUG, policy).await;
        let (id, _) = seen(&app, &staff, SLUG).await;
        // 210 days later the clocks have been put back: December instead of May.
        let done = staff
            .does(
                &app,
                "copyCourse",
                json!({ "courseId": id, "slug": "again", "title": "Again", "moveByDays": 210 }),
                COURSE,
            )
            .await;
        assert_eq!(
            (&done["status"], &done["version"], &done["title"]),
            (&json!("DRAFT"), &json!(1), &json!("Again")),
            "{done}"
        );
        assert_eq!(read(&app, &staff, "again", SAME).await, read(&app, &staff, SLUG, SAME).await);
        let dates = "startsOn endsOn startsAt registrationWindow { opensAt deadline } days { date } statements { kind version text } sessions(first: 1) { nodes { joinUrl startsAt startTime } } registrations { totalCount } notices { totalCount }";
        let (old, new) = (read(&app, &staff, SLUG, dates).await, read(&app, &staff, "again", dates).await);
        assert_eq!((&old["startsOn"], &new["startsOn"]), (&json!("2026-05-13"), &json!("2026-12-09")));
        assert_eq!(
            (&new["days"][0]["date"], &new["registrationWindow"]["deadline"]),
            (&json!("2026-12-09"), &json!("2026-12-02"))
        );
        assert_eq!(
            new["registrationWindow"]["opensAt"], "2026-08-13T13:00:00Z",
            "nine o'clock is nine o'clock"
        );
        let hour = |course: &Value| {
            course["sessions"]["nodes"][0]["startsAt"].as_str().expect("a moment")[11..13]
                .parse::<u8>()
                .expect("an hour")
        };
        assert_eq!(hour(&new), hour(&old) + 1, "the same time on the clock is an hour later in UTC");
        assert_eq!(old["sessions"]["nodes"][0]["joinUrl"], "https://example.org/room");
        assert_eq!(new["sessions"]["nodes"][0]["joinUrl"], Value::Null);
        assert_eq!(
            new["statements"],
            json!([{ "kind": "ACCREDITATION", "version": 1, "text": "New words." }, { "kind": "DISCLOSURE", "version": 1, "text": "Nothing." }])
        );
        assert_eq!(
            (&new["registrations"]["totalCount"], &new["notices"]["totalCount"]),
            (&json!(0), &json!(0))
        );
        let (row, _) = last_act(&app).await;
        assert_eq!(
            (row.act.as_str(), &row.after.expect("after")["course"]["title"]),
            ("copyCourse", &json!("Again"))
        );
    }

    async fn a_copy_starts_on_the_day_that_is_said(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some(OFFERS)).await;
        let (id, _) = seen(&app, &staff, SLUG).await;
        let input = |slug: &str, more: Value| {
            let mut input = json!({ "courseId": id, "slug": slug });
            input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            input
        };
        for more in [
            json!({}),
            json!({ "moveByDays": 7, "startsOn": "2027-05-12" }),
            json!({ "moveByDays": 2_000_000_000 }),
        ] {
            let no = staff.does(&app, "copyCourse", input("again", more.clone()), COURSE).await;
            assert_eq!(
                (&no["code"], &no["path"]),
                (&json!("INVALID_INPUT"), &json!(["moveByDays"])),
                "{more}: {no}"
            );
        }
        let taken = staff.does(&app, "copyCourse", input(SLUG, json!({ "moveByDays": 7 })), COURSE).await;
        assert_eq!(taken["path"], json!(["slug"]), "{taken}");
        let done =
            staff.does(&app, "copyCourse", input("again", json!({ "startsOn": "2027-05-12" })), COURSE).await;
        assert_eq!(done["title"], "Core Practice of Palliative Care", "{done}");
        let new = read(&app, &staff, "again", "startsOn endsOn days { date }").await;
        assert_eq!((&new["startsOn"], &new["endsOn"]), (&json!("2027-05-12"), &json!("2027-05-14")));
        let cancelled = acts(&app, &staff, "cancelCourse", SLUG, json!({ "note": "No." })).await;
        assert_eq!(cancelled["status"], "CANCELLED");
        let again =
            staff.does(&app, "copyCourse", input("third", json!({ "moveByDays": 364 })), COURSE).await;
        assert_eq!(again["status"], "DRAFT", "what was called off can be taught again: {again}");
        assert_eq!(read(&app, &staff, "third", "cancellationNote").await["cancellationNote"], Value::Null);
    }
}
