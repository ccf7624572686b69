//! An answer of the front door, read to its end.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Response, StatusCode};
use serde_json::Value;

/// Everything that came back.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// Reads a response to its end.
    pub async fn of(response: Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
        Self { status: head.status, headers: head.headers, body }
    }

    /// A header; nothing where it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// A parameter of the only member of a structured list in a header (RFC 9651), a number.
    pub fn parameter(&self, header: &str, key: &str) -> i64 {
        let value = self.header(header);
        let found = value.split(';').find_map(|part| part.strip_prefix(key)?.strip_prefix('='));
        found.unwrap_or_else(|| panic!("{key} in {value}")).parse().expect("a number")
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    /// The body as JSON; null where there is none.
    pub fn json(&self) -> Value {
        let text = self.text();
        if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
        }
    }

    /// The code of the first error; nothing where there is none.
    pub fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }
}
