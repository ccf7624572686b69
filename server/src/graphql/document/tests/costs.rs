//! What documents cost.

use apollo_compiler::schema::ExtendedType;

use super::*;

/// What the schema says that a list costs beside its rows, that it costs to count them, and to look for
/// words.
const LIST: u64 = 100;
const COUNT: u64 = 100;
const SEARCH: u64 = 1_000;
/// What it says that a mutation costs beside its answer.
const ACT: u64 = 1_000;

#[test]
fn a_field_counts_once_for_each_row() {
    assert_eq!(cost("{ viewer { learner { id } } }"), 3);
    // courses, nodes, and 20 times id and title.
    assert_eq!(cost("{ courses { nodes { id title } } }"), LIST + 1 + 20 * 2);
    assert_eq!(
        cost("{ courses(first: 5) { nodes { id title } totalCount pageInfo { hasNextPage } } }"),
        LIST + 1 + 5 * 2 + COUNT + 2
    );
    assert_eq!(cost("{ courses(last: 5) { edges { cursor node { id } } } }"), LIST + 1 + 5 * 3);
}

#[test]
fn a_page_counts_wherever_it_stands() {
    let plain = cost("{ sessions(first: 30) { nodes { id } } }");
    for text in [
        "{ sessions(first: 30) { ... on SessionConnection { nodes { id } } } }",
        "{ sessions(first: 30) { ... { ... @include(if: true) { nodes { id } } } } }",
        "{ sessions(first: 30) { ...rows } } fragment rows on SessionConnection { ...more } fragment more on SessionConnection { nodes { id } }",
        "{ ...all } fragment all on Query { sessions(first: 30) { nodes { id } } }",
        "{ a: sessions(first: 30) { b: nodes { c: id } } }",
    ] {
        assert_eq!(cost(text), plain, "{text}");
    }
}

#[test]
fn a_page_counts_by_the_value_of_its_variable() {
    let text = "query($n: Int = 100) { sessions(first: $n) { nodes { id } } }";
    let cost = |variables| prepared(text, variables).expect("it can be run").cost;
    assert_eq!(cost(json!({})), LIST + 1 + 100, "the default of the variable");
    assert_eq!(cost(json!({ "n": 3 })), LIST + 1 + 3);
    assert_eq!(cost(json!({ "n": null })), LIST + 1 + 20, "the default page");
    let text =
        "query($n: Int, $m: Int) { courses(first: $n) { nodes { sessions(last: $m) { nodes { id } } } } }";
    let cost = |variables| prepared(text, variables).expect("it can be run").cost;
    assert_eq!(cost(json!({ "n": 2, "m": 5 })), LIST + 1 + 2 * (2 + 5));
    assert_eq!(cost(json!({ "m": 5 })), LIST + 1 + 20 * (2 + 5));
    let message = refusal(
        "query($n: Int) { courses(first: $n) { nodes { sessions(first: $n) { nodes { id title kind startsAt endsAt } } } } }",
        json!({ "n": 100 }),
    );
    assert_eq!(
        message,
        "The answer could hold 50301 values; at most 50000 are allowed. Ask for smaller pages, or for less of each row."
    );
}

#[test]
fn what_acts_costs_its_transaction_and_does_not_get_it_back() {
    let types = Types::served().expect("the schema stands");
    let Some(ExtendedType::Object(mutation)) = types.get("Mutation") else { panic!("there are mutations") };
    for (name, field) in &mutation.fields {
        assert!(types::weight(field) >= ACT, "Mutation.{name} has no cost of its own");
    }
    let text = "mutation { signOut(input: { everywhere: true }) { refusal { code } } a: signOut(input: {}) { refusal { code } } }";
    let prepared = prepared(text, json!({})).expect("it can be run");
    assert_eq!((prepared.cost, prepared.values), (2 * (ACT + 2), 2 * (ACT + 2)));
}

#[test]
fn the_limit_has_an_edge() {
    let types = Types::served().expect("the schema stands");
    for (cost, is_taken) in [(LIST + 1 + 20 * 2, true), (LIST + 1 + 20 * 2 - 1, false)] {
        let documents = Documents::over(types, Limits { cost, ..Limits::default() });
        assert_eq!(documents.read("{ courses { nodes { id title } } }").is_ok(), is_taken, "{cost}");
    }
}

#[test]
fn to_look_for_something_costs_where_it_is_given() {
    let plain = LIST + 1 + 20;
    assert_eq!(cost("{ courses(filter: { format: HYBRID }) { nodes { id } } }"), plain);
    assert_eq!(cost("{ courses(filter: { text: null }) { nodes { id } } }"), plain);
    assert_eq!(cost("{ courses(filter: { text: \"pall\" }) { nodes { id } } }"), plain + SEARCH);
    let text = "query($filter: CourseFilter) { courses(filter: $filter) { nodes { id } } }";
    for (variables, cost) in [
        (json!({}), plain),
        (json!({ "filter": null }), plain),
        (json!({ "filter": { "format": "HYBRID" } }), plain),
        (json!({ "filter": { "text": null } }), plain),
        (json!({ "filter": { "text": "pall" } }), plain + SEARCH),
    ] {
        let told = prepared(text, variables.clone()).expect("it can be run");
        assert_eq!(told.cost, cost, "{variables}");
        // What was looked for is paid, however little is found.
        assert_eq!(told.values, cost - 20, "{variables}");
    }
    let many: String = (0..50)
        .map(|place| {
            format!(" c{place}: courses(first: 1, filter: {{ text: \"e{place}\" }}) {{ totalCount }}")
        })
        .collect();
    assert!(refusal(&format!("{{{many}}}"), json!({})).starts_with("The answer could hold"));
}

#[test]
fn a_list_counts_as_its_size_says() {
    let days = cost("{ course(slug: \"x\") { days { date } } }") - 2;
    let sessions = cost("{ course(slug: \"x\") { days { sessions { id } } } }") - 2 - days;
    assert!(days >= 3 && sessions >= 35, "a course of three days and 35 sessions: {days}, {sessions}");
    assert_eq!(cost("{ course(slug: \"x\") { objectives } }"), 2 + 8, "each value of a list of texts");
    let text = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    assert_eq!(prepared(text, json!({ "ids": ["a", "b", "c"] })).expect("it can be run").cost, 1 + 3);
    assert_eq!(cost("{ nodes(ids: [\"a\", \"b\"]) { id } }"), 1 + 2);
}

#[test]
fn a_way_that_leads_back_costs_what_its_lists_multiply_to() {
    let around = |times: usize| {
        format!(
            "{{course(slug:\"x\"){}{{id}}{}}}",
            "{days{sessions{course".repeat(times),
            "}}}".repeat(times)
        )
    };
    assert!(cost(&around(1)) < 500);
    assert!(
        refusal(&around(3), json!({})).starts_with("The answer could hold"),
        "{}",
        refusal(&around(3), json!({}))
    );
}

#[test]
fn of_several_types_the_dearest_counts() {
    let one = cost("{ node(id: \"x\") { ... on Course { days { sessions { title } } } } }");
    assert_eq!(
        cost(
            "{ node(id: \"x\") { ... on Course { days { sessions { title } } } ... on Session { title } } }"
        ),
        one
    );
    assert_eq!(cost("{ node(id: \"x\") { id ... on Course { days { sessions { title } } } } }"), one + 1);
}

#[test]
fn a_document_asks_for_few_rehearsals() {
    assert_eq!(cost("{ course(slug: \"x\") { rehearsal { startsAt } } }"), 1 + 10_000 + 1);
    let many = "{ courses(first: 20) { nodes { rehearsal { startsAt } } } }";
    assert!(refusal(many, json!({})).contains("200"), "{}", refusal(many, json!({})));
}

#[test]
fn a_course_page_is_far_from_the_limit() {
    let page = "{ course(slug: \"x\") { id title summary overview startsAt endsAt status format timeZone objectives domains audiences topics
        competencies { name competencies } directors { name title affiliation } offeredBy { name } accreditedBy { name }
        registrationWindow { state opensAt deadline } prices { label regular { formatted } early { formatted } current { formatted } }
        credits { label amount parts { __typename } requirements { __typename } } statements { __typename }
        days { date sessions { title kind startTime endTime tracks { name } faculty { role member { name credentials title affiliation bio } } } }
        sessions(first: 100) { nodes { title startsAt endsAt tracks { name } faculty { role member { name } } } }
        faculty(first: 100) { nodes { name credentials title affiliation bio } } } }";
    let cost = cost(page);
    assert!(cost < 10_000, "{cost}");
}

#[test]
fn common_tools_may_introspect() {
    let cost = cost(INTROSPECTION);
    assert!(cost < 25_000, "the introspection of graphql-js costs {cost}, and the schema grows");
}

#[test]
fn introspection_is_counted_and_its_lists_are_bounded() {
    assert!(cost("{ __type(name: \"Course\") { name fields { name } } }") > 10);
    assert_eq!(cost("{ __type(name: \"Nothing\") { name fields { name } } }"), 1);
    let any = prepared("query($n: String!) { __type(name: $n) { name } }", json!({ "n": "Course" }))
        .expect("it can be run");
    assert!(any.cost > 50, "as much as all types: {}", any.cost);
    let nested = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    assert!(refusal(nested, json!({})).starts_with("Introspection nests"));
    let wide = format!(
        "{{ __schema {{ types {{ fields {{ type {{ {} }} }} }} }} }}",
        (0..40)
            .map(|place| format!("a{place}: fields {{ name description isDeprecated }} "))
            .collect::<String>()
    );
    assert!(refusal(&wide, json!({})).starts_with("The answer could hold"));
}

/// The query that graphql-js builds with all its options, as GraphiQL and code generators send it.
const INTROSPECTION: &str = "query IntrospectionQuery { __schema { description queryType { name kind } mutationType { name kind } subscriptionType { name kind }
    types { ...FullType } directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } } } }
    fragment FullType on __Type { kind name description specifiedByURL isOneOf
      fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
      inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
    fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
    fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
      ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

#[test]
fn many_objects_at_the_root_cost_what_they_set_aside() {
    let many = |count: usize| {
        let fields: Vec<String> =
            (0..count).map(|place| format!("a{place}: course(slug: \"c\") {{ id }}")).collect();
        cost(&format!("{{ {} }}", fields.join(" ")))
    };
    assert_eq!(many(10), 10 * 2);
    assert_eq!(many(12), 12 * 2 + 2 * 25);
}
