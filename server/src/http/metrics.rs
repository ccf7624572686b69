//! Counters for operators, in the OpenMetrics format.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeLabelValue, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::admission::Admission;
use super::connection::End;
use super::live::Live;
use super::occupancy::{Full, Occupancy};
use super::process::Process;
use super::pulse::Late;
use super::refused::Refused;

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

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Code {
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

type CounterBy<L> = Family<L, Counter<u64, AtomicU64>>;

/// The counters of this process.
#[derive(Debug)]
pub struct Metrics {
    registry: Mutex<Registry>,
    /// What every program counts of itself, by the names that all give it.
    process: Mutex<Registry>,
    requests: CounterBy<Labels>,
    refusals: CounterBy<Code>,
    turned_away: CounterBy<Reason>,
    cut: CounterBy<Reason>,
    seconds: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        let (requests, refusals, cut) = (Family::default(), Family::default(), Family::default());
        let turned_away = CounterBy::default();
        let seconds = Histogram::new(exponential_buckets(0.001, 2.0, 14));
        let mut registry = Registry::with_prefix("lectern");
        registry.register("graphql_requests", "GraphQL requests by how they ended", Family::clone(&requests));
        let help = "How long GraphQL requests took";
        registry.register_with_unit("graphql_request", help, Unit::Seconds, seconds.clone());
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The release that runs", build);
        registry.register(
            "refusals",
            "Requests that never reached the schema, by the code of the error",
            Family::clone(&refusals),
        );
        registry.register(
            "turned_away",
            "Connections and requests for which there was no room",
            Family::clone(&turned_away),
        );
        registry.register(
            "connections_cut",
            "Connections that were ended by a time limit",
            Family::clone(&cut),
        );
        // What has not happened yet is 0, and not unknown: otherwise the first time would be no increase.
        for full in Full::ALL {
            turned_away.get_or_create(&Reason { reason: reason(full) }).inc_by(0);
        }
        let mut process = Registry::default();
        process.register_collector(Box::new(Process::since_now()));
        let (registry, process) = (Mutex::new(registry), Mutex::new(process));
        Self { registry, process, requests, refusals, turned_away, cut, seconds }
    }
}

impl Metrics {
    /// Counts a request that was run.
    pub fn answered(&self, well: bool, took: Duration) {
        self.requests
            .get_or_create(&Labels { ending: if well { Ending::Answered } else { Ending::Errors } })
            .inc();
        self.seconds.observe(took.as_secs_f64());
    }

    /// Counts a request that never reached the schema, and hands it on.
    pub fn refused(&self, no: Refused) -> Refused {
        self.requests.get_or_create(&Labels { ending: Ending::Refused }).inc();
        self.refusals.get_or_create(&Code { code: no.code() }).inc();
        no
    }

    /// Counts a connection or a request for which there was no room.
    pub fn full(&self, full: Full) {
        self.turned_away.get_or_create(&Reason { reason: reason(full) }).inc();
    }

    /// Counts a connection that was ended by us.
    pub fn cut(&self, end: End) {
        let reason = match end {
            End::Closed | End::Broken => return,
            End::Late(Late::Head) => "head",
            End::Late(Late::Idle) => "idle",
            End::Late(Late::Answer) => "answer",
            End::Stopped => "stopped",
        };
        self.cut.get_or_create(&Reason { reason }).inc();
    }

    /// Counts somebody who followed something and was ended for not reading.
    pub fn too_slow(&self) {
        self.cut.get_or_create(&Reason { reason: "slow" }).inc();
    }

    /// Tells how much is taken of the room there is.
    pub fn watch(&self, occupancy: Arc<Occupancy>, admission: Arc<Admission>, live: Arc<Live>) {
        self.add(|registry| registry.register_collector(Box::new(Room { occupancy, admission, live })));
    }

    /// Adds metrics of another part of the process.
    pub fn add(&self, register: impl FnOnce(&mut Registry)) {
        register(&mut self.registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }

    /// All counters, as OpenMetrics text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for registry in [&self.registry, &self.process] {
            let registry = registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            // Writing to a string cannot fail.
            let _ = encode_registry(&mut text, &registry);
        }
        let _ = encode_eof(&mut text);
        text
    }
}

/// As metrics call it.
fn reason(full: Full) -> &'static str {
    match full {
        Full::Connections => "connections",
        Full::ConnectionsOfAddress => "connections_of_address",
        Full::Requests => "requests",
        Full::RequestsOfAddress => "requests_of_address",
        Full::Bytes => "bytes",
        Full::BytesOfAddress => "bytes_of_address",
    }
}

/// How much is taken, read when it is asked for.
#[derive(Debug)]
struct Room {
    occupancy: Arc<Occupancy>,
    admission: Arc<Admission>,
    live: Arc<Live>,
}

impl Collector for Room {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let taken = self.occupancy.taken();
        let gauges = [
            ("connections", "Open connections", None, taken.connections),
            ("requests_in_hand", "Requests in hand", None, taken.requests),
            ("in_hand", "Bytes of bodies and answers in hand", Some(Unit::Bytes), taken.bytes),
            ("running_cost", "Costs of the operations that are running", None, self.admission.running()),
            (
                "waiting_cost",
                "Costs of the operations that were let in and wait for the database",
                None,
                self.admission.waiting(),
            ),
            ("live_connections", "Connections that follow something", None, self.live.places.count()),
            ("live_reads", "Different things that are followed", None, self.live.reads()),
        ];
        for (name, help, unit, value) in gauges {
            let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
            gauge.encode(encoder.encode_descriptor(name, help, unit.as_ref(), MetricType::Gauge)?)?;
        }
        Ok(())
    }
}
