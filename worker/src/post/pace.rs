//! How long the steps of conversations with mail servers take.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use super::Step;

/// Bounds from a millisecond to two minutes, which is the longest that a step may take.
const SHORTEST_SECONDS: f64 = 0.001;
const BUCKETS: u16 = 18;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    step: &'static str,
}

/// How long each step took, whatever came of it. Clones are one.
#[derive(Clone, Debug)]
pub struct Pace(Family<Of, Histogram>);

impl Default for Pace {
    fn default() -> Self {
        let empty = || Histogram::new(exponential_buckets(SHORTEST_SECONDS, 2.0, BUCKETS));
        Self(Family::new_with_constructor(empty))
    }
}

impl Pace {
    pub(super) fn took(&self, step: Step, time: Duration) {
        self.0.get_or_create(&Of { step: step.label() }).observe(time.as_secs_f64());
    }

    /// Shows it as `smtp_step_seconds`, by the step.
    pub fn show(&self, registry: &mut Registry) {
        let help = "How long the steps of conversations with mail servers took, time-outs included";
        registry.register_with_unit("smtp_step", help, Unit::Seconds, Family::clone(&self.0));
    }
}
