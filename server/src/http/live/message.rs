//! The messages of the `graphql-transport-ws` protocol, as npm's graphql-ws, Apollo, Relay and urql speak it.

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::super::request::Members;
use super::super::token;
use crate::graphql::fault::RequestError;

/// The name of the protocol, as it is agreed on when the WebSocket is opened.
pub const PROTOCOL: &str = "graphql-transport-ws";

/// What a client says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Said {
    /// Who it is.
    ConnectionInit {
        /// Where its token may be, as `authorization` or `Authorization`.
        payload: Option<Map<String, Json>>,
    },
    /// It wants to follow something, under an id of its own.
    Subscribe {
        /// The id.
        id: String,
        /// The request.
        payload: Members,
    },
    /// It follows that no longer.
    Complete {
        /// The id.
        id: String,
    },
    /// It wants to know whether we are there.
    Ping,
    /// It is there.
    Pong,
}

/// What the server has to say: one message of text.
pub fn acknowledged() -> String {
    json!({ "type": "connection_ack" }).to_string()
}

/// An answer to a ping.
pub fn pong() -> String {
    json!({ "type": "pong" }).to_string()
}

/// The state of what is followed; `response` is the JSON of a GraphQL response.
pub fn next(id: &str, response: &str) -> String {
    format!("{{\"id\":{},\"type\":\"next\",\"payload\":{response}}}", json!(id))
}

/// What was asked for cannot be followed, or no more.
pub fn error(id: &str, errors: &[RequestError]) -> String {
    json!({ "id": id, "type": "error", "payload": errors }).to_string()
}

/// There is nothing to follow any more.
pub fn complete(id: &str) -> String {
    json!({ "id": id, "type": "complete" }).to_string()
}

/// Why a connection is closed: a code, and words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The code; those from 4000 on are the protocol's.
    pub code: u16,
    /// The words.
    pub reason: String,
}

impl Closing {
    /// What the client sent is no message of the protocol.
    pub const UNREADABLE: u16 = 4400;
    /// It has asked before it said who it is.
    pub const UNAUTHORIZED: u16 = 4401;
    /// Its token opens nothing.
    pub const FORBIDDEN: u16 = 4403;
    /// It speaks another protocol.
    pub const UNKNOWN_PROTOCOL: u16 = 4406;
    /// It did not say in time who it is.
    pub const TOO_LATE: u16 = 4408;
    /// It follows something under this id already.
    pub const ALREADY: u16 = 4409;
    /// It has said twice who it is.
    pub const TWICE: u16 = 4429;
    /// Its message is too large (RFC 6455, section 7.4.1).
    pub const TOO_LARGE: u16 = 1009;
    /// The server stops; clients come again by themselves (registry of RFC 6455, section 11.7).
    pub const RESTART: u16 = 1012;
    /// There is no room, or the client is too slow; clients try again by themselves.
    pub const LATER: u16 = 1013;

    /// A reason, which has 123 bytes at most (RFC 6455, section 5.5).
    pub fn new(code: u16, reason: impl Into<String>) -> Self {
        let mut reason = reason.into();
        let end =
            (0..=reason.len().min(123)).rev().find(|end| reason.is_char_boundary(*end)).unwrap_or_default();
        reason.truncate(end);
        Self { code, reason }
    }

    /// The end that a token has come to.
    pub fn of(error: &RequestError) -> Self {
        Self::new(Self::FORBIDDEN, format!("{}: {}", error.code, error.message))
    }
}

/// The token that the payload of a first message holds, where it holds one.
///
/// # Errors
/// It holds something else in its place.
pub fn bearer_of(payload: Map<String, Json>) -> Result<Option<String>, Closing> {
    let said = payload
        .into_iter()
        .find(|(name, value)| name.eq_ignore_ascii_case("authorization") && !value.is_null());
    let Some((_, value)) = said else { return Ok(None) };
    let token = value
        .as_str()
        .and_then(token)
        .ok_or_else(|| Closing::new(Closing::FORBIDDEN, "`authorization` must be `Bearer ` and a token"))?;
    Ok(Some(token.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_as_the_protocol_has_them() {
        for text in [
            r#"{"type":"connection_init"}"#,
            r#"{"type":"connection_init","payload":{"authorization":"Bearer x"}}"#,
            r#"{"type":"ping"}"#,
            r#"{"type":"ping","payload":{}}"#,
            r#"{"type":"pong","payload":null}"#,
            r#"{"id":"1","type":"subscribe","payload":{"query":"subscription { x }","variables":{},"extensions":null}}"#,
            r#"{"id":"1","type":"complete"}"#,
        ] {
            assert!(serde_json::from_str::<Said>(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "7",
            "{}",
            r#"{"type":"start"}"#,
            r#"{"type":"subscribe","payload":{"query":"x"}}"#,
            r#"{"type":"subscribe","id":7,"payload":{"query":"x"}}"#,
            r#"{"type":"subscribe","id":"7","payload":{"query":7}}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"connection_init","payload":"x"}"#,
        ] {
            assert!(serde_json::from_str::<Said>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_reason_fits_into_its_frame() {
        assert_eq!(Closing::new(4400, "é".repeat(100)).reason.len(), 122);
        assert_eq!(Closing::new(4400, "short").reason, "short");
    }

    #[test]
    fn an_answer_is_put_in_as_it_is() {
        let text = next("a\"b", "{\"data\":{\"z\":1,\"a\":2}}");
        assert_eq!(text, "{\"id\":\"a\\\"b\",\"type\":\"next\",\"payload\":{\"data\":{\"z\":1,\"a\":2}}}");
    }
}
