//! What one client, and all of them together, may take: times, sizes and numbers. Each is a setting
//! (`config/clients.rs`), these are the values where nothing is said.

use std::time::Duration;

use super::live;

/// The part of the room for all that one address may take: a quarter, so that no single one keeps the others
/// out, and a hospital behind one address still has a thousand connections.
pub const SHARE: usize = 4;

/// The part of the bytes in hand that answers may grow into while they are made: three quarters. The rest is
/// for bodies and for small answers, so that whoever asks for little is heard, however much others ask for.
pub const fn growing(held_bytes: usize) -> usize {
    held_bytes / 4 * 3
}

/// What one query may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Values of its answer.
    pub values: u64,
    /// Bytes of its answer.
    pub bytes: u64,
    /// From its first resolver to its last.
    pub time: Duration,
}

/// What clients may spend in a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// One address, for those who are not signed in.
    pub address: u64,
    /// One person.
    pub person: u64,
    /// Whether this machine has a budget, too.
    pub loopback: bool,
}

/// The limits of the front door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once, and requests at once. Those beyond are turned away, never left waiting.
    pub connections: usize,
    /// The same from one address (IPv6: one /64). Behind a proxy of ours it holds for requests alone, by the
    /// forwarded address.
    pub connections_per_address: usize,
    /// For the head of a request to arrive, from its first byte; and for a new connection to begin one.
    pub head_time: Duration,
    /// For the body of a request to arrive.
    pub body_time: Duration,
    /// Between two requests.
    pub idle_time: Duration,
    /// For a client to take an answer.
    pub answer_time: Duration,
    /// For requests in hand to finish when the server stops.
    pub drain_time: Duration,
    /// A request's body, in bytes: a long evaluation fits many times over.
    pub body_bytes: usize,
    /// A request's headers together, in bytes.
    pub header_bytes: usize,
    /// A request's address, in bytes.
    pub uri_bytes: usize,
    /// Bodies of requests and answers in hand together, in bytes.
    pub held_bytes: usize,
    /// Streams at once on one connection of HTTP/2.
    pub streams: u32,
    /// The costs of operations that run side by side.
    pub running_cost: u32,
    /// How long an operation waits for its turn.
    pub patience: Duration,
    /// What one query may take while it runs. The bytes hold for the answer to a mutation, too.
    pub query: Bounds,
    /// What clients may spend in a minute.
    pub rates: Rates,
    /// What those may take who follow something.
    pub live: live::Limits,
}

impl Limits {
    /// What counts where nothing is said.
    pub const DEFAULT: Self = Self {
        connections: 4096,
        connections_per_address: 4096 / SHARE,
        head_time: Duration::from_secs(10),
        body_time: Duration::from_secs(15),
        idle_time: Duration::from_secs(60),
        answer_time: Duration::from_secs(60),
        drain_time: Duration::from_secs(30),
        body_bytes: 256 * 1024,
        header_bytes: 16 * 1024,
        uri_bytes: 16 * 1024,
        held_bytes: 64 * 1024 * 1024,
        streams: 64,
        running_cost: 250_000,
        patience: Duration::from_secs(2),
        // Four times what a document may cost: lists may hold more than they hold as a rule.
        query: Bounds { values: 200_000, bytes: 8 * 1024 * 1024, time: Duration::from_secs(5) },
        rates: Rates { address: 2_000_000, person: 500_000, loopback: false },
        live: live::Limits::DEFAULT,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
