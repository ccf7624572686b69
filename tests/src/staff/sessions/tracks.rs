//! Parallel tracks: renamed, added, put in order, and kept where somebody needs them.

use serde_json::{Value, json};

use crate::staff::office::{does, recorded, refused, session, slugs, the_course};
use crate::support::stories;

fn tracks(course: &Value, tracks: Value) -> Value {
    json!({ "courseId": course["id"], "version": course["version"], "tracks": tracks })
}

stories! {
    async fn tracks_are_renamed_added_and_put_in_order_with_their_ids(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let seen = the_course(&app, &staff).await;
        let (adult, pediatric) = (seen["tracks"][0]["id"].clone(), seen["tracks"][1]["id"].clone());
        let wanted = json!([{ "id": pediatric, "name": "Children" }, { "slug": "adult", "name": "Adult" }, { "slug": "both", "name": "Both" }]);
        let done =
            does(&app, &staff, "setTracks", tracks(&seen, wanted), "course { id } removedTrackIds").await;
        assert_eq!(done["removedTrackIds"], json!([]));
        let now = the_course(&app, &staff).await;
        assert_eq!(slugs(&now["tracks"]), ["pediatric", "adult", "both"]);
        assert_eq!(
            (&now["tracks"][0]["id"], &now["tracks"][1]["id"], &now["tracks"][0]["name"]),
            (&pediatric, &adult, &json!("Children"))
        );
        assert_eq!(slugs(&session(&now, "d3-pain")["tracks"]), ["pediatric", "adult"]);
        let two = json!([{ "id": adult, "slug": "adult", "name": "Adult" }, { "id": pediatric, "name": "Pediatric" }]);
        let done = does(&app, &staff, "setTracks", tracks(&now, two), "course { id } removedTrackIds").await;
        assert_eq!(done["removedTrackIds"], json!([now["tracks"][2]["id"]]));
        assert_eq!(
            the_course(&app, &staff).await["tracks"],
            seen["tracks"],
            "a track that nobody needs can go"
        );
        let rows = recorded(&app, "setTracks").await;
        assert_eq!(rows.len(), 2);
        assert_eq!(
            rows[0].before.as_ref().map(|before| before["track pediatric"].clone()),
            Some(json!({ "name": "Pediatric" }))
        );
    }

    async fn tracks_that_somebody_needs_stay(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let seen = the_course(&app, &staff).await;
        let adult = json!({ "id": seen["tracks"][0]["id"], "name": "Adult" });
        let no = refused(&app, &staff, "setTracks", tracks(&seen, json!([adult]))).await;
        assert!(
            no["path"] == json!(["tracks"])
                && no["message"].as_str().is_some_and(|text| text.contains("is taught in the track")),
            "{no}"
        );
        for (wanted, path) in [
            (
                json!([{ "id": adult["id"], "slug": "grown-ups", "name": "Adult" }]),
                json!(["tracks", "0", "slug"]),
            ),
            (json!([{ "name": "Nameless" }]), json!(["tracks", "0", "slug"])),
            (json!([adult, { "id": seen["id"], "name": "Another" }]), json!(["tracks", "1", "id"])),
            (
                json!([{ "id": seen["tracks"][1]["id"], "name": "Pediatric" }, adult, adult]),
                json!(["tracks", "2", "slug"]),
            ),
            (json!([{ "id": seen["tracks"][1]["id"], "name": "" }, adult]), json!(["tracks", "0", "name"])),
        ] {
            let no = refused(&app, &staff, "setTracks", tracks(&seen, wanted)).await;
            assert_eq!(no["path"], path, "{no}");
        }
        let learner = app.signs_in("ada@example.org").await;
        let both = json!([{ "slug": "adult", "name": "Adult" }, { "slug": "pediatric", "name": "Pediatric" }, { "slug": "both", "name": "Both" }]);
        does(&app, &staff, "setTracks", tracks(&seen, both), "").await;
        let now = the_course(&app, &staff).await;
        learner.registers_for(&app, json!({ "courseId": now["id"], "trackId": now["tracks"][2]["id"], "professionCode": "nurse" })).await;
        let no = refused(
            &app,
            &staff,
            "setTracks",
            tracks(
                &now,
                json!([{ "slug": "adult", "name": "Adult" }, { "slug": "pediatric", "name": "Pediatric" }]),
            ),
        )
        .await;
        assert!(
            no["message"]
                .as_str()
                .is_some_and(|text| text.contains("Learners have registered for these tracks")
                    && text.contains("both")),
            "{no}"
        );
    }
}
