//! Sessions and tracks of a course, one at a time.

mod moves;
mod night;
mod tracks;

use serde_json::{Value, json};

use super::office::{course, does, record, recorded, refused, session, the_course, variant};
use crate::support::{Person, SAMPLE_SLUG, TestApp, said, stories};

const SESSION: &str = "session { __typename id slug title kind startsAt endsAt date startTime endTime joinUrl tracks { slug } faculty { role member { slug } } course { version } }";

/// A talk on the second evening, after everything else.
fn talk(course: &Value) -> Value {
    json!({ "courseId": course["id"], "version": course["version"], "title": "Grief & Loss", "kind": "TALK", "date": "2026-05-14",
        "startTime": "17:00", "endTime": "17:45" })
}

/// `input` with some of its fields written anew.
fn with(input: &Value, fields: Value) -> Value {
    let mut input = input.clone();
    for (field, value) in fields.as_object().expect("fields") {
        input[field] = value.clone();
    }
    input
}

async fn change(app: &TestApp, person: &Person, key: &str, fields: Value) -> Value {
    let course = the_course(app, person).await;
    let named = json!({ "sessionId": session(&course, key)["id"], "version": course["version"] });
    does(app, person, "updateSession", with(&named, fields), SESSION).await
}

stories! {
    async fn a_session_is_added_changed_moved_and_taken_out(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let course = the_course(&app, &staff).await;
        let lindsay = session(&course, "d2-serious-news")["faculty"][0]["member"]["id"].clone();
        let input = with(
            &talk(&course),
            json!({ "trackIds": [course["tracks"][0]["id"]], "joinUrl": "https://meet.example.org/1",
            "faculty": [{ "memberId": "harry-han", "role": "MODERATOR" }, { "memberId": lindsay }] }),
        );
        let added = does(&app, &staff, "addSession", input, SESSION).await;
        assert_eq!(
            added,
            json!({ "__typename": "Session", "id": added["id"], "slug": "2026-05-14-grief-loss", "title": "Grief & Loss", "kind": "TALK",
            "startsAt": "2026-05-14T21:00:00Z", "endsAt": "2026-05-14T21:45:00Z", "date": "2026-05-14", "startTime": "17:00", "endTime": "17:45",
            "joinUrl": "https://meet.example.org/1", "tracks": [{ "slug": "adult" }], "course": { "version": 2 },
            "faculty": [{ "role": "MODERATOR", "member": { "slug": "harry-han" } }, { "role": "SPEAKER", "member": { "slug": "lindsay-dow" } }] })
        );
        let course = the_course(&app, &staff).await;
        let second = does(
            &app,
            &staff,
            "addSession",
            with(&talk(&course), json!({ "startTime": "18:00", "endTime": "18:30" })),
            SESSION,
        )
        .await;
        assert_eq!(second["slug"], "2026-05-14-grief-loss-2");

        let renamed = change(
            &app,
            &staff,
            "2026-05-14-grief-loss",
            json!({ "title": "Grief", "joinUrl": null, "trackIds": null }),
        )
        .await;
        assert_eq!(
            renamed,
            with(
                &added,
                json!({ "title": "Grief", "joinUrl": null, "tracks": [], "course": { "version": 4 } })
            ),
            "all else stays"
        );
        let moved = change(
            &app,
            &staff,
            "2026-05-14-grief-loss",
            json!({ "date": "2026-05-15", "startTime": "17:15" }),
        )
        .await;
        assert_eq!(
            (&moved["startsAt"], &moved["endsAt"], &moved["id"]),
            (&json!("2026-05-15T21:15:00Z"), &json!("2026-05-15T21:45:00Z"), &added["id"])
        );
        let course = the_course(&app, &staff).await;
        assert_eq!(course["endsAt"], moved["endsAt"], "the course ends with it");
        does(
            &app,
            &staff,
            "removeSession",
            json!({ "sessionId": added["id"], "version": course["version"] }),
            "",
        )
        .await;
        let course = the_course(&app, &staff).await;
        assert_eq!(course["sessions"]["nodes"].as_array().map(Vec::len), Some(31));
        let unchanged =
            change(&app, &staff, "2026-05-14-grief-loss-2", json!({ "title": "Grief & Loss" })).await;
        assert_eq!(
            unchanged["course"]["version"], course["version"],
            "what changes nothing counts nothing up"
        );

        let rows = record(&app).await;
        let acts: Vec<&str> =
            rows.iter().map(|row| row.act.as_str()).filter(|act| *act != "grantRole").collect();
        assert_eq!(acts.iter().filter(|act| act.ends_with("Session")).count(), 5, "{acts:?}");
        let moved = recorded(&app, "updateSession").await.pop().expect("a row");
        assert!(
            moved.actor.contains("office@example.org")
                && moved.actor_id.is_some()
                && moved.course_id == Some(moved.subject_id)
        );
        assert_eq!(
            moved.before,
            Some(json!({ "session 2026-05-14-grief-loss": { "date": "2026-05-14", "start": "17:00" } }))
        );
        assert_eq!(
            moved.after,
            Some(json!({ "session 2026-05-14-grief-loss": { "date": "2026-05-15", "start": "17:15" } }))
        );
        assert!(
            recorded(&app, "removeSession").await[0]
                .after
                .as_ref()
                .is_some_and(|after| after["session 2026-05-14-grief-loss"].is_null())
        );
    }

    async fn what_cannot_be_is_refused_at_its_field(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let course = the_course(&app, &staff).await;
        let harry = session(&course, "d1-welcome")["faculty"][0]["member"]["id"].clone();
        let session_id = session(&course, "d2-serious-news")["id"].clone();
        for (fields, path, words) in [
            (json!({ "date": "2026-05-16" }), json!(["date"]), "from 2026-05-13 to 2026-05-15"),
            (json!({ "endTime": "16:59", "startTime": "17:00" }), json!(["endTime"]), "not after the start"),
            (json!({ "endsOn": "2026-05-16" }), json!(["endsOn"]), "the day after"),
            (json!({ "title": " " }), json!(["title"]), "empty"),
            (
                json!({ "trackIds": [course["tracks"][0]["id"], course["id"]] }),
                json!(["trackIds", "1"]),
                "no such track",
            ),
            (
                json!({ "faculty": [{ "memberId": "nobody" }] }),
                json!(["faculty", "0", "memberId"]),
                "no such faculty member",
            ),
            (
                json!({ "faculty": [{ "memberId": harry }, { "memberId": harry, "role": "PANELIST" }] }),
                json!(["faculty", "1", "memberId"]),
                "already",
            ),
            (json!({ "joinUrl": "http://meet.example.org" }), json!(["joinUrl"]), "https"),
        ] {
            let no = refused(&app, &staff, "addSession", with(&talk(&course), fields.clone())).await;
            assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &path), "{no}");
            assert!(no["message"].as_str().is_some_and(|message| message.contains(words)), "{no}");
            let input = with(&json!({ "sessionId": session_id, "version": course["version"] }), fields);
            let no = refused(&app, &staff, "updateSession", input).await;
            assert_eq!(no["path"], path, "{no}");
        }
        for (key, words) in [("d1-frame", "has this key"), ("Grief", "small letters")] {
            let no = refused(&app, &staff, "addSession", with(&talk(&course), json!({ "key": key }))).await;
            assert!(
                no["path"] == json!(["key"])
                    && no["message"].as_str().is_some_and(|message| message.contains(words)),
                "{no}"
            );
        }
        assert_eq!(the_course(&app, &staff).await, course);
    }

    async fn the_second_of_two_people_is_told_what_the_first_did(app with the course at "2026-04-01T12:00-04:00") {
        let (one, other) = (app.staff("one@example.org").await, app.staff("other@example.org").await);
        let seen = the_course(&app, &one).await;
        change(&app, &other, "d1-frame", json!({ "title": "Frames" })).await;
        let frame = session(&seen, "d1-frame")["id"].clone();
        let stale = [
            ("addSession", talk(&seen)),
            (
                "updateSession",
                json!({ "sessionId": frame, "version": seen["version"], "title": "The Frame" }),
            ),
            ("removeSession", json!({ "sessionId": frame, "version": seen["version"] })),
            (
                "reorderSessions",
                json!({ "courseId": seen["id"], "version": seen["version"], "sessionIds": [frame] }),
            ),
            ("setTracks", json!({ "courseId": seen["id"], "version": seen["version"], "tracks": [] })),
            (
                "setCourseFaculty",
                json!({ "courseId": seen["id"], "version": seen["version"], "faculty": [] }),
            ),
        ];
        for (name, input) in stale {
            let no = refused(&app, &one, name, input).await;
            assert_eq!(
                (&no["code"], &no["current"]["version"], &no["current"]["id"]),
                (&json!("STALE"), &json!(2), &seen["id"]),
                "{name}"
            );
        }
    }

    async fn who_does_not_run_the_course_finds_nothing_to_change(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let course = the_course(&app, &staff).await;
        let theirs = app.staff_of("theirs@example.org", Some("harvard-medical-school")).await;
        let learner = app.signs_in("ada@example.org").await;
        let frame = session(&course, "d1-frame")["id"].clone();
        let strange = "c2Vzc2lvbjowMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMQ";
        for id in [frame.clone(), json!(strange), json!("nonsense"), course["id"].clone()] {
            for (name, input) in [
                ("updateSession", json!({ "sessionId": id, "version": course["version"], "title": "Mine" })),
                ("removeSession", json!({ "sessionId": id, "version": course["version"] })),
            ] {
                for person in [&theirs, &learner] {
                    let no = refused(&app, person, name, input.clone()).await;
                    assert_eq!(
                        (&no["code"], &no["message"]),
                        (&json!("NOT_FOUND"), &json!("There is no such session.")),
                        "{name}"
                    );
                }
                let done = app.does(None, name, input, "").await;
                assert_eq!(done["code"], "UNAUTHENTICATED");
            }
        }
        for person in [&theirs, &learner] {
            assert_eq!(
                refused(&app, person, "addSession", talk(&course)).await["message"],
                "There is no such course."
            );
            let tracks = json!({ "courseId": course["id"], "version": course["version"], "tracks": [] });
            assert_eq!(refused(&app, person, "setTracks", tracks).await["code"], "NOT_FOUND");
            assert_eq!(course_warnings(&app, person).await, Value::Null);
        }
        does(&app, &staff, "addSession", talk(&course), SESSION).await;
    }

    async fn sessions_that_start_together_change_places_and_no_others(app at "2026-04-01T12:00-04:00") {
        app.imports(&variant(SAMPLE_SLUG, |file| {
            let sessions = &mut file.days[1].sessions;
            for key in ["b", "c"] {
                let mut parallel = sessions[1].clone();
                parallel.key = said(key);
                sessions.push(parallel);
            }
        }))
        .await;
        let staff = app.staff("office@example.org").await;
        let seen = the_course(&app, &staff).await;
        let order = |course: &Value| -> Vec<String> {
            let nodes = course["sessions"]["nodes"].as_array().expect("sessions").clone();
            nodes
                .iter()
                .filter(|row| row["startsAt"] == "2026-05-14T14:15:00Z")
                .map(|row| row["slug"].as_str().expect("a key").to_owned())
                .collect()
        };
        assert_eq!(order(&seen), ["d2-serious-news", "b", "c"]);
        let input = |keys: &[&str]| {
            let ids: Vec<&Value> = keys.iter().map(|key| &session(&seen, key)["id"]).collect();
            json!({ "courseId": seen["id"], "version": seen["version"], "sessionIds": ids })
        };
        for (keys, path, words) in [
            (&["c", "b"][..], json!(["sessionIds"]), "every session"),
            (&["c", "b", "b"], json!(["sessionIds", "2"]), "twice"),
            (&["c", "b", "d2-lunch"], json!(["sessionIds"]), "time orders them"),
            (&[], json!(["sessionIds"]), "every session"),
        ] {
            let no = refused(&app, &staff, "reorderSessions", input(keys)).await;
            assert!(
                no["path"] == path && no["message"].as_str().is_some_and(|message| message.contains(words)),
                "{no}"
            );
        }
        does(&app, &staff, "reorderSessions", input(&["c", "d2-serious-news", "b"]), "").await;
        let now = the_course(&app, &staff).await;
        assert_eq!(order(&now), ["c", "d2-serious-news", "b"]);
        assert_eq!(now["version"], 2);
        assert_eq!(session(&now, "b")["id"], session(&seen, "b")["id"]);
        change(&app, &staff, "c", json!({ "title": "Still first" })).await;
        assert_eq!(
            order(&the_course(&app, &staff).await),
            ["c", "d2-serious-news", "b"],
            "a change of words moves nothing"
        );
    }

    async fn what_overlaps_within_a_track_is_warned_of(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let overlaps = |warnings: &Value| -> Vec<Value> {
            warnings
                .as_array()
                .expect("warnings")
                .iter()
                .filter(|row| row["message"].as_str().is_some_and(|text| text.contains("in both")))
                .cloned()
                .collect()
        };
        let before = the_course(&app, &staff).await;
        assert_eq!(overlaps(&before["warnings"]), Vec::<Value>::new());
        let (adult, pediatric) = (&before["tracks"][0]["id"], &before["tracks"][1]["id"]);
        does(&app, &staff, "addSession", with(&talk(&before), json!({ "trackIds": [adult] })), SESSION).await;
        let now = the_course(&app, &staff).await;
        let beside =
            with(&talk(&now), json!({ "startTime": "17:30", "endTime": "18:00", "trackIds": [pediatric] }));
        let added = does(&app, &staff, "addSession", beside, SESSION).await;
        assert_eq!(
            overlaps(&the_course(&app, &staff).await["warnings"]),
            Vec::<Value>::new(),
            "parallel tracks are not in one another's way"
        );
        change(
            &app,
            &staff,
            added["slug"].as_str().expect("a key"),
            json!({ "trackIds": [adult, pediatric] }),
        )
        .await;
        let found = overlaps(&the_course(&app, &staff).await["warnings"]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0]["path"], json!(["days", "1", "sessions", "10", "startTime"]));
        assert!(
            found[0]["message"]
                .as_str()
                .is_some_and(|text| text.contains("Grief & Loss") && text.contains("track adult")),
            "{found:?}"
        );
    }

    async fn an_edit_costs_the_same_however_long_the_agenda_is(app with the course at "2026-04-01T12:00-04:00") {
        app.imports(&variant("long", |file| {
            for day in &mut file.days {
                let once = day.sessions.clone();
                for copy in ["b", "c"] {
                    day.sessions.extend(once.iter().cloned().map(|mut row| {
                        row.key = said(format!("{}-{copy}", row.key));
                        row
                    }));
                }
            }
        }))
        .await;
        let staff = app.staff("office@example.org").await;
        let mut costs = Vec::new();
        for slug in [SAMPLE_SLUG, "long"] {
            let seen = course(&app, &staff, slug).await;
            let input = with(&talk(&seen), json!({ "faculty": [{ "memberId": "harry-han" }] }));
            let before = app.statements();
            does(&app, &staff, "addSession", input, SESSION).await;
            costs.push(app.statements() - before);
        }
        assert_eq!(costs[0], costs[1], "30 sessions and 90");
        assert!(costs[0] <= 80, "{costs:?}");
    }
}

async fn course_warnings(app: &TestApp, person: &Person) -> Value {
    let query = "query($slug: String!) { course(slug: $slug) { warnings { message } } }";
    person.asks(app, query, json!({ "slug": SAMPLE_SLUG })).await["course"]["warnings"].clone()
}
