//! Where a course is taught, and what its sessions say of themselves: written by staff, read by everybody,
//! told in letters and calendars.

use lectern::catalogue::draft::Room;
use lectern::course_file::{parse, print};
use serde_json::{Value, json};

use super::office::{course, does, refused, session, the_course, variant};
use crate::support::app::PUBLIC_URL;
use crate::support::{Person, SAMPLE_SLUG, TestApp, said, stories};

/// What the stories read of a course's place.
const PLACE: &str =
    "course { format venueName venueAddress venueMapUrl venueDirections rooms { slug name capacity } }";
/// What they read of a session.
const SESSION: &str = "session { slug room { slug name capacity } description level language themes }";

/// Changes the reference course.
async fn updates(app: &TestApp, staff: &Person, more: Value) -> Value {
    let told = the_course(app, staff).await;
    let mut input = json!({ "courseId": told["id"], "version": told["version"] });
    input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    does(app, staff, "updateCourse", input, PLACE).await
}

/// The venue, as an input says it.
fn venue(format: &str) -> Value {
    json!({ "format": format, "venueName": "Gordon Hall", "venueAddress": "25 Shattuck Street\nBoston, MA 02115", "venueMapUrl": "https://maps.example.org/gordon",
        "venueDirections": "Take the *Green Line* to Longwood.", "rooms": [{ "slug": "amphitheater", "name": "Amphitheater", "capacity": 120 }, { "slug": "lab", "name": "Skills Lab" }] })
}

/// The reference course in a place, with a room and a link for its first session.
fn in_a_place(format: entity::course::Format) -> String {
    variant(SAMPLE_SLUG, |file| {
        file.course.format = format;
        file.course.venue = Some(said("Gordon Hall"));
        file.course.venue_address = Some(said("25 Shattuck Street\nBoston, MA 02115"));
        file.course.venue_map = Some(said("https://maps.example.org/gordon"));
        file.course.venue_directions = Some(said("Take the *Green Line* to Longwood."));
        file.rooms =
            vec![Room { slug: said("amphitheater"), name: said("Amphitheater"), capacity: Some(120) }];
        for session in
            file.days.iter_mut().flat_map(|day| &mut day.sessions).filter(|session| session.kind.teaches())
        {
            session.room = Some(said("amphitheater"));
            session.join_url = Some(said("https://meet.example.org/room"));
        }
    })
}

/// The letters about one rule to somebody who takes part, with the calendar of the first.
async fn letters(app: &TestApp, format: entity::course::Format) -> (String, String, String) {
    app.imports(&in_a_place(format)).await;
    app.signs_in("nurse@example.org").await.takes_part(app, "nurse").await;
    app.lives_until("2026-05-13T12:00-04:00").await;
    let letters = app.letters_to("nurse@example.org");
    let find = |words: &str| {
        letters
            .iter()
            .find(|letter| letter.subject.contains(words))
            .unwrap_or_else(|| panic!("{words}: {:?}", app.subjects_to("nurse@example.org")))
    };
    let confirmed = find("You are registered");
    (
        confirmed.text.clone(),
        confirmed.calendar.clone().expect("a calendar"),
        find("course day on Wednesday, May 13").text.clone(),
    )
}

stories! {
    async fn a_place_and_its_rooms_are_written_and_read(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let done = updates(&app, &staff, venue("HYBRID")).await;
        let mut wanted = venue("HYBRID");
        wanted["rooms"][1]["capacity"] = Value::Null;
        assert_eq!(done, wanted, "what an edit writes it can read");
        let told = the_course(&app, &staff).await;
        let frame = json!({ "sessionId": session(&told, "d1-frame")["id"], "version": told["version"], "room": "amphitheater", "description": "What *frame* means.",
            "level": "Introductory", "language": "fr", "themes": ["Ethics", "Pain"] });
        let changed = does(&app, &staff, "updateSession", frame, SESSION).await;
        assert_eq!(
            changed,
            json!({ "slug": "d1-frame", "room": { "slug": "amphitheater", "name": "Amphitheater", "capacity": 120 },
            "description": "What *frame* means.", "level": "Introductory", "language": "fr", "themes": ["Ethics", "Pain"] })
        );
        let version = the_course(&app, &staff).await["version"].clone();
        let input = |more: Value| {
            let mut input = json!({ "sessionId": session(&told, "d1-frame")["id"], "version": version });
            input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            input
        };
        for (more, path) in [
            (json!({ "room": "attic" }), "room"),
            (json!({ "language": "French" }), "language"),
            (json!({ "themes": ["Pain", "Pain"] }), "themes.1"),
        ] {
            let no = refused(&app, &staff, "updateSession", input(more)).await;
            assert_eq!(
                no["path"]
                    .as_array()
                    .expect("a path")
                    .iter()
                    .filter_map(Value::as_str)
                    .collect::<Vec<_>>()
                    .join("."),
                path,
                "{no}"
            );
        }
        // A room in which there is a session stays; another one goes, and a new name is no new room.
        let course_id = told["id"].clone();
        let no = refused(
            &app,
            &staff,
            "updateCourse",
            json!({ "courseId": course_id, "version": version, "rooms": [] }),
        )
        .await;
        assert_eq!(no["path"], json!(["rooms"]), "{no}");
        let renamed = updates(
            &app,
            &staff,
            json!({ "rooms": [{ "slug": "amphitheater", "name": "Great Amphitheater", "capacity": 90 }] }),
        )
        .await;
        assert_eq!(
            renamed["rooms"],
            json!([{ "slug": "amphitheater", "name": "Great Amphitheater", "capacity": 90 }])
        );
        let query = "query($slug: String!) { course(slug: $slug) { venueName rooms { name } days { sessions { slug room { name } themes } } } }";
        let anybody = app.asks(None, query, json!({ "slug": SAMPLE_SLUG })).await;
        assert_eq!(anybody["course"]["venueName"], "Gordon Hall");
        assert_eq!(
            anybody["course"]["days"][0]["sessions"][1],
            json!({ "slug": "d1-frame", "room": { "name": "Great Amphitheater" }, "themes": ["Ethics", "Pain"] })
        );
        // The file says the same, there and back; a copy takes all of it along.
        let file = lectern::catalogue::draft::find(&app.state, SAMPLE_SLUG)
            .await
            .expect("a database")
            .expect("the course");
        assert_eq!(parse(&print(&file)).expect("it can be read"), file);
        assert!(
            print(&file).contains("[[rooms]]\nslug = \"amphitheater\"")
                && print(&file).contains("venue = \"Gordon Hall\"")
        );
        let copied = json!({ "courseId": course_id, "slug": "again", "moveByDays": 364 });
        does(&app, &staff, "copyCourse", copied, "course { id }").await;
        let copy = staff.asks(&app, query, json!({ "slug": "again" })).await["course"].clone();
        assert_eq!(
            (&copy["venueName"], &copy["rooms"]),
            (&json!("Gordon Hall"), &json!([{ "name": "Great Amphitheater" }]))
        );
        assert_eq!(copy["days"][0]["sessions"][1]["room"]["name"], "Great Amphitheater");
        let away = updates(
            &app,
            &staff,
            json!({ "venueName": null, "venueAddress": null, "venueMapUrl": null, "venueDirections": null }),
        )
        .await;
        assert_eq!((&away["venueName"], &away["venueMapUrl"]), (&Value::Null, &Value::Null));
    }

    async fn a_course_in_a_room_says_where_and_not_how_to_join(app at "2026-04-01T12:00-04:00") {
        let (confirmed, calendar, day) = letters(&app, entity::course::Format::InPerson).await;
        for words in [
            "Gordon Hall",
            "25 Shattuck Street",
            "Boston, MA 02115",
            "https://maps.example.org/gordon",
            "Green Line",
        ] {
            assert!(confirmed.contains(words), "{words}: {confirmed}");
        }
        assert!(!confirmed.contains("join online"), "{confirmed}");
        assert!(
            day.contains("Gordon Hall") && day.contains("Amphitheater") && !day.contains("meet.example.org"),
            "{day}"
        );
        let location = "LOCATION:Gordon Hall\\, 25 Shattuck Street\\, Boston\\, MA 02115";
        assert!(calendar.contains(location) && !calendar.contains("links to join"), "{calendar}");
        let (_, _, public) = app.gets(&format!("{PUBLIC_URL}/calendar/courses/{SAMPLE_SLUG}.ics")).await;
        assert!(icalendar::parser::unfold(&public).contains(location), "{public}");
        let nurse = app.signs_in("nurse@example.org").await;
        let own = nurse.asks(&app, "{ viewer { calendarUrl } }", json!({})).await["viewer"]["calendarUrl"]
            .as_str()
            .expect("an address")
            .to_owned();
        let (_, _, own) = app.gets(&own).await;
        assert!(icalendar::parser::unfold(&own).contains(location), "{own}");
    }

    async fn a_course_of_both_sorts_says_both(app at "2026-04-01T12:00-04:00") {
        let (confirmed, calendar, day) = letters(&app, entity::course::Format::Hybrid).await;
        assert!(
            confirmed.contains("Gordon Hall")
                && confirmed.contains("with the link for those who join online"),
            "{confirmed}"
        );
        assert!(
            day.contains("Gordon Hall")
                && day.contains("Amphitheater")
                && day.contains("https://meet.example.org/room"),
            "{day}"
        );
        assert!(
            calendar.contains("LOCATION:Gordon Hall") && calendar.contains("links to join"),
            "{calendar}"
        );
    }

    async fn a_course_online_says_nothing_of_a_place(app at "2026-04-01T12:00-04:00") {
        let (confirmed, calendar, day) = letters(&app, entity::course::Format::LiveOnline).await;
        assert!(
            !confirmed.contains("Gordon Hall") && confirmed.contains("with the link to join online."),
            "{confirmed}"
        );
        assert!(day.contains("https://meet.example.org/room") && !day.contains("Amphitheater"), "{day}");
        assert!(!calendar.contains("LOCATION"), "{calendar}");
    }

    async fn what_is_missing_on_the_way_in_is_warned_of_in_time(app with the course at "2026-04-01T12:00-04:00") {
        app.staff("office@example.org").await;
        let warned = async |word: &str| -> Vec<Value> {
            let staff = app.signs_in("office@example.org").await;
            let told = course(&app, &staff, SAMPLE_SLUG).await["warnings"].clone();
            told.as_array()
                .expect("warnings")
                .iter()
                .filter(|row| row["path"].as_array().is_some_and(|path| path.contains(&json!(word))))
                .cloned()
                .collect()
        };
        assert_eq!(
            warned("joinUrl").await,
            Vec::<Value>::new(),
            "six weeks before, nobody need have a link"
        );
        app.travels_to("2026-05-07T12:00-04:00").await;
        let soon = warned("joinUrl").await;
        assert_eq!(
            (soon.len(), &soon[0]["path"]),
            (1, &json!(["days", "0", "sessions", "0", "joinUrl"])),
            "{soon:?}"
        );
        let words = soon[0]["message"].as_str().expect("words");
        assert!(
            words.contains("starts on 2026-05-13 at 10:00")
                && words.contains("more sessions in the next seven days"),
            "{words}"
        );
        let staff = app.signs_in("office@example.org").await;
        let told = the_course(&app, &staff).await;
        does(
            &app,
            &staff,
            "updateCourse",
            json!({ "courseId": told["id"], "version": told["version"], "format": "IN_PERSON" }),
            "",
        )
        .await;
        let here = course(&app, &staff, SAMPLE_SLUG).await["warnings"].clone();
        let has = |word: &str| {
            here.as_array()
                .expect("warnings")
                .iter()
                .any(|row| row["path"].as_array().is_some_and(|path| path.contains(&json!(word))))
        };
        assert!(has("venueName") && !has("joinUrl"), "{here}");
    }

    async fn what_nobody_can_have_is_warned_of(app at "2026-04-01T12:00-04:00") {
        app.imports(&variant(SAMPLE_SLUG, |draft| {
            draft.course.format = entity::course::Format::InPerson;
            draft.registration.capacity = Some(100);
            draft.registration.opens = Some("2026-04-20T00:00".parse().expect("a moment"));
            draft.registration.early_deadline = Some("2026-04-19".parse().expect("a day"));
            let room = |slug: &str, capacity| Room { slug: said(slug), name: said(slug), capacity: Some(capacity) };
            draft.rooms = vec![room("hall", 100), room("cellar", 60), room("attic", 10)];
            draft.days[0].sessions[0].room = Some(said("cellar"));
            draft.days[0].sessions[1].room = Some(said("hall"));
        }))
        .await;
        let staff = app.staff("office@example.org").await;
        let told = the_course(&app, &staff).await["warnings"].clone();
        let of = |path: Value| -> Vec<String> {
            let rows = told.as_array().expect("warnings").iter().filter(|row| row["path"] == path);
            rows.map(|row| row["message"].as_str().expect("words").to_owned()).collect()
        };
        let early = of(json!(["earlyDeadline"]));
        assert_eq!(early, ["This is before registration opens on 2026-04-20, so nobody can pay the early price."]);
        let cellar = of(json!(["rooms", "1", "capacity"]));
        assert_eq!(cellar.len(), 1, "{told}");
        assert!(cellar[0].starts_with("This is 60, while the course has 100 seats and \""), "{cellar:?}");
        for other in [0, 2] {
            assert_eq!(of(json!(["rooms", other.to_string(), "capacity"])), Vec::<String>::new());
        }
    }
}
