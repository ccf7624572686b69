//! The front door: routes, and one GraphQL handler of our own.
//!
//! async-graphql-axum's extractor ignores the body limit, reads any content type as JSON and runs batches; ours takes `POST` with
//! `application/json` and `GET` for queries, reads the document before the library sees it, and runs every operation as a task of its own, so
//! that a client who hangs up never cancels a transaction half way.

pub mod altcha;
mod calendar;
mod client;
mod connection;
pub mod descriptors;
mod export;
mod gate;
pub mod limits;
pub mod listen;
pub mod mailbox;
pub mod metrics;
pub mod occupancy;
mod pulse;
mod request;
pub mod unsubscribe;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::http::GraphiQLSource;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Extension, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::answer::Fault;
use crate::desk::Desk;
use crate::door;
use crate::graphql::document::Documents;
use crate::graphql::fault;
use crate::graphql::schema::LecternSchema;
use crate::store::{Standing, standing};
use metrics::Metrics;
use occupancy::{Occupancy, RequestPlace};

/// How long the database may take to say that it is there.
const READY_WITHIN: Duration = Duration::from_millis(900);

/// What stands behind the routes.
#[derive(Clone)]
pub struct Front {
    /// The desk.
    pub desk: Desk,
    /// The schema.
    pub schema: LecternSchema,
    /// What its documents are read by.
    pub documents: Arc<Documents>,
    /// The directory of the local mailbox, where there is one.
    pub mailbox: Option<PathBuf>,
    /// Who takes how much, and the limits on it.
    pub occupancy: Arc<Occupancy>,
    /// Operations that are being run; those whose client has hung up, too.
    pub running: TaskTracker,
    /// Cancelled when the server is about to stop.
    pub stop: CancellationToken,
    /// Whether the worker in this process, if any, is well; what is wrong otherwise.
    pub worker: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
    /// Counters.
    pub metrics: Arc<Metrics>,
}

impl std::fmt::Debug for Front {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Front").field("mailbox", &self.mailbox).field("occupancy", &self.occupancy).finish_non_exhaustive()
    }
}

/// All routes.
pub fn router(front: Front) -> Router {
    let mut router = Router::new()
        .route("/graphql", get(graphql).post(graphql))
        .route("/altcha/{course}", get(altcha::challenge))
        .route("/unsubscribe/{token}", get(unsubscribe::show).post(unsubscribe::act).layer(DefaultBodyLimit::max(unsubscribe::MAX_BODY)))
        .route("/graphiql", get(graphiql))
        .route("/schema.graphql", get(schema))
        .route("/calendar/courses/{file}", get(calendar::of_course))
        .route("/calendar/{file}", get(calendar::of_learner))
        .route("/export/registrations/{file}", get(export::registrations))
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics_text))
        .route("/", get(home));
    if front.mailbox.is_some() {
        router = router
            .route("/mailbox", get(mailbox::list))
            .route("/mailbox/{name}", get(mailbox::show))
            .route("/mailbox/{name}/html", get(mailbox::html));
    }
    let body_bytes = front.occupancy.limits().body_bytes;
    router.layer(DefaultBodyLimit::max(body_bytes)).layer(from_fn_with_state(front.clone(), gate::gate)).with_state(front)
}

/// `POST /graphql`, and `GET /graphql` for queries.
async fn graphql(
    State(front): State<Front>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    Extension(place): Extension<Arc<RequestPlace>>,
    body: Body,
) -> Response {
    let started = std::time::Instant::now();
    let limit = front.occupancy.limits().body_bytes;
    let prepared = match request::read(&front.documents, &method, &uri, &headers, body, limit).await {
        Ok(prepared) => prepared,
        Err(no) => return front.metrics.refused(no).into_response(),
    };
    let bearer = bearer(&headers);
    let viewer = match door::viewer(&front.desk, bearer.as_deref(), place.network()).await {
        Ok(viewer) => viewer,
        Err(fault) => return internal(&fault),
    };
    let desk = front.desk.clone();
    let schema = front.schema.clone();
    // A task of its own: whoever hangs up does not cancel what was begun.
    let request = prepared.request;
    let ran = front.running.spawn(async move { schema.execute(crate::graphql::schema::prepare(request, &desk, viewer)).await }).await;
    match ran {
        Ok(mut response) => {
            fault::complete(&mut response);
            front.metrics.answered(response.errors.is_empty(), started.elapsed());
            request::respond(&headers, response)
        }
        Err(error) => internal(&Fault::from(error)),
    }
}

fn internal(fault: &Fault) -> Response {
    tracing::error!(%fault, "a request met a fault");
    request::refusal(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "Something went wrong on our side. Please try again.")
}

/// The token from `Authorization: Bearer` (RFC 6750 section 2.1), and from nowhere else: a cookie would come along with what other sites ask for.
fn bearer(headers: &HeaderMap) -> Option<String> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

async fn graphiql() -> Html<String> {
    Html(GraphiQLSource::build().endpoint("/graphql").title("Lectern").finish())
}

async fn schema(State(front): State<Front>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], crate::graphql::schema::print(&front.schema)).into_response()
}

/// Ready: the database answers, its schema is up to date, and the worker in this process is well.
async fn ready(State(front): State<Front>) -> Response {
    match tokio::time::timeout(READY_WITHIN, standing(&front.desk.db)).await {
        // A newer release has migrated: what this one knows is still there.
        Ok(Ok(Standing::UpToDate | Standing::Ahead(_))) => {}
        Ok(Ok(Standing::Behind(_))) => {
            return (StatusCode::SERVICE_UNAVAILABLE, "the schema is not up to date: run `lectern migrate`\n").into_response();
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            return (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response();
        }
        Err(_) => return (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response(),
    }
    match (front.worker)() {
        Ok(()) => "ready\n".into_response(),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("the worker is not well: {why}\n")).into_response(),
    }
}

async fn metrics_text(State(front): State<Front>) -> Response {
    ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], front.metrics.text()).into_response()
}

async fn home(State(front): State<Front>) -> Html<String> {
    let mailbox = if front.mailbox.is_some() { "<li><a href=\"/mailbox\">Mailbox</a>: every letter that was written</li>" } else { "" };
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Lectern</title><body style=\"font-family:sans-serif;max-width:40em;margin:3em auto\">\
         <h1>Lectern</h1><ul><li><a href=\"/graphiql\">GraphiQL</a>: ask the API</li>{mailbox}<li><a href=\"/schema.graphql\">Schema</a></li>\
         <li><a href=\"/readyz\">Readiness</a>, <a href=\"/metrics\">metrics</a></li></ul></body></html>"
    ))
}
