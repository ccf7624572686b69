//! What the worker, the clock and the database add to the metrics, read when they are asked for.

use std::fmt;
use std::sync::Arc;

use lectern::store::{Clock, Database};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;
use worker::Health;

/// Writes a gauge.
fn gauge(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    unit: Option<&Unit>,
    value: i64,
) -> fmt::Result {
    ConstGauge::new(value).encode(encoder.encode_descriptor(name, help, unit, MetricType::Gauge)?)
}

/// Writes a counter.
fn counter(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: u64) -> fmt::Result {
    ConstCounter::new(value).encode(encoder.encode_descriptor(name, help, None, MetricType::Counter)?)
}

fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The worker's counters.
#[derive(Debug)]
pub(super) struct Letters(pub(super) Arc<Health>);

impl Collector for Letters {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let (health, way, encoder) = (&self.0, self.0.way(), &mut encoder);
        let counts = health.counts();
        let endings = [
            ("sent", counts.sent),
            ("failed", counts.failed),
            ("lapsed", counts.lapsed),
            ("unknown", counts.unknown),
            ("deferred", counts.deferred),
            ("quarantined", counts.quarantined),
        ];
        let help = "Letters by what became of them";
        let mut family = encoder.encode_descriptor("letters", help, None, MetricType::Counter)?;
        for (ending, count) in endings {
            ConstCounter::new(count).encode(family.encode_family(&[("ending", ending)])?)?;
        }
        let help = "Times that it was not known whether a mail server had taken a letter; no more can have arrived twice";
        counter(encoder, "ambiguous", help, health.ambiguous())?;
        let help = "Pauses of all mail that have begun";
        counter(encoder, "mail_route_pauses", help, way.pauses.route)?;
        let help = "Pauses of mail to single domains that have begun";
        counter(encoder, "mail_domain_pauses", help, way.pauses.domains)?;
        let help = "Letters that are due and have not come to their end";
        gauge(encoder, "letters_due", help, None, number(health.due()))?;
        let help = "For how long the oldest letter is due that was never tried, or of all where none was accepted for ten minutes";
        gauge(encoder, "oldest_due", help, Some(&Unit::Seconds), health.oldest_due_seconds())?;
        let help = "1 while e-mails are held because the database was restored";
        gauge(encoder, "mail_held", help, None, i64::from(health.is_held()))?;
        let help = "1 while mail leaves, as far as is known";
        gauge(encoder, "mail_route_up", help, None, i64::from(way.is_up))?;
        let help = "Domains to which no letter leaves for a while";
        gauge(encoder, "mail_domains_paused", help, None, number(way.paused_domains))?;
        if let Some(age) = health.sweep_age_seconds() {
            let help = "How long ago a sweep last succeeded";
            gauge(encoder, "sweep_age", help, Some(&Unit::Seconds), number(age))?;
        }
        let help = "By how much the sweep's mark was last found ahead of the clock";
        gauge(encoder, "mark_ahead", help, Some(&Unit::Seconds), health.mark_ahead_seconds())
    }
}

/// By how much the machine's clock is off.
#[derive(Debug)]
pub(super) struct Skew(pub(super) Arc<Clock>);

impl Collector for Skew {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let help = "By how much this machine's clock is ahead of the database's";
        gauge(&mut encoder, "clock_skew", help, Some(&Unit::Seconds), self.0.skew_seconds())
    }
}

/// The connections to the database.
#[derive(Debug)]
pub(super) struct Connections(pub(super) Database);

impl Collector for Connections {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let open = usize::try_from(self.0.opened_connections()).unwrap_or(usize::MAX);
        let idle = self.0.idle().min(open);
        let help = "Open connections to the database, by whether anybody has them";
        let mut family = encoder.encode_descriptor("database_connections", help, None, MetricType::Gauge)?;
        for (state, count) in [("busy", open - idle), ("idle", idle)] {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            ConstGauge::new(count).encode(family.encode_family(&[("state", state)])?)?;
        }
        let help = "The most connections to the database";
        gauge(&mut encoder, "database_connections_max", help, None, self.0.most_connections().into())
    }
}
