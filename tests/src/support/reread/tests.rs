//! What is taken, and what is found.

use serde_json::json;

use super::*;

const DOCUMENT: &str = "query($all: Boolean = true) { me: viewer { roles learner { __typename email ...more @include(if: $all) } }
    node(id: \"x\") { __typename ... on Course { title } ... on Session { course { __typename id } } } courses { edges { cursor } totalCount } }
    fragment more on Learner { id email }";

fn breaches(document: &str, variables: Value, answer: &str) -> Vec<String> {
    reread(document, &variables, answer).breaches
}

fn with(me: &str, node: &str, courses: &str, errors: &str) -> Vec<String> {
    let errors = if errors.is_empty() { String::new() } else { format!(", \"errors\": [{errors}]") };
    let answer =
        format!("{{ \"data\": {{ \"me\": {me}, \"node\": {node}, \"courses\": {courses} }}{errors} }}");
    breaches(DOCUMENT, json!({}), &answer)
}

const ME: &str = r#"{ "roles": ["STAFF"], "learner": { "__typename": "Learner", "email": "ada@example.org", "id": "x" } }"#;
const NODE: &str = r#"{ "__typename": "Session", "course": { "__typename": "Course", "id": "x" } }"#;
const COURSES: &str = r#"{ "edges": [{ "cursor": "x" }], "totalCount": null }"#;
const ERROR: &str = r#"{ "message": "No.", "extensions": { "code": "INTERNAL" }"#;

#[test]
fn what_fits_is_taken() {
    assert_eq!(with(ME, NODE, COURSES, ""), Vec::<String>::new());
    assert_eq!(with("null", "null", COURSES, ""), Vec::<String>::new());
    let less = r#"{ "roles": [], "learner": { "__typename": "Learner", "email": "ada@example.org" } }"#;
    let answer = format!("{{ \"data\": {{ \"me\": {less}, \"node\": null, \"courses\": {COURSES} }} }}");
    assert_eq!(breaches(DOCUMENT, json!({ "all": false }), &answer), Vec::<String>::new());
    assert_eq!(
        breaches("{ node(id: \"x\") { ... on Session { title } } }", json!({}), "{\"data\":{\"node\":{}}}"),
        Vec::<String>::new()
    );
    let fallen = |document: &str, data: &str, path: &str, column: usize| {
        let place = format!("\"locations\": [{{ \"line\": 1, \"column\": {column} }}]");
        let found = reread(
            document,
            &json!({}),
            &format!("{{ \"data\": {data}, \"errors\": [{ERROR}, \"path\": {path}, {place} }}] }}"),
        );
        assert_eq!(found.breaches, Vec::<String>::new());
        found.fallen
    };
    assert_eq!(fallen("{ viewer { learner { id } } }", "{ \"viewer\": null }", "[\"viewer\"]", 3), Some(0));
    assert_eq!(
        fallen(
            "{ viewer { learner { id } } }",
            "{ \"viewer\": null }",
            "[\"viewer\", \"learner\", \"id\"]",
            22
        ),
        Some(2)
    );
    assert_eq!(
        fallen("{ courses { edges { cursor } } }", "null", "[\"courses\", \"edges\", 3, \"cursor\"]", 21),
        Some(4)
    );
}

#[test]
fn what_does_not_fit_is_found() {
    for (me, node, courses, errors, word) in [
        (r#"{ "roles": ["STAFF"] }"#, NODE, COURSES, "", "data.me has the keys"),
        (r#"{ "learner": null, "roles": [] }"#, NODE, COURSES, "", "data.me has the keys"),
        (r#"{ "roles": [], "learner": null }"#, NODE, COURSES, "", "data.me.learner is null"),
        (&ME.replace("STAFF", "COOK"), NODE, COURSES, "", "data.me.roles.0 is no Role"),
        (&ME.replace("\"Learner\"", "\"Viewer\""), NODE, COURSES, "", "must be Learner"),
        (&ME.replace("\"ada@example.org\"", "7"), NODE, COURSES, "", "data.me.learner.email is no String"),
        ("{}", NODE, COURSES, "", "data.me has the keys"),
        (ME, r#"{ "__typename": "Course" }"#, COURSES, "", "data.node has the keys"),
        (ME, r#"{ "__typename": "Learner" }"#, COURSES, "", "data.node is no Node"),
        (ME, NODE, r#"{ "edges": [null], "totalCount": null }"#, "", "data.courses.edges.0 is null"),
        (ME, NODE, r#"{ "edges": {}, "totalCount": null }"#, "", "data.courses.edges is no list"),
        (ME, NODE, r#"{ "edges": [], "totalCount": 3000000000 }"#, "", "data.courses.totalCount is no Int"),
        (ME, NODE, "null", "", "data.courses is null"),
        (ME, NODE, COURSES, &format!("{ERROR}, \"path\": [\"me\"] }}"), "there is a value"),
        (ME, NODE, COURSES, &format!("{ERROR}, \"path\": [\"viewer\"] }}"), "nothing was asked for"),
        (ME, NODE, COURSES, &format!("{ERROR} }}"), "an error without a path"),
        (ME, NODE, COURSES, r#"{ "message": "No." }"#, "without a message or a code"),
    ] {
        let found = with(me, node, courses, errors);
        assert!(found.iter().any(|breach| breach.contains(word)), "{word}: {found:?}");
    }
    let wide = format!("{{ \"data\": null, \"errors\": [{ERROR}, \"path\": [\"me\", \"roles\"] }}] }}");
    assert!(breaches(DOCUMENT, json!({}), &wide)[0].contains("more null than it had to"));
    let deep = format!(
        "{{ \"data\": {{ \"viewer\": null }}, \"errors\": [{ERROR}, \"path\": [\"viewer\"], \"locations\": [{{ \"line\": 1, \"column\": 22 }}] }}] }}"
    );
    assert!(
        breaches("{ viewer { learner { id } } }", json!({}), &deep)[0].contains("that is of the field at")
    );
    assert!(breaches(DOCUMENT, json!({}), "{}")[0].contains("neither"));
    assert!(breaches(DOCUMENT, json!({}), "{\"errors\":[]}")[0].contains("`errors`"));
}
