//! Who never gave a name: not refused, asked for it, and flagged until it is known.

use serde_json::{Value, json};

use crate::staff::office::variant;
use crate::support::{Person, TestApp, stories};

/// What a registration lacks.
async fn missing(app: &TestApp, person: &Person, registration: &Value) -> Value {
    let query = "query($code: String!) { registration(code: $code) { missing } }";
    person.asks(app, query, json!({ "code": registration["code"] })).await["registration"]["missing"].clone()
}

/// The last column of the course's roster, row by row, below its header.
async fn flagged(app: &TestApp, staff: &Person, course: &Value) -> Vec<String> {
    let input = json!({ "courseId": course, "purpose": "Badges", "orderBy": { "field": "STARTED_AT" } });
    let ticket = staff.does(app, "exportRegistrations", input, "registrationExport { url }").await;
    let (_, _, file) = app.gets(ticket["url"].as_str().unwrap_or_else(|| panic!("{ticket}"))).await;
    let column = |line: &str| line.rsplit(',').next().unwrap_or_default().to_owned();
    assert_eq!(file.lines().next().map(column).as_deref(), Some("missing"));
    file.lines().skip(1).map(column).collect()
}

/// The first line of the newest letter to an address.
fn greeting(app: &TestApp, email: &str) -> String {
    app.letters_to(email)
        .pop()
        .and_then(|letter| letter.text.lines().next().map(str::to_owned))
        .expect("a letter")
}

stories! {
    async fn nobody_is_refused_for_want_of_a_name_and_it_is_flagged_until_it_is_known(app with the course at "2026-04-01T12:00-04:00") {
        let (course, _) = app.course_and_track().await;
        let course = json!(course);
        let staff = app.staff("office@example.org").await;
        let ada = app.signs_in("ada@example.org").await;
        assert_eq!(greeting(&app, "ada@example.org"), "Hello,");
        let started = ada.registers(&app, "nurse").await;
        app.works().await;
        assert_eq!(
            (&started["status"], missing(&app, &ada, &started).await),
            (&json!("STARTED"), json!(["NAME"]))
        );
        assert_eq!(greeting(&app, "ada@example.org"), "Hello,");
        assert_eq!(flagged(&app, &staff, &course).await, ["name"]);

        ada.does(&app, "updateProfile", json!({ "name": "Ada Lovelace" }), "").await;
        assert_eq!(missing(&app, &ada, &started).await, json!([]));
        assert_eq!(flagged(&app, &staff, &course).await, [""]);
        staff.records_payment(&app, &started).await;
        app.works().await;
        assert_eq!(greeting(&app, "ada@example.org"), "Dear Ada Lovelace,");

        ada.does(&app, "updateProfile", json!({ "name": "" }), "").await;
        assert_eq!(missing(&app, &ada, &started).await, json!(["NAME"]));
        ada.cancels(&app, &started).await;
        assert_eq!(missing(&app, &ada, &started).await, json!([]), "what is given up needs nothing");
    }

    async fn a_name_that_comes_with_the_registration_is_the_learners(app with the course at "2026-04-01T12:00-04:00") {
        let (course, track) = app.course_and_track().await;
        let ada = app.signs_in("ada@example.org").await;
        let input = |name: &str| json!({ "courseId": course, "trackId": track, "professionCode": "nurse", "name": name, "idempotencyKey": "once" });
        for name in ["x".repeat(201).as_str(), "Ada\u{202e}ecalevoL", "Ada\nLovelace"] {
            let no = ada.registers_for(&app, input(name)).await;
            assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &json!(["name"])), "{no}");
        }
        let started = ada.registers_for(&app, input(" Ada Lovelace ")).await;
        assert_eq!((&started["status"], missing(&app, &ada, &started).await), (&json!("STARTED"), json!([])));
        let mine = "{ viewer { learner { name } } }";
        assert_eq!(ada.asks(&app, mine, json!({})).await["viewer"]["learner"]["name"], "Ada Lovelace");
        app.works().await;
        assert_eq!(greeting(&app, "ada@example.org"), "Dear Ada Lovelace,");
        assert_eq!(
            ada.registers_for(&app, input(" Ada Lovelace ")).await["id"],
            started["id"],
            "sent twice, done once"
        );
        assert_eq!(ada.registers_for(&app, input("Ada King")).await["code"], "IDEMPOTENCY_KEY_REUSED");

        // An empty one says nothing, and one that is known stays.
        let bob = app.signs_in("bob@example.org").await;
        bob.does(&app, "updateProfile", json!({ "name": "Bob" }), "").await;
        let started = bob.registers_for(&app, input("  ")).await;
        assert_eq!(missing(&app, &bob, &started).await, json!([]));
        assert_eq!(bob.asks(&app, mine, json!({})).await["viewer"]["learner"]["name"], "Bob");
        let found = "{ registrations(filter: { text: \"lovelace\" }) { totalCount } }";
        let staff = app.staff("office@example.org").await;
        assert_eq!(
            staff.asks(&app, found, json!({})).await["registrations"]["totalCount"],
            1,
            "by the new name"
        );
    }

    async fn a_track_that_came_later_is_missing_too(app at "2026-04-01T12:00-04:00") {
        let plain = variant("plain", |file| {
            file.tracks.clear();
            file.days.iter_mut().flat_map(|day| &mut day.sessions).for_each(|session| session.tracks.clear());
        });
        app.imports(&plain).await;
        let data = app.asks(None, "{ course(slug: \"plain\") { id } }", json!({})).await;
        let course = data["course"]["id"].clone();
        let staff = app.staff("office@example.org").await;
        let ada = app.signs_in("ada@example.org").await;
        let started = ada
            .registers_for(&app, json!({ "courseId": course, "professionCode": "nurse", "name": "Ada" }))
            .await;
        assert_eq!(missing(&app, &ada, &started).await, json!([]));
        let version = staff.asks(&app, "{ course(slug: \"plain\") { version } }", json!({})).await["course"]
            ["version"]
            .clone();
        let tracks = json!({ "courseId": course, "version": version, "tracks": [{ "slug": "adult", "name": "Adult" }] });
        let done = staff.does(&app, "setTracks", tracks, "course { id }").await;
        assert_eq!(done["id"], course, "{done}");
        assert_eq!(missing(&app, &ada, &started).await, json!(["TRACK"]));
        assert_eq!(flagged(&app, &staff, &course).await, ["track"]);
    }
}
