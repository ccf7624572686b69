//! Operations and variables.

use super::*;

#[test]
fn the_operation_that_is_meant_is_run() {
    let documents = documents();
    let two = documents
        .read("query A { viewer { roles } } mutation B { signOut(input: {}) { __typename } }")
        .expect("a document");
    assert_eq!(two.kind(Some("A")).expect("A"), OperationType::Query);
    assert_eq!(documents.prepare(&two, Some("B"), Map::new()).expect("B").kind, OperationType::Mutation);
    for (document, name, message) in [
        (&two, None, "The document has several operations; say in `operationName` which one to run."),
        (&two, Some("C"), "The document has no operation called `C`."),
        (
            &documents.read("{ viewer { roles } }").expect("a document"),
            Some("A"),
            "The document has no operation called `A`.",
        ),
    ] {
        let errors = documents.prepare(document, name, Map::new()).expect_err(message).into_errors();
        assert_eq!((errors[0].code, errors[0].message.as_str()), ("OPERATION_RESOLUTION_FAILURE", message));
    }
}

#[test]
fn variables_stand_where_they_are_used() {
    let text = "query($slug: String!, $n: Int, $filter: CourseFilter) { course(slug: $slug) { id } courses(first: $n, filter: $filter) { totalCount } }";
    let given = json!({ "slug": "x", "n": 3, "filter": { "text": "y" }, "unknown": [1] });
    assert_eq!(
        handed_over(text, given),
        "{course(slug:\"x\"){id} courses(first:3 filter:{text: \"y\"}){totalCount}}"
    );
}

#[test]
fn what_is_left_out_is_left_out_and_not_null() {
    let text = "query($n: Int, $text: String, $on: Date) { courses(first: $n, filter: { text: $text }) { totalCount } }"
        .replace(", $on: Date", "");
    assert_eq!(handed_over(&text, json!({})), "{courses(filter:{}){totalCount}}");
    assert_eq!(
        handed_over(&text, json!({ "n": null, "text": null })),
        "{courses(first:null filter:{text: null}){totalCount}}"
    );
    let text = "mutation($id: ID!, $d: Int, $with: Boolean) { moveCourse(input: { courseId: $id, version: 1, moveByDays: $d, withDeadlines: $with }) { __typename } }";
    assert_eq!(
        handed_over(text, json!({ "id": 7 })),
        "{moveCourse(input:{courseId: \"7\", version: 1}){__typename}}"
    );
    assert_eq!(
        refusal(text, json!({ "id": "a", "with": null })),
        "The argument `input` of `moveCourse`, at `withDeadlines`, must not be null."
    );
}

#[test]
fn values_are_read_as_their_types_say() {
    let text = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    assert_eq!(
        handed_over(text, json!({ "ids": "one" })),
        "{nodes(ids:[\"one\"]){id}}",
        "one value for a list"
    );
    assert_eq!(
        handed_over("{ nodes(ids: 12345678901234567890) { id } }", json!({})),
        "{nodes(ids:[\"12345678901234567890\"]){id}}"
    );
    assert_eq!(
        handed_over("query($n: Int) { courses(first: $n) { totalCount } }", json!({ "n": 2.0 })),
        "{courses(first:2){totalCount}}"
    );
    assert_eq!(
        handed_over("{ courses(filter: { format: IN_PERSON }) { totalCount } }", json!({})),
        handed_over(
            "query($f: CourseFormat) { courses(filter: { format: $f }) { totalCount } }",
            json!({ "f": "IN_PERSON" })
        )
    );
}

#[test]
fn a_variable_that_does_not_fit_is_told_with_its_path() {
    for (text, given, message) in [
        (
            "query($s: String!) { course(slug: $s) { id } }",
            json!({}),
            "The variable `$s` of the type `String!` is required, and was not given.",
        ),
        (
            "query($s: String!) { course(slug: $s) { id } }",
            json!({ "s": null }),
            "The variable `$s` must not be null.",
        ),
        (
            "query($s: String!) { course(slug: $s) { id } }",
            json!({ "s": 1 }),
            "The variable `$s` expects a String; `1` is none.",
        ),
        (
            "query($n: Int) { courses(first: $n) { totalCount } }",
            json!({ "n": 3_000_000_000_u64 }),
            "The variable `$n` expects an Int, a whole number of 32 bits; `3000000000` is none.",
        ),
        (
            "query($n: Int) { courses(first: $n) { totalCount } }",
            json!({ "n": "3" }),
            "The variable `$n` expects an Int, a whole number of 32 bits; `3` is none.",
        ),
        (
            "query($n: Int) { courses(first: $n) { totalCount } }",
            json!({ "n": 1.5 }),
            "The variable `$n` expects an Int, a whole number of 32 bits; `1.5` is none.",
        ),
        (
            "query($n: Int) { courses(first: $n) { totalCount } }",
            json!({ "n": { "a": 1 } }),
            "The variable `$n` expects an Int, a whole number of 32 bits; `an object` is none.",
        ),
        (
            "query($f: CourseFilter) { courses(filter: $f) { totalCount } }",
            json!({ "f": { "startsFrom": "2026-02-30" } }),
            "The variable `$f`, at `startsFrom`, expects Date, a calendar day such as 2026-05-13; `2026-02-30` is none.",
        ),
        (
            "query($f: CourseFilter) { courses(filter: $f) { totalCount } }",
            json!({ "f": { "colour": 1 } }),
            "The variable `$f` has a field `colour` that the type CourseFilter does not have.",
        ),
        (
            "query($f: CourseFilter) { courses(filter: $f) { totalCount } }",
            json!({ "f": 1 }),
            "The variable `$f` expects an object of the type CourseFilter; `1` is none.",
        ),
        (
            "query($i: [ID!]!) { nodes(ids: $i) { id } }",
            json!({ "i": ["a", null] }),
            "The variable `$i`, at `1`, must not be null.",
        ),
        (
            "query($n: Int) { courses(first: $n) { totalCount } }",
            json!({ "n": 1000 }),
            "The argument `first` of `courses` must be between 1 and 100.",
        ),
        (
            "query($n: Int) { courses(first: $n, last: 3) { totalCount } }",
            json!({ "n": 10 }),
            "Give `courses` either `first` or `last`, not both.",
        ),
        (
            "query($c: String) { courses(after: $c) { totalCount } }",
            json!({ "c": "nonsense" }),
            "The argument `after` of `courses` is not a cursor of this connection.",
        ),
        (
            "mutation($i: SignOutInput!) { signOut(input: $i) { __typename } }",
            json!({ "i": { "everywhere": "yes" } }),
            "The variable `$i`, at `everywhere`, expects a Boolean; `yes` is none.",
        ),
    ] {
        let errors = errors(text, given);
        assert_eq!(errors.len(), 1, "{text}: {errors:?}");
        assert_eq!((errors[0].code, errors[0].message.as_str()), ("BAD_USER_INPUT", message));
        assert_eq!(errors[0].locations.len(), 1, "{text}");
    }
}

#[test]
fn variables_are_counted_as_often_as_they_are_used() {
    let uses: String = (0..60).map(|place| format!(" a{place}: course(slug: $s) {{ id }}")).collect();
    let text = format!("query($s: String!) {{{uses} }}");
    assert!(prepared(&text, json!({ "s": "x".repeat(10_000) })).is_ok());
    let message = refusal(&text, json!({ "s": "x".repeat(100_000) }));
    assert!(message.starts_with("The variables come to 60019"), "{message}");
}

#[test]
fn one_document_signs_in_once() {
    let ask = |place: usize| {
        format!(" a{place}: requestSignInCode(input: {{ email: \"a@example.org\" }}) {{ __typename }}")
    };
    assert!(prepared(&format!("mutation {{{} }}", ask(0)), json!({})).is_ok());
    let message = refusal(&format!("mutation {{{}{} }}", ask(0), ask(1)), json!({}));
    assert_eq!(
        message,
        "The document has 2 of the fields `requestSignInCode`, `signIn`, `requestEmailChange` and `changeEmail`; at most 1 is allowed."
    );
    let hidden = format!("mutation {{{} ...f }} fragment f on Mutation {{ ... {{{} }} }}", ask(0), ask(1));
    assert!(refusal(&hidden, json!({})).contains("at most 1"));
}

#[test]
fn documents_are_kept() {
    let documents = documents();
    let one = documents.read("{ viewer { roles } }").expect("a document");
    assert!(Arc::ptr_eq(&one, &documents.read("{ viewer { roles } }").expect("a document")));
    for place in 0..20_000 {
        documents.kept.insert(format!("# {place}").into(), Arc::clone(&one));
    }
    assert!(
        documents.kept.weight() <= KEPT_BYTES && documents.kept.len() < 20_000,
        "{}",
        documents.kept.weight()
    );
}
