//! What operators ask of a process: whether it lives, whether it is ready, and what it counts. A server and a
//! worker answer alike, on an address of their own where one is set, or beside what everybody asks.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio_util::sync::CancellationToken;

use super::metrics::Metrics;
use super::occupancy::Occupancy;
use super::refused::AGAIN;
use super::{Around, guarded, nothing_here};
use crate::limits::client::Limits;
use crate::store::{Clock, Database, Standing, standing};

/// How long the database may take to say that it is there.
const READY_WITHIN: Duration = Duration::from_millis(900);
/// Connections at once to an address of their own: a few programs ask, each now and then.
const CONNECTIONS: usize = 16;

/// What operators ask, and who answers. Cheap to clone.
#[derive(Clone)]
pub struct Operators {
    /// The database.
    pub db: Database,
    /// Whether the worker in this process, if any, is well; what is wrong otherwise.
    pub worker: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
    /// What the worker has to complain of that keeps nobody from being served.
    pub complaints: Arc<dyn Fn() -> Vec<String> + Send + Sync>,
    /// The database's clock, where that counts.
    pub clock: Option<Arc<Clock>>,
    /// Counters.
    pub metrics: Arc<Metrics>,
}

impl std::fmt::Debug for Operators {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operators").field("metrics", &self.metrics).finish_non_exhaustive()
    }
}

impl Operators {
    /// Of a process without a worker, which goes by the machine's clock.
    pub fn new(db: Database, metrics: Arc<Metrics>) -> Self {
        Self { db, worker: Arc::new(|| Ok(())), complaints: Arc::new(Vec::new), clock: None, metrics }
    }

    /// The routes, bare.
    pub(super) fn routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        Router::new()
            .route("/healthz", get(|| async { "alive\n" }))
            .route("/readyz", get(ready))
            .route("/metrics", get(metrics_text))
            .with_state(Arc::new(self.clone()))
    }

    /// The routes alone, for an address of their own, with what lies around them.
    pub(super) fn alone(&self, stop: CancellationToken) -> (Router, Around) {
        let limits =
            Limits { connections: CONNECTIONS, connections_per_address: CONNECTIONS, ..Limits::DEFAULT };
        let occupancy = Arc::new(Occupancy::new(limits, false));
        let around = Around { occupancy, metrics: Arc::clone(&self.metrics), stop, operators: true };
        let routes = self.routes().fallback(nothing_here);
        (guarded(routes, &Arc::new(around.clone())), around)
    }
}

/// Ready: the database answers, its schema is up to date, and the worker in this process is well. That the
/// machine's clock is off is said, and no reason to send people elsewhere.
async fn ready(State(operators): State<Arc<Operators>>) -> Response {
    match tokio::time::timeout(READY_WITHIN, standing(&operators.db)).await {
        // A newer release has migrated: what this one knows is still there.
        Ok(Ok(Standing::UpToDate | Standing::Ahead(_))) => {}
        Ok(Ok(Standing::Behind(_))) => {
            return not_ready("the schema is not up to date: run `lectern migrate`");
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            return not_ready("the database does not answer");
        }
        Err(_) => return not_ready("the database does not answer"),
    }
    match (operators.worker)() {
        Ok(()) => {
            let clock = operators.clock.as_ref().and_then(|clock| clock.complaint());
            let complaints = clock.into_iter().chain((operators.complaints)());
            let told = std::iter::once("ready".to_owned()).chain(complaints).collect::<Vec<_>>().join("; ");
            format!("{told}\n").into_response()
        }
        Err(why) => not_ready(&format!("the worker is not well: {why}")),
    }
}

fn not_ready(why: &str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, HeaderValue::from(AGAIN))], format!("{why}\n"))
        .into_response()
}

async fn metrics_text(State(operators): State<Arc<Operators>>) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], operators.metrics.text()).into_response()
}
