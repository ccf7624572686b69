//! How many may follow something, and how (subscriptions).

use std::time::Duration;

/// What those who follow may take. All but the last are settings (`config/clients.rs`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections in all: WebSockets, and streams of server-sent events.
    pub connections: usize,
    /// Of them, those of one person, or of one address (IPv6: one /64) where nobody is signed in.
    pub connections_of_one: usize,
    /// Subscriptions on one WebSocket.
    pub subscriptions: usize,
    /// For a client to say who it is, once the WebSocket is open.
    pub init_time: Duration,
    /// The longest message that a client may send, in bytes.
    pub frame_bytes: usize,
    /// How often rights are asked anew, and what is followed is read again, where nothing was heard of a
    /// change.
    pub recheck: Duration,
}

impl Limits {
    /// What counts where nothing is said.
    pub const DEFAULT: Self = Self {
        connections: 1_000,
        connections_of_one: 4,
        subscriptions: 20,
        init_time: Duration::from_secs(5),
        frame_bytes: 64 * 1024,
        recheck: Duration::from_secs(60),
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
