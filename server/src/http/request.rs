//! Reading a GraphQL request from HTTP (GraphQL over HTTP, September 2026 edition, section "Request").

use axum::body::Body;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use futures_util::StreamExt;
use http_body::Body as _;
use mediatype::MediaType;
use mediatype::names::{APPLICATION, JSON};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::gate::Cut;
use super::negotiate::is_utf8;
use super::occupancy::RequestPlace;
use super::refused::{METHODS, Refused};
use crate::graphql::document::Selector;
use crate::json::{self, Unreadable};

/// What a well-formed request says.
#[derive(Debug, PartialEq)]
pub struct Asked {
    /// The document.
    pub document: Selector,
    /// Which of its operations to run.
    pub operation_name: Option<String>,
    /// Values of the operation's variables.
    pub variables: Map<String, Json>,
}

/// The members of a request. Others are ignored, as the edition has it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Members {
    query: Option<String>,
    document_id: Option<String>,
    operation_name: Option<String>,
    variables: Option<Map<String, Json>>,
    /// Where Apollo's clients name the document by its hash.
    extensions: Option<Map<String, Json>>,
}

/// A request that has arrived, and of which nothing has been read yet.
#[derive(Debug)]
pub enum Arrived {
    /// All is in the address.
    Address(Uri),
    /// All is in the body.
    Body(Vec<u8>),
}

/// Waits for a request: its body or, with GET and HEAD, its address alone.
///
/// # Errors
/// It can be none, by its method or its media type; or its body did not arrive.
pub async fn arrive(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: Body,
    limit: usize,
) -> Result<Arrived, Refused> {
    match *method {
        Method::GET | Method::HEAD => Ok(Arrived::Address(uri.clone())),
        Method::POST => {
            if !is_json(headers) {
                let message = "send a JSON body in UTF-8, with the header Content-Type: application/json";
                return Err(Refused::before(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "UNSUPPORTED_MEDIA_TYPE",
                    message,
                ));
            }
            collect(body, limit).await.map(Arrived::Body)
        }
        _ => {
            let message = format!("{method} is not for /graphql; it takes {METHODS}");
            Err(Refused::before(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message))
        }
    }
}

impl Arrived {
    /// How many bytes there are to be read.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Address(uri) => uri.query().map_or(0, str::len),
            Self::Body(bytes) => bytes.len(),
        }
    }

    /// Reads the request; `named` is the id of the document that the path names. What it takes in memory
    /// counts for its `place`.
    ///
    /// # Errors
    /// What is wrong with it; nothing of it has been run.
    pub fn read(self, named: Option<String>, place: &RequestPlace) -> Result<Asked, Refused> {
        let members = match self {
            Self::Address(uri) => from_address(&uri, place)?,
            Self::Body(bytes) => from_body(&bytes, place)?,
        };
        members.read(named)
    }
}

impl Members {
    /// What they say together; `named` is the id of the document that the path names.
    ///
    /// # Errors
    /// They say no document, or several.
    pub fn read(self, named: Option<String>) -> Result<Asked, Refused> {
        let Self { query, document_id, operation_name, variables, extensions } = self;
        let document = select(query, named, document_id, hash(extensions.as_ref())?)?;
        Ok(Asked {
            document,
            operation_name: operation_name.filter(|name| !name.is_empty()),
            variables: variables.unwrap_or_default(),
        })
    }
}

/// Which document is meant, where it is said in one way.
fn select(
    query: Option<String>,
    named: Option<String>,
    id: Option<String>,
    hash: Option<String>,
) -> Result<Selector, Refused> {
    let id = match (named, id) {
        (Some(named), Some(id)) if named != id => {
            return Err(malformed("the address and `documentId` name two documents"));
        }
        (named, id) => named.or(id),
    };
    match (query, id, hash) {
        (Some(text), None, None) => Ok(Selector::Text(text)),
        (Some(text), None, Some(hash)) => Ok(Selector::Persist { text, hash }),
        (None, None, Some(hash)) => Ok(Selector::Hash(hash)),
        (None, Some(id), None) => Ok(Selector::Id(id)),
        (None, Some(id), Some(hash)) if id == hash => Ok(Selector::Id(id)),
        (None, None, None) => Err(malformed(
            "`query` is missing: the document to run, as a string; or `documentId`, the id of one that is known",
        )),
        (_, Some(_), _) => {
            Err(malformed("say which document to run in one way: its id, its hash, or `query`"))
        }
    }
}

/// The hash by which Apollo's clients name a document, where one does.
fn hash(extensions: Option<&Map<String, Json>>) -> Result<Option<String>, Refused> {
    let Some(persisted) =
        extensions.and_then(|extensions| extensions.get("persistedQuery")).filter(|said| !said.is_null())
    else {
        return Ok(None);
    };
    match (
        persisted.get("version").and_then(Json::as_u64),
        persisted.get("sha256Hash").and_then(Json::as_str),
    ) {
        (Some(1), Some(hash)) => Ok(Some(hash.to_owned())),
        _ => Err(malformed(
            "`extensions.persistedQuery` must have `version`, which is 1, and `sha256Hash`, a string",
        )),
    }
}

/// What was read is no request of GraphQL over HTTP.
fn malformed(message: impl AsRef<str>) -> Refused {
    Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "BAD_REQUEST", message)
}

/// What was sent cannot be read at all.
fn unreadable(message: impl AsRef<str>) -> Refused {
    Refused::before(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
}

/// What was sent is more than is read.
fn too_much(message: impl AsRef<str>) -> Refused {
    Refused::before(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", message)
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| MediaType::parse(value).ok());
    kind.is_some_and(|kind| {
        kind.ty == APPLICATION && kind.subty == JSON && kind.suffix.is_none() && is_utf8(&kind)
    })
}

/// The text, if there is room for what it is when it is read.
fn held<'t>(text: json::Text<'t>, place: &RequestPlace) -> Result<json::Text<'t>, Refused> {
    place.hold(text.memory()).map_err(Refused::overloaded)?;
    Ok(text)
}

fn from_body(bytes: &[u8], place: &RequestPlace) -> Result<Members, Refused> {
    let told = |error| match error {
        Unreadable::Syntax { line, column } => {
            unreadable(format!("the body is not JSON: line {line}, column {column}"))
        }
        Unreadable::Reserved => malformed(format!("in the body, {error}, which is not taken")),
        Unreadable::TooMany => too_much(format!("the body cannot be read: {error}")),
        Unreadable::Form => malformed(
            "the body must be a JSON object: `query` or `documentId` is a string, and `operationName`, a string, `variables` and `extensions`, \
             both objects, may be left out or null",
        ),
    };
    let text = json::walk(bytes).map_err(told)?;
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(malformed("batches are not taken; send one operation a request"));
    }
    held(text, place)?.read().map_err(told)
}

fn from_address(uri: &Uri, place: &RequestPlace) -> Result<Members, Refused> {
    let object = |name: &str, value: &str| {
        let told = |error| match error {
            Unreadable::Syntax { .. } => unreadable(format!("`{name}` is not JSON")),
            Unreadable::Reserved => malformed(format!("in `{name}`, {error}, which is not taken")),
            Unreadable::TooMany => too_much(format!("`{name}` cannot be read: {error}")),
            Unreadable::Form => malformed(format!("`{name}` must be a JSON object")),
        };
        let object: Option<_> =
            held(json::walk(value.as_bytes()).map_err(told)?, place)?.read().map_err(told)?;
        Ok::<Map<String, Json>, Refused>(object.unwrap_or_default())
    };
    let mut members = Members::default();
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        let again = match name.as_ref() {
            "query" => members.query.replace(value.into_owned()).is_some(),
            // Empty is as good as left out.
            "documentId" | "operationName" | "variables" | "extensions" if value.is_empty() => false,
            "documentId" => members.document_id.replace(value.into_owned()).is_some(),
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

/// Reads a body whole, if it is no larger than `limit` bytes.
async fn collect(body: Body, limit: usize) -> Result<Vec<u8>, Refused> {
    let too_large = || {
        Refused::before(
            StatusCode::PAYLOAD_TOO_LARGE,
            "TOO_LARGE",
            format!("the body is larger than {limit} bytes"),
        )
    };
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
