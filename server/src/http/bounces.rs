//! `POST /bounces`: a message that came back, or a complaint, as the body is; for mail services that call an
//! address instead of a program. Whoever has the operator's key may send it; the answer tells what came of it.
//!
//! To whom the message came may be said by `?recipient=`, where the service knows the envelope.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use entity::secret::{same, token_hash};
use futures_util::StreamExt;
use http_body::Body as _;
use sea_orm::ActiveEnum;
use serde_json::json;

use super::Front;
use super::gate::{Cut, Deadline};
use super::negotiate::{Dialect, JSON};
use super::occupancy::RequestPlace;
use super::purse::Purse;
use super::refused::Refused;
use crate::action::receive_bounce::{Received, receive_bounce};
use crate::bounce::{self, Arrived, read};
use crate::error::Error;

/// After how many bytes the rest of a body has the time for a body anew.
const PIECE: usize = 256 * 1024;

/// Takes a message.
pub async fn receive(
    State(front): State<Arc<Front>>,
    Extension(place): Extension<Arc<RequestPlace>>,
    deadline: Option<Extension<Arc<Deadline>>>,
    request: Request,
) -> Response {
    // Without a key there is nothing at this address.
    let Some(key_hash) = front.bounce_key_hash.clone() else { return StatusCode::NOT_FOUND.into_response() };
    let (head, body) = request.into_parts();
    let deadline = deadline.map(|Extension(deadline)| deadline);
    match take(&front, &place, deadline.as_deref(), &head, body, &key_hash).await {
        Ok(received) => told(received),
        Err(no) => front.metrics.refused(no).answer(Dialect::Legacy),
    }
}

fn told(received: Received) -> Response {
    let told = match received {
        Received::Nothing(why) => json!({ "noted": null, "suppressed": false, "why": why }),
        Received::Noted { kind, suppressed } => {
            json!({ "noted": kind.to_value(), "suppressed": suppressed, "why": null })
        }
    };
    ([(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, "no-store")], told.to_string()).into_response()
}

async fn take(
    front: &Arc<Front>,
    place: &RequestPlace,
    deadline: Option<&Deadline>,
    head: &Parts,
    body: Body,
    key_hash: &str,
) -> Result<Received, Refused> {
    let mut purse = Purse::of(front, place.network(), None);
    let reading = purse.pay_for_reading(0)?;
    let shown = super::bearer(&head.headers).ok_or_else(Refused::unauthenticated)?;
    // Hashes are compared, so that nothing can be learned from how long it takes, the length of the key included.
    if !same(&token_hash(&shown), key_hash) {
        return Err(Refused::unauthenticated());
    }
    purse.is_not_ours(reading);
    let arrived = arrive(front, deadline, body).await?;
    let query = head.uri.query().unwrap_or_default();
    let recipient = form_urlencoded::parse(query.as_bytes())
        .find_map(|(name, value)| (name == "recipient").then(|| value.into_owned()));
    let app = front.app.for_client(place.network());
    // A task of its own: whoever hangs up does not cancel what was begun.
    let received =
        tokio::spawn(async move { receive_bounce(&app, arrived, recipient.as_deref()).await }).await;
    match received {
        Ok(Ok(received)) => Ok(received),
        Ok(Err(Error::Fault(fault))) => Err(Refused::fault(&fault)),
        Ok(Err(Error::Refused(no))) => {
            Err(Refused::before(StatusCode::FORBIDDEN, "FORBIDDEN", no.to_string()))
        }
        Err(lost) => Err(Refused::fault(&lost.into())),
    }
}

/// The message, once all of it has come.
async fn arrive(front: &Front, deadline: Option<&Deadline>, body: Body) -> Result<Arrived, Refused> {
    let longest = u64::try_from(bounce::LONGEST).unwrap_or(u64::MAX);
    if body.size_hint().lower() > longest {
        return Err(too_large());
    }
    let (mut raw, mut since) = (Vec::new(), 0);
    let mut pieces = body.into_data_stream();
    while let Some(bytes) = pieces.next().await {
        let bytes = bytes.map_err(|error| match Cut::of(&error) {
            Some(cut) => cut.refusal(),
            None => Refused::before(StatusCode::BAD_REQUEST, "BAD_REQUEST", "the message was cut off"),
        })?;
        if raw.len() + bytes.len() > bounce::LONGEST {
            return Err(too_large());
        }
        raw.extend_from_slice(&bytes);
        since += bytes.len();
        if since >= PIECE {
            since = 0;
            if let Some(deadline) = deadline {
                deadline.extend(front.occupancy.limits().body_time);
            }
        }
    }
    // Reading takes time by the size: no other request waits for it on this thread.
    let read = tokio::task::spawn_blocking(move || read(&raw)).await;
    let read = read.map_err(|lost| Refused::fault(&lost.into()))?;
    read.ok_or_else(|| {
        Refused::before(StatusCode::BAD_REQUEST, "BAD_REQUEST", "the body is no message (RFC 5322)")
    })
}

fn too_large() -> Refused {
    let message = format!("the message is larger than {} bytes", bounce::LONGEST);
    Refused::before(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", message)
}
