//! What everybody sees: things by their ids and names, from one to the next, what is asked about them, and
//! what is told as it changes.

use std::collections::HashSet;

use lectern::access::{self, Rule, Who};
use serde_json::{Value, json};

use super::persona::Thing;
use super::schema::{arguments, named, text, together};
use super::walk::differences;
use super::{Walk, of_thing};
use crate::support::payload::outcome;

impl Walk<'_> {
    /// By id, and from one thing to the next: every field of some things of every kind.
    pub(super) async fn by_id(&mut self) {
        let mut seen: HashSet<(String, Option<String>, Option<String>, bool)> = HashSet::new();
        let mut things: Vec<&Thing> = self.world.things.values().collect();
        things.sort_by(|one, other| (&one.kind, &one.id).cmp(&(&other.kind, &other.id)));
        for thing in &things {
            // One course of each organization is looked at closely; that the others are there, or not, is
            // asked below.
            let close = [self.world.name("course"), self.world.name("their draft")];
            let dear = thing.course.as_deref().is_some_and(|course| !close.contains(&course));
            let special =
                ["notice", "registration", "evaluated"].iter().any(|name| self.world.name(name) == thing.id);
            let first =
                seen.insert((thing.kind.clone(), thing.course.clone(), thing.learner.clone(), thing.shown));
            if !special && (dear || !first) {
                continue;
            }
            let (on, plain): (Vec<&Value>, Vec<&Value>) = self
                .schema
                .fields(&thing.kind)
                .iter()
                .filter(|field| field["name"] != "rehearsal")
                .partition(|field| self.schema.leads_on(field));
            let plain = plain.iter().map(|field| self.schema.field(&thing.kind, field, 0));
            let fields: Vec<String> =
                plain.chain(on.iter().map(|field| self.schema.field(&thing.kind, field, 1))).collect();
            for document in together(&fields, &|inner| of_thing(thing, inner)) {
                self.of_thing(thing, &document).await;
            }
        }
        let course = self.world.things[self.world.name("course")].clone();
        self.of_thing(&course, &of_thing(&course, "rehearsal { startsAt entries { at rule subject } }"))
            .await;
        // And whether each thing is there at all.
        for some in things.chunks(100) {
            let ids: Vec<&str> = some.iter().map(|thing| thing.id.as_str()).collect();
            for persona in &self.world.personas {
                let told = self
                    .app
                    .asks(
                        persona.token(),
                        "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
                        json!({ "ids": ids }),
                    )
                    .await;
                for (thing, told) in some.iter().zip(told["nodes"].as_array().expect("nodes")) {
                    let exists =
                        access::kind(&thing.kind).is_some_and(|kind| persona.may(kind.exists, thing));
                    if exists == told.is_null() {
                        self.wrong.push(format!("{}: a {} {thing:?} is {told}", persona.name, thing.kind));
                    }
                }
            }
        }
    }

    /// By name: every question for one thing.
    pub(super) async fn by_name(&mut self) {
        let world = self.world;
        for field in self.schema.fields("Query") {
            let (question, kind) = (text(&field["name"]), named(&field["type"]));
            let arguments = arguments(field);
            let [name @ ("slug" | "code")] = arguments[..] else { continue };
            let things: Vec<(String, &Thing)> =
                (0..).map(|place| format!("a{place}")).zip(world.of_kind(kind)).collect();
            let names = things.iter().map(|(key, thing)| {
                format!("{key}: node(id: {:?}) {{ ... on {kind} {{ {name} }} }}", thing.id)
            });
            let called =
                self.ask(world.admin(), &format!("{{ {} }}", names.collect::<Vec<_>>().join(" "))).await;
            let asked = things
                .iter()
                .map(|(key, _)| format!("{key}: {question}({name}: {}) {{ id }}", called[key][name]));
            let document = format!("{{ {} }}", asked.collect::<Vec<_>>().join(" "));
            for persona in &world.personas {
                let told = self.ask(persona, &document).await;
                for (key, thing) in &things {
                    let exists = access::kind(kind).is_some_and(|kind| persona.may(kind.exists, thing));
                    let expected = if exists { json!(thing.id) } else { Value::Null };
                    let at = format!("{}: {question}({})", persona.name, called[key][name]);
                    differences(&at, &expected, &told[key]["id"], &mut self.wrong);
                }
            }
        }
    }

    /// The questions that are neither lists nor names.
    pub(super) async fn by_question(&mut self) {
        let world = self.world;
        let challenges = world.of_kind("Course").map(|thing| {
            ("enquiryChallenge", thing, format!("enquiryChallenge(courseId: {:?}) {{ nonce }}", thing.id))
        });
        let explanations = world.of_kind("Registration").map(|thing| {
            (
                "explain",
                thing,
                format!(
                    "explain(registrationId: {:?}, letter: REGISTRATION_CONFIRMED) {{ summary }}",
                    thing.id
                ),
            )
        });
        let calls: Vec<_> =
            (0..).map(|place| format!("a{place}")).zip(challenges.chain(explanations)).collect();
        let all: Vec<String> = calls.iter().map(|(key, (_, _, call))| format!("{key}: {call}")).collect();
        let all = format!("{{ {} }}", all.join(" "));
        for persona in &world.personas {
            let told = self.ask(persona, &all).await;
            for (key, (question, thing, _)) in &calls {
                let may = access::rule(access::QUESTIONS, question)
                    .is_some_and(|rule| persona.may(rule.who, thing));
                let there = *question != "enquiryChallenge"
                    || [world.name("course"), world.name("their course")].contains(&thing.id.as_str());
                if told[key].is_null() == (may && there) {
                    self.wrong.push(format!("{}: {question} of {thing:?} is {}", persona.name, told[key]));
                }
            }
            let inputs = [
                json!({ "courseId": world.name("course"), "rule": world.name("rule"), "learnerKind": "CONFIRMED" }),
                json!({ "courseId": world.name("course"), "rule": world.name("rule"), "registrationId": world.name("registration") }),
            ];
            for input in inputs {
                let document = "query($input: PreviewLetterInput!) { previewLetter(input: $input) { letterPreview { subject } refusal { __typename code } } }";
                let told = outcome(
                    &self.app.asks(persona.token(), document, json!({ "input": input })).await["previewLetter"],
                );
                self.judge(
                    persona,
                    "previewLetter",
                    access::QUESTIONS,
                    &world.things[world.name("course")],
                    &told,
                );
            }
            let viewer = self
                .ask(persona, &format!("{{ viewer {} }}", self.schema.selection("Viewer", 0)))
                .await["viewer"]
                .clone();
            let email = persona.person.as_ref().map_or(Value::Null, |person| json!(person.email));
            differences(
                &format!("{}: viewer", persona.name),
                &email,
                &viewer["learner"]["email"],
                &mut self.wrong,
            );
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
        let asked = [
            "enquiryChallenge",
            "explain",
            "creditTypes",
            "professions",
            "previewLetter",
            "rateLimit",
            "viewer",
            "node",
            "nodes",
        ];
        for field in self.schema.fields("Query") {
            let arguments = arguments(field);
            let known = asked.contains(&text(&field["name"]))
                || matches!(arguments[..], ["slug" | "code"])
                || named(&field["type"]).ends_with("Connection");
            if !known {
                self.wrong.push(format!("no sample for the arguments of Query.{}", field["name"]));
            }
        }
    }

    /// Everything that can be followed, as everybody: who may see it gets what the administrator gets,
    /// everybody else null.
    pub(super) async fn by_stream(&mut self) {
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
                let document =
                    format!("subscription {{ {} }}", stream.replace('$', &format!("{:?}", thing.id)));
                let seen = self.app.first_event(world.admin().token(), &document).await[name].clone();
                if !seen.is_null() {
                    followed.insert(name);
                }
                for persona in &world.personas {
                    let may =
                        access::rule(access::STREAMS, name).is_some_and(|rule| persona.may(rule.who, thing));
                    let told = self.app.first_event(persona.token(), &document).await[name].clone();
                    let expected = if may { seen.clone() } else { Value::Null };
                    differences(&format!("{}: {document}", persona.name), &expected, &told, &mut self.wrong);
                }
            }
        }
        for field in
            self.schema.fields("Subscription").iter().filter(|field| !followed.contains(text(&field["name"])))
        {
            self.wrong.push(format!("Subscription.{} told nobody anything", field["name"]));
        }
    }

    /// What nobody has been told anything by.
    pub(super) fn untold(&mut self) {
        for kind in access::TYPES.iter().filter(|kind| self.schema.is_node(kind.name)) {
            for name in kind
                .fields
                .iter()
                .filter(|rule| rule.who != [Who::Anybody] && rule.who != [Who::Learner])
                .flat_map(Rule::each)
            {
                if !self.told.contains(&format!("{}.{name}", kind.name)) {
                    self.wrong.push(format!("{}.{name} told nobody anything", kind.name));
                }
            }
        }
    }
}
