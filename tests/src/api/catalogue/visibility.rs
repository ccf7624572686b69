//! What is not for everybody: drafts, and where to join.

use entity::course::Status;
use lectern::catalogue::draft::Standing;
use serde_json::{Value, json};

use super::variant;
use crate::support::{Person, SAMPLE, SAMPLE_SLUG, TestApp, said, stories};

/// Every list and every name by which a draft could be found.
const EVERYWHERE: &str = "query($ids: [ID!]!, $first: ID!, $course: ID!) {
    course(slug: \"draft\") { slug }
    node(id: $first) { id }
    nodes(ids: $ids) { id }
    courses(first: 100) { totalCount nodes { slug } }
    byStatus: courses(filter: { status: DRAFT }) { totalCount nodes { slug } }
    byText: courses(filter: { text: \"unannounced\" }) { totalCount nodes { slug } }
    sessions(first: 100) { totalCount nodes { title course { slug } } }
    ofCourse: sessions(first: 100, filter: { courseId: $course }) { totalCount nodes { title } }
    novice: facultyMember(slug: \"nora-novice\") { name }
    byName: faculty(filter: { text: \"novice\" }) { totalCount nodes { name } }
    director: facultyMember(slug: \"harry-han\") { courses(first: 100) { nodes { slug } } sessions(first: 100) { nodes { course { slug } } } }
    series(slug: \"palliative-care\") { courses(first: 100) { nodes { slug } } } }";

/// A course that nobody has announced, offered by the medical school alone, with somebody who teaches nowhere
/// else.
fn draft() -> String {
    variant("draft", |file| {
        file.course.status = Status::Draft;
        file.course.title = said("An Unannounced Course");
        file.course.offered_by = vec![said("harvard-medical-school")];
        file.organizations.retain(|organization| organization.slug == "harvard-medical-school");
        let mut novice = file.faculty[0].clone();
        novice.slug = said("nora-novice");
        novice.name = said("Nora Novice");
        novice.role = Standing::Faculty;
        file.faculty.push(novice);
    })
}

/// The ids of the draft, a session of it and a track of it, as somebody who may see them learns them.
async fn ids(app: &TestApp, staff: &Person) -> Vec<String> {
    let data = staff
        .asks(
            app,
            "{ course(slug: \"draft\") { id sessions(first: 1) { nodes { id } } tracks { id } } }",
            json!({}),
        )
        .await;
    let course = &data["course"];
    [&course["id"], &course["sessions"]["nodes"][0]["id"], &course["tracks"][0]["id"]]
        .map(|id| id.as_str().expect("an id").to_owned())
        .to_vec()
}

async fn looks_everywhere(app: &TestApp, token: Option<&str>, ids: &[String]) -> Value {
    app.asks(token, EVERYWHERE, json!({ "ids": ids, "first": ids[0], "course": ids[0] })).await
}

/// The sample with a room for every session.
fn with_rooms() -> String {
    SAMPLE.replace("{ key = \"d", "{ join_url = \"https://meet.example.org/room\", key = \"d")
}

/// How many of the course's thirty sessions tell where to join: in the list, by day, across courses, and one
/// by its id.
async fn rooms(app: &TestApp, token: Option<&str>) -> [usize; 4] {
    let query =
        "query($slug: String!) { course(slug: $slug) { sessions(first: 100) { nodes { id joinUrl } } days { sessions { joinUrl } } }
        sessions(first: 100) { nodes { joinUrl } } }";
    let data = app.asks(token, query, json!({ "slug": SAMPLE_SLUG })).await;
    let open = |list: &Value| {
        list.as_array()
            .expect("a list")
            .iter()
            .filter(|row| row["joinUrl"] == "https://meet.example.org/room")
            .count()
    };
    let listed = &data["course"]["sessions"]["nodes"];
    let one = app
        .asks(
            token,
            "query($id: ID!) { node(id: $id) { ... on Session { joinUrl } } }",
            json!({ "id": listed[0]["id"] }),
        )
        .await;
    let by_day =
        data["course"]["days"].as_array().expect("days").iter().map(|day| open(&day["sessions"])).sum();
    [open(listed), by_day, open(&data["sessions"]["nodes"]), usize::from(!one["node"]["joinUrl"].is_null())]
}

stories! {
    async fn a_draft_is_nowhere_for_those_who_do_not_run_it(app with the course at "2026-04-01T12:00-04:00") {
        app.imports(&draft()).await;
        let school = app.staff_of("school@example.org", Some("harvard-medical-school")).await;
        let hospital = app.staff_of("hospital@example.org", Some("beth-israel-deaconess")).await;
        let learner = app.signs_in("learner@example.org").await;
        let ids = ids(&app, &school).await;
        for (person, staff) in [(None, false), (Some(&learner), false), (Some(&hospital), true)] {
            let who = person.map_or("anybody", |person| &person.email);
            let mut found = looks_everywhere(&app, person.map(|person| person.token.as_str()), &ids).await;
            if staff {
                // Whoever fills courses with people sees them all; the courses stay hidden.
                found["novice"] = Value::Null;
                found["byName"] = json!({ "totalCount": 0, "nodes": [] });
            }
            let nothing = json!({ "totalCount": 0, "nodes": [] });
            let only = json!({ "totalCount": 1, "nodes": [{ "slug": SAMPLE_SLUG }] });
            for (place, expected) in [
                ("course", &Value::Null),
                ("node", &Value::Null),
                ("nodes", &json!([null, null, null])),
                ("courses", &only),
                ("byStatus", &nothing),
                ("byText", &nothing),
                ("ofCourse", &nothing),
                ("novice", &Value::Null),
                ("byName", &nothing),
            ] {
                assert_eq!(&found[place], expected, "{who}: {place}");
            }
            assert_eq!(found["sessions"]["totalCount"], 30, "{who}");
            for list in [&found["director"]["courses"], &found["series"]["courses"]] {
                assert_eq!(list["nodes"], only["nodes"], "{who}");
            }
            assert_eq!(
                found["director"]["sessions"]["nodes"].as_array().expect("sessions").len(),
                5,
                "{who}"
            );
            assert!(
                !found.to_string().contains("draft") && !found.to_string().contains("Unannounced"),
                "{who}: {found}"
            );
        }
    }

    async fn a_draft_is_everywhere_for_those_who_run_it(app with the course at "2026-04-01T12:00-04:00") {
        app.imports(&draft()).await;
        let school = app.staff_of("school@example.org", Some("harvard-medical-school")).await;
        let office = app.staff("office@example.org").await;
        let ids = ids(&app, &school).await;
        for staff in [&school, &office] {
            let found = looks_everywhere(&app, Some(&staff.token), &ids).await;
            assert_eq!((&found["course"]["slug"], &found["node"]["id"]), (&json!("draft"), &json!(ids[0])));
            assert_eq!(found["nodes"], json!(ids.iter().map(|id| json!({ "id": id })).collect::<Vec<_>>()));
            assert_eq!(
                (
                    &found["courses"]["totalCount"],
                    &found["sessions"]["totalCount"],
                    &found["ofCourse"]["totalCount"]
                ),
                (&json!(2), &json!(60), &json!(30))
            );
            for place in ["byStatus", "byText"] {
                assert_eq!(
                    found[place],
                    json!({ "totalCount": 1, "nodes": [{ "slug": "draft" }] }),
                    "{place}"
                );
            }
            assert_eq!(
                (&found["novice"]["name"], &found["byName"]["totalCount"]),
                (&json!("Nora Novice"), &json!(1))
            );
            for list in [&found["director"]["courses"], &found["series"]["courses"]] {
                let courses = list["nodes"].as_array().expect("courses");
                assert!(courses.len() == 2 && courses.contains(&json!({ "slug": "draft" })), "{list}");
            }
            assert_eq!(found["director"]["sessions"]["nodes"].as_array().expect("sessions").len(), 10);
        }
    }

    async fn nobody_registers_for_a_draft(app at "2026-04-01T12:00-04:00") {
        app.imports(&draft()).await;
        let school = app.staff_of("school@example.org", Some("harvard-medical-school")).await;
        let ids = ids(&app, &school).await;
        let learner = app.signs_in("learner@example.org").await;
        let answer = learner
            .registers_for(&app, json!({ "courseId": ids[0], "trackId": ids[2], "professionCode": "nurse" }))
            .await;
        assert_eq!(answer["code"], "NOT_FOUND");
    }

    async fn where_to_join_is_told_to_the_confirmed_and_to_staff(app at "2026-04-01T12:00-04:00") {
        app.imports(&with_rooms()).await;
        assert_eq!(rooms(&app, None).await, [0; 4]);
        let curious = app.signs_in("curious@example.org").await;
        assert_eq!(rooms(&app, Some(&curious.token)).await, [0; 4]);
        let nurse = app.signs_in("nurse@example.org").await;
        let started = nurse.registers(&app, "nurse").await;
        assert_eq!(rooms(&app, Some(&nurse.token)).await, [0; 4], "not before the payment");
        let office = app.staff("office@example.org").await;
        office.records_payment(&app, &started).await;
        assert_eq!(rooms(&app, Some(&nurse.token)).await, [30, 30, 30, 1]);
        assert_eq!(rooms(&app, Some(&curious.token)).await, [0; 4], "and to nobody else");
        assert_eq!(rooms(&app, None).await, [0; 4]);
        let hospital = app.staff_of("hospital@example.org", Some("beth-israel-deaconess")).await;
        let school = app.staff_of("school@example.org", Some("harvard-medical-school")).await;
        assert_eq!(rooms(&app, Some(&office.token)).await, [30, 30, 30, 1]);
        assert_eq!(rooms(&app, Some(&hospital.token)).await, [30, 30, 30, 1]);
        assert_eq!(rooms(&app, Some(&school.token)).await, [0; 4], "its accreditor does not run it");
        nurse.cancels(&app, &started).await;
        assert_eq!(rooms(&app, Some(&nurse.token)).await, [0; 4], "not after cancelling");
    }

    async fn what_staff_alone_may_see_is_null_for_others(app with the course at "2026-04-01T12:00-04:00") {
        let query = "query($slug: String!) { course(slug: $slug) { reminderRules { slug } registrations { nodes { id } } } }";
        let hidden = json!({ "course": { "reminderRules": null, "registrations": null } });
        let learner = app.signs_in("learner@example.org").await;
        let school = app.staff_of("school@example.org", Some("harvard-medical-school")).await;
        for token in [None, Some(learner.token.as_str()), Some(school.token.as_str())] {
            assert_eq!(app.asks(token, query, json!({ "slug": SAMPLE_SLUG })).await, hidden);
        }
        let hospital = app.staff_of("hospital@example.org", Some("beth-israel-deaconess")).await;
        let seen = hospital.asks(&app, query, json!({ "slug": SAMPLE_SLUG })).await;
        assert_eq!(
            seen["course"]["reminderRules"].as_array().expect("rules").len(),
            lectern::catalogue::draft::default_rules().len()
        );
        assert_eq!(seen["course"]["registrations"], json!({ "nodes": [] }));
    }
}
