//! The access matrix against the schema: every field of every type, every question and every act, by every
//! kind of person. What is asked is made from the introspection, so that nothing can be forgotten: what is
//! new fails until the table knows it.

mod done;
pub(super) mod dump;
mod kept;
mod listed;
mod persona;
pub(super) mod sample;
pub(super) mod schema;
mod seen;
mod walk;
pub(super) mod world;

use std::collections::HashSet;

use lectern::access::{self, Who};
use serde_json::{Value, json};

use crate::support::{TestApp, stories};
use persona::{Persona, Thing};
use schema::Schema;
use walk::{denied, differences};
use world::World;

/// The walk, and what it has found wrong.
struct Walk<'a> {
    app: &'a TestApp,
    world: &'a World,
    schema: &'a Schema,
    wrong: Vec<String>,
    /// Guarded fields that told the administrator something.
    told: HashSet<String>,
}

/// A document that asks for `inner` of a thing.
fn of_thing(thing: &Thing, inner: &str) -> String {
    format!("{{ node(id: {:?}) {{ ... on {} {{ __typename id {inner} }} }} }}", thing.id, thing.kind)
}

impl<'a> Walk<'a> {
    fn new(app: &'a TestApp, world: &'a World, schema: &'a Schema) -> Self {
        Self { app, world, schema, wrong: Vec::new(), told: HashSet::new() }
    }

    async fn ask(&self, persona: &Persona, document: &str) -> Value {
        self.app.asks(persona.token(), document, json!({})).await
    }

    /// Asks for something of a thing as everybody, and compares with what the administrator sees.
    async fn of_thing(&mut self, thing: &Thing, document: &str) {
        let seen = self.ask(self.world.admin(), document).await["node"].clone();
        self.note(&thing.kind, &seen);
        for persona in &self.world.personas {
            let mut told = self.ask(persona, document).await["node"].clone();
            let expected = self.world.expected(persona, &seen, None, &[Who::Anybody]).unwrap_or_default();
            self.world.own(persona, &mut told, &mut self.wrong);
            differences(&format!("{}: {}", persona.name, thing.kind), &expected, &told, &mut self.wrong);
        }
    }

    /// Notes which guarded fields told something, so that a walk among nothing proves nothing.
    fn note(&mut self, kind: &str, seen: &Value) {
        let rules = access::kind(kind).map_or(&[][..], |kind| kind.fields);
        for rule in rules.iter().filter(|rule| rule.who != [Who::Anybody]) {
            for name in rule
                .each()
                .filter(|name| seen.get(name).is_some_and(|value| *value != denied(rule.otherwise, value)))
            {
                self.told.insert(format!("{kind}.{name}"));
            }
        }
    }

    fn ends(self) {
        let mut wrong = self.wrong;
        wrong.sort();
        let count = wrong.len();
        wrong.truncate(60);
        assert!(
            wrong.is_empty(),
            "{count} answers are not as the access matrix has them:\n{}",
            wrong.join("\n")
        );
    }
}

#[tokio::test]
async fn everything_in_the_schema_has_a_rule_in_the_access_matrix() {
    let schema = Schema::read().await;
    assert_eq!(
        schema.without_a_rule(),
        Vec::<String>::new(),
        "server/src/access/table.rs must say who sees or does these"
    );
    assert_eq!(schema.without_a_field(), Vec::<String>::new(), "these are gone from the schema");
}

/// The walk is made over a single connection: a second one that anything took on the way would never be had.
async fn over_one_connection(app: &TestApp) -> TestApp {
    app.on_connections(1).await
}

stories! {
    async fn what_is_seen_listed_and_counted_is_what_the_access_matrix_says(app at "2026-02-01T12:00-05:00") {
        let (schema, world) = (Schema::read().await, World::build(&app).await);
        let app = over_one_connection(&app).await;
        let mut walk = Walk::new(&app, &world, &schema);
        walk.by_id().await;
        walk.by_name().await;
        walk.by_question().await;
        walk.by_stream().await;
        walk.untold();
        walk.by_list().await;
        // This changes something, so it comes last.
        walk.whatever_happens_to_ours().await;
        walk.ends();
    }

    async fn what_is_done_is_what_the_access_matrix_says(app at "2026-02-01T12:00-05:00") {
        let (schema, world) = (Schema::read().await, World::build(&app).await);
        let app = over_one_connection(&app).await;
        let mut walk = Walk::new(&app, &world, &schema);
        walk.acts().await;
        walk.ends();
    }
}
