//! What the schema promises to clients beside names and types: how scalars are written, which enums grow,
//! that lists go both ways, and what a null means.

use std::collections::{BTreeSet, HashSet};

use apollo_compiler::ast::InputValueDefinition;
use apollo_compiler::schema::ExtendedType;
use lectern::graphql::keyset;
use lectern::graphql::schema;
use lectern::graphql::vocabulary;
use serde_json::Value;

use super::{introspected, sources};
use crate::support::reread::SCHEMA;

const QUERY: &str = "{ __schema { types { kind name description specifiedByURL fields(includeDeprecated: true) { name description type { ...T } args { name } } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// The types of the schema, without those of the introspection.
async fn types() -> Vec<Value> {
    let answer = introspected(QUERY).await;
    let types =
        list(&answer["__schema"]["types"]).iter().filter(|kind| !text(&kind["name"]).starts_with("__"));
    types.cloned().collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The type without its lists and exclamation marks.
fn named(kind: &Value) -> &str {
    if kind["ofType"].is_null() { text(&kind["name"]) } else { named(&kind["ofType"]) }
}

/// Every output field, with the name of its type in front.
fn fields(types: &[Value]) -> impl Iterator<Item = (String, &Value)> {
    let outputs = types.iter().filter(|kind| ["OBJECT", "INTERFACE"].contains(&text(&kind["kind"])));
    outputs.flat_map(|kind| {
        list(&kind["fields"])
            .iter()
            .map(|field| (format!("{}.{}", text(&kind["name"]), text(&field["name"])), field))
    })
}

#[tokio::test]
async fn every_scalar_says_by_what_it_is_specified() {
    let types = types().await;
    let ours = |kind: &&Value| {
        kind["kind"] == "SCALAR"
            && !["Boolean", "Float", "ID", "Int", "String"].contains(&text(&kind["name"]))
    };
    let scalars: Vec<&Value> = types.iter().filter(ours).collect();
    assert!(scalars.len() >= 9, "{scalars:?}");
    let bare: Vec<&&Value> =
        scalars.iter().filter(|kind| !text(&kind["specifiedByURL"]).starts_with("https://")).collect();
    assert!(bare.is_empty(), "{bare:?}");
    let printed = schema::print(&schema::build());
    for scalar in scalars {
        let line = format!(
            "scalar {} @specifiedBy(url: \"{}\")",
            text(&scalar["name"]),
            text(&scalar["specifiedByURL"])
        );
        assert!(printed.contains(&line), "schema.graphql lacks {line}");
    }
}

/// A cursor is judged before anything runs by the list that it is of and by the order that is asked for, so
/// each connection must have its list there in each of its orders, under the name that the code gives it.
#[tokio::test]
async fn every_connection_names_its_list_as_its_cursors_are_judged() {
    let code: String = sources("server/src/graphql").into_iter().map(|(_, text)| text).collect();
    for (list, _) in keyset::LISTS {
        assert!(
            code.matches(&format!("\"{list}\"")).count() > 1,
            "cursors of {list} are judged, but nothing is called so"
        );
    }
    let mut ordered = 0;
    let mut found = BTreeSet::new();
    for (parent, kind) in &SCHEMA.types {
        let fields = match kind {
            ExtendedType::Object(object) => &object.fields,
            ExtendedType::Interface(interface) => &interface.fields,
            _ => continue,
        };
        for (field, definition) in
            fields.iter().filter(|(_, definition)| definition.ty.inner_named_type().ends_with("Connection"))
        {
            let list = keyset::list(parent, field);
            let names = keyset::LISTS.iter().map(|(name, _)| *name);
            let own: Vec<&str> =
                names.clone().filter(|name| name.split(" by ").next() == Some(&*list)).collect();
            assert!(!own.is_empty(), "{parent}.{field} has no list");
            if let Some(order) = definition.argument_by_name("orderBy") {
                let Some(ExtendedType::InputObject(order)) = SCHEMA.types.get(order.ty.inner_named_type())
                else {
                    panic!("an order")
                };
                let Some(ExtendedType::Enum(by)) =
                    SCHEMA.types.get(order.fields["field"].ty.inner_named_type())
                else {
                    panic!("its field")
                };
                for by in by.values.keys() {
                    assert!(
                        own.contains(&&*format!("{list} by {by}")),
                        "{parent}.{field} has no list by {by}"
                    );
                    ordered += 1;
                }
            }
            found.extend(own);
        }
    }
    assert_eq!(found.len(), keyset::LISTS.len(), "lists that no connection has");
    assert!(found.len() > 20 && ordered > 6, "{} lists, {ordered} orders", found.len());
}

#[tokio::test]
async fn every_enum_that_is_answered_says_that_it_may_grow() {
    let types = types().await;
    let answered: HashSet<&str> = fields(&types).map(|(_, field)| named(&field["type"])).collect();
    let enums = types.iter().filter(|kind| kind["kind"] == "ENUM" && answered.contains(text(&kind["name"])));
    let silent: Vec<&str> = enums
        .filter(|kind| !text(&kind["description"]).replace('\n', " ").ends_with("may be added."))
        .map(|kind| text(&kind["name"]))
        .collect();
    assert_eq!(silent, Vec::<&str>::new());
}

#[tokio::test]
async fn every_list_by_pages_goes_both_ways() {
    let types = types().await;
    let mut lists = 0;
    for (name, field) in fields(&types).filter(|(_, field)| named(&field["type"]).ends_with("Connection")) {
        lists += 1;
        let arguments: Vec<&str> =
            list(&field["args"]).iter().map(|argument| text(&argument["name"])).collect();
        for argument in ["first", "after", "last", "before"] {
            assert!(arguments.contains(&argument), "{name} lacks {argument}");
        }
    }
    assert!(lists > 20, "{lists} lists");
}

#[tokio::test]
async fn every_field_that_may_be_null_says_when() {
    let types = types().await;
    let nullable = fields(&types).filter(|(_, field)| field["type"]["kind"] != "NON_NULL");
    let silent = nullable.filter(|(_, field)| !text(&field["description"]).to_lowercase().contains("null"));
    let silent: Vec<String> = silent.map(|(name, _)| name).collect();
    assert_eq!(silent, Vec::<String>::new());
}

/// Everything that can be given to a field of an answer, with the way to it; the fields of inputs each once.
fn given_to_answers() -> Vec<(String, &'static InputValueDefinition)> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let objects =
        SCHEMA.types.values().filter_map(ExtendedType::as_object).filter(|object| object.name != "Mutation");
    for object in objects.filter(|object| !object.name.starts_with("__")) {
        for (name, field) in &object.fields {
            for argument in &field.arguments {
                let mut next = vec![(format!("{}.{name}({}:)", object.name, argument.name), &**argument)];
                while let Some((way, definition)) = next.pop() {
                    found.push((way, definition));
                    let kind = definition.ty.inner_named_type();
                    if let Some(ExtendedType::InputObject(input)) =
                        SCHEMA.types.get(kind).filter(|_| seen.insert(kind))
                    {
                        next.extend(
                            input.fields.iter().map(|(name, field)| (format!("{kind}.{name}"), &***field)),
                        );
                    }
                }
            }
        }
    }
    found
}

/// What a resolver would have to refuse is refused before a mutation, of whose answer it may be part, has
/// been done.
#[test]
fn what_a_text_must_be_is_known_before_anything_runs() {
    let (mut wrong, mut codes, mut lengths) = (Vec::new(), 0, 0);
    for (way, definition) in given_to_answers() {
        let said = definition
            .description
            .as_deref()
            .unwrap_or_default()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let code = definition
            .directives
            .get("code")
            .map(|code| code.specified_argument_by_name("listedBy").and_then(|list| list.as_str()));
        let names_codes = ["professionCode", "professionCodes", "typeCode", "typeCodes"]
            .contains(&definition.name.as_str());
        match code {
            None if names_codes => wrong.push(format!("{way} takes codes without @code")),
            Some(list)
                if list.and_then(vocabulary::codes).is_none()
                    || SCHEMA.type_field("Query", list.unwrap_or_default()).is_err() =>
            {
                wrong.push(format!("{way}: nothing lists the codes {list:?}"));
            }
            None => {}
            Some(_) => codes += 1,
        }
        let length = definition.directives.get("maxLength");
        let most = |name: &str| {
            length.and_then(|length| length.specified_argument_by_name(name)).and_then(|most| most.to_i32())
        };
        let told = match (most("characters"), most("words")) {
            (Some(characters), None) => format!("At most {characters} characters."),
            (Some(characters), Some(10)) => format!("At most ten words and {characters} characters."),
            (_, _) => String::new(),
        };
        if said.contains("characters") != length.is_some() || !said.contains(&told) {
            wrong.push(format!("{way}: «{said}», but {told:?}"));
        }
        lengths += usize::from(length.is_some());
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(codes >= 1 && lengths >= 6, "{codes} codes, {lengths} texts");
}

/// What a resolver cannot find out must leave a null and no more where its field may be null. The library
/// does not see to that.
#[test]
fn resolvers_of_fields_that_may_be_null_answer_with_a_nullable() {
    let (mut wrong, mut right) = (Vec::new(), 0);
    for (file, text) in sources("server/src/graphql") {
        for resolver in text.split("\n    async fn ").skip(1) {
            let signature = resolver.split_once(" {\n").map_or(resolver, |(signature, _)| signature);
            let name = signature.split('(').next().unwrap_or_default();
            right += usize::from(signature.contains("-> Nullable<"));
            let plain = ["-> Result<Option<", "-> async_graphql::Result<Option<"]
                .iter()
                .any(|kind| signature.contains(kind));
            if signature.contains("&self") && plain {
                wrong.push(format!("{file}: {name}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "see server/src/graphql/fault.rs");
    assert!(right > 20, "{right} resolvers");
}
