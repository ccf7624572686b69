//! What an import leaves on record, and what it warns of.

use lectern::catalogue::draft::warnings;
use lectern::course_file::parse;
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
use serde_json::json;

use super::{a_minute_later, audited, edited, sample};
use crate::support::{SAMPLE, stories};

stories! {
    async fn every_changing_import_is_on_record(app with the course at "2026-04-01T12:00-04:00") {
        a_minute_later(&app);
        app.has_the_course().await;
        a_minute_later(&app);
        app.imports(&edited("title = \"Pain\"", "title = \"Pain Relief\"")).await;
        let rows = entity::audit::Entity::find()
            .order_by_asc(entity::audit::Column::At)
            .all(app.db())
            .await
            .expect("rows");
        assert_eq!(rows.len(), 2, "an import that changes nothing is none: {rows:#?}");
        for (row, minute) in rows.iter().zip(["2026-04-01T16:00:00Z", "2026-04-01T16:02:00Z"]) {
            assert_eq!(
                (row.act.as_str(), row.subject_type.as_str(), row.actor.as_str(), row.actor_id),
                ("importCourse", "course", "a story", None)
            );
            assert_eq!((row.at.to_string(), row.course_id), (minute.to_owned(), Some(row.subject_id)));
        }
        assert_eq!(rows[1].before, Some(json!({ "session d3-pain": { "title": "Pain" } })));
        assert_eq!(rows[1].after, Some(json!({ "session d3-pain": { "title": "Pain Relief" } })));
    }

    async fn the_record_cannot_be_changed_or_removed(app with the course at "2026-04-01T12:00-04:00") {
        let before = entity::audit::Entity::find().all(app.db()).await.expect("rows");
        for statement in [
            "update audit set actor = 'nobody'",
            "update audit set at = at",
            "delete from audit",
            "delete from audit where act = 'importCourse'",
        ] {
            let error = app.db().execute_unprepared(statement).await.expect_err(statement);
            assert!(error.to_string().contains("audit rows cannot be"), "{statement}: {error}");
        }
        assert_eq!(entity::audit::Entity::find().all(app.db()).await.expect("rows"), before);
        assert_eq!(audited(&app).await, 1);
    }

    async fn the_samples_traps_are_warned_of_and_stop_nothing(app at "2026-04-01T12:00-04:00") {
        let imported = lectern::catalogue::draft::import(&app.state, &sample(), "a story")
            .await
            .unwrap_or_else(|no| panic!("{no}"));
        let found: Vec<(String, &str)> = imported
            .warnings
            .iter()
            .map(|warning| (warning.path.to_string(), warning.message.as_str()))
            .collect();
        let expected = [
            ("credits[0].amount", ["16.00", "16.25"]),
            ("credits[5].parts", ["16.50", "overlap"]),
            ("registration.early_deadline", ["early price", "regular price"]),
            ("course.audiences[1]", ["Pharmacists", "Allied Health Professional / Other"]),
            ("course.audiences[8]", ["Chaplains", "Allied Health Professional / Other"]),
        ];
        assert_eq!(
            found.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(),
            expected.map(|(field, _)| field)
        );
        for ((_, message), (_, words)) in found.iter().zip(expected) {
            assert!(words.iter().all(|word| message.contains(word)), "{message}");
        }
        let mended = parse(
            &SAMPLE.replace("deadline = 2026-05-06", "early_deadline = 2026-04-15\ndeadline = 2026-05-06"),
        )
        .expect("a file");
        assert_eq!(
            warnings(&mended, entity::Nature::now(&*app.nature)).len(),
            4,
            "what is mended is not told again"
        );
    }
}
