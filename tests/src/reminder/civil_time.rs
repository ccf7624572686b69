//! Wall times and deadlines in other zones, and for a learner far away. The table of gaps and overlaps is
//! with the rule itself, in `entity::deadline`.

use serde_json::json;

use crate::support::{SAMPLE, TestApp, stories};

async fn first_reminder(app: &TestApp) -> String {
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
    let notices = entity::notice::Entity::find()
        .filter(entity::notice::Column::Rule.eq("course_starting_1d"))
        .filter(entity::notice::Column::Status.eq(entity::notice::Status::Sent))
        .all(app.db())
        .await
        .expect("notices");
    let [notice] = notices.as_slice() else { panic!("{notices:?}") };
    notice.due_at.to_string()
}

fn in_zone(zone: &str, days: i32) -> String {
    let mut file = lectern::course_file::parse(SAMPLE).expect("the sample parses");
    lectern::catalogue::draft::move_by_days(&mut file, days);
    lectern::course_file::print(&file).replace("America/New_York", zone)
}

stories! {
    async fn nine_in_the_morning_is_nine_where_the_course_is(app at "2026-01-01T00:00Z") {
        // The day before: May 12, and, moved, March 8 (New York's clocks jump), October 25 (Berlin's fall
        // back), October 4 (Lord Howe's jump).
        for (zone, days, expected) in [
            ("America/New_York", 0, "2026-05-12T13:00:00Z"),
            ("America/New_York", -65, "2026-03-08T13:00:00Z"),
            ("Europe/Berlin", 166, "2026-10-25T08:00:00Z"),
            ("Australia/Lord_Howe", 145, "2026-10-03T22:00:00Z"),
            ("Asia/Kolkata", 0, "2026-05-12T03:30:00Z"),
        ] {
            let app = TestApp::open(app.backend, "2026-01-10T00:00Z").await.expect("an app");
            app.imports(&in_zone(zone, days)).await;
            app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
            app.travels_to(&expected.replace(":00:00Z", ":05:00Z").replace(":30:00Z", ":35:00Z")).await;
            assert_eq!(first_reminder(&app).await, expected, "{zone} {days}");
        }
    }

    async fn a_learner_in_tokyo_reads_both_clocks(app with the course at "2026-05-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        ada.does(&app, "updateProfile", json!({ "timeZone": "Asia/Tokyo" }), "").await;
        ada.takes_part(&app, "nurse").await;
        app.travels_to("2026-05-12T09:00-04:00").await;
        let letter = app.letters_to("ada@example.org").pop().expect("a letter");
        assert!(
            letter.text.contains("10:00 a.m.") && letter.text.contains("Eastern Time"),
            "{}",
            letter.text
        );
        assert!(letter.text.contains("11:00 p.m.") && letter.text.contains("Japan"), "{}", letter.text);
        let eastern = letter.text.find("Eastern").expect("the course's clock");
        assert!(
            eastern < letter.text.find("Japan").expect("the learner's clock"),
            "the course's clock comes first"
        );
    }

    async fn a_deadline_is_told_as_people_tell_it(app with the course at "2026-04-25T12:00-04:00") {
        app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        app.lives_until("2026-04-29T09:00-04:00").await;
        let letter = app.letters_to("ada@example.org").pop().expect("a letter");
        assert!(
            letter.text.contains("11:59 p.m. Eastern Time on") && letter.text.contains("May 6"),
            "{}",
            letter.text
        );
    }
}
