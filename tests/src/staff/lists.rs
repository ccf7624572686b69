//! Lists that hang on something: read from the beginning and from the end, page by page, they are the same.

use entity::nature::Nature;
use serde_json::{Value, json};

use super::enquiry::enquires;
use super::office::{does, variant};
use crate::support::{Person, TestApp, said, stories};

/// Reads a list of something to its end, page by page, forwards by `first` or backwards by `last`; returns
/// the ids of its rows, in order.
async fn walks(
    app: &TestApp,
    person: &Person,
    (kind, id): (&str, &Value),
    list: &str,
    size: usize,
    backwards: bool,
) -> Vec<Value> {
    let (count, past, more, edge) = if backwards {
        ("last", "before", "hasPreviousPage", "startCursor")
    } else {
        ("first", "after", "hasNextPage", "endCursor")
    };
    let query = format!(
        "query($id: ID!, $cursor: String) {{ node(id: $id) {{ ... on {kind} {{ {list}({count}: {size}, {past}: $cursor) {{ pageInfo {{ {more} {edge} }}
            edges {{ cursor node {{ id }} }} nodes {{ id }} }} }} }} }}"
    );
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    for _ in 0..100 {
        let data = person.asks(app, &query, json!({ "id": id, "cursor": cursor })).await;
        let page = &data["node"][list];
        let found: Vec<Value> = page["nodes"]
            .as_array()
            .unwrap_or_else(|| panic!("{data}"))
            .iter()
            .map(|row| row["id"].clone())
            .collect();
        let edges: Vec<Value> = page["edges"]
            .as_array()
            .unwrap_or_else(|| panic!("{data}"))
            .iter()
            .map(|row| row["node"]["id"].clone())
            .collect();
        assert_eq!(found, edges);
        let place = if backwards { 0 } else { seen.len() };
        seen.splice(place..place, found);
        if page["pageInfo"][more] == false {
            return seen;
        }
        cursor = page["pageInfo"][edge].clone();
    }
    panic!("{kind}.{list} has no end");
}

stories! {
    async fn every_list_of_something_is_the_same_from_both_ends(app with the course at "2026-04-20T12:00-04:00") {
        for slug in ["alpha", "beta"] {
            app.imports(&variant(slug, |file| file.course.title = said(slug))).await;
        }
        let office = app.staff("office@example.org").await;
        for email in ["ada@example.org", "bob@example.org", "cyd@example.org"] {
            app.signs_in(email).await.takes_part(&app, "nurse").await;
        }
        enquires(&app, "ines@example.org", true).await;
        app.works().await;
        let (course, _) = app.course_and_track().await;
        let draft = does(
            &app,
            &office,
            "announce",
            json!({ "courseId": course, "subject": "Parking", "body": "Behind the house." }),
            "announcement { id recipientCount }",
        )
        .await;
        does(
            &app,
            &office,
            "confirmAnnouncement",
            json!({ "announcementId": draft["id"], "recipientCount": draft["recipientCount"] }),
            "",
        )
        .await;
        app.nature.move_to(app.nature.now().plus_minutes(11));
        let query = "query($id: ID!) { node(id: $id) { ... on Course { directors { id } series { series { id } } enquiries { nodes { id } } } } }";
        let of_course = office.asks(&app, query, json!({ "id": course })).await["node"].clone();
        let enquiry = &of_course["enquiries"]["nodes"][0]["id"];
        does(&app, &office, "answerEnquiry", json!({ "enquiryId": enquiry, "answer": "There is." }), "")
            .await;
        app.works().await;
        let (member, series, course) =
            (&of_course["directors"][0]["id"], &of_course["series"]["series"]["id"], &json!(course));
        for (owner, list, rows) in [
            (("FacultyMember", member), "courses", 3),
            // Five in each of three courses.
            (("FacultyMember", member), "sessions", 15),
            (("Series", series), "courses", 3),
            (("Enquiry", enquiry), "notices", 2),
            (("Announcement", &draft["id"]), "notices", 3),
            // Three seats held, three paid, three told of the parking, one who asked and was answered.
            (("Course", course), "notices", 11),
        ] {
            let whole = walks(&app, &office, owner, list, 100, false).await;
            assert_eq!(whole.len(), rows, "{}.{list}", owner.0);
            for (size, backwards) in [(2, false), (2, true), (100, true)] {
                assert_eq!(
                    walks(&app, &office, owner, list, size, backwards).await,
                    whole,
                    "{}.{list} by {size}, backwards: {backwards}",
                    owner.0
                );
            }
        }
    }
}
