//! Settings of the front door's limits, each with a default that suits a course office.

use std::time::Duration;

use clap::Args;

use crate::limits::client::{Bounds, Limits, Rates, SHARE, growing};
use crate::limits::live;

/// What counts where nothing is said.
const DEFAULT: Limits = Limits::DEFAULT;

/// What clients may take.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What clients may take")]
pub struct ClientSettings {
    /// The most connections at once [default: 4096, or as many as the limit on open files leaves room for]
    #[arg(long, env = "MAX_CONNECTIONS", global = true)]
    pub max_connections: Option<usize>,
    /// The most connections from one address (IPv6: one /64); behind a proxy, the most requests at once
    /// [default: a quarter of all]
    #[arg(long, env = "MAX_CONNECTIONS_PER_ADDRESS", global = true)]
    pub max_connections_per_address: Option<usize>,
    /// Seconds for the head of a request to arrive
    #[arg(long, env = "HEADER_SECONDS", global = true, default_value_t = DEFAULT.head_time.as_secs())]
    pub header_seconds: u64,
    /// Seconds for the body of a request to arrive
    #[arg(long, env = "BODY_SECONDS", global = true, default_value_t = DEFAULT.body_time.as_secs())]
    pub body_seconds: u64,
    /// Seconds that a connection may be silent between requests
    #[arg(long, env = "IDLE_SECONDS", global = true, default_value_t = DEFAULT.idle_time.as_secs())]
    pub idle_seconds: u64,
    /// Seconds for a client to take an answer
    #[arg(long, env = "ANSWER_SECONDS", global = true, default_value_t = DEFAULT.answer_time.as_secs())]
    pub answer_seconds: u64,
    /// Seconds for requests in hand to finish when the server stops
    #[arg(long, env = "DRAIN_SECONDS", global = true, default_value_t = DEFAULT.drain_time.as_secs())]
    pub drain_seconds: u64,
    /// The largest body of a request, in bytes
    #[arg(long, env = "MAX_BODY_BYTES", global = true, default_value_t = DEFAULT.body_bytes)]
    pub max_body_bytes: usize,
    /// The largest headers of a request together, in bytes
    #[arg(long, env = "MAX_HEADER_BYTES", global = true, default_value_t = DEFAULT.header_bytes)]
    pub max_header_bytes: usize,
    /// The longest address of a request, in bytes
    #[arg(long, env = "MAX_URI_BYTES", global = true, default_value_t = DEFAULT.uri_bytes)]
    pub max_uri_bytes: usize,
    /// The most bytes of bodies and answers in hand together; further requests are told to come back. One
    /// address may have a quarter of what is left
    #[arg(long, env = "MAX_HELD_BYTES", global = true, default_value_t = DEFAULT.held_bytes)]
    pub max_held_bytes: usize,
    /// The most streams at once on one connection of HTTP/2
    #[arg(long, env = "MAX_STREAMS", global = true, default_value_t = DEFAULT.streams)]
    pub max_streams: u32,
    /// The most cost of GraphQL operations that run side by side; others wait
    #[arg(long, env = "MAX_RUNNING_COST", global = true, default_value_t = DEFAULT.running_cost)]
    pub max_running_cost: u32,
    /// Seconds that an operation waits for its turn before its client is told to come back
    #[arg(long, env = "WAIT_SECONDS", global = true, default_value_t = DEFAULT.patience.as_secs())]
    pub wait_seconds: u64,
    /// The most values in the answer to a query, counted while it is made
    #[arg(long, env = "MAX_ANSWER_VALUES", global = true, default_value_t = DEFAULT.query.values)]
    pub max_answer_values: u64,
    /// The largest answer, in bytes
    #[arg(long, env = "MAX_ANSWER_BYTES", global = true, default_value_t = 8_388_608)]
    pub max_answer_bytes: usize,
    /// Seconds that a query may run before it is told to stop
    #[arg(long, env = "QUERY_SECONDS", global = true, default_value_t = DEFAULT.query.time.as_secs())]
    pub query_seconds: u64,
    /// What one address may ask in a minute of those who are not signed in, by the cost of their operations
    #[arg(long, env = "ADDRESS_RATE", global = true, default_value_t = DEFAULT.rates.address)]
    pub address_rate: u64,
    /// What one person may ask in a minute who is signed in, by the cost of their operations
    #[arg(long, env = "PERSON_RATE", global = true, default_value_t = DEFAULT.rates.person)]
    pub person_rate: u64,
    /// The most connections that follow something (subscriptions): WebSockets, and streams of server-sent
    /// events
    #[arg(long, env = "MAX_LIVE_CONNECTIONS", global = true, default_value_t = DEFAULT.live.connections)]
    pub max_live_connections: usize,
    /// The most of them of one person, or from one address (IPv6: one /64) where nobody is signed in
    #[arg(long, env = "MAX_LIVE_CONNECTIONS_EACH", global = true, default_value_t = DEFAULT.live.connections_of_one)]
    pub max_live_connections_each: usize,
    /// The most subscriptions on one WebSocket
    #[arg(long, env = "MAX_SUBSCRIPTIONS", global = true, default_value_t = DEFAULT.live.subscriptions)]
    pub max_subscriptions: usize,
    /// Seconds for a client to say who it is, once a WebSocket is open
    #[arg(long, env = "INIT_SECONDS", global = true, default_value_t = DEFAULT.live.init_time.as_secs())]
    pub init_seconds: u64,
    /// The largest message on a WebSocket from a client, in bytes
    #[arg(long, env = "MAX_FRAME_BYTES", global = true, default_value_t = DEFAULT.live.frame_bytes)]
    pub max_frame_bytes: usize,
    /// Limit what this machine itself may ask in a minute, too
    #[arg(long, env = "LOOPBACK_RATE", global = true, default_value_t = DEFAULT.rates.loopback)]
    pub loopback_rate: bool,
}

impl ClientSettings {
    /// The limits, or what is wrong with them told to `wrong`. How many connections there may be depends on
    /// the machine too, so that is settled when the server starts.
    pub(super) fn check(&self, wrong: &mut impl FnMut(&'static str, &str)) -> Limits {
        for (name, connections) in [
            ("MAX_CONNECTIONS", self.max_connections),
            ("MAX_CONNECTIONS_PER_ADDRESS", self.max_connections_per_address),
        ] {
            if connections.is_some_and(|connections| !(1..=1_000_000).contains(&connections)) {
                wrong(name, "must be between 1 and 1000000");
            }
        }
        for (name, seconds) in [
            ("HEADER_SECONDS", self.header_seconds),
            ("BODY_SECONDS", self.body_seconds),
            ("IDLE_SECONDS", self.idle_seconds),
            ("ANSWER_SECONDS", self.answer_seconds),
            ("DRAIN_SECONDS", self.drain_seconds),
            ("WAIT_SECONDS", self.wait_seconds),
            ("QUERY_SECONDS", self.query_seconds),
            ("INIT_SECONDS", self.init_seconds),
        ] {
            if !(1..=3600).contains(&seconds) {
                wrong(name, "must be between 1 and 3600");
            }
        }
        if !(1024..=16 * 1024 * 1024).contains(&self.max_body_bytes) {
            wrong("MAX_BODY_BYTES", "must be between 1024 and 16777216");
        }
        for (name, bytes) in
            [("MAX_HEADER_BYTES", self.max_header_bytes), ("MAX_URI_BYTES", self.max_uri_bytes)]
        {
            // Both together must fit into what is read of a head at all, so that the answer can say what was
            // too large.
            if !(1024..=24 * 1024).contains(&bytes) {
                wrong(name, "must be between 1024 and 24576");
            }
        }
        if self.max_held_bytes / (SHARE + 1) < self.max_body_bytes {
            wrong(
                "MAX_HELD_BYTES",
                "must be at least five times MAX_BODY_BYTES, because one address may have a quarter of what is left of it",
            );
        } else if !(65_536..=growing(self.max_held_bytes) / (SHARE + 1)).contains(&self.max_answer_bytes) {
            wrong("MAX_ANSWER_BYTES", "must be between 65536 and three twentieths of MAX_HELD_BYTES");
        }
        if !(1_000..=100_000_000).contains(&self.max_answer_values) {
            wrong("MAX_ANSWER_VALUES", "must be between 1000 and 100000000");
        }
        for (name, most) in [
            ("MAX_LIVE_CONNECTIONS", self.max_live_connections),
            ("MAX_LIVE_CONNECTIONS_EACH", self.max_live_connections_each),
            ("MAX_SUBSCRIPTIONS", self.max_subscriptions),
        ] {
            if !(1..=100_000).contains(&most) {
                wrong(name, "must be between 1 and 100000");
            }
        }
        if !(1024..=16 * 1024 * 1024).contains(&self.max_frame_bytes) {
            wrong("MAX_FRAME_BYTES", "must be between 1024 and 16777216");
        }
        if !(1..=1024).contains(&self.max_streams) {
            wrong("MAX_STREAMS", "must be between 1 and 1024");
        }
        if !(1_000..=100_000_000).contains(&self.max_running_cost) {
            wrong("MAX_RUNNING_COST", "must be between 1000 and 100000000");
        }
        for (name, rate) in [("ADDRESS_RATE", self.address_rate), ("PERSON_RATE", self.person_rate)] {
            if !(100..=1_000_000_000).contains(&rate) {
                wrong(name, "must be between 100 and 1000000000");
            }
        }
        Limits {
            head_time: Duration::from_secs(self.header_seconds),
            body_time: Duration::from_secs(self.body_seconds),
            idle_time: Duration::from_secs(self.idle_seconds),
            answer_time: Duration::from_secs(self.answer_seconds),
            drain_time: Duration::from_secs(self.drain_seconds),
            body_bytes: self.max_body_bytes,
            header_bytes: self.max_header_bytes,
            uri_bytes: self.max_uri_bytes,
            held_bytes: self.max_held_bytes,
            streams: self.max_streams,
            running_cost: self.max_running_cost,
            patience: Duration::from_secs(self.wait_seconds),
            query: Bounds {
                values: self.max_answer_values,
                bytes: u64::try_from(self.max_answer_bytes).unwrap_or(u64::MAX),
                time: Duration::from_secs(self.query_seconds),
            },
            live: live::Limits {
                connections: self.max_live_connections,
                connections_of_one: self.max_live_connections_each,
                subscriptions: self.max_subscriptions,
                init_time: Duration::from_secs(self.init_seconds),
                frame_bytes: self.max_frame_bytes,
                ..live::Limits::default()
            },
            rates: Rates {
                address: self.address_rate,
                person: self.person_rate,
                loopback: self.loopback_rate,
            },
            ..Limits::default()
        }
    }
}
