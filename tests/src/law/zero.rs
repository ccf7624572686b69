//! No text has a zero character, which PostgreSQL cannot hold: wherever one can be sent, it is answered as
//! any other text that is nowhere.

use lectern::graphql::fault::INTERNAL;
use serde_json::{Value, json};

use super::access::sample;
use super::access::schema::{Schema, named, text};
use super::access::world::World;
use crate::support::request::get;
use crate::support::stories;

/// What is sent.
const ZERO: &str = "\u{0}";

/// Whether values of this type are texts.
fn holds_text(kind: &Value) -> bool {
    matches!(named(kind), "String" | "ID")
}

fn is_needed(argument: &Value) -> bool {
    argument["type"]["kind"] == "NON_NULL" && argument.get("defaultValue").is_none_or(Value::is_null)
}

/// A value of a type, as a document has it: in every text that has to be there, and in the fields `given` of
/// an input, a zero character.
fn value(schema: &Schema, kind: &Value, given: &[&str]) -> String {
    match text(&kind["kind"]) {
        "NON_NULL" => value(schema, &kind["ofType"], given),
        "LIST" => format!("[{}]", value(schema, &kind["ofType"], given)),
        "INPUT_OBJECT" => {
            let fields = schema.inputs(named(kind)).iter();
            let fields = fields.filter(|field| is_needed(field) || given.contains(&text(&field["name"])));
            let fields: Vec<_> = fields
                .map(|field| format!("{}: {}", text(&field["name"]), value(schema, &field["type"], &[])))
                .collect();
            format!("{{ {} }}", fields.join(", "))
        }
        "ENUM" => schema.values(named(kind))[0].to_owned(),
        _ => match named(kind) {
            "Int" => "1".to_owned(),
            "Boolean" => "true".to_owned(),
            "Date" => "\"2026-05-13\"".to_owned(),
            "DateTime" => "\"2026-05-13T14:00:00Z\"".to_owned(),
            _ => json!(ZERO).to_string(),
        },
    }
}

/// Every question with every text that it takes, one at a time; the rest is what has to be there.
fn questions(schema: &Schema) -> Vec<String> {
    let mut documents = Vec::new();
    for field in schema.fields("Query") {
        let arguments = field["args"].as_array().map_or(&[][..], Vec::as_slice);
        let inner = match named(&field["type"]) {
            kind if schema.is_leaf(kind) => "",
            kind if kind.ends_with("Connection") => "{ totalCount nodes { __typename } }",
            _ => "{ __typename }",
        };
        let mut ask = |asked: &Value, given: &[&str]| {
            let written: Vec<_> = arguments
                .iter()
                .filter(|argument| is_needed(argument) || argument["name"] == asked["name"])
                .map(|argument| {
                    format!("{}: {}", text(&argument["name"]), value(schema, &argument["type"], given))
                })
                .collect();
            documents.push(format!("{{ {}({}) {inner} }}", text(&field["name"]), written.join(", ")));
        };
        for argument in arguments {
            if holds_text(&argument["type"]) {
                ask(argument, &[]);
            } else if named(&argument["type"]).ends_with("Filter")
                || named(&argument["type"]).ends_with("Input")
            {
                let fields =
                    schema.inputs(named(&argument["type"])).iter().filter(|field| holds_text(&field["type"]));
                fields.for_each(|field| ask(argument, &[text(&field["name"])]));
            }
        }
    }
    documents
}

/// An input with a zero character in each of its texts, one at a time.
fn spoiled(input: &Value) -> Vec<Value> {
    match input {
        Value::String(text) => vec![json!(ZERO), json!(format!("{text}{ZERO}"))],
        Value::Array(items) => {
            let with = |place: usize| spoiled(&items[place]).into_iter().map(move |item| (place, item));
            (0..items.len())
                .flat_map(with)
                .map(|(place, item)| {
                    let mut items = items.clone();
                    items[place] = item;
                    json!(items)
                })
                .collect()
        }
        Value::Object(fields) => {
            let with = |(name, value): (&String, &Value)| {
                spoiled(value).into_iter().map(|value| (name.clone(), value)).collect::<Vec<_>>()
            };
            let all = fields.iter().flat_map(with);
            all.map(|(name, value)| {
                let mut fields = fields.clone();
                fields.insert(name, value);
                json!(fields)
            })
            .collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

fn is_no_fault(asked: &str, answer: &Value) {
    let faults = answer["errors"].as_array().map_or(&[][..], Vec::as_slice);
    assert!(faults.iter().all(|error| error["extensions"]["code"] != INTERNAL), "{asked}\n{answer:#}");
}

stories! {
    async fn a_zero_character_is_in_nothing_that_is_asked_for(app at "2026-02-01T12:00-05:00") {
        let (schema, world) = (Schema::read().await, World::build(&app).await);
        let questions = questions(&schema);
        assert!(questions.len() > 30, "{questions:#?}");
        for document in &questions {
            for token in [None, world.admin().token()] {
                is_no_fault(document, &app.answers(token, document, json!({})).await);
            }
        }
        for path in [
            "/calendar/courses/%00.ics",
            "/calendar/%00.ics",
            "/altcha/%00",
            "/unsubscribe/%00",
            "/export/registrations/%00.csv",
        ] {
            assert_eq!(app.answered(get(path)).await.status, 404, "{path}");
        }
    }

    async fn a_zero_character_is_in_nothing_that_is_done(app at "2026-02-01T12:00-05:00") {
        let (schema, world) = (Schema::read().await, World::build(&app).await);
        for field in schema.fields("Mutation") {
            let name = text(&field["name"]);
            let Some((input, _)) = sample::of_act(&world, name).filter(|_| name != "signOut") else {
                continue;
            };
            let kind = named(&field["args"][0]["type"]);
            let document =
                format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ refusal {{ code }} }} }}");
            for input in spoiled(&input) {
                let answer = app.answers(world.admin().token(), &document, json!({ "input": input })).await;
                is_no_fault(&format!("{name} {input}"), &answer);
            }
        }
    }

    async fn a_zero_character_is_stored_as_what_cannot_be_read(app at "2026-02-01T12:00-05:00") {
        let office = app.staff("office@example.org").await;
        let input = json!({ "slug": "an-office", "name": format!("An{ZERO}Office") });
        let entered = office.does(&app, "upsertOrganization", input, "organization { slug name }").await;
        assert!(entered["name"] == "An\u{fffd}Office" || entered["code"] == "INVALID_INPUT", "{entered}");
    }
}
