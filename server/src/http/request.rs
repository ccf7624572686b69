//! Reading a GraphQL request from HTTP, and writing the answer back (the GraphQL-over-HTTP specification).

use async_graphql::{Request, Response as GraphqlResponse, Variables};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use http_body::Body as _;
use serde::Deserialize;
use serde_json::json;

use super::gate::Cut;
use super::measure;

/// The media type of GraphQL-over-HTTP.
const GRAPHQL_JSON: &str = "application/graphql-response+json";

/// A request that never reached the schema.
#[derive(Debug)]
pub struct Refused {
    /// HTTP status.
    pub status: StatusCode,
    /// `extensions.code` of the error.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// In how many seconds it is worth trying again, where it is.
    pub retry_after: Option<u32>,
}

impl Refused {
    /// A no.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after: None }
    }

    /// The same, for now.
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = refusal(self.status, self.code, &self.message);
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

/// Reads the request, measures its document, and refuses what should not reach the library.
pub async fn read(method: &Method, uri: &Uri, headers: &HeaderMap, body: Body, limit: usize) -> Result<Request, Refused> {
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
        None | Some(serde_json::Value::Null) => Variables::default(),
        Some(object @ serde_json::Value::Object(_)) => Variables::from_json(object),
        Some(_) => return Err(bad("`variables` must be an object")),
    };
    let too_much = |error: measure::TooMuch| Refused::new(StatusCode::BAD_REQUEST, "QUERY_TOO_COMPLEX", error.to_string());
    measure::nesting(&query).map_err(too_much)?;
    let document = async_graphql::parser::parse_query(&query)
        .map_err(|error| Refused::new(StatusCode::BAD_REQUEST, "GRAPHQL_PARSE_FAILED", error.to_string()))?;
    measure::document(&document, &variables).map_err(too_much)?;
    let name = parameters.operation_name.filter(|name| !name.is_empty());
    if method == Method::GET && !measure::is_query(&document, name.as_deref()) {
        return Err(Refused::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", "GET is for queries; send a mutation with POST"));
    }
    let mut request = Request::new(query).variables(variables);
    if let Some(name) = name {
        request = request.operation_name(name);
    }
    request.set_parsed_query(document);
    Ok(request)
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
pub fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "errors": [{ "message": message, "extensions": { "code": code } }] }).to_string();
    let mut response = (status, [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], body).into_response();
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
    }
    response
}
