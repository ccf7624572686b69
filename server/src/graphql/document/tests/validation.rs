//! The rules of section 5 of the specification, each with a document that breaks it.

use super::super::limits::AUTHENTICATING;
use super::*;

/// Documents that break a rule, and what is said.
const BROKEN: [(&str, &str); 64] = [
    // 5.1 Documents
    ("type X { a: Int }", "The \"X\" definition is not executable."),
    ("{ viewer { roles } } extend type Query { a: Int }", "The \"Query\" definition is not executable."),
    // 5.2 Operations
    (
        "query A { viewer { roles } } query A { viewer { roles } }",
        "There can be only one operation named \"A\".",
    ),
    (
        "{ viewer { roles } } query A { viewer { roles } }",
        "This anonymous operation must be the only defined operation.",
    ),
    ("subscription { a }", "Cannot query field \"a\" on type \"Subscription\"."),
    // 5.3 Fields
    ("{ nothing }", "Cannot query field \"nothing\" on type \"Query\"."),
    ("{ viewer { nothing } }", "Cannot query field \"nothing\" on type \"Viewer\"."),
    ("{ node(id: \"x\") { title } }", "Cannot query field \"title\" on type \"Node\"."),
    ("{ courses { nodes { colour } } }", "Cannot query field \"colour\" on type \"Course\"."),
    (
        "{ courses { nodes { ... on Course { colour shape } } } }",
        "Cannot query field \"colour\" on type \"Course\".",
    ),
    (
        "{ viewer }",
        "Field \"viewer\" of type \"Query\" must have a selection of subfields. Did you mean \"viewer { ... }\"?",
    ),
    (
        "{ viewer { roles { a } } }",
        "Field \"roles\" must not have a selection since type \"Role\" has no subfields",
    ),
    ("{ node(id: \"x\") { ... on Course { a: title } ... on Session { a: startsAt } } }", "a"),
    ("{ a: viewer { roles } a: courses { totalCount } }", "a"),
    // 5.4 Arguments
    ("{ viewer(x: 1) { roles } }", "Unknown argument \"x\" on field \"Query.viewer\"."),
    ("{ course(slug: \"a\", slug: \"b\") { id } }", "There can be only one argument named \"slug\"."),
    (
        "{ course { id } }",
        "Field \"course\" argument \"slug\" of type \"String!\" is required, but it was not provided.",
    ),
    ("{ course(slug: null) { id } }", "null"),
    (
        "{ viewer { roles @include } }",
        "Directive \"@include\" argument \"if\" of type \"Boolean!\" is required, but it was not provided.",
    ),
    // 5.5 Fragments
    ("{ viewer { roles } } fragment f on Viewer { roles }", "Fragment \"f\" is never used."),
    (
        "{ ...f ...f } fragment f on Query { viewer { roles } } fragment f on Query { viewer { roles } }",
        "There can be only one fragment named \"f\".",
    ),
    ("{ ...f }", "Unknown fragment \"f\"."),
    ("{ ...f } fragment f on Nothing { id }", "Unknown type \"Nothing\"."),
    ("{ viewer { ... on Nothing { id } } }", "Unknown type \"Nothing\"."),
    (
        "{ ...f } fragment f on String { id }",
        "Fragment \"f\" cannot condition on non composite type \"String\".",
    ),
    (
        "{ viewer { ... on Course { id } } }",
        "Fragment cannot be spread here as objects of type \"Viewer\" can never be of type \"Course\".",
    ),
    (
        "{ viewer { ...f } } fragment f on Course { id }",
        "Fragment \"f\" cannot be spread here as objects of type \"Viewer\" can never be of type \"Course\".",
    ),
    (
        "{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }",
        "The fragment `f` contains itself.",
    ),
    // 5.6 Values
    (
        "{ courses(first: \"x\") { totalCount } }",
        "The argument `first` of `courses` expects an Int, a whole number of 32 bits; `\"x\"` is none.",
    ),
    (
        "{ courses(first: 3000000000) { totalCount } }",
        "The argument `first` of `courses` expects an Int, a whole number of 32 bits; `3000000000` is none.",
    ),
    (
        "{ courses(first: 1.5) { totalCount } }",
        "The argument `first` of `courses` expects an Int, a whole number of 32 bits; `1.5` is none.",
    ),
    ("{ course(slug: 1) { id } }", "The argument `slug` of `course` expects a String; `1` is none."),
    ("{ courses(filter: { format: \"LIVE_ONLINE\" }) { totalCount } }", "expects one of"),
    ("{ courses(filter: { format: NOTHING }) { totalCount } }", "expects one of"),
    (
        "{ courses(filter: { colour: 1 }) { totalCount } }",
        "The argument `filter` of `courses` has a field `colour` that the type CourseFilter does not have.",
    ),
    (
        "{ courses(filter: { text: \"a\", text: \"b\" }) { totalCount } }",
        "The argument `filter` of `courses` gives the field `text` twice.",
    ),
    (
        "{ courses(filter: { startsFrom: \"2026-02-30\" }) { totalCount } }",
        "The argument `filter` of `courses`, at `startsFrom`, expects Date, a calendar day such as 2026-05-13; `\"2026-02-30\"` is none.",
    ),
    ("{ courses(filter: [1]) { totalCount } }", "expects an object of the type CourseFilter"),
    (
        "{ registrations(filter: { professionCode: [\"nurse\", \"dentist\"] }) { totalCount } }",
        "The argument `filter` of `registrations`, at `professionCode`, expects one of physician, nurse, ",
    ),
    ("{ registrations(filter: { professionCode: \"NURSE\" }) { totalCount } }", "`NURSE` is none."),
    (
        "{ courses(filter: { text: \"a b c d e f g h i j k\" }) { totalCount } }",
        "The argument `filter` of `courses`, at `text`, may have 10 words and 200 characters at most.",
    ),
    (
        "mutation { rotateCalendarUrl(input: {}) { viewer { registrations(filter: { professionCode: [\"x\"] }) { totalCount } } } }",
        "expects one of physician, nurse, ",
    ),
    (
        "mutation { requestSignInCode(input: {}) { __typename } }",
        "The argument `input` of `requestSignInCode` lacks the required field `email`.",
    ),
    (
        "mutation { requestSignInCode(input: { email: null }) { __typename } }",
        "The argument `input` of `requestSignInCode`, at `email`, must not be null.",
    ),
    ("{ nodes(ids: [\"a\", null]) { id } }", "The argument `ids` of `nodes`, at `1`, must not be null."),
    (
        "{ courses(first: 1000) { totalCount } }",
        "The argument `first` of `courses` must be between 1 and 100.",
    ),
    ("{ courses(first: 0) { totalCount } }", "The argument `first` of `courses` must be between 1 and 100."),
    ("{ courses(first: 1, last: 1) { totalCount } }", "Give `courses` either `first` or `last`, not both."),
    (
        "{ courses(before: \"nonsense\") { totalCount } }",
        "The argument `before` of `courses` is not a cursor of this connection.",
    ),
    (
        "mutation { signOut(input: {}) { refusal { current { ... on Course { sessions(first: 1000) { totalCount } } } } } }",
        "The argument `first` of `sessions` must be between 1 and 100.",
    ),
    // 5.7 Directives
    ("{ viewer { roles @nothing } }", "Unknown directive \"@nothing\"."),
    ("query @include(if: true) { viewer { roles } }", "Directive \"@include\" may not be used on QUERY."),
    (
        "{ viewer { roles @include(if: true) @include(if: true) } }",
        "The directive \"@include\" can only be used once at this location.",
    ),
    (
        "{ viewer { roles @include(if: \"yes\") } }",
        "The argument `if` of `@include` expects a Boolean; `\"yes\"` is none.",
    ),
    // 5.8 Variables
    (
        "query($a: Int, $a: Int) { courses(first: $a) { totalCount } }",
        "There can be only one variable named \"$a\".",
    ),
    (
        "query($a: Course) { courses(first: $a) { totalCount } }",
        "Variable \"$a\" cannot be non-input type \"Course\".",
    ),
    ("query($a: Nothing) { courses(first: $a) { totalCount } }", "Unknown type \"Nothing\"."),
    ("{ courses(first: $a) { totalCount } }", "Variable \"$a\" is not defined."),
    ("query($a: Int) { viewer { roles } }", "Variable \"$a\" is never used."),
    (
        "query($a: Int = \"x\") { courses(first: $a) { totalCount } }",
        "The default of the variable `$a` expects an Int, a whole number of 32 bits; `\"x\"` is none.",
    ),
    (
        "query($a: String) { courses(first: $a) { totalCount } }",
        "The argument `first` of `courses` expects `Int`; the variable `$a` is of the type `String`.",
    ),
    (
        "query($a: String) { course(slug: $a) { id } }",
        "The argument `slug` of `course` expects `String!`; the variable `$a` is of the type `String`.",
    ),
    (
        "query($a: [String]) { courses(filter: { text: $a }) { totalCount } }",
        "The argument `filter` of `courses`, at `text`, expects `String`; the variable `$a` is of the type `[String]`.",
    ),
    (
        "query($a: ID) { nodes(ids: [$a]) { id } }",
        "The argument `ids` of `nodes`, at `0`, expects `ID!`; the variable `$a` is of the type `ID`.",
    ),
];

#[test]
fn every_rule_is_held() {
    let mut wrong = Vec::new();
    for (text, message) in BROKEN {
        match prepared(text, json!({})) {
            Ok(_) => wrong.push(format!("{text}\n  is taken")),
            Err(no) => {
                let errors = no.into_errors();
                let fits = errors.iter().any(|error| error.message.contains(message));
                let whole = errors.iter().all(|error| {
                    ["GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"].contains(&error.code)
                        && !error.locations.is_empty()
                });
                if !fits || !whole {
                    wrong.push(format!("{text}\n  {errors:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_variable_that_defaults_to_null_stands_for_nothing_else() {
    let text = "query($a: Boolean = null) { viewer { roles @include(if: $a) } }";
    assert!(refusal(text, json!({})).contains("expects `Boolean!`"), "{}", refusal(text, json!({})));
    let text = "query($a: Boolean = true) { viewer { roles @include(if: $a) } }";
    assert!(prepared(text, json!({})).is_ok());
    assert_eq!(refusal(text, json!({ "a": null })), "The argument `if` of `@include` must not be null.");
}

#[test]
fn what_breaks_no_rule_is_taken() {
    for text in [
        "\"\"\" what for \"\"\" query Q { viewer { roles } }",
        "query Q(\"which\" $a: String!) { course(slug: $a) { id } } # end",
        "{ ...f } \"described\" fragment f on Query { viewer { roles } }",
        "query A { ...f } query B { ...f } fragment f on Query { viewer { roles } }",
        "query A($a: Int) { ...f } query B($a: Int) { ...f } fragment f on Query { courses(first: $a) { totalCount } }",
        "{ node(id: \"x\") { ... on Course { a: title } ... on Session { a: title } } }",
        "{ node(id: \"x\") { ... on Course { sessions(first: 1) { totalCount } } ... on Series { __typename } } }",
        "query($a: [ID!]!) { nodes(ids: $a) { id __typename } __typename }",
        "query($a: String) { courses(filter: { text: $a }) { totalCount } }",
        "{ courses(filter: null, first: null) { totalCount } }",
        "{ __schema { queryType { name } } __type(name: \"Course\") { name } }",
    ] {
        let documents = documents();
        let read = documents.read(text);
        assert!(read.is_ok(), "{text}: {read:?}");
    }
}

#[test]
fn a_mistake_in_an_operation_that_is_not_run_counts() {
    let documents = documents();
    assert!(documents.read("query A { viewer { roles } } query B { nothing }").is_err());
}

/// Whoever adds a list says how long it is, and whoever adds a scalar how it is written.
#[test]
fn every_list_has_a_size_and_every_scalar_a_format() {
    use apollo_compiler::schema::ExtendedType;
    let types = Types::served().expect("the schema stands");
    let mut missing = Vec::new();
    for (name, kind) in &types.schema().types {
        let fields = match kind {
            ExtendedType::Object(kind) => &kind.fields,
            ExtendedType::Interface(kind) => &kind.fields,
            ExtendedType::InputObject(kind) => {
                let named = kind.fields.values().map(|field| field.ty.inner_named_type());
                missing.extend(
                    named.filter(|name| !is_known(types, name)).map(|scalar| format!("{name}: {scalar}")),
                );
                continue;
            }
            _ => continue,
        };
        for (field, definition) in fields.iter().filter(|_| !name.starts_with("__")) {
            let named = definition.arguments.iter().map(|argument| argument.ty.inner_named_type());
            missing.extend(
                named.filter(|name| !is_known(types, name)).map(|scalar| format!("{name}.{field}: {scalar}")),
            );
            if definition.ty.is_list() && !types::holds_rows(name, field) && types::size(definition).is_none()
            {
                missing.push(format!("{name}.{field} has no @listSize"));
            }
            if definition.ty.is_list() && definition.ty.item_type().is_list() {
                missing.push(format!("{name}.{field} is a list of lists, which is counted as one list"));
            }
            let is_page = types::is_connection(definition.ty.inner_named_type());
            if is_page && definition.argument_by_name("first").is_none() {
                missing.push(format!("{name}.{field} is a connection without `first`"));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

fn is_known(types: &Types, name: &str) -> bool {
    let built_in = ["Int", "Float", "String", "Boolean", "ID"].contains(&name);
    let scalar = types.get(name).is_some_and(|kind| kind.is_scalar());
    !scalar || built_in || crate::graphql::scalar::FORMATS.iter().any(|format| format.name == name)
}

/// Introspection is validated against one schema and answered from another, so both must know the same of
/// themselves.
#[tokio::test]
async fn introspection_is_what_the_library_answers() {
    let types = Types::served().expect("the schema stands");
    let names = ["__Schema", "__Type", "__Field", "__InputValue", "__EnumValue", "__Directive"];
    for name in names {
        let query = format!(
            "{{ __type(name: {name:?}) {{ fields(includeDeprecated: true) {{ name args {{ name }} }} }} }}"
        );
        let answer = crate::graphql::schema::build()
            .execute(query)
            .await
            .into_result()
            .expect("introspection")
            .data
            .into_json()
            .expect("JSON");
        let mut served: Vec<String> = Vec::new();
        for field in answer["__type"]["fields"].as_array().expect("fields") {
            let arguments = field["args"]
                .as_array()
                .expect("arguments")
                .iter()
                .map(|argument| argument["name"].as_str().expect("a name"));
            served.push(format!(
                "{} {:?}",
                field["name"].as_str().expect("a name"),
                arguments.collect::<Vec<_>>()
            ));
        }
        let apollo_compiler::schema::ExtendedType::Object(kind) = types.get(name).expect("a type") else {
            panic!("{name} is no object")
        };
        let mut known: Vec<String> = kind
            .fields
            .iter()
            .map(|(field, definition)| {
                format!(
                    "{field} {:?}",
                    definition.arguments.iter().map(|argument| argument.name.as_str()).collect::<Vec<_>>()
                )
            })
            .collect();
        served.sort();
        known.sort();
        assert_eq!(known, served, "{name}");
    }
}

#[test]
fn authenticating_fields_are_in_the_schema() {
    let types = Types::served().expect("the schema stands");
    assert!(AUTHENTICATING.iter().all(|field| types.field("Mutation", field).is_some()));
}

/// What is left when everything unknown is taken away is no mistake of its own.
#[test]
fn of_what_is_unknown_nothing_else_is_told() {
    for (text, fields) in [
        ("{ courses { nodes { colour } } }", 1),
        ("{ courses { nodes { colour { of } } } }", 1),
        ("{ ...f } fragment f on Query { courses { nodes { ... { colour shape } } } }", 2),
    ] {
        let errors = errors(text, json!({}));
        assert!(
            errors.len() == fields
                && errors.iter().all(|error| error.message.starts_with("Cannot query field")),
            "{text}: {errors:?}"
        );
    }
    assert_eq!(
        refusal("{ courses { nodes } }", json!({})),
        "Field \"nodes\" of type \"CourseConnection\" must have a selection of subfields. Did you mean \"nodes { ... }\"?"
    );
}

/// What the schema says of a text holds for variables, wherever they stand.
#[test]
fn codes_in_variables_are_looked_at_before_anything_runs() {
    let known = "expects one of physician, nurse, ";
    for (declared, used, given, holder) in [
        (
            "$f: RegistrationFilter",
            "$f",
            json!({ "f": { "professionCode": ["nurse", "x"] } }),
            "The variable `$f`, at `professionCode`,",
        ),
        (
            "$c: [String!]",
            "{ professionCode: $c }",
            json!({ "c": ["x"] }),
            "The argument `filter` of `registrations`, at `professionCode`,",
        ),
        (
            "$c: [String!]",
            "{ professionCode: $c }",
            json!({ "c": "x" }),
            "The argument `filter` of `registrations`, at `professionCode`,",
        ),
        (
            "$c: String!",
            "{ professionCode: [\"nurse\", $c] }",
            json!({ "c": "x" }),
            "The argument `filter` of `registrations`, at `professionCode`,",
        ),
        (
            "$c: [String!] = [\"x\"]",
            "{ professionCode: $c }",
            json!({}),
            "The argument `filter` of `registrations`, at `professionCode`,",
        ),
    ] {
        let text =
            format!("query({declared}) {{ viewer {{ registrations(filter: {used}) {{ totalCount }} }} }}");
        let errors = errors(&text, given);
        assert_eq!(errors.len(), 1, "{text}: {errors:?}");
        assert!(
            errors[0].message.starts_with(&format!("{holder} {known}"))
                && errors[0].message.ends_with("`x` is none."),
            "{errors:?}"
        );
        assert!(errors[0].code == "BAD_USER_INPUT" && !errors[0].locations.is_empty(), "{errors:?}");
    }
    let text = "query($f: CourseFilter) { courses(filter: $f) { totalCount } }";
    assert!(
        refusal(text, json!({ "f": { "text": "x".repeat(201) } }))
            .ends_with("at `text`, may have 10 words and 200 characters at most.")
    );
    for fits in [
        json!({ "f": { "text": "x".repeat(200) } }),
        json!({ "f": { "text": null } }),
        json!({ "f": null }),
        json!({}),
    ] {
        assert!(prepared(text, fits).is_ok());
    }
}
