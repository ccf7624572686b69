//! `POST /files`: a file that a mutation will name, as the body is. Staff send it with a bearer token; the
//! answer tells its id.
//!
//! It is stored as it arrives, a piece at a time, and the room of a piece is given back once it is stored, so
//! that a file takes no more memory than a piece, however large it is. It is paid for by the byte, as
//! everything that is read.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use entity::{Refusal, file};
use futures_util::StreamExt;
use http_body::Body as _;
use serde_json::json;

use super::gate::{Cut, Deadline};
use super::negotiate::{Dialect, JSON};
use super::occupancy::RequestPlace;
use super::purse::Purse;
use super::refused::Refused;
use super::{Front, in_time};
use crate::action::receive_file::{Incoming, receive_file};
use crate::authenticate;
use crate::error::Error;
use crate::graphql::global_id::{Kind, global};
use crate::viewer::Viewer;

/// How much of a file is stored at a time, in bytes.
const PIECE: usize = 256 * 1024;

/// Takes a file.
pub async fn receive(
    State(front): State<Arc<Front>>,
    Extension(place): Extension<Arc<RequestPlace>>,
    deadline: Option<Extension<Arc<Deadline>>>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let mut purse = Purse::of(&front, place.network(), None);
    let deadline = deadline.map(|Extension(deadline)| deadline);
    let mut answer = match take(&front, &place, deadline.as_deref(), &head, body, &mut purse).await {
        Ok(file) => told(&file),
        Err(no) => front.metrics.refused(no).answer(Dialect::Legacy),
    };
    if let Some(standing) = purse.standing() {
        standing.tell(answer.headers_mut());
    }
    answer
}

fn told(file: &file::Model) -> Response {
    let told = json!({ "id": global(Kind::File, file.id).as_str(), "size": file.size, "expiresAt": file.expires_at().to_string() });
    let headers = [(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::CREATED, headers, told.to_string()).into_response()
}

async fn take(
    front: &Arc<Front>,
    place: &RequestPlace,
    deadline: Option<&Deadline>,
    head: &Parts,
    body: Body,
    purse: &mut Purse,
) -> Result<file::Model, Refused> {
    let viewer = sender(front, place, head, purse).await?;
    let form = |kind: &str| kind.trim_start().to_ascii_lowercase().starts_with("multipart/");
    if head.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).is_some_and(form) {
        let words =
            "send the file itself as the body (curl --data-binary @FILE), not a form with the file in it";
        return Err(Refused::before(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", words));
    }
    let told = body.size_hint().lower();
    if told > file::LARGEST {
        return Err(too_large());
    }
    if body.is_end_stream() {
        return Err(Refused::before(StatusCode::BAD_REQUEST, "BAD_REQUEST", "the file is empty"));
    }
    let app = front.app.for_client(place.network());
    let mut incoming = receive_file(&app, &viewer).await.map_err(refused)?;
    match arrive(front, place, deadline, body, &mut incoming, purse).await {
        Ok(()) => incoming.complete().await.map_err(refused),
        Err(no) => {
            if let Err(error) = incoming.give_up().await {
                tracing::warn!(%error, "what has arrived of a file was not thrown away; the steward will do it");
            }
            Err(no)
        }
    }
}

/// Who sends it. Who cannot be told from a stranger before the table is asked pays for the look first, as
/// everywhere.
async fn sender(
    front: &Arc<Front>,
    place: &RequestPlace,
    head: &Parts,
    purse: &mut Purse,
) -> Result<Viewer, Refused> {
    let bearer = super::bearer(&head.headers).ok_or_else(Refused::unauthenticated)?;
    let reading = if front.app.key.has_made_token(&bearer) { None } else { Some(purse.pay_for_reading(0)?) };
    let viewer = in_time(front, authenticate::viewer(&front.app, Some(&bearer), place.network())).await??;
    if let Some(reading) = reading {
        purse.is_not_ours(reading);
    }
    *purse = Purse::of(front, place.network(), viewer.learner.as_ref().map(|learner| learner.id));
    Ok(viewer)
}

/// Stores the body as it comes.
async fn arrive(
    front: &Front,
    place: &RequestPlace,
    deadline: Option<&Deadline>,
    body: Body,
    incoming: &mut Incoming,
    purse: &mut Purse,
) -> Result<(), Refused> {
    let mut pieces = body.into_data_stream();
    let (mut piece, mut size) = (Vec::new(), 0);
    while let Some(bytes) = pieces.next().await {
        let bytes = bytes.map_err(|error| match Cut::of(&error) {
            Some(cut) => cut.refusal(),
            None => Refused::before(StatusCode::BAD_REQUEST, "BAD_REQUEST", "the file was cut off"),
        })?;
        size += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if size > file::LARGEST {
            return Err(too_large());
        }
        piece.extend_from_slice(&bytes);
        if piece.len() >= PIECE {
            store(place, std::mem::take(&mut piece), incoming, purse).await?;
            // Who keeps sending has the time for a body for each piece.
            if let Some(deadline) = deadline {
                deadline.extend(front.occupancy.limits().body_time);
            }
        }
    }
    if size == 0 {
        return Err(Refused::before(StatusCode::BAD_REQUEST, "BAD_REQUEST", "the file is empty"));
    }
    if piece.is_empty() { Ok(()) } else { store(place, piece, incoming, purse).await }
}

/// Stores a piece, which is paid for, and gives its room back.
async fn store(
    place: &RequestPlace,
    piece: Vec<u8>,
    incoming: &mut Incoming,
    purse: &mut Purse,
) -> Result<(), Refused> {
    let size = piece.len();
    purse.pay_for_message(size)?;
    incoming.store(piece).await.map_err(refused)?;
    place.release(size);
    Ok(())
}

fn too_large() -> Refused {
    let message = format!("the file is larger than {} bytes", file::LARGEST);
    Refused::before(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", message)
}

/// An action's no, in the words of HTTP.
fn refused(error: Error) -> Refused {
    match error {
        Error::Fault(fault) => Refused::fault(&fault),
        Error::Refused(Refusal::Unauthenticated) => Refused::unauthenticated(),
        Error::Refused(Refusal::RateLimited) => {
            let days = file::KEPT_DAYS;
            let message = format!(
                "you have sent as much as is kept of one person's files; each is kept for {days} days"
            );
            Refused::before(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", message)
        }
        Error::Refused(refusal) => Refused::before(StatusCode::FORBIDDEN, "FORBIDDEN", refusal.to_string()),
    }
}
