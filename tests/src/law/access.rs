//! The access matrix against the schema: every field of every type, every question and every act, by every kind of person. What is asked is
//! made from the introspection, so that nothing can be forgotten: what is new fails until the table knows it.

pub(super) mod dump;
mod kept;
mod persona;
pub(super) mod sample;
pub(super) mod schema;
mod walk;
pub(super) mod world;

use std::collections::HashSet;

use lectern::access::{self, Else, Rule, Who};
use serde_json::{Value, json};

use crate::support::payload::{is_refused, outcome};
use crate::support::{House, stories};
use persona::{Persona, Thing};
use schema::{Schema, named, text};
use walk::{denied, differences};
use world::World;

/// The walk, and what it has found wrong.
struct Walk<'a> {
    house: &'a House,
    world: &'a World,
    schema: &'a Schema,
    wrong: Vec<String>,
    /// Guarded fields that told the administrator something.
    told: HashSet<String>,
}

impl Walk<'_> {
    async fn ask(&self, persona: &Persona, document: &str) -> Value {
        self.house.asks(persona.token(), document, json!({})).await
    }

    /// Asks for `inner` of a thing as everybody, and compares with what the administrator sees.
    async fn of_thing(&mut self, thing: &Thing, inner: &str) {
        let document = format!("{{ node(id: {:?}) {{ ... on {} {{ __typename id {inner} }} }} }}", thing.id, thing.kind);
        let seen = self.ask(self.world.admin(), &document).await["node"].clone();
        self.note(&thing.kind, &seen);
        for persona in &self.world.personas {
            let mut told = self.ask(persona, &document).await["node"].clone();
            let expected = self.world.expected(persona, &seen, None, &[Who::Anybody]).unwrap_or_default();
            self.world.own(persona, &mut told, &mut self.wrong);
            differences(&format!("{}: {}", persona.name, thing.kind), &expected, &told, &mut self.wrong);
        }
    }

    /// Notes which guarded fields told something, so that a walk among nothing proves nothing.
    fn note(&mut self, kind: &str, seen: &Value) {
        let rules = access::kind(kind).map_or(&[][..], |kind| kind.fields);
        for rule in rules.iter().filter(|rule| rule.who != [Who::Anybody]) {
            for name in rule.each().filter(|name| seen.get(name).is_some_and(|value| *value != denied(rule.otherwise, value))) {
                self.told.insert(format!("{kind}.{name}"));
            }
        }
    }

    /// By id, and from one thing to the next: every field of some things of every kind.
    async fn by_id(&mut self) {
        let mut seen: HashSet<(String, Option<String>, Option<String>, bool)> = HashSet::new();
        let mut things: Vec<&Thing> = self.world.things.values().collect();
        things.sort_by(|one, other| (&one.kind, &one.id).cmp(&(&other.kind, &other.id)));
        for thing in &things {
            // One course of each organization is looked at closely; that the others are there, or not, is asked below.
            let close = [self.world.name("course"), self.world.name("their draft")];
            let dear = thing.course.as_deref().is_some_and(|course| !close.contains(&course));
            let special = ["notice", "registration", "evaluated"].iter().any(|name| self.world.name(name) == thing.id);
            let first = seen.insert((thing.kind.clone(), thing.course.clone(), thing.learner.clone(), thing.shown));
            if !special && (dear || !first) {
                continue;
            }
            let (on, plain): (Vec<&Value>, Vec<&Value>) = self
                .schema
                .fields(&thing.kind)
                .iter()
                .filter(|field| field["name"] != "rehearsal")
                .partition(|field| self.schema.leads_on(field));
            let plain: Vec<String> = plain.iter().map(|field| self.schema.field(&thing.kind, field, 0)).collect();
            self.of_thing(thing, &plain.join(" ")).await;
            for field in on {
                let inner = self.schema.field(&thing.kind, field, 1);
                self.of_thing(thing, &inner).await;
            }
        }
        let course = self.world.things[self.world.name("course")].clone();
        self.of_thing(&course, "rehearsal { startsAt entries { at rule subject } }").await;
        // And whether each thing is there at all.
        for some in things.chunks(100) {
            let ids: Vec<&str> = some.iter().map(|thing| thing.id.as_str()).collect();
            for persona in &self.world.personas {
                let told = self.house.asks(persona.token(), "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": ids })).await;
                for (thing, told) in some.iter().zip(told["nodes"].as_array().expect("nodes")) {
                    let exists = access::kind(&thing.kind).is_some_and(|kind| persona.may(kind.exists, thing));
                    if exists == told.is_null() {
                        self.wrong.push(format!("{}: a {} {thing:?} is {told}", persona.name, thing.kind));
                    }
                }
            }
        }
    }

    /// By name: every question for one thing.
    async fn by_name(&mut self) {
        for field in self.schema.fields("Query") {
            let (question, kind) = (text(&field["name"]), named(&field["type"]));
            let arguments: Vec<&str> =
                field["args"].as_array().expect("arguments").iter().map(|argument| text(&argument["name"])).collect();
            let [name @ ("slug" | "code")] = arguments[..] else { continue };
            for thing in self.world.things.values().filter(|thing| thing.kind == kind) {
                let document = format!("{{ node(id: {:?}) {{ ... on {kind} {{ {name} }} }} }}", thing.id);
                let called = self.ask(self.world.admin(), &document).await["node"][name].clone();
                for persona in &self.world.personas {
                    let told = self.ask(persona, &format!("{{ {question}({name}: {called}) {{ id }} }}")).await[question]["id"].clone();
                    let exists = access::kind(kind).is_some_and(|kind| persona.may(kind.exists, thing));
                    let expected = if exists { json!(thing.id) } else { Value::Null };
                    differences(&format!("{}: {question}({called})", persona.name), &expected, &told, &mut self.wrong);
                }
            }
        }
    }

    /// Every way to ask for a list: plainly, with every filter, in every order, and of every kind.
    fn ways(&mut self, owner: &str, field: &Value) -> Vec<String> {
        let mut ways = vec![String::new()];
        for argument in field["args"].as_array().expect("arguments") {
            let (name, kind) = (text(&argument["name"]), named(&argument["type"]));
            if name == "filter" {
                for input in self.schema.inputs(kind) {
                    let samples = sample::of_filter(self.world, kind, text(&input["name"]));
                    if samples.is_empty() {
                        self.wrong.push(format!("{owner}.{}: no sample for {kind}.{}", field["name"], input["name"]));
                    }
                    let is_enum = !self.schema.values_of_leaf(named(&input["type"])).is_empty();
                    let written = |value: &Value| if is_enum { value.to_string().replace('"', "") } else { value.to_string() };
                    ways.extend(samples.iter().map(|value| format!("filter: {{ {}: {} }}", text(&input["name"]), written(value))));
                }
            } else if name == "orderBy" {
                let by = self.schema.inputs(kind).iter().find(|input| input["name"] == "field").expect("an order has a field");
                for by in self.schema.values(named(&by["type"])) {
                    ways.extend(["ASC", "DESC"].map(|way| format!("orderBy: {{ field: {by}, direction: {way} }}")));
                }
            } else if !self.schema.values_of_leaf(kind).is_empty() {
                ways.extend(self.schema.values_of_leaf(kind).iter().map(|value| format!("{name}: {value}")));
            }
        }
        ways
    }

    /// All lists of the roots, in all ways, as documents.
    fn lists(&mut self) -> Vec<(&'static Rule, String, String)> {
        let schema = self.schema;
        let mut lists = Vec::new();
        for field in schema.fields("Query").iter().filter(|field| named(&field["type"]).ends_with("Connection")) {
            let name = text(&field["name"]);
            let Some(rule) = access::rule(access::QUESTIONS, name) else { continue };
            let inner = schema.selection(named(&field["type"]), 0);
            for way in self.ways("Query", field) {
                lists.push((rule, name.to_owned(), format!("{{ {name}(first: 100 {way}) {inner} }}")));
            }
        }
        lists
    }

    async fn by_list(&mut self) {
        for (rule, name, document) in self.lists() {
            let seen = self.ask(self.world.admin(), &document).await[&name].clone();
            for persona in &self.world.personas {
                let told = self.ask(persona, &document).await[&name].clone();
                let expected = match persona.could(rule.who) {
                    true => self.world.expected(persona, &seen, None, rule.who).unwrap_or_default(),
                    false => denied(rule.otherwise, &seen),
                };
                differences(&format!("{}: {document}", persona.name), &expected, &told, &mut self.wrong);
            }
        }
        let course = self.world.things[self.world.name("course")].clone();
        let schema = self.schema;
        for field in schema.fields("Course").iter().filter(|field| field["name"] != "rehearsal") {
            let ways = self.ways("Course", field);
            for way in ways.iter().filter(|way| !way.is_empty()) {
                let first = if named(&field["type"]).ends_with("Connection") { "first: 50 " } else { "" };
                self.of_thing(&course, &format!("{}({first}{way}) {}", text(&field["name"]), schema.selection(named(&field["type"]), 0)))
                    .await;
            }
        }
    }

    /// The questions that are neither lists nor names.
    async fn by_question(&mut self) {
        let mut asked = HashSet::new();
        let world = self.world;
        for persona in &world.personas {
            for thing in world.things.values() {
                let (question, call) = match thing.kind.as_str() {
                    "Course" => ("enquiryChallenge", format!("enquiryChallenge(courseId: {:?}) {{ nonce }}", thing.id)),
                    "Registration" => {
                        ("explain", format!("explain(registrationId: {:?}, letter: REGISTRATION_CONFIRMED) {{ summary }}", thing.id))
                    }
                    _ => continue,
                };
                asked.insert(question);
                let may = access::rule(access::QUESTIONS, question).is_some_and(|rule| persona.may(rule.who, thing));
                let told = self.ask(persona, &format!("{{ {call} }}")).await[question].clone();
                let there =
                    question != "enquiryChallenge" || [world.name("course"), world.name("their course")].contains(&thing.id.as_str());
                if told.is_null() == (may && there) {
                    self.wrong.push(format!("{}: {question} of {thing:?} is {told}", persona.name));
                }
            }
            let inputs = [
                json!({ "courseId": world.name("course"), "rule": world.name("rule"), "learnerKind": "CONFIRMED" }),
                json!({ "courseId": world.name("course"), "rule": world.name("rule"), "registrationId": world.name("registration") }),
            ];
            for input in inputs {
                let document = "query($input: PreviewLetterInput!) { previewLetter(input: $input) { letterPreview { subject } refusal { __typename code } } }";
                let told = outcome(&self.house.asks(persona.token(), document, json!({ "input": input })).await["previewLetter"]);
                self.judge(persona, "previewLetter", access::QUESTIONS, &world.things[world.name("course")], &told);
            }
            let viewer = self.ask(persona, &format!("{{ viewer {} }}", self.schema.selection("Viewer", 0))).await["viewer"].clone();
            let email = persona.person.as_ref().map_or(Value::Null, |person| json!(person.email));
            differences(&format!("{}: viewer", persona.name), &email, &viewer["learner"]["email"], &mut self.wrong);
            for row in viewer["registrations"]["nodes"].as_array().into_iter().flatten() {
                if !world.things[text(&row["id"])].learner.as_ref().is_some_and(|learner| email == *learner) {
                    self.wrong.push(format!("{}: viewer has {row}", persona.name));
                }
            }
        }
        // What an operation costs is told to everybody.
        let told = self.ask(&self.world.personas[0], "{ rateLimit { cost } }").await;
        if told["rateLimit"]["cost"].as_i64().is_none() {
            self.wrong.push(format!("Query.rateLimit says {told}"));
        }
        asked.extend(["creditTypes", "professions", "previewLetter", "rateLimit", "viewer", "node", "nodes"]);
        for field in self.schema.fields("Query") {
            let arguments: Vec<&str> =
                field["args"].as_array().expect("arguments").iter().map(|argument| text(&argument["name"])).collect();
            let known = asked.contains(text(&field["name"]))
                || matches!(arguments[..], ["slug" | "code"])
                || named(&field["type"]).ends_with("Connection");
            if !known {
                self.wrong.push(format!("no sample for the arguments of Query.{}", field["name"]));
            }
        }
    }

    /// Everything that can be followed, as everybody: who may see it gets what the administrator gets, everybody else null.
    async fn by_stream(&mut self) {
        let world = self.world;
        let mut followed = HashSet::new();
        for thing in world.things.values() {
            let streams: &[&str] = match thing.kind.as_str() {
                "Course" => &["seats(courseId: $) { capacity }", "notices(courseId: $) { nodes { id } }"],
                "Registration" => &["registration(id: $) { id }"],
                _ => continue,
            };
            for stream in streams {
                let name = stream.split('(').next().unwrap_or_default();
                let document = format!("subscription {{ {} }}", stream.replace('$', &format!("{:?}", thing.id)));
                let seen = self.house.first_event(world.admin().token(), &document).await[name].clone();
                if !seen.is_null() {
                    followed.insert(name);
                }
                for persona in &world.personas {
                    let may = access::rule(access::STREAMS, name).is_some_and(|rule| persona.may(rule.who, thing));
                    let told = self.house.first_event(persona.token(), &document).await[name].clone();
                    let expected = if may { seen.clone() } else { Value::Null };
                    differences(&format!("{}: {document}", persona.name), &expected, &told, &mut self.wrong);
                }
            }
        }
        for field in self.schema.fields("Subscription").iter().filter(|field| !followed.contains(text(&field["name"]))) {
            self.wrong.push(format!("Subscription.{} told nobody anything", field["name"]));
        }
    }

    /// Whether an answer to an act, or to what is refused as an act is, is the table's.
    fn judge(&mut self, persona: &Persona, act: &str, rules: &'static [Rule], thing: &Thing, told: &Value) {
        let Some(rule) = access::rule(rules, act) else { return };
        let code = match rule.otherwise {
            _ if persona.person.is_none() => "UNAUTHENTICATED",
            Else::Refused(no) => no.code(),
            Else::RefusedStaff(no, _) if !persona.could(&[Who::Staff]) => no.code(),
            Else::RefusedStaff(_, no) => no.code(),
            Else::Nothing | Else::Null | Else::Empty => "nothing",
        };
        let may = persona.may(rule.who, thing) && (persona.person.is_some() || rule.who == [Who::Anybody]);
        let right = if may { !is_refused(told) } else { told["code"] == code };
        if !right {
            self.wrong.push(format!("{}: {act} is answered with {told}; {}", persona.name, if may { "it is theirs" } else { code }));
        }
    }

    /// Every act by everybody who may not, on our things.
    async fn acts(&mut self) {
        let mut before = dump::dump(self.house).await;
        for field in self.schema.fields("Mutation") {
            let act = text(&field["name"]);
            let Some(rule) = access::rule(access::ACTS, act) else { continue };
            let Some((input, about)) = sample::of_act(self.world, act) else {
                self.wrong.push(format!("no sample for Mutation.{act}"));
                continue;
            };
            let thing = self.world.things[&about].clone();
            for persona in &self.world.personas {
                let may = persona.may(rule.who, &thing) && (persona.person.is_some() || rule.who == [Who::Anybody]);
                if may && !sample::DRY.contains(&act) {
                    continue;
                }
                let told = self.house.does(persona.token(), act, input.clone(), "").await;
                self.judge(persona, act, access::ACTS, &thing, &told);
            }
            let after = dump::dump(self.house).await;
            for (one, other) in before.iter().zip(&after).filter(|(one, other)| one != other) {
                self.wrong.push(format!("{act} has changed {}: {} became {}", one.0, one.1, other.1));
            }
            before = after;
        }
    }

    fn ends(self) {
        let mut wrong = self.wrong;
        wrong.sort();
        let count = wrong.len();
        wrong.truncate(60);
        assert!(wrong.is_empty(), "{count} answers are not as the access matrix has them:\n{}", wrong.join("\n"));
    }
}

#[tokio::test]
async fn everything_in_the_schema_has_a_rule_in_the_access_matrix() {
    let schema = Schema::read().await;
    assert_eq!(schema.without_a_rule(), Vec::<String>::new(), "server/src/access/table.rs must say who sees or does these");
    assert_eq!(schema.without_a_field(), Vec::<String>::new(), "these are gone from the schema");
}

/// The walk is made over a single connection: a second one that anything took on the way would never be had.
async fn over_one_connection(house: &House) -> House {
    house.on_connections(1).await
}

stories! {
    async fn what_is_seen_is_what_the_access_matrix_says(house at "2026-02-01T12:00-05:00") {
        let (schema, world) = (Schema::read().await, World::build(&house).await);
        let house = over_one_connection(&house).await;
        let mut walk = Walk { house: &house, world: &world, schema: &schema, wrong: Vec::new(), told: HashSet::new() };
        walk.by_id().await;
        walk.by_name().await;
        walk.by_question().await;
        walk.by_stream().await;
        for kind in access::TYPES.iter().filter(|kind| schema.is_node(kind.name)) {
            for name in kind.fields.iter().filter(|rule| rule.who != [Who::Anybody] && rule.who != [Who::Learner]).flat_map(Rule::each) {
                if !walk.told.contains(&format!("{}.{name}", kind.name)) {
                    walk.wrong.push(format!("{}.{name} told nobody anything", kind.name));
                }
            }
        }
        walk.ends();
    }

    async fn what_is_listed_and_counted_is_what_the_access_matrix_says(house at "2026-02-01T12:00-05:00") {
        let (schema, world) = (Schema::read().await, World::build(&house).await);
        let house = over_one_connection(&house).await;
        let mut walk = Walk { house: &house, world: &world, schema: &schema, wrong: Vec::new(), told: HashSet::new() };
        walk.by_list().await;
        // Whatever happens to our course, their staff count as before.
        let theirs = world.called("their staff");
        let lists = walk.lists();
        let mut before = Vec::new();
        for (_, _, document) in &lists {
            before.push(walk.ask(theirs, document).await);
        }
        let course = json!(world.name("course"));
        world::enquires(&house, &course, "eve-ours-again@example.org").await;
        let ours = world.called("our staff");
        let csv = "external_id,email,name,profession,track,status\nX9,new-ada@example.org,Cyd New,nurse,adult,STARTED\n";
        let done = house.does(ours.token(), "importRegistrations", json!({ "courseId": course, "csv": csv, "check": false }), "registrationImport { applied }").await;
        assert_eq!(done["applied"], true, "{done}");
        house.works().await;
        for ((_, _, document), before) in lists.iter().zip(&before) {
            differences(&format!("their staff: {document}"), before, &walk.ask(theirs, document).await, &mut walk.wrong);
        }
        walk.ends();
    }

    async fn what_is_done_is_what_the_access_matrix_says(house at "2026-02-01T12:00-05:00") {
        let (schema, world) = (Schema::read().await, World::build(&house).await);
        let house = over_one_connection(&house).await;
        let mut walk = Walk { house: &house, world: &world, schema: &schema, wrong: Vec::new(), told: HashSet::new() };
        walk.acts().await;
        walk.ends();
    }
}
