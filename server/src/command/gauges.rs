//! What the worker and the clock add to the metrics, read when they are asked for.

use std::sync::Arc;

use lectern::store::Clock;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;
use worker::Health;

/// The worker's counters, read when they are asked for.
#[derive(Debug)]
pub(super) struct Letters(pub(super) Arc<Health>);

impl Collector for Letters {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let counts = self.0.counts();
        let endings = [
            ("sent", counts.sent),
            ("failed", counts.failed),
            ("lapsed", counts.lapsed),
            ("unknown", counts.unknown),
            ("deferred", counts.deferred),
            ("quarantined", counts.quarantined),
        ];
        let mut family = encoder.encode_descriptor(
            "letters",
            "Letters by what became of them",
            None,
            MetricType::Counter,
        )?;
        for (ending, count) in endings {
            let counter = ConstCounter::new(count);
            counter.encode(family.encode_family(&[("ending", ending)])?)?;
        }
        let health = &self.0;
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let sweep_age = health.sweep_age_seconds().map(count);
        let gauges = [
            (
                "letters_due",
                "Letters that are due and have not come to their end",
                None,
                Some(count(health.due())),
            ),
            (
                "letters_oldest_due",
                "For how long the oldest letter is due that was never tried",
                Some(Unit::Seconds),
                Some(health.oldest_due_seconds()),
            ),
            (
                "mail_route_up",
                "1 while mail leaves, as far as is known",
                None,
                Some(i64::from(health.route_is_up())),
            ),
            (
                "mail_domains_paused",
                "Domains to which no letter leaves for a while",
                None,
                Some(count(health.paused_domains())),
            ),
            ("sweep_age", "How long ago a sweep last succeeded", Some(Unit::Seconds), sweep_age),
        ];
        for (name, help, unit, value) in gauges {
            if let Some(value) = value {
                let gauge = ConstGauge::new(value);
                gauge.encode(encoder.encode_descriptor(name, help, unit.as_ref(), MetricType::Gauge)?)?;
            }
        }
        let ahead = ConstGauge::new(self.0.mark_ahead_seconds());
        let help = "By how much the sweep's mark was last found ahead of the clock";
        ahead.encode(encoder.encode_descriptor(
            "mark_ahead",
            help,
            Some(&Unit::Seconds),
            MetricType::Gauge,
        )?)
    }
}

/// By how much the machine's clock is off, read when it is asked for.
#[derive(Debug)]
pub(super) struct Skew(pub(super) Arc<Clock>);

impl Collector for Skew {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let skew = ConstGauge::new(self.0.skew_seconds());
        let help = "By how much this machine's clock is ahead of the database's";
        skew.encode(encoder.encode_descriptor("clock_skew", help, Some(&Unit::Seconds), MetricType::Gauge)?)
    }
}
