//! The schema as a client reads it by introspection, and documents made from it.

use std::collections::HashMap;
use std::sync::LazyLock;

use lectern::access;
use lectern::graphql::document::Documents;
use lectern::limits::document::Limits;
use serde_json::{Map, Value};

use crate::law::introspected;

/// How many rows of a list are asked for; the world is small enough for all to fit, and the document for the
/// limits of the front door.
fn rows(kind: &str) -> u32 {
    if kind == "CourseConnection" { 8 } else { 24 }
}

const INTROSPECTION: &str = "{ __schema { types { kind name
    interfaces { name } possibleTypes { name } enumValues(includeDeprecated: true) { name }
    fields(includeDeprecated: true) { name type { ...T } args { name defaultValue type { ...T } } }
    inputFields { name type { ...T } } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// All types by their names.
pub struct Schema(HashMap<String, Value>);

/// What a type comes to without its lists and its exclamation marks.
pub fn named(kind: &Value) -> &str {
    let mut kind = kind;
    while !kind["ofType"].is_null() {
        kind = &kind["ofType"];
    }
    kind["name"].as_str().expect("a named type")
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}"))
}

/// As few documents as the limits of the front door let through, made of selections with all of these parts.
pub fn together(parts: &[String], document: &impl Fn(&str) -> String) -> Vec<String> {
    static DOCUMENTS: LazyLock<Documents> =
        LazyLock::new(|| Documents::new(Limits::default()).expect("the schema stands"));
    let whole = document(&parts.join(" "));
    let fits = || DOCUMENTS.read(&whole).and_then(|read| DOCUMENTS.prepare(&read, None, Map::new())).is_ok();
    match parts {
        [] => Vec::new(),
        [_] => vec![whole],
        _ if fits() => vec![whole],
        _ => {
            let (one, other) = parts.split_at(parts.len() / 2);
            [together(one, document), together(other, document)].concat()
        }
    }
}

/// The names of a field's arguments.
pub fn arguments(field: &Value) -> Vec<&str> {
    list(&field["args"]).iter().map(|argument| text(&argument["name"])).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

impl Schema {
    /// The schema that is served.
    pub async fn read() -> Self {
        let answer = introspected(INTROSPECTION).await;
        let types = list(&answer["__schema"]["types"]).iter();
        Self(types.map(|kind| (text(&kind["name"]).to_owned(), kind.clone())).collect())
    }

    fn kind(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or_else(|| panic!("no type {name}"))
    }

    /// The names of all object types but the introspection's own and the roots.
    pub fn objects(&self) -> Vec<&str> {
        let ours =
            |name: &&str| !name.starts_with("__") && !["Query", "Mutation", "Subscription"].contains(name);
        let mut names: Vec<&str> = self
            .0
            .values()
            .filter(|kind| kind["kind"] == "OBJECT")
            .map(|kind| text(&kind["name"]))
            .filter(ours)
            .collect();
        names.sort_unstable();
        names
    }

    /// The fields of a type.
    pub fn fields(&self, kind: &str) -> &[Value] {
        list(&self.kind(kind)["fields"])
    }

    /// The fields of an input.
    pub fn inputs(&self, kind: &str) -> &[Value] {
        list(&self.kind(kind)["inputFields"])
    }

    /// The values of an enum.
    pub fn values(&self, kind: &str) -> Vec<&str> {
        list(&self.kind(kind)["enumValues"]).iter().map(|value| text(&value["name"])).collect()
    }

    /// The values of an enum; none of another type.
    pub fn values_of_leaf(&self, kind: &str) -> Vec<&str> {
        if self.is_leaf(kind) { self.values(kind) } else { Vec::new() }
    }

    /// Whether objects of the type have ids of their own.
    pub fn is_node(&self, kind: &str) -> bool {
        list(&self.kind(kind)["interfaces"]).iter().any(|interface| interface["name"] == "Node")
    }

    /// Whether a type is one that holds nothing.
    pub fn is_leaf(&self, kind: &str) -> bool {
        ["SCALAR", "ENUM"].iter().any(|leaf| self.kind(kind)["kind"] == *leaf)
    }

    /// Whether the field leads to something that has an id of its own, so that it is worth a document of its
    /// own.
    pub fn leads_on(&self, field: &Value) -> bool {
        !self.is_leaf(named(&field["type"]))
            && self.selection(named(&field["type"]), 0).contains("{ __typename id }")
    }

    /// What is asked of a value of the type: all of it, and within it, `depth` steps on, all of what has an
    /// id of its own.
    pub fn selection(&self, kind: &str, depth: u32) -> String {
        let known = self.kind(kind);
        match text(&known["kind"]) {
            "SCALAR" | "ENUM" => String::new(),
            "UNION" | "INTERFACE" => {
                let part = |possible: &Value| {
                    let name = text(&possible["name"]);
                    format!("... on {name} {}", self.selection(name, depth))
                };
                format!(
                    "{{ __typename {} }}",
                    list(&known["possibleTypes"]).iter().map(part).collect::<Vec<_>>().join(" ")
                )
            }
            _ if kind.ends_with("Connection") => {
                let nodes = self.fields(kind).iter().find(|field| field["name"] == "nodes").expect("nodes");
                let node = self.selection(named(&nodes["type"]), depth);
                format!(
                    "{{ totalCount pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} edges {{ cursor node {{ __typename id }} }}
                     nodes {node} }}"
                )
            }
            _ if self.is_node(kind) && depth == 0 => "{ __typename id }".to_owned(),
            _ => {
                let deeper = if self.is_node(kind) { depth - 1 } else { depth };
                // To rehearse a course takes long, so that is asked of one course alone.
                let fields = self.fields(kind).iter().filter(|field| field["name"] != "rehearsal");
                let fields: Vec<String> = fields.map(|field| self.field(kind, field, deeper)).collect();
                format!("{{ __typename {} }}", fields.join(" "))
            }
        }
    }

    /// A field with its arguments, and what is asked of its value.
    pub fn field(&self, owner: &str, field: &Value, depth: u32) -> String {
        let name = text(&field["name"]);
        let kind = named(&field["type"]);
        for argument in list(&field["args"]) {
            let needed = argument["type"]["kind"] == "NON_NULL" && argument["defaultValue"].is_null();
            assert!(
                !needed,
                "{owner}.{name} needs an argument {}, and there is no sample for it",
                argument["name"]
            );
        }
        let arguments =
            if kind.ends_with("Connection") { format!("(first: {})", rows(kind)) } else { String::new() };
        format!("{name}{arguments} {}", self.selection(kind, depth))
    }

    /// Every type, field, question and act that the table does not know.
    pub fn without_a_rule(&self) -> Vec<String> {
        let mut bare = Vec::new();
        for kind in self.objects() {
            if access::is_within(kind) {
                continue;
            }
            let Some(known) = access::kind(kind) else {
                bare.push(kind.to_owned());
                continue;
            };
            let names = self.fields(kind).iter().map(|field| text(&field["name"]));
            bare.extend(
                names
                    .filter(|name| access::rule(known.fields, name).is_none())
                    .map(|name| format!("{kind}.{name}")),
            );
        }
        for (root, rules) in
            [("Query", access::QUESTIONS), ("Mutation", access::ACTS), ("Subscription", access::STREAMS)]
        {
            let names = self.fields(root).iter().map(|field| text(&field["name"]));
            bare.extend(
                names.filter(|name| access::rule(rules, name).is_none()).map(|name| format!("{root}.{name}")),
            );
        }
        bare
    }

    /// Every name of the table that the schema does not know.
    pub fn without_a_field(&self) -> Vec<String> {
        let mut lost = Vec::new();
        let mut look = |kind: &str, rules: &'static [access::Rule]| {
            let known: Vec<&str> = self
                .0
                .get(kind)
                .map(|_| self.fields(kind).iter().map(|field| text(&field["name"])).collect())
                .unwrap_or_default();
            lost.extend(
                rules
                    .iter()
                    .flat_map(access::Rule::each)
                    .filter(|name| !known.contains(name))
                    .map(|name| format!("{kind}.{name}")),
            );
        };
        access::TYPES.iter().for_each(|kind| look(kind.name, kind.fields));
        look("Query", access::QUESTIONS);
        look("Mutation", access::ACTS);
        look("Subscription", access::STREAMS);
        lost.extend(
            access::WITHIN.split_whitespace().filter(|name| !self.0.contains_key(*name)).map(str::to_owned),
        );
        lost
    }
}
