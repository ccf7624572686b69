//! The built binary: HTTP in, SMTP out, one learner from sign-in to evaluation; a front door that is
//! besieged; and what it does when it cannot write.

mod alone;
mod away;
mod besieged;
mod first_start;
mod followed;
mod least;
mod mail_check;
mod newer;
mod operators;
mod restored;
mod returned;
mod spoken;
mod trusted;
mod unwritable;

use serde_json::{Value, json};

use crate::law::alerts::{metrics as asked_for, rules};
use crate::support::openmetrics::Exposition;
use crate::support::payload::{REFUSAL, is_refused, outcome};
use crate::support::process::{Running, free_port, says, wait_until};
use crate::support::smtp::SmtpServer;
use crate::support::{Backend, SAMPLE, SAMPLE_SLUG, database};

/// The key that all processes of a test share.
const KEY: &str = "0123456789abcdef0123456789abcdef";

struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
}

impl Client {
    async fn asks(&self, query: &str, variables: Value) -> Value {
        let mut request = self
            .http
            .post(format!("{}/graphql", self.url))
            .json(&json!({ "query": query, "variables": variables }));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        assert!(answer["errors"].is_null(), "{answer:#}");
        answer["data"].clone()
    }

    async fn does(&self, name: &str, input: Value, selection: &str) -> Value {
        let kind = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        let query =
            format!("mutation($input: {kind}Input!) {{ {name}(input: $input) {{ {selection} {REFUSAL} }} }}");
        let done = outcome(&self.asks(&query, json!({ "input": input })).await[name]);
        assert!(!is_refused(&done), "{done}");
        done
    }

    /// Signs in with the code that arrives over SMTP.
    async fn signs_in(&mut self, post: &SmtpServer, email: &str) {
        let codes = || {
            post.letters()
                .into_iter()
                .filter(|letter| letter.to == email && letter.subject.contains("sign-in code"))
                .collect::<Vec<_>>()
        };
        let before = codes().len();
        let request = self.does("requestSignInCode", json!({ "email": email }), "signInRequest { id }").await;
        let code =
            wait_until("the sign-in code", 20, async || codes().get(before).map(|letter| letter.code()))
                .await;
        let signed = self
            .does("signIn", json!({ "requestId": request["id"], "code": code }), "signedIn { token }")
            .await;
        self.token = signed["token"].as_str().map(str::to_owned);
    }
}

/// A course that is over, so that one process can live a learner's whole life without a clock that is moved.
pub fn course_text(name: &str, shift_days: i32) -> String {
    // The reference course, its days moved so that it lies around today: the binary reads the real clock.
    let mut file = lectern::course_file::parse(SAMPLE).expect("the sample parses");
    let now = entity::Nature::now(&entity::nature::RealNature);
    lectern::catalogue::draft::moved_to_open(&mut file, now.plus_seconds(i64::from(shift_days) * 86_400));
    lectern::course_file::print(&file).replace(SAMPLE_SLUG, name)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_learner_from_sign_in_to_evaluation() {
    life(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_learner_from_sign_in_to_evaluation_on_postgres() {
    life(Backend::Postgres).await;
}

async fn life(backend: Backend) {
    let Some(database) = database::empty(backend).await else { return };
    let post = SmtpServer::start().await;
    let port = free_port();
    let (listen, url, mail) = (format!("127.0.0.1:{port}"), format!("http://127.0.0.1:{port}"), post.url());
    let settings = [
        ("DATABASE_URL", database.url.as_str()),
        ("MAIL_URL", mail.as_str()),
        ("MAIL_FROM", "Example Course Office <office@example.org>"),
        ("LISTEN", listen.as_str()),
        ("SECRET_KEY", KEY),
    ];
    says(&settings, &["migrate"]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("course.toml");
    std::fs::write(&file, course_text("open-course", 0)).expect("a file");
    let file = file.display().to_string();
    assert!(says(&settings, &["import", "--check", &file]).contains("would be made"));
    says(&settings, &["import", &file]);
    assert!(says(&settings, &["import", &file]).contains("nothing to change"));
    says(&settings, &["staff", "add", "staff@example.org", "--role", "admin"]);

    let _server = Running::start(&settings, &["serve"]);
    let http = reqwest::Client::new();
    wait_until("the server to be ready", 20, async || {
        http.get(format!("{url}/readyz")).send().await.ok().filter(|answer| answer.status().is_success())
    })
    .await;

    let metrics = http.get(format!("{url}/metrics")).send().await.expect("metrics").text().await;
    let metrics = metrics.expect("text");
    assert_eq!(
        metrics.contains("\nlectern_clock_skew_seconds 0\n"),
        backend == Backend::Postgres,
        "{metrics}"
    );
    assert!(metrics.contains("\nlectern_mark_ahead_seconds 0\n"), "{metrics}");
    for line in ["oldest_due_seconds 0", "mail_route_up 1", "mail_domains_paused 0", "ambiguous_total 0"] {
        assert!(metrics.contains(&format!("\nlectern_{line}\n")), "{line}: {metrics}");
    }

    let mut learner = Client { http: http.clone(), url: url.clone(), token: None };
    learner.signs_in(&post, "ada@example.org").await;
    learner.does("updateProfile", json!({ "name": "Ada Example", "timeZone": "Europe/Berlin" }), "").await;

    let course =
        learner.asks("{ course(slug: \"open-course\") { id tracks { id } } }", json!({})).await["course"]
            .clone();
    let input = json!({ "courseId": course["id"], "trackId": course["tracks"][0]["id"], "professionCode": "nurse", "idempotencyKey": "smoke-1" });
    let registered = learner
        .does("register", input.clone(), "registration { id code status quote { total { amount } } }")
        .await;
    assert_eq!(
        (registered["status"].as_str(), registered["quote"]["total"]["amount"].as_str()),
        (Some("STARTED"), Some("2005.00"))
    );
    let again = learner.does("register", input, "registration { id }").await;
    assert_eq!(again["id"], registered["id"], "the same key registers once");

    let mut staff = Client { http, url, token: None };
    staff.signs_in(&post, "staff@example.org").await;
    let payment = json!({ "registrationId": registered["id"], "amount": "2005.00", "method": "CHECK", "reference": "77", "idempotencyKey": "smoke-2" });
    let paid = staff.does("recordPayment", payment, "registration { status }").await;
    assert_eq!(paid["status"], "CONFIRMED");
    let confirmation = wait_until("the confirmation", 10, async || {
        post.letters().into_iter().find(|letter| letter.to == "ada@example.org" && letter.calendar.is_some())
    })
    .await;
    assert!(confirmation.text.contains("$2,005.00"), "{}", confirmation.text);
    assert_eq!(
        confirmation.calendar.as_deref().map(|calendar| calendar.matches("BEGIN:VEVENT").count()),
        Some(3)
    );

    // A roster as a spreadsheet saves it, larger than a piece of a file.
    let note = "x".repeat(200_000);
    let roster = format!(
        "E-Mail;Profession;Track;Evaluated At\r\nben@example.org;Nurse;adult;{note}\r\ncyd@example.org;Nurse;adult;{note}\r\n"
    );
    let sends = staff
        .http
        .post(format!("{}/files", staff.url))
        .bearer_auth(staff.token.as_deref().unwrap_or_default())
        .body(roster);
    let sent = sends.send().await.expect("an answer");
    assert_eq!(sent.status().as_u16(), 201);
    let sent: Value = sent.json().await.expect("JSON");
    let input = json!({ "courseId": course["id"], "fileId": sent["id"], "check": false });
    let imported = staff.does("importRegistrations", input, "registrationImport { applied created }").await;
    assert_eq!(imported, json!({ "applied": true, "created": 2 }));

    // The same course, edited by the office to have ended: the evaluation is open, and the letter says so.
    let over = lectern::course_file::print(&ended(&std::fs::read_to_string(&file).expect("the file")));
    std::fs::write(&file, over).expect("a file");
    says(&settings, &["import", &file, "--into-the-past"]);
    let page = wait_until("the edited course, within a second or so", 5, async || {
        let data = learner.asks("{ course(slug: \"open-course\") { objectives sessions(first: 3) { nodes { id kind } } viewerRegistration { evaluation { state } } } }", json!({})).await;
        (data["course"]["viewerRegistration"]["evaluation"]["state"] == "OPEN").then_some(data)
    })
    .await;
    assert_eq!(page["course"]["objectives"].as_array().map(Vec::len), Some(4));
    let query =
        "query($code: String!) { registration(code: $code) { course { learningObjectives { id } } } }";
    let form = learner.asks(query, json!({ "code": registered["code"] })).await["registration"]["course"]["learningObjectives"].clone();
    let ratings: Vec<Value> = form
        .as_array()
        .expect("objectives")
        .iter()
        .map(|objective| json!({ "objectiveId": objective["id"], "rating": 5 }))
        .collect();
    let evaluation = json!({ "registrationId": registered["id"], "objectiveRatings": ratings, "sessionRatings": [], "biasPerceived": false });
    let evaluated =
        learner.does("submitEvaluation", evaluation, "registration { evaluation { state } }").await;
    assert_eq!(evaluated["evaluation"]["state"], "SUBMITTED");
    assert!(says(&settings, &["selfcheck"]).contains("ok"), "the invariants hold");
    watched(&staff, backend).await;
}

/// What the process counts keeps to the standard, and has all that alerts ask for.
async fn watched(client: &Client, backend: Backend) {
    let text = client.http.get(format!("{}/metrics", client.url)).send().await.expect("metrics").text().await;
    let metrics = Exposition::read(&text.expect("text"));
    let count = |step: &str| metrics.value("lectern_smtp_step_seconds_count", &[("step", step)]);
    for step in ["connect", "greeting", "mail", "rcpt", "data", "content"] {
        assert!(count(step).is_some_and(|times| times >= 1.0), "{step}: {:?}", count(step));
    }
    assert_eq!((count("tls"), count("auth")), (None, None), "the line was open");
    let sent = metrics.value("lectern_letters_total", &[("ending", "sent")]);
    assert!(sent.is_some_and(|sent| sent >= 4.0), "{sent:?}");
    assert_eq!(metrics.value("lectern_build_info", &[("version", env!("CARGO_PKG_VERSION"))]), Some(1.0));
    for taken in ["process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"] {
        assert!(metrics.value(taken, &[]).is_some_and(|value| value > 0.0), "{taken}");
    }
    assert_eq!(metrics.value("lectern_database_connections_max", &[]), Some(10.0));
    let names = metrics.names();
    for (alert, rule) in rules() {
        for metric in asked_for(&rule.said["expr"]) {
            // An embedded database has no clock of its own.
            let absent = backend == Backend::Sqlite && metric == "lectern_clock_skew_seconds";
            assert!(names.contains(&metric) || absent, "{alert} asks for {metric}, which is not there");
        }
    }
}

/// The course as it would stand if it had ended yesterday.
fn ended(text: &str) -> lectern::catalogue::draft::Draft {
    let mut file = lectern::course_file::parse(text).expect("the file parses");
    lectern::catalogue::draft::move_by_days(&mut file, -70);
    file
}
