//! Reading a GraphQL request from HTTP, and writing the answer back (the GraphQL-over-HTTP specification).

use async_graphql::Response as GraphqlResponse;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use http_body::Body as _;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::gate::Cut;
use crate::graphql::document::{Documents, NotRunnable, OperationType, Prepared};
use crate::graphql::fault::RequestError;

/// The media type of GraphQL-over-HTTP.
const GRAPHQL_JSON: &str = "application/graphql-response+json";

/// A request that never reached the schema.
#[derive(Debug)]
pub struct Refused {
    /// HTTP status.
    pub status: StatusCode,
    /// What is wrong.
    pub errors: Vec<RequestError>,
    /// In how many seconds it is worth trying again, where it is.
    pub retry_after: Option<u32>,
}

impl Refused {
    /// A no.
    pub fn new(status: StatusCode, code: &'static str, message: impl AsRef<str>) -> Self {
        Self { status, errors: vec![RequestError::new(code, message)], retry_after: None }
    }

    /// The same, for now.
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }
}

impl From<NotRunnable> for Refused {
    fn from(no: NotRunnable) -> Self {
        let status = match no {
            NotRunnable::Unparsable(_) => StatusCode::BAD_REQUEST,
            NotRunnable::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self { status, errors: no.into_errors(), retry_after: None }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = refused(self.status, &self.errors);
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The parameters of a request, in the body or in the query string.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    query: Option<String>,
    #[serde(default)]
    variables: Option<serde_json::Value>,
    #[serde(default)]
    operation_name: Option<String>,
}

/// Reads the request and its document, and refuses what should not reach the library.
pub async fn read(
    documents: &Documents,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: Body,
    limit: usize,
) -> Result<Prepared, Refused> {
    let bad = |message: &str| Refused::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message);
    let parameters = if method == Method::GET {
        from_query(uri)?
    } else {
        let json = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(is_json);
        if !json {
            return Err(Refused::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "BAD_REQUEST",
                "send a JSON body, with the header Content-Type: application/json",
            ));
        }
        let bytes = collect(body, limit).await?;
        if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
            return Err(bad("batches are not taken; send one operation a request"));
        }
        serde_json::from_slice(&bytes)
            .map_err(|_| bad("the body must be a JSON object with `query`, and perhaps `variables` and `operationName`"))?
    };
    let query = parameters.query.filter(|query| !query.trim().is_empty()).ok_or_else(|| bad("`query` is missing"))?;
    let variables = match parameters.variables {
        None | Some(Json::Null) => Map::new(),
        Some(Json::Object(variables)) => variables,
        Some(_) => return Err(bad("`variables` must be an object")),
    };
    let name = parameters.operation_name.filter(|name| !name.is_empty());
    let document = documents.read(&query)?;
    if method == Method::GET && document.kind(name.as_deref())? != OperationType::Query {
        return Err(Refused::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", "GET is for queries; send a mutation with POST"));
    }
    Ok(documents.prepare(&document, name.as_deref(), variables)?)
}

/// Reads a body whole, if it is no larger than `limit` bytes.
async fn collect(body: Body, limit: usize) -> Result<Vec<u8>, Refused> {
    let too_large = || Refused::new(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", format!("the body is larger than {limit} bytes"));
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
            None => Refused::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", "the body was cut off"),
        })?;
        if bytes.len() + piece.len() > limit {
            return Err(too_large());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn is_json(content_type: &str) -> bool {
    content_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn from_query(uri: &Uri) -> Result<Parameters, Refused> {
    let bad = |message: &str| Refused::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message);
    let mut parameters = Parameters { query: None, variables: None, operation_name: None };
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        match name.as_ref() {
            "query" => parameters.query = Some(value.into_owned()),
            "operationName" => parameters.operation_name = Some(value.into_owned()),
            "variables" => parameters.variables = Some(serde_json::from_str(&value).map_err(|_| bad("`variables` must be JSON"))?),
            _ => {}
        }
    }
    Ok(parameters)
}

/// Writes an answer. A request that could not be run at all has no data; clients that know the media type of GraphQL-over-HTTP learn that
/// from the status too.
pub fn respond(headers: &HeaderMap, response: GraphqlResponse) -> Response {
    let modern = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).any(|accept| accept.contains(GRAPHQL_JSON));
    let unrun = !response.errors.is_empty() && matches!(response.data, async_graphql::Value::Null);
    let status =
        if modern && unrun && response.errors.iter().all(|error| error.path.is_empty()) { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    match serde_json::to_vec(&response) {
        Ok(body) => {
            let kind = if modern { GRAPHQL_JSON } else { "application/json" };
            let mut answer = (status, [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store"), (header::VARY, "accept")], body)
                .into_response();
            answer.headers_mut().extend(response.http_headers);
            answer
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            refusal(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "Something went wrong on our side. Please try again.")
        }
    }
}

/// An answer without data.
pub fn refusal(status: StatusCode, code: &'static str, message: &str) -> Response {
    refused(status, &[RequestError::new(code, message)])
}

fn refused(status: StatusCode, errors: &[RequestError]) -> Response {
    let body = json!({ "errors": errors }).to_string();
    let mut response = (status, [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], body).into_response();
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
    }
    response
}
