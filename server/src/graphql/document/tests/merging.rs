//! Which fields are handed over.

use super::*;

fn plain(text: &str) -> String {
    handed_over(text, json!({}))
}

#[test]
fn what_is_asked_twice_is_run_once() {
    let twice = "mutation { a: signOut(input: {}) { __typename } a: signOut(input: {}) { b: __typename } ...f } fragment f on Mutation { a: signOut(input: {}) { c: __typename } }";
    assert_eq!(plain(twice), "{a:signOut(input:{}){__typename b:__typename c:__typename}}");
    assert_eq!(
        plain("{ viewer { learner { id } } viewer { learner { name id } roles } }"),
        "{viewer{learner{id name} roles}}"
    );
}

#[test]
fn fragments_are_resolved_in_the_order_of_the_document() {
    let text = "{ course(slug: \"x\") { id ...f title ... on Node { slugged: id } ... { kind } } } fragment f on Course { summary ...g title } fragment g on Course { slug }";
    assert_eq!(plain(text), "{course(slug:\"x\"){id summary slug title slugged:id kind}}");
}

#[test]
fn of_an_interface_each_type_gets_what_is_its_own() {
    let text = "{ node(id: \"x\") { ... on Course { title id } id ...f ... on Node { __typename } ... on Course { title summary } } } fragment f on Session { title id }";
    assert_eq!(
        plain(text),
        "{node(id:\"x\"){...Course{title id} id ...Session{title} __typename ...Course{summary}}}"
    );
}

#[test]
fn what_is_skipped_is_not_handed_over() {
    assert_eq!(
        plain(
            "{ viewer @skip(if: true) { roles } viewer @include(if: true) { learner { id @skip(if: false) name @include(if: false) } } }"
        ),
        "{viewer{learner{id}}}"
    );
    let text = "query($a: Boolean!, $b: Boolean = true) { viewer { roles @skip(if: $a) ...f @include(if: $b) learner { id } } } fragment f on Viewer { learner { name } }";
    assert_eq!(handed_over(text, json!({ "a": false })), "{viewer{roles learner{name id}}}");
    assert_eq!(handed_over(text, json!({ "a": true, "b": false })), "{viewer{learner{id}}}");
    let nothing = "query($a: Boolean!) { viewer @skip(if: $a) { roles } }";
    assert_eq!(handed_over(nothing, json!({ "a": true })), "");
}

#[test]
fn fields_of_one_key_must_be_the_same() {
    for text in [
        "{ course(slug: \"a\") { id } course(slug: \"b\") { id } }",
        "{ node(id: \"a\") { id } node: nodes(ids: [\"a\"]) { id } }",
        "{ nodes(ids: [\"a\"]) { id } nodes(ids: [\"a\", \"b\"]) { id } }",
        "{ courses(filter: { text: \"a\" }) { totalCount } ...f } fragment f on Query { courses(filter: { text: \"b\" }) { totalCount } }",
        "{ viewer { learner { id } } viewer { learner { id: name } } }",
    ] {
        let errors = errors(text, json!({}));
        assert!(
            errors
                .iter()
                .all(|error| error.code == "GRAPHQL_VALIDATION_FAILED" && !error.locations.is_empty()),
            "{text}: {errors:?}"
        );
    }
    assert_eq!(
        plain("{ nodes(ids: [\"a\", \"b\"]) { id } nodes(ids: [\"a\", \"b\"]) { __typename } }"),
        "{nodes(ids:[\"a\", \"b\"]){id __typename}}"
    );
}
