//! README runs as it is printed: its documents in their order, with the ids that the answers before gave, and
//! its commands.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::person::Person;
use crate::support::process::says;
use crate::support::{SAMPLE, TestApp, stories};

fn readme() -> String {
    std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").join("README.md"),
    )
    .expect("README.md")
}

/// The blocks of a language, in order.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    text.split("```")
        .skip(1)
        .step_by(2)
        .filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'))
        .collect()
}

/// The operations of a block of GraphQL: one that has no name stands alone.
fn operations(block: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in block.lines() {
        match found.last_mut() {
            Some(last) if !line.starts_with("mutation") => {
                last.push('\n');
                last.push_str(line);
            }
            _ => found.push(line.to_owned()),
        }
    }
    found
}

/// The field that an operation asks for.
fn field(operation: &str) -> &str {
    let inner = operation.split_once('{').map(|(_, inner)| inner.trim_start()).unwrap_or_default();
    inner.split('(').next().unwrap_or_default().trim()
}

/// An operation with what README leaves open filled in: `NAME: "…"`.
fn filled(operation: &str, known: &HashMap<&str, String>) -> String {
    let mut text = operation.to_owned();
    for (name, value) in known {
        text = text.replace(&format!("{name}: \"…\""), &format!("{name}: {}", json!(value)));
    }
    assert!(!text.contains('…'), "nobody knows what README leaves open in {text}");
    text
}

/// Somebody who follows README.
struct Reader<'a> {
    app: &'a TestApp,
    known: HashMap<&'static str, String>,
    done: Vec<String>,
}

impl Reader<'_> {
    /// Runs the next operation of a block; it must be one that asks for `name`, and not be refused. Returns
    /// what it is answered with.
    async fn runs(&mut self, operation: &str, name: &str, whoever: Option<&Person>) -> Value {
        assert_eq!(field(operation), name, "README tells another story now: {operation}");
        let answer = self
            .app
            .asks(whoever.map(|person| person.token.as_str()), &filled(operation, &self.known), json!({}))
            .await;
        assert!(answer[name]["refusal"].is_null(), "{operation}\n{answer:#}");
        self.done.push(name.to_owned());
        answer[name].clone()
    }

    fn knows(&mut self, name: &'static str, id: &Value) {
        self.known.insert(name, id.as_str().unwrap_or_else(|| panic!("no id for {name}: {id}")).to_owned());
    }
}

stories! {
    async fn the_documents_run_in_their_order(app with the course at "2026-04-01T12:00-04:00") {
        let text = readme();
        let all: Vec<String> = blocks(&text, "graphql").into_iter().flat_map(operations).collect();
        let mut left = all.iter().map(String::as_str);
        let mut next = || left.next().expect("another operation");
        let mut reader = Reader { app: &app, known: HashMap::new(), done: Vec::new() };

        let asked = reader.runs(next(), "requestSignInCode", None).await;
        reader.knows("requestId", &asked["signInRequest"]["id"]);
        app.works().await;
        let code = app.letters_to("ada@example.org").pop().expect("the letter with the code").code();
        let signing_in = next().replace("NTGJ2YDN", &code);
        let signed = reader.runs(&signing_in, "signIn", None).await;
        let ada = Person {
            email: "ada@example.org".to_owned(),
            token: signed["signedIn"]["token"].as_str().expect("a token").to_owned(),
        };

        let ids = "{ course(slug: \"core-practice-of-palliative-care\") { id tracks { id name } } }";
        assert!(text.contains(ids), "README asks for the ids in another way");
        let course = ada.asks(&app, ids, json!({})).await["course"].clone();
        reader.knows("courseId", &course["id"]);
        reader.knows("trackId", &course["tracks"][0]["id"]);
        let registered = reader.runs(next(), "register", Some(&ada)).await;
        assert_eq!(registered["registration"]["status"], "STARTED");
        reader.knows("registrationId", &registered["registration"]["id"]);
        app.works().await;
        let letter = app.letters_to("ada@example.org").pop().expect("a letter");
        let shown = blocks(&text, "text")
            .into_iter()
            .find(|block| block.starts_with("Subject: "))
            .expect("the letter in README");
        for line in shown
            .lines()
            .filter(|line| !line.is_empty() && *line != "…" && !line.starts_with("Your seat is held until"))
        {
            let told = line
                .strip_prefix("Subject: ")
                .map_or_else(|| letter.text.contains(line), |subject| letter.subject == subject);
            assert!(told, "the letter does not say: {line}\n{}\n{}", letter.subject, letter.text);
        }

        let office = app.staff("office@example.org").await;
        assert_eq!(
            reader.runs(next(), "recordPayment", Some(&office)).await["registration"]["status"],
            "CONFIRMED"
        );
        let drafted = reader.runs(next(), "createCourse", Some(&office)).await;
        reader.knows("courseId", &drafted["course"]["id"]);
        let lecturer = reader.runs(next(), "upsertFacultyMember", Some(&office)).await;
        reader.knows("memberId", &lecturer["facultyMember"]["id"]);
        reader.runs(next(), "setCourseFaculty", Some(&office)).await;
        reader.runs(next(), "addSession", Some(&office)).await;
        assert_eq!(
            reader.runs(next(), "publishCourse", Some(&office)).await["course"]["status"],
            "PUBLISHED"
        );

        reader.knows("courseId", &course["id"]);
        let copied = reader.runs(next(), "copyCourse", Some(&office)).await;
        let sessions =
            "query($id: ID!) { node(id: $id) { ... on Course { sessions(first: 1) { nodes { id } } } } }";
        let session = office.asks(&app, sessions, json!({ "id": copied["course"]["id"] })).await;
        reader.knows("sessionId", &session["node"]["sessions"]["nodes"][0]["id"]);
        reader.runs(next(), "updateSession", Some(&office)).await;
        reader.runs(next(), "exportRegistrations", Some(&office)).await;
        reader.runs(next(), "importRegistrations", Some(&office)).await;
        let written = reader.runs(next(), "announce", Some(&office)).await;
        reader.knows("announcementId", &written["announcement"]["id"]);
        reader.runs(next(), "confirmAnnouncement", Some(&office)).await;
        assert_eq!(reader.done.len(), all.len(), "README has more documents: {:?}", all.last());
    }
}

/// The commands that README shows with what they print say that, in that order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_print_what_is_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().display().to_string();
    let settings = [("DATA_DIR", data.as_str()), ("POSTAL_ADDRESS", "1 Example Street\nBoston, MA 02215")];
    let file = folder.path().join("course.toml");
    std::fs::write(&file, SAMPLE).expect("a file");
    says(&settings, &["import", &file.display().to_string()]);
    let text = readme();
    let mut count = 0;
    for block in blocks(&text, "text") {
        let Some((command, shown)) =
            block.strip_prefix("$ lectern ").and_then(|block| block.split_once('\n'))
        else {
            continue;
        };
        let said = says(&settings, &command.split(' ').collect::<Vec<_>>());
        let mut lines = said.lines().map(str::trim_end);
        for line in shown.lines().map(str::trim_end).filter(|line| !line.is_empty() && line.trim() != "…") {
            assert!(
                lines.any(|told| told == line),
                "`lectern {command}` does not print, or not in this place: {line}\n{said}"
            );
        }
        count += 1;
    }
    assert!(count >= 2, "README shows {count} commands");
    let granted = "cargo run -- staff add office@example.org --role admin";
    assert!(text.contains(granted), "README gives roles in another way");
    let arguments: Vec<&str> = granted.split(' ').skip(3).collect();
    assert!(says(&settings, &arguments).contains("now has the role admin"));
}
