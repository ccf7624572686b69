//! What a process takes of its machine, by the names under which every program tells it to Prometheus. What
//! the system does not tell is left out.

use std::fmt;

use entity::Instant;
use entity::nature::{Nature, RealNature};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;
use rustix::param::page_size;
use rustix::process::{Resource, getrlimit};
use rustix::time::{ClockId, clock_gettime};

/// This process.
#[derive(Debug)]
pub(super) struct Process {
    began_at: Instant,
}

impl Process {
    /// One that has just begun. By the machine's clock, as the programs that compare it do.
    pub(super) fn since_now() -> Self {
        Self { began_at: RealNature.now() }
    }
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let used = clock_gettime(ClockId::ProcessCPUTime);
        let used = std::time::Duration::try_from(used).unwrap_or_default().as_secs_f64();
        let help = "Time that processors have spent on the process";
        let cpu =
            encoder.encode_descriptor("process_cpu", help, Some(&Unit::Seconds), MetricType::Counter)?;
        ConstCounter::new(used).encode(cpu)?;
        // Whole seconds and microseconds fit into the number exactly until long after its time.
        let began = std::time::Duration::from_micros(u64::try_from(self.began_at.as_micros()).unwrap_or(0));
        let gauges = [
            (
                "process_start_time",
                "When it began, since 1970",
                Some(Unit::Seconds),
                Some(began.as_secs_f64()),
            ),
            ("process_virtual_memory", "Memory that it has asked for", Some(Unit::Bytes), memory(0)),
            ("process_resident_memory", "Memory that it has", Some(Unit::Bytes), memory(1)),
            ("process_open_fds", "Open file descriptors", None, descriptors()),
            ("process_max_fds", "The most open file descriptors", None, most_descriptors()),
        ];
        for (name, help, unit, value) in gauges {
            if let Some(value) = value {
                let gauge = encoder.encode_descriptor(name, help, unit.as_ref(), MetricType::Gauge)?;
                ConstGauge::new(value).encode(gauge)?;
            }
        }
        Ok(())
    }
}

/// A number of pages that Linux tells of the process's memory, in bytes.
fn memory(place: usize) -> Option<f64> {
    let told = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u32 = told.split(' ').nth(place)?.trim().parse().ok()?;
    Some(f64::from(pages) * f64::from(u32::try_from(page_size()).ok()?))
}

fn descriptors() -> Option<f64> {
    let open = std::fs::read_dir("/proc/self/fd").ok()?.count();
    // One is open for looking.
    u32::try_from(open.saturating_sub(1)).ok().map(f64::from)
}

fn most_descriptors() -> Option<f64> {
    u32::try_from(getrlimit(Resource::Nofile).current?).ok().map(f64::from)
}
