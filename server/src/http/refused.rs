//! A request that was not run, and how it is told.

use std::fmt::Display;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use entity::Refusal;
use serde_json::json;

use super::budget::Standing;
use super::negotiate::{Dialect, JSON};
use crate::authenticate::NotAuthenticated;
use crate::error::{Fault, away};
use crate::graphql::document::NotRunnable;
use crate::graphql::fault::{AWAY, CROWDED, INTERNAL, NEWER, OPAQUE, OVERLOADED, RequestError, UNAVAILABLE};
use crate::graphql::running::Stopped;
use crate::store::{is_away, is_crowded, is_newer};

/// The methods that `/graphql` takes.
pub const METHODS: &str = "GET, HEAD, POST, OPTIONS";

/// `extensions.code` of an answer that is larger than it may be.
pub const ANSWER_TOO_LARGE: &str = "ANSWER_TOO_LARGE";
/// In how many seconds it is worth trying again when too much was in hand, or took too long: bodies, answers
/// and operations come and go within a second or two.
pub const AGAIN: u32 = 2;

/// How a token is to be shown, and what is wrong with the one that was (RFC 6750, section 3).
const UNSAID: &str = "Bearer realm=\"Lectern\"";
const UNKNOWN: &str =
    "Bearer realm=\"Lectern\", error=\"invalid_token\", error_description=\"the token is unknown\"";
const ENDED: &str =
    "Bearer realm=\"Lectern\", error=\"invalid_token\", error_description=\"the token has ended\"";

/// Why a request was not run.
#[derive(Debug)]
pub struct Refused {
    /// HTTP status.
    pub status: StatusCode,
    /// What is wrong: one error at least.
    pub errors: Vec<RequestError>,
    /// Whether there was a GraphQL request to answer. Where there was none, the answer does not call itself a
    /// GraphQL response.
    graphql: bool,
    /// Whether this is a step of a protocol whose clients take a no from an answer with status 200 alone,
    /// where they do not know the new type.
    expected: bool,
    /// In how many seconds it is worth trying again, where it is.
    retry_after: Option<u32>,
    /// How to prove who one is, where that is what was missing (RFC 6750, section 3).
    challenge: Option<&'static str>,
}

impl Refused {
    /// A GraphQL request that is answered with an error alone.
    pub fn new(status: StatusCode, code: &'static str, message: impl AsRef<str>) -> Self {
        Self::because(status, vec![RequestError::new(code, message)])
    }

    fn because(status: StatusCode, errors: Vec<RequestError>) -> Self {
        Self { status, errors, graphql: true, expected: false, retry_after: None, challenge: None }
    }

    /// A request that never became one of GraphQL.
    pub fn before(status: StatusCode, code: &'static str, message: impl AsRef<str>) -> Self {
        Self { graphql: false, ..Self::new(status, code, message) }
    }

    /// A fault of ours, of which nothing is told.
    pub fn broken() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, INTERNAL, OPAQUE)
    }

    /// A request without a token, where one is needed.
    pub fn unauthenticated() -> Self {
        let no =
            Self::before(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", Refusal::Unauthenticated.to_string());
        Self { challenge: Some(UNSAID), ..no }
    }

    /// A query that was told to stop. It changed nothing, so nothing of it is answered.
    pub fn stopped(why: Stopped) -> Self {
        let message = why.to_string();
        match why {
            Stopped::Values(_) | Stopped::Bytes(_) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, ANSWER_TOO_LARGE, message)
            }
            Stopped::Time(_) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "TIME_EXCEEDED", message).retry_after(AGAIN)
            }
            Stopped::Crowded => Self::overloaded(why),
            // Nobody reads it.
            Stopped::HungUp => Self::new(StatusCode::SERVICE_UNAVAILABLE, "HUNG_UP", message),
        }
    }

    /// A database that is away. Whatever was to be done may be tried again; a mutation with its key for that.
    pub fn away() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, UNAVAILABLE, AWAY).retry_after(AGAIN)
    }

    /// A database that a newer release has changed, where something was to be written.
    pub fn replaced() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, UNAVAILABLE, NEWER).retry_after(AGAIN)
    }

    /// A client from whose address more is asked at once than the database can answer in time.
    pub fn crowded() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, OVERLOADED, CROWDED).retry_after(AGAIN)
    }

    /// A fault that was met before anything ran, or outside of GraphQL. It is logged here.
    pub fn fault(fault: &Fault) -> Self {
        match fault {
            Fault::Database(error) if is_away(error) => {
                away::tell(error);
                if is_newer(error) { Self::replaced() } else { Self::away() }
            }
            Fault::Database(error) if is_crowded(error) => Self::crowded(),
            Fault::Database(_) | Fault::Stored(_) | Fault::Task(_) => {
                tracing::error!(%fault, "a request met a fault");
                Self::broken()
            }
        }
    }

    /// The same, for now.
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// A no for want of room, which there is again in a moment.
    pub fn overloaded(why: impl Display) -> Self {
        let message = format!("{why}; please try again in a moment");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, OVERLOADED, message).retry_after(AGAIN)
    }

    /// A no for want of budget; `short` says how that stands.
    pub fn spent(short: &Standing) -> Self {
        let message = format!(
            "This is more than is left of the budget for a minute, which is {}. See `rateLimit`.",
            short.limit
        );
        let wait = u32::try_from(short.seconds.max(1)).unwrap_or(u32::MAX);
        Self::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", message).retry_after(wait)
    }

    /// In how many seconds it is worth trying again, where it is.
    pub fn again_in(&self) -> Option<u32> {
        self.retry_after
    }

    /// `extensions.code` of the first error.
    pub fn code(&self) -> &'static str {
        self.errors.first().map_or("", |error| error.code)
    }

    /// Whether it is the document or its variables that were refused, and not who asks or how often.
    pub fn is_of_the_document(&self) -> bool {
        self.graphql && matches!(self.status, StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// The answer, as the client wants it.
    pub fn answer(self, dialect: Dialect) -> Response {
        let status = if self.expected && dialect == Dialect::Legacy { StatusCode::OK } else { self.status };
        let kind = if self.graphql { dialect.media_type(status) } else { JSON };
        let body = json!({ "errors": self.errors }).to_string();
        let headers =
            [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store"), (header::VARY, "accept")];
        let mut response = (status, headers, body).into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(header::ALLOW, HeaderValue::from_static(METHODS));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(challenge) = self.challenge {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}

/// A token that opens nothing.
impl From<NotAuthenticated> for Refused {
    fn from(closed: NotAuthenticated) -> Self {
        let (code, message, challenge) = match closed {
            NotAuthenticated::Unknown => ("TOKEN_UNKNOWN", "The token is unknown. Sign in again.", UNKNOWN),
            NotAuthenticated::Ended => ("TOKEN_EXPIRED", "The token has ended. Sign in again.", ENDED),
            NotAuthenticated::Fault(fault) => return Self::fault(&fault),
        };
        Self { challenge: Some(challenge), ..Self::new(StatusCode::UNAUTHORIZED, code, message) }
    }
}

impl From<NotRunnable> for Refused {
    fn from(no: NotRunnable) -> Self {
        match no {
            NotRunnable::Unparsable(errors) => Self::because(StatusCode::BAD_REQUEST, errors),
            NotRunnable::Invalid(errors) => Self::because(StatusCode::UNPROCESSABLE_ENTITY, errors),
            NotRunnable::Unknown(error) => {
                Self { expected: true, ..Self::because(StatusCode::UNPROCESSABLE_ENTITY, vec![error]) }
            }
        }
    }
}
