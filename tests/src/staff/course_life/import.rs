//! A course file comes in through the API.

use serde_json::{Value, json};

use super::{OFFERS, SLUG, a_second_later, last_act, others, read, sample_with, seen, two_organizations};
use crate::support::{SAMPLE, said, stories};

/// What the stories read of an import.
const IMPORTED: &str = "importedCourse { __typename applied course { slug version title } changes { thing field before after sentence } warnings { path message } }";

stories! {
    async fn a_check_says_what_an_import_does_and_changes_nothing(app at "2026-04-01T12:00-04:00") {
        app.imports(&others()).await;
        let staff = app.staff("staff@example.org").await;
        let (_, acts) = last_act(&app).await;
        let planned =
            staff.does(&app, "importCourse", json!({ "file": SAMPLE, "check": true }), IMPORTED).await;
        assert_eq!((&planned["applied"], &planned["course"]), (&json!(false), &Value::Null), "{planned}");
        assert_eq!(app.asks(None, "{ courses { totalCount } }", json!({})).await["courses"]["totalCount"], 1);
        assert_eq!(last_act(&app).await.1, acts);
        a_second_later(&app);
        let done = staff.does(&app, "importCourse", json!({ "file": SAMPLE }), IMPORTED).await;
        assert_eq!((&done["applied"], &done["course"]["slug"]), (&json!(true), &json!(SLUG)), "{done}");
        assert_eq!((&done["changes"], &done["warnings"]), (&planned["changes"], &planned["warnings"]));
        assert_eq!(done["warnings"][0]["path"], json!(["credits", "0", "amount"]));
        let (row, count) = last_act(&app).await;
        assert_eq!(
            (row.act.as_str(), row.actor.as_str(), row.actor_id.is_some(), count),
            ("importCourse", "staff@example.org", true, acts + 1)
        );
        let again = staff.does(&app, "importCourse", json!({ "file": SAMPLE }), IMPORTED).await;
        assert_eq!((&again["applied"], &again["changes"]), (&json!(false), &json!([])));
        let edit = SAMPLE.replace("title = \"Pain\"", "title = \"Pain Relief\"");
        let planned =
            staff.does(&app, "importCourse", json!({ "file": edit, "check": true }), IMPORTED).await;
        let change = json!([{ "thing": "session d3-pain", "field": "title", "before": "Pain", "after": "Pain Relief", "sentence": "session d3-pain: title \"Pain\" → \"Pain Relief\"" }]);
        assert_eq!((&planned["changes"], &planned["course"]["version"]), (&change, &json!(1)), "{planned}");
    }

    async fn what_a_file_has_no_more_is_named(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("staff@example.org").await;
        let before =
            read(&app, &staff, SLUG, "sessions(first: 100) { nodes { id slug } } tracks { id slug }").await;
        let id = |list: &Value, slug: &str| {
            list.as_array()
                .and_then(|rows| rows.iter().find(|row| row["slug"] == slug))
                .map(|row| row["id"].clone())
        };
        let file = sample_with(|file| {
            file.tracks.retain(|track| track.slug != "pediatric");
            for day in &mut file.days {
                day.sessions.retain(|session| session.key != "d1-lunch");
                day.sessions
                    .iter_mut()
                    .for_each(|session| session.tracks.retain(|track| track != "pediatric"));
            }
        });
        let gone = "importedCourse { applied } removedSessionIds removedTrackIds";
        let planned = staff.does(&app, "importCourse", json!({ "file": file, "check": true }), gone).await;
        assert_eq!(
            planned,
            json!({ "importedCourse": { "applied": false }, "removedSessionIds": [], "removedTrackIds": [], "refusal": null })
        );
        let done = staff.does(&app, "importCourse", json!({ "file": file }), gone).await;
        assert_eq!(
            done["removedSessionIds"],
            json!([id(&before["sessions"]["nodes"], "d1-lunch")]),
            "{done}"
        );
        assert_eq!(done["removedTrackIds"], json!([id(&before["tracks"], "pediatric")]), "{done}");
    }

    async fn mistakes_are_told_with_their_lines(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("staff@example.org").await;
        let text = SAMPLE
            .replace("time_zone = \"America/New_York\"", "time_zone = \"Mars/Olympus\"")
            .replace("amount = \"3.75\"", "amount = 3.75");
        let no = staff.does(&app, "importCourse", json!({ "file": text }), IMPORTED).await;
        assert_eq!(no["code"], "INVALID_INPUT", "{no}");
        let line = |word: &str| text.lines().position(|line| line.contains(word)).expect("a line") + 1;
        assert_eq!(no["details"][0]["path"], json!(["course", "time_zone"]));
        assert_eq!(no["details"][0]["line"], json!(line("Olympus")));
        assert_eq!(no["details"][1]["path"], json!(["credits", "1", "parts", "0", "amount"]));
        let (_, version) = seen(&app, &staff, SLUG).await;
        let late = staff.does(&app, "importCourse", json!({ "file": sample_with(|file| file.course.title = said("New")), "version": version + 1 }), IMPORTED).await;
        assert_eq!((&late["code"], late["current"]["id"].is_string()), (&json!("STALE"), true), "{late}");
        assert_eq!(
            app.does(None, "importCourse", json!({ "file": SAMPLE }), IMPORTED).await["code"],
            "UNAUTHENTICATED"
        );
        let learner = app.signs_in("nurse@example.org").await;
        assert_eq!(
            learner.does(&app, "importCourse", json!({ "file": SAMPLE }), IMPORTED).await["code"],
            "FORBIDDEN"
        );
    }

    async fn of_very_many_mistakes_the_first_are_told_and_how_many_more_there_are(app at "2026-04-01T12:00-04:00") {
        let office = app.staff("office@example.org").await;
        let unknown: String = (0..2_000).map(|number| format!("unknown{number} = 1\n")).collect();
        let no = office
            .does(&app, "importCourse", json!({ "file": format!("{unknown}{SAMPLE}") }), IMPORTED)
            .await;
        assert_eq!(
            (&no["code"], no["details"].as_array().map(Vec::len)),
            (&json!("INVALID_INPUT"), Some(51)),
            "{no}"
        );
        assert!(
            no["message"].as_str().expect("a message").ends_with("(and 1999 more)"),
            "{}",
            no["message"]
        );
        assert_eq!(
            no["details"][50],
            json!({ "path": [], "message": "There are 1950 more.", "line": null }),
            "{no}"
        );
    }

    async fn staff_import_what_is_theirs(app at "2026-04-01T12:00-04:00") {
        let (ours, theirs) = two_organizations(&app).await;
        let taken =
            theirs.does(&app, "importCourse", json!({ "file": SAMPLE, "check": true }), IMPORTED).await;
        assert_eq!(
            (&taken["message"], &taken["path"]),
            (&json!("This slug is taken."), &json!(["course", "slug"])),
            "{taken}"
        );
        assert_eq!((&taken["details"], &taken["current"]), (&json!([]), &Value::Null));
        for (file, path) in [
            // Given away.
            (
                sample_with(|file| {
                    file.course.offered_by = vec![said("harvard-medical-school")];
                    file.organizations.retain(|row| row.slug != OFFERS);
                }),
                json!(["course", "offered_by"]),
            ),
            // Another organization's name.
            (sample_with(|file| file.organizations[1].name = said("HMS")), json!(["organizations", "1"])),
        ] {
            let no = ours.does(&app, "importCourse", json!({ "file": file }), IMPORTED).await;
            assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &path), "{no}");
        }
        let own = sample_with(|file| {
            file.organizations[0].name = said("BIDMC");
            file.series.as_mut().expect("a series").title = said("The Series");
        });
        let done = ours.does(&app, "importCourse", json!({ "file": own }), IMPORTED).await;
        assert_eq!(done["applied"], true, "{done}");
        // Now the series is used by a course that they do not run.
        app.imports(&others().replace("[[organizations]]", "[series]\nslug = \"palliative-care\"\ntitle = \"The Series\"\nlength = 3\nposition = 1\n\n[[organizations]]")).await;
        let no = ours.does(&app, "importCourse", json!({ "file": sample_with(|file| { file.organizations[0].name = said("BIDMC"); file.series.as_mut().expect("a series").title = said("Mine"); }) }), IMPORTED).await;
        assert_eq!(no["path"], json!(["series"]), "{no}");
        let office = app.staff("office@example.org").await;
        let all = office
            .does(
                &app,
                "importCourse",
                json!({ "file": sample_with(|file| file.organizations[1].name = said("HMS")) }),
                IMPORTED,
            )
            .await;
        assert_eq!(all["applied"], true, "{all}");
        assert_eq!(
            read(&app, &office, SLUG, "accreditedBy { name }").await["accreditedBy"][0]["name"],
            "HMS"
        );
    }
}
