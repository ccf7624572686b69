//! What everybody is listed and counted: all lists, in all ways.

use std::collections::HashMap;

use lectern::access::{self, Rule};
use serde_json::{Value, json};

use super::schema::{named, text, together};
use super::walk::{denied, differences};
use super::{Walk, of_thing, sample, world};

/// A list of the root in one of the ways to ask for it.
pub(super) struct List {
    rule: &'static Rule,
    field: String,
}

/// All of them, by the keys of their answers, and the documents that ask for them.
pub(super) struct Lists {
    by_key: HashMap<String, List>,
    documents: Vec<String>,
}

impl Walk<'_> {
    /// Every way to ask for a list: plainly, with every filter, in every order, and of every kind.
    fn ways(&mut self, owner: &str, field: &Value) -> Vec<String> {
        let mut ways = vec![String::new()];
        for argument in field["args"].as_array().expect("arguments") {
            let (name, kind) = (text(&argument["name"]), named(&argument["type"]));
            if name == "filter" {
                for input in self.schema.inputs(kind) {
                    let samples = sample::of_filter(self.world, kind, text(&input["name"]));
                    if samples.is_empty() {
                        self.wrong.push(format!(
                            "{owner}.{}: no sample for {kind}.{}",
                            field["name"], input["name"]
                        ));
                    }
                    let is_enum = !self.schema.values_of_leaf(named(&input["type"])).is_empty();
                    let written = |value: &Value| {
                        if is_enum { value.to_string().replace('"', "") } else { value.to_string() }
                    };
                    ways.extend(
                        samples.iter().map(|value| {
                            format!("filter: {{ {}: {} }}", text(&input["name"]), written(value))
                        }),
                    );
                }
            } else if name == "orderBy" {
                let by = self
                    .schema
                    .inputs(kind)
                    .iter()
                    .find(|input| input["name"] == "field")
                    .expect("an order has a field");
                for by in self.schema.values(named(&by["type"])) {
                    ways.extend(
                        ["ASC", "DESC"].map(|way| format!("orderBy: {{ field: {by}, direction: {way} }}")),
                    );
                }
            } else if !self.schema.values_of_leaf(kind).is_empty() {
                ways.extend(self.schema.values_of_leaf(kind).iter().map(|value| format!("{name}: {value}")));
            }
        }
        ways
    }

    /// All lists of the root, in all ways.
    fn lists(&mut self) -> Lists {
        let schema = self.schema;
        let (mut by_key, mut fields) = (HashMap::new(), Vec::new());
        for field in
            schema.fields("Query").iter().filter(|field| named(&field["type"]).ends_with("Connection"))
        {
            let name = text(&field["name"]);
            let Some(rule) = access::rule(access::QUESTIONS, name) else { continue };
            let inner = schema.selection(named(&field["type"]), 0);
            for way in self.ways("Query", field) {
                let (key, field) =
                    (format!("way{}", fields.len()), format!("{name}(first: 100 {way}) {inner}"));
                fields.push(format!("{key}: {field}"));
                by_key.insert(key, List { rule, field });
            }
        }
        Lists { by_key, documents: together(&fields, &|inner| format!("{{ {inner} }}")) }
    }

    /// The lists of the root, and those of a course.
    pub(super) async fn by_list(&mut self) {
        let (world, lists) = (self.world, self.lists());
        for document in &lists.documents {
            let seen = self.ask(world.admin(), document).await;
            for persona in &world.personas {
                let told = self.ask(persona, document).await;
                for (key, seen) in seen.as_object().expect("lists") {
                    let List { rule, field } = &lists.by_key[key];
                    let expected = match persona.could(rule.who) {
                        true => world.expected(persona, seen, None, rule.who).unwrap_or_default(),
                        false => denied(rule.otherwise, seen),
                    };
                    differences(
                        &format!("{}: {field}", persona.name),
                        &expected,
                        &told[key],
                        &mut self.wrong,
                    );
                }
            }
        }
        // One way of each list of the course after the other: a field that was renamed would have no rule.
        let (course, schema) = (world.things[world.name("course")].clone(), self.schema);
        let mut ways: Vec<std::vec::IntoIter<String>> = Vec::new();
        for field in schema.fields("Course").iter().filter(|field| field["name"] != "rehearsal") {
            let (name, kind) = (text(&field["name"]), named(&field["type"]));
            let first = if kind.ends_with("Connection") { "first: 50 " } else { "" };
            let inner = schema.selection(kind, 0);
            let of_field = self.ways("Course", field).into_iter().filter(|way| !way.is_empty());
            ways.push(
                of_field.map(|way| format!("{name}({first}{way}) {inner}")).collect::<Vec<_>>().into_iter(),
            );
        }
        loop {
            let fields: Vec<String> = ways.iter_mut().filter_map(Iterator::next).collect();
            if fields.is_empty() {
                return;
            }
            for document in together(&fields, &|inner| of_thing(&course, inner)) {
                self.of_thing(&course, &document).await;
            }
        }
    }

    /// Whatever happens to our course, their staff count as before.
    pub(super) async fn whatever_happens_to_ours(&mut self) {
        let (world, documents) = (self.world, self.lists().documents);
        let theirs = world.called("their staff");
        let mut before = Vec::new();
        for document in &documents {
            before.push(self.ask(theirs, document).await);
        }
        let course = json!(world.name("course"));
        world::enquires(self.app, &course, "eve-ours-again@example.org").await;
        let ours = world.called("our staff");
        let csv = "external_id,email,name,profession,track,status\nX9,new-ada@example.org,Cyd New,nurse,adult,STARTED\n";
        let import = json!({ "courseId": course, "csv": csv, "check": false });
        let done = self
            .app
            .does(ours.token(), "importRegistrations", import, "registrationImport { applied }")
            .await;
        assert_eq!(done["applied"], true, "{done}");
        self.app.works().await;
        for (document, before) in documents.iter().zip(&before) {
            let after = self.ask(theirs, document).await;
            differences(&format!("their staff: {document}"), before, &after, &mut self.wrong);
        }
    }
}
