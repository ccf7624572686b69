//! The rules of section 5 of the specification, each with a document that breaks it.

mod broken;

use super::super::limits::AUTHENTICATING;
use super::*;
use broken::BROKEN;

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
