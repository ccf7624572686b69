//! Pages: nothing twice, nothing skipped, however much is added meanwhile; and ids that lead back to what
//! they name.

use lectern::catalogue::draft::Standing;
use serde_json::{Value, json};

use super::{each, variant};
use crate::support::{SAMPLE, SAMPLE_SLUG, TestApp, said, stories};

/// Reads a connection to its end, page by page, forwards by `first` or backwards by `last`; returns what
/// `field` of its nodes says, in order.
async fn walks(
    app: &TestApp,
    connection: &str,
    arguments: &str,
    size: usize,
    backwards: bool,
    field: &str,
) -> Vec<String> {
    let (count, past, more, edge) = if backwards {
        ("last", "before", "hasPreviousPage", "startCursor")
    } else {
        ("first", "after", "hasNextPage", "endCursor")
    };
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    for _ in 0..200 {
        let query = format!(
            "query($cursor: String) {{ {connection}({count}: {size}, {past}: $cursor{arguments}) {{ pageInfo {{ {more} {edge} }} nodes {{ {field} }} }} }}"
        );
        let data = app.asks(None, &query, json!({ "cursor": cursor })).await;
        let page = &data[connection];
        let found = each(&page["nodes"], field);
        if backwards {
            seen.splice(0..0, found);
        } else {
            seen.extend(found);
        }
        if page["pageInfo"][more] == false {
            return seen;
        }
        cursor = page["pageInfo"][edge].clone();
    }
    panic!("{connection} has no end");
}

/// A course of this name, with its slug for a title.
fn named(slug: &str) -> String {
    variant(slug, |file| file.course.title = said(slug))
}

/// One page of the course's faculty: names, and the cursor of the last.
async fn faculty_page(app: &TestApp, first: usize, after: &Value) -> (Vec<String>, Value) {
    let query = "query($slug: String!, $first: Int!, $after: String) { course(slug: $slug) { faculty(first: $first, after: $after) { pageInfo { endCursor } nodes { name } } } }";
    let data = app.asks(None, query, json!({ "slug": SAMPLE_SLUG, "first": first, "after": after })).await;
    let page = &data["course"]["faculty"];
    (each(&page["nodes"], "name"), page["pageInfo"]["endCursor"].clone())
}

stories! {
    async fn pages_of_any_size_and_direction_make_the_whole(app at "2026-04-01T12:00-04:00") {
        for text in [SAMPLE, &named("beta"), &named("alpha"), &named("gamma")] {
            app.imports(text).await;
        }
        for (connection, arguments, field) in [
            ("courses", "", "slug"),
            ("courses", ", orderBy: { field: STARTS_AT, direction: DESC }", "slug"),
            ("courses", ", orderBy: { field: TITLE }", "slug"),
            ("courses", ", orderBy: { field: TITLE, direction: DESC }", "slug"),
            ("courses", ", orderBy: { field: DEADLINE }", "slug"),
            ("sessions", "", "id"),
            ("faculty", "", "slug"),
        ] {
            let whole = walks(&app, connection, arguments, 100, false, field).await;
            let mut distinct = whole.clone();
            distinct.sort();
            distinct.dedup();
            assert_eq!(distinct.len(), if connection == "sessions" { 120 } else { 4 }, "{connection}");
            for (size, backwards) in [(1, false), (3, false), (3, true), (100, true)] {
                if connection == "sessions" && size == 1 {
                    continue;
                }
                assert_eq!(
                    walks(&app, connection, arguments, size, backwards, field).await,
                    whole,
                    "{connection}{arguments} by {size}, backwards: {backwards}"
                );
            }
        }
    }

    async fn what_is_added_between_two_pages_moves_nothing(app at "2026-04-01T12:00-04:00") {
        for slug in ["bbb", "ddd", "fff", "hhh"] {
            app.imports(&named(slug)).await;
        }
        let query = "query($after: String) { courses(first: 2, after: $after, orderBy: { field: TITLE }) { pageInfo { endCursor } nodes { slug } } }";
        let sessions = "query($after: String) { sessions(first: 15, after: $after) { pageInfo { hasNextPage endCursor } nodes { id } } }";
        let whole = walks(&app, "sessions", "", 100, false, "id").await;
        let first = app.asks(None, query, json!({})).await;
        let mut seen = each(&first["courses"]["nodes"], "slug");
        let first_sessions = app.asks(None, sessions, json!({})).await;
        let mut seen_sessions = each(&first_sessions["sessions"]["nodes"], "id");
        for slug in ["aaa", "ccc", "ggg"] {
            app.imports(&named(slug)).await;
        }
        let second =
            app.asks(None, query, json!({ "after": first["courses"]["pageInfo"]["endCursor"] })).await;
        seen.extend(each(&second["courses"]["nodes"], "slug"));
        assert_eq!(
            seen,
            ["bbb", "ddd", "fff", "ggg"],
            "nothing twice, nothing skipped, and what was added ahead is there"
        );
        let mut after = first_sessions["sessions"]["pageInfo"]["endCursor"].clone();
        loop {
            let page = app.asks(None, sessions, json!({ "after": after })).await;
            seen_sessions.extend(each(&page["sessions"]["nodes"], "id"));
            if page["sessions"]["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = page["sessions"]["pageInfo"]["endCursor"].clone();
        }
        let length = seen_sessions.len();
        let old: Vec<String> = seen_sessions.iter().filter(|id| whole.contains(id)).cloned().collect();
        assert_eq!(old, whole, "every session that was there is read once");
        seen_sessions.sort();
        seen_sessions.dedup();
        assert_eq!(seen_sessions.len(), length, "and no other twice");
    }

    async fn a_name_put_in_front_of_the_faculty_moves_nobody_to_the_next_page(app with the course at "2026-04-01T12:00-04:00") {
        let (mut seen, cursor) = faculty_page(&app, 2, &Value::Null).await;
        app.imports(&variant(SAMPLE_SLUG, |file| {
            let mut newcomer = file.faculty[0].clone();
            (newcomer.slug, newcomer.name, newcomer.role) =
                (said("nora-novice"), said("Nora Novice"), Standing::Faculty);
            file.faculty.insert(0, newcomer);
        }))
        .await;
        let (rest, _) = faculty_page(&app, 5, &cursor).await;
        seen.extend(rest);
        assert_eq!(seen, ["Harry Han", "Lindsay Dow", "Vanessa Battista", "Hadley Bloomhardt"]);
    }

    async fn a_page_has_one_to_a_hundred_rows_and_one_direction(app with the course at "2026-04-01T12:00-04:00") {
        let of_course = |arguments: &str| {
            format!("{{ course(slug: \"{SAMPLE_SLUG}\") {{ sessions({arguments}) {{ totalCount }} }} }}")
        };
        for arguments in [
            "first: 0",
            "first: 101",
            "first: -1",
            "last: 0",
            "last: 101",
            "first: 2147483647",
            "first: 1, last: 1",
            "after: \"nonsense\"",
            "before: \"W10\"",
            "after: \"\"",
        ] {
            for query in ["courses", "sessions", "faculty"]
                .map(|connection| format!("{{ {connection}({arguments}) {{ totalCount }} }}"))
                .into_iter()
                .chain([of_course(arguments)])
            {
                let answer = app.answers(None, &query, json!({})).await;
                assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{query}: {answer}");
                assert!(
                    answer["errors"][0]["message"].as_str().is_some_and(|message| !message.is_empty()),
                    "{answer}"
                );
            }
        }
        for arguments in ["first: 1", "first: 100", "last: 1", "last: 100"] {
            app.asks(None, &of_course(arguments), json!({})).await;
        }
        let data = app
            .asks(
                None,
                &format!("{{ course(slug: \"{SAMPLE_SLUG}\") {{ sessions {{ nodes {{ id }} }} }} }}"),
                json!({}),
            )
            .await;
        assert_eq!(
            data["course"]["sessions"]["nodes"].as_array().expect("sessions").len(),
            20,
            "where nothing is said"
        );
    }

    async fn a_cursor_of_another_connection_is_refused(app with the course at "2026-04-01T12:00-04:00") {
        let lists = [
            "courses",
            "courses(orderBy: { field: TITLE })",
            "courses(orderBy: { field: DEADLINE })",
            "sessions",
            "faculty",
        ];
        for giver in lists {
            let data = app
                .asks(None, &format!("{{ given: {giver} {{ pageInfo {{ startCursor }} }} }}"), json!({}))
                .await;
            let cursor = &data["given"]["pageInfo"]["startCursor"];
            for taker in lists {
                let field = match taker.strip_suffix(')') {
                    Some(open) => format!("{open}, after: {cursor})"),
                    None => format!("{taker}(after: {cursor})"),
                };
                let answer =
                    app.answers(None, &format!("{{ {field} {{ nodes {{ id }} }} }}"), json!({})).await;
                if giver == taker {
                    assert!(answer["errors"].is_null(), "{giver}: {answer}");
                } else {
                    assert_eq!(
                        answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
                        "a cursor of {giver} given to {taker}: {answer}"
                    );
                }
            }
        }
    }

    async fn an_id_leads_back_to_what_it_names(app with the course at "2026-04-01T12:00-04:00") {
        let query = "query($slug: String!) { course(slug: $slug) { id series { series { id } } tracks { id } offeredBy { id } accreditedBy { id } directors { id } sessions(first: 2) { nodes { id } } } }";
        let course = app.asks(None, query, json!({ "slug": SAMPLE_SLUG })).await["course"].clone();
        let named = [
            ("Course", &course["id"]),
            ("Series", &course["series"]["series"]["id"]),
            ("Track", &course["tracks"][1]["id"]),
            ("Organization", &course["offeredBy"][0]["id"]),
            ("Organization", &course["accreditedBy"][0]["id"]),
            ("FacultyMember", &course["directors"][2]["id"]),
            ("Session", &course["sessions"]["nodes"][1]["id"]),
            ("Course", &course["id"]),
        ];
        let mut ids: Vec<Value> = named.iter().map(|(_, id)| (*id).clone()).collect();
        let mut expected: Vec<Value> =
            named.iter().map(|(kind, id)| json!({ "__typename": kind, "id": id })).collect();
        for (kind, id) in named {
            let data = app
                .asks(None, "query($id: ID!) { node(id: $id) { __typename id } }", json!({ "id": id }))
                .await;
            assert_eq!(data["node"], json!({ "__typename": kind, "id": id }));
        }
        let tail = course["id"].as_str().expect("an id");
        for nothing in ["", "nonsense", &tail[1..], &tail.to_uppercase(), "Y291cnNlOg"] {
            ids.insert(1, json!(nothing));
            expected.insert(1, Value::Null);
        }
        let data = app
            .asks(None, "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", json!({ "ids": ids }))
            .await;
        assert_eq!(data["nodes"], json!(expected), "in the order asked for, null where there is nothing");
    }
}
