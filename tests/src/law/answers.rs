//! Every answer keeps the schema's word, whatever is asked and whatever fails.
//!
//! The answers of all stories are read again (`support/reread.rs`). Here everything that the schema has is
//! asked for by the administrator, who sees everything; then with one table of the database after the other
//! out of reach, so that fields fail wherever they can; and then with selections that leave nothing.

use std::collections::BTreeSet;

use apollo_compiler::schema::ExtendedType;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::access::schema::{Schema, arguments, named, text, together};
use super::access::world::World;
use super::access::{dump, sample};
use crate::support::proof::solved;
use crate::support::reread::SCHEMA;
use crate::support::{TestApp, stories};

/// What is asked, of what, and which fields have been told.
struct Walk<'a> {
    app: &'a TestApp,
    world: &'a World,
    schema: &'a Schema,
    told: BTreeSet<String>,
}

impl Walk<'_> {
    async fn ask(&mut self, document: &str, variables: Value) -> Value {
        self.ask_as(self.world.admin().token(), document, variables).await
    }

    async fn ask_as(&mut self, token: Option<&str>, document: &str, variables: Value) -> Value {
        let (mut answer, found) = self.app.answers_reread("192.0.2.1", token, document, variables).await;
        assert!(answer["errors"].is_null(), "{document}\n{answer:#}");
        self.told.extend(found.told);
        answer["data"].take()
    }

    /// All fields of some things of every kind: what they hold themselves, and each way from one to the next.
    async fn things(&mut self) {
        for (kind, id) in some_things(self.world, 2) {
            let (on, plain): (Vec<&Value>, Vec<&Value>) =
                self.schema.fields(&kind).iter().partition(|field| self.schema.leads_on(field));
            let plain = plain.iter().map(|field| self.schema.field(&kind, field, 0));
            let fields: Vec<String> =
                plain.chain(on.iter().map(|field| self.schema.field(&kind, field, 1))).collect();
            for document in together(&fields, &|inner| of_thing(&kind, &id, inner)) {
                self.ask(&document, json!({})).await;
            }
        }
    }

    /// Every question.
    async fn questions(&mut self) {
        for (document, variables) in questions(self.app, self.world, self.schema).await {
            self.ask(&document, variables).await;
        }
    }

    /// Every act; whether it is done or refused is all the same here.
    async fn acts(&mut self) {
        let email = "someone@example.org";
        let sign_in =
            self.app.does(None, "requestSignInCode", json!({ "email": email }), "signInRequest { id }").await;
        self.app.works().await;
        let code = self.app.letters_to(email).last().expect("a letter").code();
        // Who works here does not change the own address alone.
        let mover = self.app.signs_in("mover@example.org").await;
        let moving = mover
            .does(
                self.app,
                "requestEmailChange",
                json!({ "email": "moved@example.org" }),
                "emailChangeRequest { id }",
            )
            .await;
        self.app.works().await;
        let confirms = self.app.letters_to("moved@example.org").last().expect("a letter").code();
        let course = self.world.name("course");
        let challenge =
            self.ask(&format!("{{ enquiryChallenge(courseId: {course:?}) {{ json }} }}"), json!({})).await;
        let proof = solved(text(&challenge["enquiryChallenge"]["json"]));
        let fields =
            self.schema.fields("Mutation").iter().map(|field| (text(&field["name"]), named(&field["type"])));
        // What is canceled is not corrected any more, and whoever has signed out does nothing more.
        const LAST: [&str; 2] = ["cancelRegistration", "signOut"];
        let mut acts: Vec<_> = fields.collect();
        acts.sort_by_key(|(act, _)| LAST.iter().position(|last| last == act).map(|place| place + 1));
        for (act, payload) in acts {
            let input = match act {
                "requestSignInCode" => json!({ "email": "another@example.org" }),
                "signIn" => json!({ "requestId": sign_in["id"], "code": code }),
                "changeEmail" => json!({ "requestId": moving["id"], "code": confirms }),
                "requestEmailChange" => json!({ "email": "elsewhere@example.org" }),
                "requestInformation" => {
                    json!({ "courseId": course, "name": "Eve", "email": email, "question": "When?", "consent": false, "proof": proof })
                }
                _ => {
                    sample::of_act(self.world, act)
                        .unwrap_or_else(|| panic!("no sample for Mutation.{act}"))
                        .0
                }
            };
            let own = ["changeEmail", "requestEmailChange"].contains(&act);
            let token = if own { Some(mover.token.as_str()) } else { self.world.admin().token() };
            self.act_as(token, act, payload, input).await;
        }
    }

    /// What no sample comes to: a file with mistakes, rules that reach somebody, and somebody who agreed to
    /// letters.
    async fn corners(&mut self) {
        self.act("importCourse", "ImportCoursePayload", json!({ "file": "[course]\nslug = 7\n" })).await;
        let id = json!({ "id": self.world.name("course") });
        let known = self
            .ask(
                "query($id: ID!) { node(id: $id) { ... on Course { version enquiryConsent { version } } } }",
                id,
            )
            .await;
        let rule = json!({ "slug": "reaching", "letter": "COURSE_STARTING", "days": -3, "time": "09:00" });
        let rules = json!({ "courseId": self.world.name("course"), "version": known["node"]["version"], "rules": [rule], "check": true });
        self.act("setReminderRules", "SetReminderRulesPayload", rules).await;
        let moved = json!({ "courseId": self.world.name("course"), "version": known["node"]["version"], "moveByDays": 7, "check": true });
        self.act("moveCourse", "MoveCoursePayload", moved).await;
        let challenge =
            format!("{{ enquiryChallenge(courseId: {:?}) {{ json }} }}", self.world.name("course"));
        let challenge = self.ask(&challenge, json!({})).await["enquiryChallenge"]["json"].clone();
        let asked = json!({ "courseId": self.world.name("course"), "name": "Flo", "email": "flo@example.org", "question": "When?", "consent": true,
            "consentVersion": known["node"]["enquiryConsent"]["version"], "proof": solved(text(&challenge)) });
        self.act("requestInformation", "RequestInformationPayload", asked).await;
        let consents = format!("{{ enquiries(first: 3) {} }}", self.schema.selection("EnquiryConnection", 1));
        self.ask(&consents, json!({})).await;
    }

    async fn act(&mut self, act: &str, payload: &str, input: Value) {
        self.act_as(self.world.admin().token(), act, payload, input).await;
    }

    async fn act_as(&mut self, token: Option<&str>, act: &str, payload: &str, input: Value) {
        let kind = format!("{}{}Input", act[..1].to_uppercase(), &act[1..]);
        let selection = self.schema.selection(payload, 0);
        self.ask_as(
            token,
            &format!("mutation($input: {kind}!) {{ {act}(input: $input) {selection} }}"),
            json!({ "input": input }),
        )
        .await;
    }

    /// What the schema has and nobody was told.
    fn untold(&self) -> Vec<String> {
        // What is followed comes event by event, and has stories of its own.
        let walked = |name: &str| !name.starts_with("__") && name != "Subscription";
        let objects =
            SCHEMA.types.values().filter_map(ExtendedType::as_object).filter(|object| walked(&object.name));
        let all =
            objects.flat_map(|object| object.fields.keys().map(|field| format!("{}.{field}", object.name)));
        all.filter(|field| !self.told.contains(field)).collect()
    }
}

/// The kinds and ids of so many things of every kind, and of those with the most in them.
fn some_things(world: &World, of_each: usize) -> Vec<(String, String)> {
    let named = ["course", "registration", "evaluated", "notice", "enquiry", "announcement"]
        .map(|name| world.name(name));
    let mut things: Vec<_> =
        world.things.values().map(|thing| (thing.kind.clone(), thing.id.clone())).collect();
    // Those with a name come first of their kind, and then the others, always in one order.
    things.sort_by_key(|(kind, id)| (kind.clone(), !named.contains(&id.as_str()), id.clone()));
    let few = things.chunk_by(|one, other| one.0 == other.0).flat_map(|of_kind| of_kind.iter().take(of_each));
    few.cloned().collect()
}

fn of_thing(kind: &str, id: &str, inner: &str) -> String {
    format!("{{ node(id: {id:?}) {{ __typename ... on {kind} {{ id {inner} }} }} }}")
}

/// Every question with what it asks about, as documents with their variables.
async fn questions(app: &TestApp, world: &World, schema: &Schema) -> Vec<(String, Value)> {
    let mut documents = Vec::new();
    for field in schema.fields("Query") {
        let (question, kind) = (text(&field["name"]), named(&field["type"]));
        let (course, registration) = (world.name("course"), world.name("registration"));
        let arguments = arguments(field);
        let given = match (question, arguments.as_slice()) {
            (_, [name @ ("slug" | "code")]) => {
                let (_, id) = some_things(world, 1)
                    .into_iter()
                    .find(|(found, _)| found == kind)
                    .expect("a thing of the kind");
                let called =
                    app.asks(world.admin().token(), &of_thing(kind, &id, name), json!({})).await["node"]
                        [name]
                        .clone();
                format!("({name}: {called})")
            }
            ("node", _) => format!("(id: {course:?})"),
            ("nodes", _) => format!("(ids: [{course:?}, {registration:?}, \"nothing\"])"),
            ("enquiryChallenge", _) => format!("(courseId: {course:?})"),
            ("explain", _) => format!("(registrationId: {registration:?}, letter: REGISTRATION_CONFIRMED)"),
            ("previewLetter", _) => format!(
                "(input: {{ courseId: {course:?}, rule: {:?}, learnerKind: CONFIRMED }})",
                world.name("rule")
            ),
            (_, arguments) if arguments.contains(&"first") => "(first: 3)".to_owned(),
            (_, []) => String::new(),
            (_, _) => panic!("no sample for the arguments of Query.{question}"),
        };
        documents.push((format!("{{ {question}{given} {} }}", schema.selection(kind, 0)), json!({})));
    }
    let rehearsal = schema.selection("Rehearsal", 0);
    documents.push((of_thing("Course", world.name("course"), &format!("rehearsal {rehearsal}")), json!({})));
    documents
}

/// The statements by which an app that knows nothing answers each of the documents, all of which must be
/// answered whole.
async fn heard(app: &TestApp, token: Option<&str>, documents: &[(String, Value)]) -> Vec<String> {
    let mut all = Vec::new();
    for (document, variables) in documents {
        let fresh = app.with_nothing_in_mind();
        let (_, statements) = fresh.hears(fresh.asks(token, document, variables.clone())).await;
        all.push(statements.into_iter().map(|statement| statement.sql).collect::<Vec<_>>().join("\n"));
    }
    all
}

/// Whether SQL has a word in it.
fn names(sql: &str, word: &str) -> bool {
    sql.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|found| found == word)
}

stories! {
    async fn everything_in_the_schema_is_answered_as_it_says(app at "2026-02-01T12:00-05:00") {
        let (schema, world) = (Schema::read().await, World::build(&app).await);
        let mut walk = Walk { app: &app, world: &world, schema: &schema, told: BTreeSet::new() };
        walk.things().await;
        walk.questions().await;
        walk.corners().await;
        walk.acts().await;
        assert_eq!(
            walk.untold(),
            Vec::<String>::new(),
            "nothing has answered with these, so nothing was learned about them"
        );
    }

    /// Whatever cannot be read, nothing more is null than has to be, and each null that an error made has its
    /// error.
    async fn what_fails_takes_along_what_it_must_and_no_more(app at "2026-02-01T12:00-05:00") {
        let (schema, world) = (Schema::read().await, World::build(&app).await);
        let mut documents = questions(&app, &world, &schema).await;
        // A rehearsal has a database of its own, and takes long.
        documents.retain(|(document, _)| !document.contains("rehearsal"));
        for (kind, id) in some_things(&world, 1) {
            let fields = schema.fields(&kind).iter().filter(|field| field["name"] != "rehearsal");
            let fields: Vec<String> = fields.map(|field| schema.field(&kind, field, 0)).collect();
            documents.push((of_thing(&kind, &id, &fields.join(" ")), json!({})));
        }
        // From here nothing may be null up to the whole.
        documents.push(("{ registrations(first: 3) { edges { node { notices(first: 2) { nodes { id } } } } } rateLimit { cost } }".to_owned(), json!({})));
        // Lists within lists, each of which an error must find its way through.
        let inner = "directors { courses(first: 1) { nodes { id } } } days { sessions { faculty { member { sessions(first: 1) { edges { node { id } } } } } } }";
        documents.push((of_thing("Course", world.name("course"), inner), json!({})));
        let told_of = heard(&app, world.admin().token(), &documents).await;
        let (mut failed, mut refused, mut whole, mut fallen) = (0, 0, 0, None);
        for (place, table) in dump::tables(&app).await.iter().enumerate() {
            app.db()
                .execute_unprepared(&format!("alter table \"{table}\" rename to \"{table}_away\""))
                .await
                .expect("renamed");
            // Nothing that was read before is known to this one.
            let without = app.with_nothing_in_mind();
            let (touched, apart): (Vec<usize>, Vec<usize>) =
                (0..documents.len()).partition(|at| names(&told_of[*at], table));
            // Whatever is answered without a word of the table cannot miss it. One such document, another one
            // each time, is asked all the same.
            let control = apart.get(place % apart.len().max(1));
            for at in touched.iter().chain(control) {
                let (document, variables) = &documents[*at];
                let (answer, found) = without
                    .answers_reread("192.0.2.1", world.admin().token(), document, variables.clone())
                    .await;
                assert!(
                    Some(at) != control || answer["errors"].is_null(),
                    "without {table}: {document}\n{answer:#}"
                );
                match (answer.get("data"), answer["errors"].is_null()) {
                    (None, _) => refused += 1,
                    (Some(_), true) => whole += 1,
                    (Some(_), false) => failed += 1,
                }
                fallen = fallen.max(found.fallen);
            }
            app.db()
                .execute_unprepared(&format!("alter table \"{table}_away\" rename to \"{table}\""))
                .await
                .expect("renamed");
        }
        let told = format!("{failed} with errors, {refused} refused, {whole} whole, fallen {fallen:?}");
        assert!(failed >= 100 && whole >= 20 && fallen >= Some(5), "{told}");
    }

    async fn what_selects_nothing_is_answered_with_an_object(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let (course, _) = app.course_and_track().await;
        for (document, data) in [
            (
                "query($id: ID!, $no: Boolean = false) { node(id: $id) { ... on Session { title } ...f @include(if: $no) } } fragment f on Course { id }",
                json!({ "node": {} }),
            ),
            (
                "query($id: ID!) { nodes(ids: [$id, \"x\"]) { ... on Session { title } } }",
                json!({ "nodes": [{}, null] }),
            ),
            ("{ viewer { learner @include(if: false) { id } } }", json!({ "viewer": {} })),
            (
                "query($no: Boolean = false) { viewer { learner { id @include(if: $no) } roles @include(if: $no) } }",
                json!({ "viewer": { "learner": {} } }),
            ),
            (
                "{ courses { nodes { ... @include(if: false) { id } } edges { node { id @skip(if: true) } } } }",
                json!({ "courses": { "nodes": [{}], "edges": [{ "node": {} }] } }),
            ),
            ("{ courses @skip(if: true) { totalCount } }", json!({})),
            (
                "mutation { signIn(input: { requestId: \"x\", code: \"000000\" }) { signedIn @include(if: false) { token } } }",
                json!({ "signIn": {} }),
            ),
            (
                "mutation($no: Boolean = false) { signIn(input: { requestId: \"x\", code: \"000000\" }) { ... @include(if: $no) { signedIn { token } } } }",
                json!({ "signIn": {} }),
            ),
        ] {
            let variables = if document.contains("$id") { json!({ "id": course }) } else { json!({}) };
            let answer = app.answers(Some(&ada.token), document, variables).await;
            assert_eq!(answer, json!({ "data": data }), "{document}");
        }
    }

    /// Whichever is ready first.
    async fn keys_stand_in_the_order_of_the_document(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let fields = [
            "viewer { roles }",
            "professions { code }",
            "courses { totalCount }",
            "b: courses { ...c }",
            "faculty { totalCount }",
            "...f",
            "a: viewer { learner { email id } }",
        ];
        for first in 0..fields.len() {
            let turned: Vec<&str> = fields.iter().cycle().skip(first).take(fields.len()).copied().collect();
            let document = format!("{{ {} courses {{ pageInfo {{ endCursor hasNextPage }} }} }} fragment f on Query {{ z: sessions {{ ... {{ nodes {{ title id }} }} totalCount }} viewer {{ learner {{ name }} }} }}
                fragment c on CourseConnection {{ nodes {{ title slug ... on Node {{ id }} days {{ date }} }} totalCount }}", turned.join(" "));
            ada.asks(&app, &document, json!({})).await;
        }
    }
}
