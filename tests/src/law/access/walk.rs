//! What a persona must see, made from what the administrator sees.

use lectern::access::{self, Else, Who};
use serde_json::{Map, Value, json};

use super::persona::{Persona, Thing};
use super::world::World;

/// A page without rows.
pub fn empty_page() -> Value {
    page(Vec::new(), Vec::new(), &Value::Null)
}

fn page(edges: Vec<Value>, nodes: Vec<Value>, seen: &Value) -> Value {
    let cursor = |edge: Option<&Value>| edge.map_or(Value::Null, |edge| edge["cursor"].clone());
    let total = if seen["edges"].is_array() && seen["totalCount"].is_null() {
        Value::Null
    } else {
        json!(edges.len())
    };
    json!({ "totalCount": total, "nodes": nodes,
        "pageInfo": { "hasNextPage": false, "hasPreviousPage": false, "startCursor": cursor(edges.first()), "endCursor": cursor(edges.last()) },
        "edges": edges })
}

/// What somebody gets who may not: nothing, in the shape of what others get.
pub fn denied(otherwise: Else, seen: &Value) -> Value {
    match otherwise {
        Else::Empty if seen["edges"].is_array() => empty_page(),
        Else::Empty => json!([]),
        Else::Nothing | Else::Null | Else::Refused(_) | Else::RefusedStaff(_, _) => Value::Null,
    }
}

/// Whether a field tells of the viewer's own, so that it is another one for everybody.
fn is_own(who: &[Who]) -> bool {
    who == [Who::Learner]
}

impl World {
    /// What the persona must see where the administrator sees `seen`; none where it is about something that
    /// does not exist for the persona. `around` is what it was found in; only rows that are for `who` count
    /// in the outermost list.
    pub fn expected(
        &self,
        persona: &Persona,
        seen: &Value,
        around: Option<&Thing>,
        who: &[Who],
    ) -> Option<Value> {
        match seen {
            Value::Array(rows) => Some(
                rows.iter().filter_map(|row| self.expected(persona, row, around, &[Who::Anybody])).collect(),
            ),
            Value::Object(fields) if fields.contains_key("edges") => {
                assert_eq!(
                    seen["pageInfo"]["hasNextPage"], false,
                    "the pages of the walk are too small for {seen}"
                );
                let rows = |list: &Value, part: fn(&Value) -> &Value| -> Vec<Value> {
                    let rows = list.as_array().map_or(&[][..], Vec::as_slice);
                    let kept = rows
                        .iter()
                        .filter(|row| self.thing(part(row)).is_none_or(|thing| persona.may(who, thing)));
                    kept.filter_map(|row| self.expected(persona, row, around, &[Who::Anybody])).collect()
                };
                let nodes = rows(&seen["nodes"], |row| row);
                let edges = rows(&seen["edges"], |row| &row["node"])
                    .into_iter()
                    .filter(|edge| !edge["node"].is_null())
                    .collect();
                Some(page(edges, nodes, seen))
            }
            Value::Object(fields) => self.object(persona, fields, around),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Some(seen.clone()),
        }
    }

    /// The thing that a value is, where it is one with an id of its own.
    pub fn thing(&self, value: &Value) -> Option<&Thing> {
        let kind = access::kind(value["__typename"].as_str()?)?;
        let is_node = !["Viewer", "Learner", "PlannedLetter"].contains(&kind.name);
        is_node.then(|| {
            self.things
                .get(value["id"].as_str().unwrap_or_default())
                .unwrap_or_else(|| panic!("nobody knows {value}"))
        })
    }

    fn object(
        &self,
        persona: &Persona,
        fields: &Map<String, Value>,
        around: Option<&Thing>,
    ) -> Option<Value> {
        let value = Value::Object(fields.clone());
        let thing = self.thing(&value);
        let kind = fields.get("__typename").and_then(Value::as_str).and_then(access::kind);
        if let (Some(kind), Some(thing)) = (kind, thing)
            && !persona.may(kind.exists, thing)
        {
            return None;
        }
        let around = thing.or(around);
        let mut told = Map::new();
        for (name, value) in fields {
            let rule = kind.and_then(|kind| access::rule(kind.fields, name));
            let may = rule.is_none_or(|rule| around.is_none_or(|thing| persona.may(rule.who, thing)));
            let value = match rule {
                Some(rule) if is_own(rule.who) => continue,
                Some(rule) if !may => denied(rule.otherwise, value),
                Some(_) | None => {
                    self.expected(persona, value, around, &[Who::Anybody]).unwrap_or(Value::Null)
                }
            };
            told.insert(name.clone(), value);
        }
        Some(Value::Object(told))
    }

    /// Takes the viewer's own out of an answer, after a look at whose it is.
    pub fn own(&self, persona: &Persona, told: &mut Value, wrong: &mut Vec<String>) {
        match told {
            Value::Array(rows) => rows.iter_mut().for_each(|row| self.own(persona, row, wrong)),
            Value::Object(fields) => {
                if let Some(registration) = fields.remove("viewerRegistration") {
                    let course = fields.get("id").and_then(Value::as_str);
                    let mine = |thing: &&Thing| {
                        thing.kind == "Registration"
                            && thing.course.as_deref() == course
                            && persona.may(&[Who::Learner], thing)
                    };
                    let has =
                        self.things.values().find(mine).map(|thing| json!(thing.id)).unwrap_or_default();
                    if registration["id"] != has {
                        wrong.push(format!(
                            "{} has {has}, and is told of {}",
                            persona.name, registration["id"]
                        ));
                    }
                }
                fields.values_mut().for_each(|value| self.own(persona, value, wrong));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// Where two answers differ.
pub fn differences(at: &str, expected: &Value, told: &Value, wrong: &mut Vec<String>) {
    match (expected, told) {
        (Value::Object(one), Value::Object(other)) if one.len() == other.len() => {
            one.iter()
                .for_each(|(name, value)| differences(&format!("{at}.{name}"), value, &told[name], wrong));
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            one.iter()
                .zip(other)
                .for_each(|(value, told)| differences(&format!("{at}[]"), value, told, wrong));
        }
        _ if expected == told => {}
        _ => wrong.push(format!("{at} is {}, and must be {}", short(told), short(expected))),
    }
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(160).collect()
}
