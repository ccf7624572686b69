//! Writing the answer of an operation that was run (GraphQL over HTTP, September 2026 edition, section
//! "Status Codes").

use std::io;

use async_graphql::{ErrorExtensionValues, PathSegment, Response as GraphqlResponse, ServerError, Value};
use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::etag;
use super::kept::Answer;
use super::negotiate::Dialect;
use super::refused::{ANSWER_TOO_LARGE, Refused};
use crate::graphql::document::OperationType;
use crate::graphql::fault::{RequestError, VALIDATION_FAILED};
use crate::graphql::running::Stopped;

/// "Partial Success", which the edition defines for data that comes with errors.
pub fn partial_success() -> StatusCode {
    StatusCode::from_u16(294).unwrap_or(StatusCode::OK)
}

/// The answer to an operation of this kind, of `most` bytes at most, in the client's dialect. The edition
/// wants 294 beside the media type that gives it its meaning alone.
///
/// # Errors
/// The answer to a query is larger than that, or the library has run nothing.
pub fn respond(
    dialect: Dialect,
    head: &Parts,
    kind: OperationType,
    response: &GraphqlResponse,
    most: u64,
) -> Result<Response, Refused> {
    if never_ran(response) {
        // Documents are validated before, so the library and we disagree; whichever is right, nothing has
        // run.
        tracing::error!(errors = ?response.errors, "the library refused a document that we had taken");
        return Err(Refused::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            VALIDATION_FAILED,
            "The document is not valid.",
        ));
    }
    let (body, whole) = match write(response, most) {
        Ok(body) => (body, response.errors.is_empty()),
        Err(_) if kind == OperationType::Query => return Err(Refused::stopped(Stopped::Bytes(most))),
        Err(_) => (write(&untold(response, Stopped::Bytes(most)), u64::MAX).unwrap_or_default(), false),
    };
    let status = match dialect {
        Dialect::Graphql if !whole => partial_success(),
        Dialect::Graphql | Dialect::Legacy => StatusCode::OK,
    };
    let mut answer = if head.method.is_safe() && whole {
        let tag = etag::of(&body);
        tagged(head, Bytes::from(body), tag)
    } else {
        once(status, Bytes::from(body))
    };
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(dialect.media_type(status)));
    Ok(answer)
}

/// An answer that is everybody's; `how` we came by it stands in `Cache-Status` (RFC 9211).
pub async fn public(dialect: Dialect, head: &Parts, answer: &Answer, how: &'static str) -> Response {
    let body = &answer.body;
    let whole = body.answer(&head.headers).await;
    let mut response = match head.method.is_safe() {
        true => tagged(head, whole, answer.tag().clone()),
        false => once(StatusCode::OK, whole),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(dialect.media_type(StatusCode::OK)));
    headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(HeaderName::from_static("cache-status"), HeaderValue::from_static(how));
    response
}

/// An answer for whoever asked, and nobody else.
fn once(status: StatusCode, body: impl IntoResponse) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store"), (header::VARY, "accept")], body).into_response()
}

/// The answer to a query by GET, which may be kept, by caches in between too where nobody is signed in. What
/// is kept is asked about each time, because seats and windows change with the minute and roles with the
/// token; that costs the answer, where it is not in memory, but not its way.
fn tagged(head: &Parts, body: impl IntoResponse, tag: HeaderValue) -> Response {
    let whose =
        if head.headers.contains_key(header::AUTHORIZATION) { "private, no-cache" } else { "no-cache" };
    let about = [(header::CACHE_CONTROL, whose), (header::VARY, "accept, authorization")];
    (about, etag::answer(&head.headers, tag, || body.into_response())).into_response()
}

/// Whether all that is told is that nothing was run: errors of fields have a path.
fn never_ran(response: &GraphqlResponse) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

/// An answer of `most` bytes at most, as JSON.
///
/// # Errors
/// It is larger.
pub fn text(response: &GraphqlResponse, most: u64) -> Result<String, RequestError> {
    let written = write(response, most).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    written.ok_or_else(|| RequestError::new(ANSWER_TOO_LARGE, Stopped::Bytes(most).to_string()))
}

/// The answer as it is sent, of `most` bytes at most.
///
/// # Errors
/// It is larger.
pub fn write(response: &GraphqlResponse, most: u64) -> serde_json::Result<Vec<u8>> {
    let mut writer =
        Bounded { written: Vec::with_capacity(1024), most: usize::try_from(most).unwrap_or(usize::MAX) };
    serde_json::to_writer(&mut writer, response)?;
    Ok(writer.written)
}

/// What is answered of a mutation that has done what it was asked to do, where more was asked about it than
/// can be told.
pub fn untold(response: &GraphqlResponse, why: Stopped) -> GraphqlResponse {
    let mut error = ServerError::new(format!("What was asked for is done. {why}"), None);
    if let Value::Object(acts) = &response.data {
        error.path = acts.keys().take(1).map(|act| PathSegment::Field(act.to_string())).collect();
    }
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", ANSWER_TOO_LARGE);
    error.extensions = Some(extensions);
    GraphqlResponse::from_errors(vec![error])
}

/// Bytes up to a bound.
struct Bounded {
    written: Vec<u8>,
    most: usize,
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.written.len() + bytes.len() > self.most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MOST: usize = 10_000;

    async fn told(
        dialect: Dialect,
        kind: OperationType,
        response: GraphqlResponse,
    ) -> (u16, String, serde_json::Value) {
        let (head, ()) = axum::http::Request::post("/graphql").body(()).expect("a request").into_parts();
        let answer = respond(dialect, &head, kind, &response, 10_000).unwrap_or_else(|no| no.answer(dialect));
        let kind = answer.headers()[header::CONTENT_TYPE].to_str().expect("text").to_owned();
        let status = answer.status().as_u16();
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
        (status, kind, serde_json::from_slice(&body).expect("JSON"))
    }

    #[tokio::test]
    async fn an_answer_has_an_end() {
        use OperationType::{Mutation, Query};
        let text = |bytes: usize| GraphqlResponse::new(Value::String("x".repeat(bytes)));
        let room = MOST - "{\"data\":\"\"}".len();
        for kind in [Query, Mutation] {
            let (status, _, body) = told(Dialect::Graphql, kind, text(room)).await;
            assert_eq!((status, body["errors"].is_null()), (200, true));
        }
        for (dialect, kind, status, data) in [
            (Dialect::Graphql, Query, 422, None),
            (Dialect::Legacy, Query, 422, None),
            (Dialect::Graphql, Mutation, 294, Some(json!(null))),
            (Dialect::Legacy, Mutation, 200, Some(json!(null))),
        ] {
            let (told, media, body) = told(dialect, kind, text(room + 1)).await;
            assert_eq!(
                (told, body.get("data").cloned(), &body["errors"][0]["extensions"]["code"]),
                (status, data, &json!("ANSWER_TOO_LARGE"))
            );
            let graphql = status == 422 || matches!(dialect, Dialect::Graphql);
            assert_eq!(media.starts_with("application/graphql-response+json"), graphql, "{media}");
        }
    }
}
