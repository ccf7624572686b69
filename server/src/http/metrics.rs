//! Counters for operators, in the OpenMetrics format.

use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use super::request::Refused;

/// How a GraphQL request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
enum Ending {
    Answered,
    Errors,
    Refused,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    ending: Ending,
}

/// The counters of this process.
#[derive(Debug)]
pub struct Metrics {
    registry: Mutex<Registry>,
    requests: Family<Labels, Counter<u64, AtomicU64>>,
    seconds: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        let requests = Family::default();
        let seconds = Histogram::new(exponential_buckets(0.001, 2.0, 14));
        let mut registry = Registry::with_prefix("lectern");
        registry.register("graphql_requests", "GraphQL requests by how they ended", Family::clone(&requests));
        registry.register("graphql_request_seconds", "How long GraphQL requests took", seconds.clone());
        Self { registry: Mutex::new(registry), requests, seconds }
    }
}

impl Metrics {
    /// Counts a request that was run.
    pub fn answered(&self, well: bool, took: Duration) {
        self.requests.get_or_create(&Labels { ending: if well { Ending::Answered } else { Ending::Errors } }).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    /// Counts a request that never reached the schema, and hands it on.
    pub fn refused(&self, no: Refused) -> Refused {
        self.requests.get_or_create(&Labels { ending: Ending::Refused }).inc();
        no
    }

    /// Adds metrics of another part of the process.
    pub fn add(&self, register: impl FnOnce(&mut Registry)) {
        register(&mut self.registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }

    /// All counters, as OpenMetrics text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &registry);
        text
    }
}
