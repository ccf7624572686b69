//! Asking: operations and pages through the front door, and people who sign in through it.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, Response, StatusCode};
use futures_util::StreamExt;
use lectern::action::grant_role::{GrantRole, grant_role};
use lectern::catalogue::draft::Name;
use lectern::http::listen::Peer;
use lectern::write::authority::Authority;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{PUBLIC_URL, TestApp};
use crate::support::payload::{REFUSAL, outcome};
use crate::support::request::{ask, by, from, get, with};
use crate::support::reread::{Reread, reread};
use crate::support::{Answer, Person, SAMPLE_SLUG};

/// From where the people of the stories call.
const PEER: &str = "127.0.0.1:4000";

impl TestApp {
    /// Sends a request through the front door; the body of the answer is not read.
    pub async fn response(&self, mut request: Request<Body>) -> Response<Body> {
        request.extensions_mut().insert(ConnectInfo(Peer(PEER.parse().expect("an address"))));
        self.router.clone().oneshot(request).await.expect("an answer")
    }

    /// Sends a request through the front door, and reads the answer to its end.
    pub async fn answered(&self, request: Request<Body>) -> Answer {
        Answer::of(self.response(request).await).await
    }

    /// Gets what is at an address of this app; returns status, headers and body.
    pub async fn gets(&self, url: &str) -> (StatusCode, HeaderMap, String) {
        let path = url.strip_prefix(PUBLIC_URL).unwrap_or_else(|| panic!("{url} is elsewhere"));
        let answer = self.answered(get(path)).await;
        let text = answer.text().to_owned();
        (answer.status, answer.headers, text)
    }

    /// Sends a request through the front door; returns status and body.
    pub async fn http(&self, request: Request<Body>) -> (StatusCode, String) {
        let answer = self.answered(request).await;
        (answer.status, String::from_utf8_lossy(&answer.body).into_owned())
    }

    /// Sends a GraphQL operation; returns the whole answer. Every answer of every story is held to the
    /// schema.
    pub async fn answers(&self, token: Option<&str>, query: &str, variables: Value) -> Value {
        self.answers_from("192.0.2.1", token, query, variables).await
    }

    /// The same, from a network address of its own.
    pub async fn answers_from(
        &self,
        client: &str,
        token: Option<&str>,
        query: &str,
        variables: Value,
    ) -> Value {
        self.answers_reread(client, token, query, variables).await.0
    }

    /// The same, with what was found when it was read again.
    pub async fn answers_reread(
        &self,
        client: &str,
        token: Option<&str>,
        query: &str,
        variables: Value,
    ) -> (Value, Reread) {
        let (_, body) = self.http(by(token, from(client, ask(query, &variables)))).await;
        let found = reread(query, &variables, &body);
        assert!(
            found.breaches.is_empty(),
            "the answer breaks the schema's word:\n{}\n{query}\n{body}",
            found.breaches.join("\n")
        );
        (serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}")), found)
    }

    /// Begins to follow something by server-sent events, and returns the data of the first event.
    pub async fn first_event(&self, token: Option<&str>, query: &str) -> Value {
        let request = with(by(token, ask(query, &Value::Null)), "accept", "text/event-stream");
        let mut pieces = self.response(request).await.into_body().into_data_stream();
        let mut text = String::new();
        while !text.contains("\n\n") {
            let piece = pieces.next().await.unwrap_or_else(|| panic!("{query}: {text}")).expect("a piece");
            text.push_str(&String::from_utf8_lossy(&piece));
        }
        let data = text
            .lines()
            .find_map(|line| line.strip_prefix("data:"))
            .unwrap_or_else(|| panic!("{query}: {text}"));
        let found = reread(query, &Value::Null, data);
        assert!(
            found.breaches.is_empty(),
            "an event breaks the schema's word:\n{}\n{query}\n{data}",
            found.breaches.join("\n")
        );
        let response: Value = serde_json::from_str(data).expect("JSON");
        assert!(response["errors"].is_null(), "{query}\n{response:#}");
        response["data"].clone()
    }

    /// Sends a file as a body of which nobody says how long it is, in pieces of so many bytes.
    pub async fn sends_file(&self, token: Option<&str>, bytes: Vec<u8>, piece: usize) -> Answer {
        let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
            bytes.chunks(piece).map(|piece| Ok(piece.to_vec())).collect();
        let body = Body::from_stream(futures_util::stream::iter(pieces));
        self.answered(by(token, from("192.0.2.1", Request::post("/files").body(body).expect("a request"))))
            .await
    }

    /// Sends a file; returns its id.
    pub async fn has_file(&self, person: &Person, bytes: impl Into<Vec<u8>>) -> String {
        let answer = self.sends_file(Some(&person.token), bytes.into(), 64 * 1024).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        answer.json()["id"].as_str().expect("an id").to_owned()
    }

    /// Asks, and expects no errors; returns the data.
    pub async fn asks(&self, token: Option<&str>, query: &str, variables: Value) -> Value {
        let answer = self.answers(token, query, variables).await;
        assert!(answer["errors"].is_null(), "{query}\n{answer:#}");
        answer["data"].clone()
    }

    /// Runs a mutation `name` on `input`, and asks for `selection` of its payload, such as
    /// `registration { code }`, beside the refusal; returns the [`outcome`].
    pub async fn does(&self, token: Option<&str>, name: &str, input: Value, selection: &str) -> Value {
        self.does_from("192.0.2.1", token, name, input, selection).await
    }

    /// The same, from a network address of its own.
    pub async fn does_from(
        &self,
        client: &str,
        token: Option<&str>,
        name: &str,
        input: Value,
        selection: &str,
    ) -> Value {
        let mut kind = name.to_owned();
        kind[..1].make_ascii_uppercase();
        let query =
            format!("mutation($input: {kind}Input!) {{ {name}(input: $input) {{ {selection} {REFUSAL} }} }}");
        let answer = self.answers_from(client, token, &query, json!({ "input": input })).await;
        assert!(answer["errors"].is_null(), "{query}\n{answer:#}");
        outcome(&answer["data"][name])
    }

    /// Signs a person in by the code from the letter.
    pub async fn signs_in(&self, email: &str) -> Person {
        let client = format!("192.0.2.{}", email.bytes().fold(0u8, u8::wrapping_add));
        let request = self
            .does_from(&client, None, "requestSignInCode", json!({ "email": email }), "signInRequest { id }")
            .await;
        self.works().await;
        let code = self.letters_to(email).last().expect("a letter with a code").code();
        let input = json!({ "requestId": request["id"], "code": code });
        let signed = self.does(None, "signIn", input, "signedIn { token }").await;
        let token = signed["token"].as_str().unwrap_or_else(|| panic!("{signed}")).to_owned();
        Person { email: email.to_owned(), token }
    }

    /// Signs a member of staff in who runs all courses.
    pub async fn staff(&self, email: &str) -> Person {
        self.staff_of(email, None).await
    }

    /// Signs a member of staff in who runs the courses of one organization.
    pub async fn staff_of(&self, email: &str, organization: Option<&str>) -> Person {
        self.grants(email, entity::staff_role::Role::Staff, organization).await;
        self.signs_in(email).await
    }

    /// Signs an administrator in.
    pub async fn administrator(&self, email: &str) -> Person {
        self.grants(email, entity::staff_role::Role::Admin, None).await;
        self.signs_in(email).await
    }

    /// Gives somebody a role, as at the command line.
    pub async fn grants(&self, email: &str, role: entity::staff_role::Role, organization: Option<&str>) {
        let input = GrantRole {
            email: email.to_owned(),
            role,
            organization: organization.map(|slug| Name::Slug(slug.to_owned())),
        };
        grant_role(&self.state, Authority::Operator("a story"), &input)
            .await
            .unwrap_or_else(|no| panic!("{no}"));
    }

    /// The reference course's id, and its adult track's.
    pub async fn course_and_track(&self) -> (String, String) {
        let data = self
            .asks(
                None,
                "query($slug: String!) { course(slug: $slug) { id tracks { id name } } }",
                json!({ "slug": SAMPLE_SLUG }),
            )
            .await;
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{data}")).to_owned();
        (text(&data["course"]["id"]), text(&data["course"]["tracks"][0]["id"]))
    }

    /// A top rating for every objective of the course of a registration.
    pub async fn objective_ratings(&self, person: &Person, registration: &Value) -> Value {
        let query =
            "query($code: String!) { registration(code: $code) { course { learningObjectives { id } } } }";
        let data = person.asks(self, query, json!({ "code": registration["code"] })).await;
        let objectives = data["registration"]["course"]["learningObjectives"]
            .as_array()
            .unwrap_or_else(|| panic!("{data}"))
            .clone();
        objectives.iter().map(|objective| json!({ "objectiveId": objective["id"], "rating": 5 })).collect()
    }
}
