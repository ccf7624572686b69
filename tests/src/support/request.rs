//! Requests to the front door, as clients write them.

use axum::body::Body;
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderValue, Request};
use serde_json::{Value, json};

/// A body of JSON for an address.
pub fn post(path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path).header(header::CONTENT_TYPE, "application/json").body(body.into()).expect("a request")
}

/// A GraphQL operation by POST.
pub fn ask(query: &str, variables: &Value) -> Request<Body> {
    post("/graphql", json!({ "query": query, "variables": variables }).to_string())
}

/// What is at an address.
pub fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).expect("a request")
}

/// What is at an address with parameters.
pub fn get_with(path: &str, parameters: &[(&str, &str)]) -> Request<Body> {
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let query: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    get(&format!("{path}?{}", query.join("&")))
}

/// The same request with a header.
pub fn with(mut request: Request<Body>, name: &str, value: &str) -> Request<Body> {
    let name: HeaderName = name.parse().expect("a name");
    request.headers_mut().insert(name, HeaderValue::from_str(value).expect("a value"));
    request
}

/// The same request from a network address of its own, as a proxy tells it.
pub fn from(client: &str, request: Request<Body>) -> Request<Body> {
    with(request, "x-forwarded-for", client)
}

/// The same request by somebody, where a token is given.
pub fn by(token: Option<&str>, request: Request<Body>) -> Request<Body> {
    match token {
        Some(token) => with(request, "authorization", &format!("Bearer {token}")),
        None => request,
    }
}
