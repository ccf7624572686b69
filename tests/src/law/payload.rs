//! Every mutation takes one input and answers with a payload of its own, and so does the one question that
//! can be refused.

use serde_json::Value;

use super::introspected;

const QUERY: &str =
    "{ __schema { mutationType { fields { ...F } } queryType { fields { ...F } } types { name kind fields { name type { ...T } } } } }
    fragment F on __Field { name type { ...T } args { name type { ...T } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A type as a document writes it.
fn written(kind: &Value) -> String {
    match kind["kind"].as_str() {
        Some("NON_NULL") => format!("{}!", written(&kind["ofType"])),
        Some("LIST") => format!("[{}]", written(&kind["ofType"])),
        _ => kind["name"].as_str().expect("a named type").to_owned(),
    }
}

#[tokio::test]
async fn every_mutation_answers_with_a_payload_of_its_own() {
    let answer = introspected(QUERY).await;
    let schema = &answer["__schema"];
    let questions = list(&schema["queryType"]["fields"])
        .iter()
        .filter(|field| written(&field["type"]).ends_with("Payload!"));
    let mut wrong = Vec::new();
    for field in list(&schema["mutationType"]["fields"]).iter().chain(questions) {
        let name = field["name"].as_str().expect("a name");
        let stem = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        let arguments: Vec<String> = list(&field["args"])
            .iter()
            .map(|row| format!("{}: {}", row["name"].as_str().expect("a name"), written(&row["type"])))
            .collect();
        if arguments != [format!("input: {stem}Input!")]
            || written(&field["type"]) != format!("{stem}Payload!")
        {
            wrong.push(format!("{name}({}): {}", arguments.join(", "), written(&field["type"])));
            continue;
        }
        let payload = list(&schema["types"])
            .iter()
            .find(|kind| kind["name"] == format!("{stem}Payload"))
            .expect("the payload");
        let fields: Vec<(&str, String)> = list(&payload["fields"])
            .iter()
            .map(|row| (row["name"].as_str().expect("a name"), written(&row["type"])))
            .collect();
        // First the things, as objects or lists of them, then the ids of what was removed, then the refusal:
        // each null for one of the two ends.
        let is_object = |kind: &str| {
            let kind = kind.trim_matches(|letter| "[]!".contains(letter));
            list(&schema["types"]).iter().any(|known| known["name"] == kind && known["kind"] == "OBJECT")
        };
        let place = |(name, kind): &(&str, String)| match (*name, kind.as_str()) {
            ("refusal", "Refusal") => Some(2),
            (name, "ID" | "[ID!]") if name.starts_with("removed") => Some(1),
            (_, kind) if is_object(kind) && !kind.ends_with('!') => Some(0),
            (_, _) => None,
        };
        let places: Vec<Option<u8>> = fields.iter().map(place).collect();
        let in_order = places.is_sorted()
            && places.first() == Some(&Some(0))
            && places.iter().filter(|place| **place == Some(2)).count() == 1;
        if !in_order {
            wrong.push(format!("{stem}Payload: {fields:?}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    let results: Vec<&Value> = list(&schema["types"])
        .iter()
        .filter(|kind| kind["kind"] == "UNION")
        .map(|kind| &kind["name"])
        .collect();
    assert_eq!(results, Vec::<&Value>::new(), "a refusal is a field of a payload, never a member of a union");
}
