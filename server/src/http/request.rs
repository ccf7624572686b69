//! Reading a GraphQL request from HTTP (GraphQL over HTTP, September 2026 edition, section "Request").

use axum::body::Body;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use futures_util::StreamExt;
use http_body::Body as _;
use mediatype::MediaType;
use mediatype::names::{APPLICATION, JSON};
use serde::Deserialize;
use serde_json::error::Category;
use serde_json::{Map, Value as Json};

use super::gate::Cut;
use super::negotiate::is_utf8;
use super::refused::{METHODS, Refused};

/// What a well-formed request says.
#[derive(Debug, PartialEq)]
pub struct Asked {
    /// The document.
    pub query: String,
    /// Which of its operations to run.
    pub operation_name: Option<String>,
    /// Values of the operation's variables.
    pub variables: Map<String, Json>,
}

/// The members of a request. Others are ignored, as the edition has it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<Map<String, Json>>,
    /// Nothing of ours is said there; it must be what it is said to be all the same.
    extensions: Option<Map<String, Json>>,
}

/// Reads a request from its body or, with GET and HEAD, from its address.
///
/// # Errors
/// What is wrong with it; nothing of it has been run.
pub async fn read(method: &Method, uri: &Uri, headers: &HeaderMap, body: Body, limit: usize) -> Result<Asked, Refused> {
    let members = match *method {
        Method::GET | Method::HEAD => from_address(uri)?,
        Method::POST => {
            if !is_json(headers) {
                let message = "send a JSON body in UTF-8, with the header Content-Type: application/json";
                return Err(Refused::before(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message));
            }
            from_body(&collect(body, limit).await?)?
        }
        _ => {
            let message = format!("{method} is not for /graphql; it takes {METHODS}");
            return Err(Refused::before(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message));
        }
    };
    let Members { query, operation_name, variables, extensions: _ } = members;
    let query = query.ok_or_else(|| malformed("`query` is missing: the document to run, as a string"))?;
    Ok(Asked { query, operation_name: operation_name.filter(|name| !name.is_empty()), variables: variables.unwrap_or_default() })
}

/// What was read is no request of GraphQL over HTTP.
fn malformed(message: impl AsRef<str>) -> Refused {
    Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "BAD_REQUEST", message)
}

/// What was sent cannot be read at all.
fn unreadable(message: impl AsRef<str>) -> Refused {
    Refused::before(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).and_then(|value| MediaType::parse(value).ok());
    kind.is_some_and(|kind| kind.ty == APPLICATION && kind.subty == JSON && kind.suffix.is_none() && is_utf8(&kind))
}

fn from_body(bytes: &[u8]) -> Result<Members, Refused> {
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(malformed("batches are not taken; send one operation a request"));
    }
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        Category::Syntax | Category::Eof | Category::Io => {
            unreadable(format!("the body is not JSON: line {}, column {}", error.line(), error.column()))
        }
        Category::Data => malformed(
            "the body must be a JSON object: `query` is a string, and `operationName`, a string, `variables` and `extensions`, both objects, \
             may be left out or null",
        ),
    })
}

fn from_address(uri: &Uri) -> Result<Members, Refused> {
    let mut members = Members::default();
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        let again = match name.as_ref() {
            "query" => members.query.replace(value.into_owned()).is_some(),
            // Empty is as good as left out.
            "operationName" | "variables" | "extensions" if value.is_empty() => false,
            "operationName" => members.operation_name.replace(value.into_owned()).is_some(),
            "variables" => members.variables.replace(object(&name, &value)?).is_some(),
            "extensions" => members.extensions.replace(object(&name, &value)?).is_some(),
            _ => false,
        };
        if again {
            return Err(malformed(format!("`{name}` is said twice")));
        }
    }
    Ok(members)
}

fn object(name: &str, value: &str) -> Result<Map<String, Json>, Refused> {
    match serde_json::from_str(value) {
        Ok(Some(object)) => Ok(object),
        Ok(None) => Ok(Map::new()),
        Err(error) if error.classify() == Category::Data => Err(malformed(format!("`{name}` must be a JSON object"))),
        Err(_) => Err(unreadable(format!("`{name}` is not JSON"))),
    }
}

/// Reads a body whole, if it is no larger than `limit` bytes.
async fn collect(body: Body, limit: usize) -> Result<Vec<u8>, Refused> {
    let too_large = || Refused::before(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", format!("the body is larger than {limit} bytes"));
    let told = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if told > limit {
        return Err(too_large());
    }
    // What a client says that it will send takes no room before it is sent.
    let mut bytes = Vec::new();
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| match Cut::of(&error) {
            Some(cut) => cut.refusal(),
            None => unreadable("the body was cut off"),
        })?;
        if bytes.len() + piece.len() > limit {
            return Err(too_large());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}
