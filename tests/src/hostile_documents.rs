//! Documents that were made to bring a server down, sent to the built binary: it refuses each and answers the
//! next.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::follower::Follower;
use crate::support::process::{Running, free_port, wait_until};

/// A server with the sample course, and what to reach it by.
struct Server {
    process: Running,
    http: Client,
    url: String,
    slug: String,
    _folder: tempfile::TempDir,
}

impl Server {
    async fn start() -> Self {
        Self::start_with(&[]).await
    }

    async fn start_with(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (listen, data) = (format!("127.0.0.1:{}", free_port()), folder.path().display().to_string());
        let settings = [settings, &[("LISTEN", &listen), ("DATA_DIR", &data)]].concat();
        let process = Running::start(&settings, &["serve", "--no-worker"]);
        let (http, url) = (Client::new(), format!("http://{listen}"));
        wait_until("the server to be ready", 60, async || {
            http.get(format!("{url}/readyz")).send().await.ok().filter(|answer| answer.status().is_success())
        })
        .await;
        let mut server = Self { process, http, url, slug: String::new(), _folder: folder };
        let courses = server.asks("{ courses { nodes { slug } } }", json!({})).await;
        server.slug =
            courses["data"]["courses"]["nodes"][0]["slug"].as_str().expect("the sample course").to_owned();
        server
    }

    async fn sends(&self, query: &str, variables: Value) -> Response {
        let body = json!({ "query": query, "variables": variables });
        self.http.post(format!("{}/graphql", self.url)).json(&body).send().await.expect("an answer")
    }

    async fn asks(&self, query: &str, variables: Value) -> Value {
        self.sends(query, variables).await.json().await.expect("JSON")
    }

    /// The document is refused, shortly, and the next client is served.
    async fn refuses(&self, what: &str, answer: Response) -> Value {
        let status = answer.status();
        let body = answer.text().await.expect("a body");
        assert!(
            [StatusCode::BAD_REQUEST, StatusCode::UNPROCESSABLE_ENTITY].contains(&status),
            "{what}: {status} {body}"
        );
        assert!(body.len() < 8_000, "{what}: {} bytes", body.len());
        let next = self.asks("{ viewer { learner { id } } }", json!({})).await;
        assert_eq!(next, json!({ "data": { "viewer": null } }), "after {what}");
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_document_brings_the_server_down() {
    let server = Server::start().await;
    // Strings, block strings, comments and marks that two lexers may read differently, before brackets that a
    // parser would descend into.
    let beginnings = [
        "{a(x:\"\"\" \"\"\",y:",
        "{a(x:\"\"\"\\\"\"\" \"\"\",y:",
        "#\r{a(y:",
        "\u{feff}{a(y:",
        "{a(x:\"\\\\\",y:",
        "query($a:Int=",
        "query @d(x:",
    ];
    for beginning in beginnings {
        for inner in ["[", "{y:", "[{y:"] {
            let document = format!("{beginning}{}", inner.repeat(2_000));
            server.refuses(&document[..40], server.sends(&document, json!({})).await).await;
        }
    }
    for (what, document) in [
        ("a type of lists", format!("query($a:{}", "[".repeat(9_000))),
        ("selections", "{a".repeat(7_000)),
        ("inline fragments", "{...".repeat(3_500)),
        ("brackets that do not match", format!("{{a(x:[}}{}", "[}".repeat(6_000))),
        ("variables without names", format!("{{a(x:{}", "[$]".repeat(4_500))),
        ("a long text", "{a".repeat(100_000)),
    ] {
        server.refuses(what, server.sends(&document, json!({})).await).await;
    }
    // The same in an address.
    for document in
        [format!("{{a(x:\"\"\" \"\"\",y:{}", "[".repeat(2_000)), format!("#\r{}", "{a".repeat(1_000))]
    {
        let answer = server
            .http
            .get(format!("{}/graphql", server.url))
            .query(&[("query", &document)])
            .send()
            .await
            .expect("an answer");
        server.refuses("GET", answer).await;
    }
    // Variables within variables end at JSON's own bound.
    let nested = format!(
        "{{\"query\":\"query($f: CourseFilter) {{ courses(filter: $f) {{ totalCount }} }}\",\"variables\":{{\"f\":{}",
        "[".repeat(100_000)
    );
    let request = server
        .http
        .post(format!("{}/graphql", server.url))
        .header("content-type", "application/json")
        .body(nested);
    server.refuses("variables", request.send().await.expect("an answer")).await;
    let deep = format!("{}{}", "[".repeat(120), "]".repeat(120)).parse::<Value>().expect("JSON");
    let query = "query($f: CourseFilter) { courses(filter: $f) { totalCount } }";
    server.refuses("deep variables", server.sends(query, json!({ "f": deep })).await).await;
    server.process.killed();
}

/// A document whose fields stand in each other `depth` deep: a field of the root, and then one after another
/// on a way that leads back to where it began.
fn deep(root: &str, way: &[&str], depth: usize) -> String {
    let steps: String = way.iter().cycle().take(depth - 2).map(|step| format!("{{{step}")).collect();
    format!("{{{root}{steps}{{__typename{}", "}".repeat(depth))
}

/// What is as deep as it may be is run, and not read alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_deepest_document_that_is_let_in_is_answered() {
    for most in ["24", "60"] {
        let server = Server::start_with(&[("MAX_DEPTH", most)]).await;
        let most: usize = most.parse().expect("a number");
        let course = format!("course(slug: \"{}\")", server.slug);
        for depth in most - 3..=most {
            for (root, way) in [
                (course.as_str(), ["sessions(first: 1)", "nodes", "course"].as_slice()),
                (&course, &["series", "series", "courses(first: 1)", "nodes"]),
                ("sessions(first: 1)", &["nodes", "course", "sessions(first: 1)"]),
                ("faculty(first: 1)", &["nodes", "courses(first: 1)", "nodes", "faculty(first: 1)"]),
            ] {
                let document = deep(root, way, depth);
                let answer = server.sends(&document, json!({})).await;
                assert_eq!(answer.status(), StatusCode::OK, "{document}");
                let answer: Value = answer.json().await.expect("JSON");
                assert!(answer["errors"].is_null(), "{document}: {answer}");
            }
        }
        let answer = server
            .sends(&deep(&course, &["sessions(first: 1)", "nodes", "course"], most + 1), json!({}))
            .await;
        server.refuses("one deeper", answer).await;
        server.process.killed();
    }
}

/// JSON in which texts in JSON stand within each other, so many times, under the key under which serde_json's
/// own values read them.
fn texts_within_texts(times: usize) -> String {
    (0..times).fold("1".to_owned(), |text, _| {
        let text = text.replace('\\', "\\u005c").replace('"', "\\u0022");
        format!("{}{{\"$serde_json::private::RawValue\":\"{text}\"}}{}", "[".repeat(122), "]".repeat(122))
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_json_brings_the_server_down() {
    let server = Server::start().await;
    let query = "query($f: CourseFilter) { courses(filter: $f) { totalCount } }";
    for times in [1, 12, 60] {
        let deep = texts_within_texts(times);
        for (what, body) in [
            ("variables", format!("{{\"query\":\"{query}\",\"variables\":{{\"f\":{deep}}}}}")),
            ("extensions", format!("{{\"query\":\"{query}\",\"extensions\":{{\"f\":{deep}}}}}")),
            ("a member that nobody knows", format!("{{\"query\":\"{query}\",\"other\":{deep}}}")),
        ] {
            let request = server
                .http
                .post(format!("{}/graphql", server.url))
                .header("content-type", "application/json")
                .body(body);
            server.refuses(what, request.send().await.expect("an answer")).await;
        }
    }
    let deep = texts_within_texts(6);
    for name in ["variables", "extensions"] {
        let members = [("query", "{ __typename }"), (name, &format!("{{\"f\":{deep}}}"))];
        let answer = server
            .http
            .get(format!("{}/graphql", server.url))
            .query(&members)
            .send()
            .await
            .expect("an answer");
        server.refuses(name, answer).await;
    }
    let deep = texts_within_texts(60);
    let address = server.url.trim_start_matches("http://");
    for message in [
        format!("{{\"type\":\"connection_init\",\"payload\":{{\"f\":{deep}}}}}"),
        format!(
            "{{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{{\"query\":\"{{ __typename }}\",\"variables\":{{\"f\":{deep}}}}}}}"
        ),
        format!("{{\"type\":\"ping\",\"payload\":{{\"f\":{deep}}}}}"),
    ] {
        let mut client = Follower::opens(address, &[]).await.expect("a WebSocket");
        client.sends(Message::text(message)).await;
        assert_eq!(client.closing().await, 4400);
    }
    // A proof of work, of which only what a person's browser made is read further.
    let proof = STANDARD.encode(format!("{{\"challenge\":{},\"solution\":{{}}}}", texts_within_texts(5)));
    let course = server
        .asks("query($slug: String!) { course(slug: $slug) { id } }", json!({ "slug": server.slug }))
        .await;
    let input = json!({ "courseId": course["data"]["course"]["id"], "name": "Ada", "email": "ada@example.org", "consent": false, "proof": proof });
    let act = "mutation($input: RequestInformationInput!) { requestInformation(input: $input) { refusal { code } } }";
    let answer = server.asks(act, json!({ "input": input })).await;
    assert_eq!(answer["data"]["requestInformation"]["refusal"]["code"], "HUMAN_CHECK_FAILED", "{answer}");
    assert_eq!(
        server.asks("{ viewer { learner { id } } }", json!({})).await,
        json!({ "data": { "viewer": null } })
    );
    server.process.killed();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_document_drowns_the_server() {
    let server = Server::start().await;
    let chain = |links: usize| -> String {
        (0..links).map(|link| format!("fragment f{link} on Query{{...f{}}}", link + 1)).collect()
    };
    let tree: String =
        (0..40).map(|level| format!("fragment f{level} on Query{{...f{0} ...f{0}}}", level + 1)).collect();
    let ways = |times: usize| {
        format!(
            "{{course(slug:\"{}\"){}{{id}}{}}}",
            server.slug,
            "{days{sessions{course".repeat(times),
            "}}}".repeat(times)
        )
    };
    for (what, document, code) in [
        ("a chain of fragments", format!("{{...f0}}{}", chain(5_000)), "QUERY_TOO_COMPLEX"),
        ("a short chain", format!("{{...f0}}{}fragment f99 on Query{{__typename}}", chain(99)), "QUERY_TOO_COMPLEX"),
        ("a tree of fragments", format!("{{...f0}}{tree}fragment f40 on Query{{__typename}}"), "QUERY_TOO_COMPLEX"),
        ("a fragment within itself", "{...f} fragment f on Query{...f}".to_owned(), "GRAPHQL_VALIDATION_FAILED"),
        ("a way around", ways(3), "QUERY_TOO_COMPLEX"),
        ("a longer way around", ways(6), "QUERY_TOO_COMPLEX"),
        (
            "pages behind fragments",
            "{sessions(first:100){...on SessionConnection{nodes{course{sessions(first:100){...f}}}}}} fragment f on SessionConnection{nodes{a:id b:id c:id d:id e:id f:id}}".to_owned(),
            "QUERY_TOO_COMPLEX",
        ),
        (
            "pages of a default",
            "query($n:Int=100){courses(first:$n){nodes{sessions(first:$n){nodes{a:id b:id c:id d:id e:id f:id}}}}}".to_owned(),
            "QUERY_TOO_COMPLEX",
        ),
        ("introspection within introspection", "{__schema{types{fields{type{fields{type{fields{name}}}}}}}}".to_owned(), "GRAPHQL_VALIDATION_FAILED"),
    ] {
        let answer = server.refuses(what, server.sends(&document, json!({})).await).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{what}: {answer}");
    }
    // Many mistakes are told as ten.
    let unused: String = (0..1_300).map(|place| format!("$v{place}:Int ")).collect();
    let answer = server
        .refuses(
            "unused variables",
            server.sends(&format!("query({unused}){{viewer{{roles}}}}"), json!({})).await,
        )
        .await;
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(10));
    let long: String = (0..60_000).map(|_| 'x').collect();
    server.refuses("a long name", server.sends(&format!("{{{long}}}"), json!({})).await).await;
    // What the office asks every day is far from all of that.
    let page = server.asks(&ways(1), json!({})).await;
    assert!(
        page["errors"].is_null()
            && page["data"]["course"]["days"][0]["sessions"][0]["course"]["id"].is_string(),
        "{page}"
    );
    server.process.killed();
}
