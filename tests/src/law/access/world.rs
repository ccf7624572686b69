//! A world with two organizations, each with an announced course with everything in it and a draft, and the
//! people who look at it.

use std::collections::{HashMap, HashSet};

use entity::course::Status;
use entity::nature::Nature;
use lectern::catalogue::draft::Draft;
use lectern::catalogue::draft::{Organization, Room, Speaker, Standing};
use lectern::course_file::{parse, print};
use serde_json::{Value, json};

use super::persona::{Persona, Thing};
use super::schema::text;
use crate::support::proof::solved;
use crate::support::{Person, SAMPLE, TestApp, said};

/// What the walk goes through.
pub struct World {
    pub personas: Vec<Persona>,
    pub things: HashMap<String, Thing>,
    /// Ids and names for samples, by what the stories call them.
    pub names: HashMap<&'static str, String>,
}

/// A course of an organization, called `slug`; a draft has people, an organization and a series that nothing
/// else shows.
pub fn course(slug: &str, organization: &str, status: Status) -> Draft {
    let mut file = parse(SAMPLE).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    let named = |slug: &str| Organization { slug: said(slug), name: said(format!("The {slug}")), url: None };
    file.course.slug = said(slug);
    file.course.title = said(format!("The {slug} course"));
    file.course.status = status;
    file.course.offered_by = vec![said(organization)];
    file.course.accredited_by = vec![said(organization)];
    file.organizations = vec![named(organization)];
    file.registration.capacity = Some(50);
    file.rooms = vec![Room { slug: said("hall"), name: said("The Hall"), capacity: Some(80) }];
    file.faculty.truncate(1);
    let mut only = file.faculty[0].clone();
    only.slug = said(format!("{slug}-only"));
    only.name = said(format!("{slug} Only"));
    only.role = Standing::Faculty;
    let speakers: Vec<Speaker> = [&file.faculty[0].slug, &only.slug]
        .map(|slug| Speaker { member: slug.clone(), role: entity::session_faculty::Role::Speaker })
        .to_vec();
    file.faculty.push(only);
    for day in &mut file.days {
        day.sessions.truncate(1);
        for session in &mut day.sessions {
            session.faculty.clone_from(&speakers);
            session.room = Some(said("hall"));
            session.join_url = Some(said(format!("https://meet.example.org/{slug}")));
        }
    }
    match status {
        Status::Draft => {
            file.course.accredited_by = vec![said(format!("{organization}-hidden"))];
            file.organizations.push(named(&format!("{organization}-hidden")));
            if let Some(series) = &mut file.series {
                series.slug = said(format!("{slug}-series"));
            }
        }
        Status::Published | Status::Cancelled | Status::Archived => {}
    }
    file
}

async fn ids_of(app: &TestApp, slug: &str) -> Value {
    let query = "query($slug: String!) { course(slug: $slug) { id tracks { id } } }";
    app.asks(None, query, json!({ "slug": slug })).await["course"].clone()
}

/// Somebody asks about a course, after a proof of work; returns the answer.
pub async fn enquires(app: &TestApp, course: &Value, email: &str) -> Value {
    let challenge = app
        .asks(None, "query($id: ID!) { enquiryChallenge(courseId: $id) { json } }", json!({ "id": course }))
        .await;
    let proof = solved(text(&challenge["enquiryChallenge"]["json"]));
    let input = json!({ "courseId": course, "name": "Eve Ask", "email": email, "question": "Is there a reader?", "consent": false, "proof": proof });
    let answer = app.does(None, "requestInformation", input, "").await;
    assert!(answer.is_null(), "{answer}");
    answer
}

async fn takes_part(app: &TestApp, person: &Person, slug: &str, payee: Option<&Person>) -> Value {
    let course = ids_of(app, slug).await;
    let input =
        json!({ "courseId": course["id"], "trackId": course["tracks"][0]["id"], "professionCode": "nurse" });
    let started = person.registers_for(app, input).await;
    match payee {
        Some(staff) => staff.records_payment(app, &started).await,
        None => started,
    }
}

/// Everything that staff do about a course: an enquiry answered and one not, an announcement that has gone
/// out and a draft.
async fn is_lively(app: &TestApp, staff: &Person, slug: &str) {
    let course = ids_of(app, slug).await["id"].clone();
    enquires(app, &course, &format!("eve-{slug}@example.org")).await;
    enquires(app, &course, &format!("ian-{slug}@example.org")).await;
    let list = format!("{{ course(slug: \"{slug}\") {{ enquiries {{ nodes {{ id }} }} }} }}");
    let asked = staff.asks(app, &list, json!({})).await["course"]["enquiries"]["nodes"][1]["id"].clone();
    staff.does(app, "answerEnquiry", json!({ "enquiryId": asked, "answer": "There is." }), "").await;
    let said = json!({ "courseId": course, "subject": "Parking", "body": "Behind the house." });
    let first = staff.does(app, "announce", said.clone(), "announcement { id recipientCount }").await;
    let confirm = json!({ "announcementId": first["id"], "recipientCount": first["recipientCount"] });
    staff.does(app, "confirmAnnouncement", confirm, "").await;
    app.nature.move_to(app.nature.now().plus_minutes(11));
    app.works().await;
    let draft = staff.does(app, "announce", said, "").await;
    assert!(draft.is_null(), "{draft}");
}

impl World {
    /// Builds it, through the front door.
    pub async fn build(app: &TestApp) -> Self {
        let early = print(&course("early", "ours-org", Status::Published)).replace("2026-05-", "2026-03-");
        app.imports(&early).await;
        for (slug, organization, status) in [
            ("ours", "ours-org", Status::Published),
            ("ours-draft", "ours-org", Status::Draft),
            ("theirs", "theirs-org", Status::Published),
            ("theirs-draft", "theirs-org", Status::Draft),
        ] {
            app.imports(&print(&course(slug, organization, status))).await;
        }
        let office = app.staff("office@example.org").await;
        let ada = app.signs_in("ada@example.org").await;
        let of_early = takes_part(app, &ada, "early", Some(&office)).await;
        app.works().await;
        app.travels_to("2026-03-16T12:00-04:00").await;
        let ada = app.signs_in("ada@example.org").await;
        let ratings = app.objective_ratings(&ada, &of_early).await;
        let input =
            json!({ "registrationId": of_early["id"], "objectiveRatings": ratings, "biasPerceived": false });
        let done = ada.does(app, "submitEvaluation", input, "").await;
        assert!(done.is_null(), "{done}");

        app.travels_to("2026-04-20T12:00-04:00").await;
        let mut world = Self { personas: Vec::new(), things: HashMap::new(), names: HashMap::new() };
        let ada = app.signs_in("ada@example.org").await;
        let bob = app.signs_in("bob@example.org").await;
        let ours = app.staff_of("ours@example.org", Some("ours-org")).await;
        let theirs = app.staff_of("theirs@example.org", Some("theirs-org")).await;
        let office = app.staff("office@example.org").await;
        let admin = app.administrator("admin@example.org").await;
        let confirmed = takes_part(app, &ada, "ours", Some(&ours)).await;
        takes_part(app, &bob, "ours", None).await;
        let dan = app.signs_in("dan@example.org").await;
        let left = takes_part(app, &dan, "ours", None).await;
        dan.cancels(app, &left).await;
        let zoe = app.signs_in("zoe@example.org").await;
        let of_zoe = takes_part(app, &zoe, "theirs", Some(&theirs)).await;
        let csv = "external_id,email,name,profession,track,status\nX1,ada@example.org,,nurse,adult,\nX3,cyd@example.org,Cyd Ray,chaplain,adult,STARTED\n";
        let course = ids_of(app, "ours").await;
        let import = json!({ "courseId": course["id"], "csv": csv, "check": false });
        let imported = ours
            .does(app, "importRegistrations", import, "registrationImport { applied rows { message } }")
            .await;
        assert_eq!(imported["applied"], true, "{imported}");
        app.works().await;
        is_lively(app, &ours, "ours").await;
        is_lively(app, &theirs, "theirs").await;
        let letters = "query($code: String!) { registration(code: $code) { upcomingLetters { rule occurrence } notices { nodes { id rule } } } }";
        let letters =
            ours.asks(app, letters, json!({ "code": confirmed["code"] })).await["registration"].clone();
        let sent = letters["notices"]["nodes"]
            .as_array()
            .expect("notices")
            .iter()
            .find(|row| row["rule"] == "registration_confirmed")
            .expect("a letter");
        let again = ours.does(app, "resendNotice", json!({ "noticeId": sent["id"] }), "").await;
        assert!(again.is_null(), "{again}");
        let ahead = &letters["upcomingLetters"][0];
        let stop = json!({ "registrationId": confirmed["id"], "rule": ahead["rule"], "occurrence": ahead["occurrence"] });
        ours.does(app, "cancelNotice", stop, "").await;
        let note = json!({ "email": "cyd@example.org", "scope": "OPTIONAL", "note": "The person has asked for it." });
        let suppressed = ours.does(app, "suppressAddress", note, "suppression { id }").await;
        app.works().await;

        let mut names = |name: &'static str, value: &Value| world.names.insert(name, text(value).to_owned());
        names("code", &confirmed["code"]);
        names("registration", &confirmed["id"]);
        let hers = ada.asks(app, "{ viewer { learner { id } } }", json!({})).await;
        names("ada's id", &hers["viewer"]["learner"]["id"]);
        for (name, person) in [("bob's id", &bob), ("dan's id", &dan)] {
            let theirs = person.asks(app, "{ viewer { learner { id } } }", json!({})).await;
            names(name, &theirs["viewer"]["learner"]["id"]);
        }
        names("other registration", &of_zoe["id"]);
        names("evaluated", &of_early["id"]);
        names("notice", &sent["id"]);
        names("suppression", &suppressed["id"]);
        names("rule", &ahead["rule"]);
        for (name, person) in [
            ("nobody", None),
            ("a learner of ours", Some(ada)),
            ("another learner of ours", Some(bob)),
            ("our staff", Some(ours)),
            ("their staff", Some(theirs)),
            ("the office", Some(office)),
            ("an administrator", Some(admin)),
        ] {
            let office = matches!(name, "the office" | "an administrator");
            let staff = office || name.ends_with("staff");
            world.personas.push(Persona {
                name,
                person,
                staff,
                office,
                administrator: name == "an administrator",
                organization: None,
                runs: HashSet::new(),
                confirmed: HashSet::new(),
            });
        }
        world.looks_around(app).await;
        world
    }

    /// The administrator, who sees everything.
    pub fn admin(&self) -> &Persona {
        self.personas.last().expect("an administrator")
    }

    /// The persona of this name.
    pub fn called(&self, name: &str) -> &Persona {
        self.personas
            .iter()
            .find(|persona| persona.name == name)
            .unwrap_or_else(|| panic!("nobody is called {name}"))
    }

    /// What a name of a sample stands for.
    pub fn name(&self, name: &str) -> &str {
        self.names.get(name).unwrap_or_else(|| panic!("nothing is called {name}"))
    }

    /// The things of a kind, always in one order.
    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Thing> {
        let mut things: Vec<&Thing> = self.things.values().filter(|thing| thing.kind == kind).collect();
        things.sort_by_key(|thing| &thing.id);
        things.into_iter()
    }

    fn add(&mut self, kind: &str, id: &Value, thing: Thing) {
        let id = text(id).to_owned();
        let known =
            self.things.entry(id.clone()).or_insert(Thing { kind: kind.to_owned(), id, ..thing.clone() });
        known.shown |= thing.shown;
    }

    /// Notes everything that is there, as the administrator sees it.
    async fn looks_around(&mut self, app: &TestApp) {
        const COURSE: &str = "query($slug: String!) { course(slug: $slug) { id status version offeredBy { id slug version } accreditedBy { id } tracks { id }
            sessions(first: 100) { nodes { id faculty { member { id } } } } faculty(first: 100) { nodes { id slug version } } series { series { id slug version } }
            registrations(first: 50) { nodes { id status suppression { id } learner { id email } notices(first: 50) { nodes { id } } } }
            enquiries(first: 50) { nodes { id answeredAt notices(first: 50) { nodes { id } } } } announcements(first: 50) { nodes { id state } } } }";
        let admin = self.admin().person.clone().expect("a person");
        let nodes = |list: &Value| list["nodes"].as_array().cloned().unwrap_or_default();
        let each = |list: &Value| list.as_array().cloned().unwrap_or_default();
        for slug in ["early", "ours", "ours-draft", "theirs", "theirs-draft"] {
            let course = admin.asks(app, COURSE, json!({ "slug": slug })).await["course"].clone();
            let id = text(&course["id"]).to_owned();
            let shown = course["status"] != "DRAFT";
            let of_course = Thing { course: Some(id.clone()), shown, ..Thing::default() };
            let shared = Thing { shown, ..Thing::default() };
            self.add("Course", &course["id"], of_course.clone());
            let inner = Thing { shown: false, ..of_course.clone() };
            each(&course["tracks"])
                .iter()
                .for_each(|track| self.add("Track", &track["id"], of_course.clone()));
            for session in nodes(&course["sessions"]) {
                self.add("Session", &session["id"], of_course.clone());
                each(&session["faculty"])
                    .iter()
                    .for_each(|part| self.add("FacultyMember", &part["member"]["id"], shared.clone()));
            }
            nodes(&course["faculty"])
                .iter()
                .for_each(|member| self.add("FacultyMember", &member["id"], shared.clone()));
            for organization in each(&course["offeredBy"]).iter().chain(&each(&course["accreditedBy"])) {
                self.add("Organization", &organization["id"], shared.clone());
            }
            self.add("Series", &course["series"]["series"]["id"], shared.clone());
            for row in nodes(&course["registrations"]) {
                let about =
                    Thing { learner: row["learner"]["email"].as_str().map(str::to_owned), ..inner.clone() };
                self.add("Registration", &row["id"], about.clone());
                nodes(&row["notices"])
                    .iter()
                    .for_each(|notice| self.add("Notice", &notice["id"], about.clone()));
                for persona in self
                    .personas
                    .iter_mut()
                    .filter(|persona| row["status"] == "CONFIRMED" && persona.person.is_some())
                {
                    if persona.person.as_ref().is_some_and(|person| row["learner"]["email"] == person.email) {
                        persona.confirmed.insert(id.clone());
                    }
                }
            }
            for row in nodes(&course["enquiries"]) {
                self.add("Enquiry", &row["id"], inner.clone());
                nodes(&row["notices"])
                    .iter()
                    .for_each(|notice| self.add("Notice", &notice["id"], inner.clone()));
            }
            nodes(&course["registrations"])
                .iter()
                .filter(|row| !row["suppression"].is_null())
                .for_each(|row| self.add("Suppression", &row["suppression"]["id"], inner.clone()));
            nodes(&course["announcements"])
                .iter()
                .for_each(|row| self.add("Announcement", &row["id"], inner.clone()));
            let organization = &course["offeredBy"][0];
            for persona in &mut self.personas {
                let theirs = (persona.name == "our staff" && organization["slug"] == "ours-org")
                    || (persona.name == "their staff" && organization["slug"] == "theirs-org");
                if theirs {
                    persona.runs.insert(id.clone());
                    persona.organization = organization["id"].as_str().map(str::to_owned);
                }
            }
            match slug {
                "ours" => {
                    let mut name = |name: &'static str, value: &Value| {
                        self.names
                            .insert(name, value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                    };
                    name("course", &course["id"]);
                    name("version", &course["version"]);
                    name("track", &course["tracks"][0]["id"]);
                    name("session", &course["sessions"]["nodes"][0]["id"]);
                    name("organization", &organization["id"]);
                    name("organization's version", &organization["version"]);
                    name("member", &course["faculty"]["nodes"][1]["id"]);
                    name("member's version", &course["faculty"]["nodes"][1]["version"]);
                    name("series", &course["series"]["series"]["id"]);
                    name("series' version", &course["series"]["series"]["version"]);
                    name("director", &course["faculty"]["nodes"][0]["id"]);
                    name("director's version", &course["faculty"]["nodes"][0]["version"]);
                    let open = nodes(&course["enquiries"])
                        .into_iter()
                        .find(|row| row["answeredAt"].is_null())
                        .expect("an enquiry");
                    name("enquiry", &open["id"]);
                    let draft = nodes(&course["announcements"])
                        .into_iter()
                        .find(|row| row["state"] == "DRAFT")
                        .expect("a draft");
                    name("announcement", &draft["id"]);
                }
                "ours-draft" => {
                    self.names.insert("draft", id.clone());
                    self.names.insert("draft's version", course["version"].to_string());
                    self.names.insert("draft's track", text(&course["tracks"][0]["id"]).to_owned());
                }
                "theirs" => {
                    self.names.insert("their course", id.clone());
                }
                "theirs-draft" => {
                    self.names.insert("their draft", id.clone());
                }
                _ => {}
            }
        }
        let ours = self
            .personas
            .iter()
            .find(|persona| persona.name == "our staff")
            .and_then(|persona| persona.person.clone())
            .expect("our staff");
        let viewer = ours.asks(app, "{ viewer { learner { id } } }", json!({})).await;
        self.names.insert("our staff's id", text(&viewer["viewer"]["learner"]["id"]).to_owned());
        let roles =
            admin.asks(app, "{ staffRoles(first: 100) { nodes { id learner { email } } } }", json!({})).await;
        for row in nodes(&roles["staffRoles"]) {
            let learner = text(&row["learner"]["email"]).to_owned();
            self.names.insert("role", text(&row["id"]).to_owned());
            self.add("StaffRole", &row["id"], Thing { learner: Some(learner), ..Thing::default() });
        }
        let viewer = admin.asks(app, "{ audit(first: 100) { nodes { id course { id } } } }", json!({})).await;
        for row in nodes(&viewer["audit"]) {
            let course = row["course"]["id"].as_str().map(str::to_owned);
            self.add("AuditEntry", &row["id"], Thing { course, ..Thing::default() });
        }
    }
}
