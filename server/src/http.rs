//! The front door: routes, what stands behind them, and what lies around them.
//!
//! Around every route lies the gate (`gate.rs`: room, sizes, times), and within it compression. A body that
//! is compressed tells by its length what its parts have in common, so what is secret and what a stranger can
//! put beside it must not be asked for together by somebody who can watch (the BREACH attack). Here a
//! stranger's page cannot ask with somebody else's token, because tokens come in a header that only the page
//! itself can set, and no cookie is read.

pub mod admission;
pub mod altcha;
mod bounces;
pub mod budget;
mod calendar;
mod client;
mod connection;
pub mod descriptors;
mod encoded;
mod endpoint;
mod etag;
mod export;
mod files;
mod gate;
mod graphiql;
pub mod kept;
pub mod listen;
pub mod live;
pub mod mailbox;
pub mod metrics;
mod negotiate;
pub mod occupancy;
pub mod operators;
pub mod origins;
mod process;
mod pulse;
mod purse;
mod refused;
mod request;
mod respond;
pub mod tls;
pub mod unsubscribe;

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get, post};
use http_body::Body as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use crate::app::AppState;
use crate::error::Fault;
use crate::graphql::document::Documents;
use crate::graphql::running::Stopped;
use crate::graphql::schema::{self, LecternSchema};
use crate::limits::client::Limits;
use admission::Admission;
use budget::Budgets;
use encoded::Encoded;
use kept::Kept;
use live::Live;
use metrics::Metrics;
use negotiate::Dialect;
use occupancy::Occupancy;
use operators::Operators;
use origins::Origins;
use refused::Refused;

/// The smallest body that is compressed, in bytes: one that fits into a packet is not worth the work.
const WORTH_COMPRESSING: u16 = 1024;

/// What stands behind the routes.
#[derive(Clone)]
pub struct Front {
    /// The app's state.
    pub app: AppState,
    /// The schema.
    pub schema: LecternSchema,
    /// What its documents are read by.
    pub documents: Arc<Documents>,
    /// The directory of the local mailbox, where there is one.
    pub mailbox: Option<PathBuf>,
    /// Who takes how much, and the limits on it.
    pub occupancy: Arc<Occupancy>,
    /// What is followed.
    pub live: Arc<Live>,
    /// How much is run side by side.
    pub admission: Arc<Admission>,
    /// What each client may ask in a minute.
    pub budgets: Arc<Budgets>,
    /// Answers that are everybody's.
    pub kept: Arc<Kept>,
    /// Pages of which other origins may ask.
    pub origins: Origins,
    /// Operations that are being run; those whose client has hung up, too.
    pub running: TaskTracker,
    /// Cancelled when the server is about to stop.
    pub stop: CancellationToken,
    /// Whether GraphiQL is served.
    pub graphiql: bool,
    /// The hash of the key with which mail services hand in what came back; none: nobody may.
    pub bounce_key_hash: Option<String>,
    /// What operators ask here; none where they have an address of their own.
    pub operators: Option<Operators>,
    /// Counters.
    pub metrics: Arc<Metrics>,
}

/// What lies around routes: who takes how much, what is counted, and when it is over.
#[derive(Clone, Debug)]
pub(crate) struct Around {
    occupancy: Arc<Occupancy>,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
    /// Whether operators ask here.
    operators: bool,
}

impl Front {
    /// A front door for a server without a worker, at whose addresses the clients themselves call, or a proxy
    /// of ours.
    pub fn new(
        app: AppState,
        schema: LecternSchema,
        documents: Documents,
        limits: Limits,
        behind_proxy: bool,
    ) -> Self {
        let metrics = Arc::new(Metrics::default());
        Self {
            operators: Some(Operators::new(app.db.clone(), Arc::clone(&metrics))),
            app,
            schema,
            documents: Arc::new(documents),
            mailbox: None,
            admission: Arc::new(Admission::new(limits.running_cost, limits.patience)),
            budgets: Arc::new(Budgets::new(limits.rates)),
            live: Arc::new(Live::new(limits.live.clone())),
            occupancy: Arc::new(Occupancy::new(limits, behind_proxy)),
            kept: Arc::new(Kept::new(kept::DEFAULT_MEMORY)),
            origins: Origins::Ours,
            graphiql: false,
            running: TaskTracker::new(),
            stop: CancellationToken::new(),
            bounce_key_hash: None,
            metrics,
        }
    }

    fn around(&self) -> Around {
        Around {
            occupancy: Arc::clone(&self.occupancy),
            metrics: Arc::clone(&self.metrics),
            stop: self.stop.clone(),
            operators: self.operators.is_some(),
        }
    }
}

impl std::fmt::Debug for Front {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Front")
            .field("mailbox", &self.mailbox)
            .field("occupancy", &self.occupancy)
            .finish_non_exhaustive()
    }
}

/// All routes.
pub fn router(front: Front) -> Router {
    // One that all share: to take a handle of each of its parts for each request, the token's lock among
    // them, costs more than many an answer.
    let front = Arc::new(front);
    // What pages of other origins may use.
    let open = Router::new()
        .route("/graphql", any(endpoint::graphql))
        .route("/graphql/d/{id}", any(endpoint::document))
        .route("/graphql/stream", any(endpoint::stream))
        .route("/graphql/ws", get(live::websocket::open))
        .route("/altcha/{course}", get(altcha::challenge))
        .route("/files", post(files::receive))
        .route("/schema.graphql", get(printed));
    let mut ours = Router::new()
        .route(
            "/unsubscribe/{token}",
            get(unsubscribe::show).post(unsubscribe::act).layer(DefaultBodyLimit::max(unsubscribe::MAX_BODY)),
        )
        .route("/graphiql", get(graphiql::page))
        .route("/graphiql/{file}", get(graphiql::file))
        .route("/bounces", post(bounces::receive))
        .route("/calendar/courses/{file}", get(calendar::of_course))
        .route("/calendar/{file}", get(calendar::of_learner))
        .route("/export/registrations/{file}", get(export::registrations))
        .route("/", get(home))
        .fallback(nothing_here);
    if let Some(operators) = &front.operators {
        ours = ours.merge(operators.routes());
    }
    if front.mailbox.is_some() {
        let mailbox = Router::new()
            .route("/mailbox", get(mailbox::list))
            .route("/mailbox/{name}", get(mailbox::show))
            .route("/mailbox/{name}/html", get(mailbox::html));
        ours = ours.merge(mailbox.layer(from_fn_with_state(Arc::clone(&front), mailbox::by_our_name)));
    }
    let around = Arc::new(front.around());
    let open = match front.origins.layer() {
        Some(origins) => guarded(open, &around).layer(origins),
        None => guarded(open, &around),
    };
    open.merge(guarded(ours, &around)).with_state(front)
}

/// Routes with what lies around all of them.
fn guarded<S: Clone + Send + Sync + 'static>(routes: Router<S>, around: &Arc<Around>) -> Router<S> {
    let worth_it =
        SizeAbove::new(WORTH_COMPRESSING).and(NotForContentType::IMAGES).and(NotForContentType::SSE);
    let worth_it = worth_it.and(encoded::may_encode);
    routes
        .layer(DefaultBodyLimit::max(around.occupancy.limits().body_bytes))
        .layer(map_response(explain))
        .layer(CompressionLayer::new().compress_when(worth_it))
        .layer(from_fn_with_state(Arc::clone(around), gate::gate))
}

async fn nothing_here() -> StatusCode {
    StatusCode::NOT_FOUND
}

/// Gives a no without words a few that help.
async fn explain(response: Response) -> Response {
    let words = match response.status() {
        StatusCode::NOT_FOUND => {
            "There is nothing at this address. The API is at /graphql, its schema at /schema.graphql.\n"
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            "This address does not take this method; the header Allow says which it takes.\n"
        }
        _ => return response,
    };
    if !response.body().is_end_stream() {
        return response;
    }
    let (mut head, _) = response.into_parts();
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    Response::from_parts(head, Body::from(words))
}

fn internal(fault: &Fault) -> Response {
    Refused::fault(fault).answer(Dialect::Legacy)
}

/// Waits for what has to be read before anything runs, for as long as a query may take. Whoever is still
/// reading then ends by themselves.
///
/// # Errors
/// It takes longer.
async fn in_time<T>(front: &Front, reading: impl Future<Output = T>) -> Result<T, Refused> {
    let time = front.occupancy.limits().query.time;
    tokio::time::timeout(time, reading).await.map_err(|_| Refused::stopped(Stopped::Time(time)))
}

/// The token from `Authorization: Bearer` (RFC 6750 section 2.1), and from nowhere else: a cookie would come
/// along with what other sites ask for.
fn bearer(headers: &HeaderMap) -> Option<String> {
    token(headers.get(header::AUTHORIZATION)?.to_str().unwrap_or("?")).map(str::to_owned)
}

/// The token in the words of `Authorization`; an empty one, which opens nothing, where they are no words of
/// ours: who believes to be signed in must hear of it. Without words nobody shows anything, and `Basic` is
/// for a proxy before us.
fn token(words: &str) -> Option<&str> {
    let words = words.trim();
    let (scheme, token) = words.split_once(' ').unwrap_or((words, ""));
    match scheme.to_ascii_lowercase().as_str() {
        "" | "basic" => None,
        "bearer" => Some(token.trim()),
        _ => Some(""),
    }
}

/// The schema in its own language.
async fn printed(headers: HeaderMap) -> Response {
    static TAG: LazyLock<HeaderValue> = LazyLock::new(|| etag::of(schema::printed()));
    static TEXT: LazyLock<Encoded> = LazyLock::new(|| Encoded::new(schema::printed().into()));
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    let whole = TEXT.answer(&headers).await;
    (kind, etag::answer(&headers, TAG.clone(), || whole)).into_response()
}

async fn home(State(front): State<Arc<Front>>) -> Html<String> {
    let graphiql =
        if front.graphiql { "<li><a href=\"/graphiql\">GraphiQL</a>: ask the API</li>" } else { "" };
    let mailbox = if front.mailbox.is_some() {
        "<li><a href=\"/mailbox\">Mailbox</a>: every e-mail that was written</li>"
    } else {
        ""
    };
    let operators = if front.operators.is_some() {
        "<li><a href=\"/readyz\">Readiness</a>, <a href=\"/metrics\">metrics</a></li>"
    } else {
        ""
    };
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Lectern</title><body style=\"font-family:sans-serif;max-width:40em;margin:3em auto\">\
         <h1>Lectern</h1><ul>{graphiql}{mailbox}<li><a href=\"/schema.graphql\">Schema</a></li>{operators}</ul></body></html>"
    ))
}
