//! What the schema promises to clients beside names and types: how scalars are written, which enums grow, that lists go both ways, and what a
//! null means.

use std::collections::HashSet;

use lectern::graphql::schema;
use serde_json::Value;

const QUERY: &str = "{ __schema { types { kind name description specifiedByURL fields(includeDeprecated: true) { name description type { ...T } args { name } } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// The types of the schema, without those of the introspection.
async fn types() -> Vec<Value> {
    let answer = schema::build().execute(QUERY).await.into_result().expect("introspection").data.into_json().expect("JSON");
    let types = list(&answer["__schema"]["types"]).iter().filter(|kind| !text(&kind["name"]).starts_with("__"));
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
    outputs.flat_map(|kind| list(&kind["fields"]).iter().map(|field| (format!("{}.{}", text(&kind["name"]), text(&field["name"])), field)))
}

#[tokio::test]
async fn every_scalar_says_by_what_it_is_specified() {
    let types = types().await;
    let ours = |kind: &&Value| kind["kind"] == "SCALAR" && !["Boolean", "Float", "ID", "Int", "String"].contains(&text(&kind["name"]));
    let scalars: Vec<&Value> = types.iter().filter(ours).collect();
    assert!(scalars.len() >= 9, "{scalars:?}");
    let bare: Vec<&&Value> = scalars.iter().filter(|kind| !text(&kind["specifiedByURL"]).starts_with("https://")).collect();
    assert!(bare.is_empty(), "{bare:?}");
    let printed = schema::print(&schema::build());
    for scalar in scalars {
        let line = format!("scalar {} @specifiedBy(url: \"{}\")", text(&scalar["name"]), text(&scalar["specifiedByURL"]));
        assert!(printed.contains(&line), "schema.graphql lacks {line}");
    }
}

#[tokio::test]
async fn every_enum_that_is_answered_says_that_it_may_grow() {
    let types = types().await;
    let answered: HashSet<&str> = fields(&types).map(|(_, field)| named(&field["type"])).collect();
    let enums = types.iter().filter(|kind| kind["kind"] == "ENUM" && answered.contains(text(&kind["name"])));
    let silent: Vec<&str> =
        enums.filter(|kind| !text(&kind["description"]).ends_with("may be added.")).map(|kind| text(&kind["name"])).collect();
    assert_eq!(silent, Vec::<&str>::new());
}

#[tokio::test]
async fn every_list_by_pages_goes_both_ways() {
    let types = types().await;
    let mut lists = 0;
    for (name, field) in fields(&types).filter(|(_, field)| named(&field["type"]).ends_with("Connection")) {
        lists += 1;
        let arguments: Vec<&str> = list(&field["args"]).iter().map(|argument| text(&argument["name"])).collect();
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
