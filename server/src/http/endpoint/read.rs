//! Reading a request: what is asked, and who asks.

use std::sync::Arc;

use axum::body::Body;
use axum::http::request::Parts;

use super::super::occupancy::RequestPlace;
use super::super::purse::{Purse, Reading};
use super::super::refused::Refused;
use super::super::request::{self, Asked};
use super::super::{Front, bearer, in_time};
use crate::authenticate;
use crate::viewer::Viewer;

/// What is asked, who asks, and what was paid for reading it.
pub(super) struct Read {
    pub(super) asked: Asked,
    pub(super) viewer: Viewer,
    pub(super) reading: Reading,
}

/// Reads what is asked, and who asks; from then on `purse` is theirs. A client that believes to be signed in
/// and is not learns it at once, instead of being answered as a stranger. It pays for the look into the table
/// as the stranger that it is.
///
/// Whoever cannot be told from a stranger before the table is asked pays first, and who has nothing left
/// costs neither a look nor the reading: only after both is the request taken apart.
pub(super) async fn read(
    front: &Arc<Front>,
    place: &RequestPlace,
    named: Option<String>,
    head: &Parts,
    body: Body,
    purse: &mut Purse,
) -> Result<Read, Refused> {
    let arrived =
        request::arrive(&head.method, &head.uri, &head.headers, body, front.occupancy.limits().body_bytes)
            .await?;
    let token = bearer(&head.headers);
    let is_ours = token.as_deref().is_some_and(|bearer| front.app.key.has_made_token(bearer));
    let mut reading = if is_ours { None } else { Some(purse.pay_for_reading(arrived.bytes())?) };
    let viewer =
        match in_time(front, authenticate::viewer(&front.app, token.as_deref(), place.network())).await? {
            Ok(viewer) => viewer,
            Err(closed) => {
                if is_ours {
                    // Who has nothing left gets the same answer.
                    let _ = purse.pay_for_reading(arrived.bytes());
                }
                return Err(closed.into());
            }
        };
    if let Some(learner) = &viewer.learner {
        if let Some(reading) = reading.take() {
            purse.is_not_ours(reading);
        }
        *purse = Purse::of(front, place.network(), Some(learner.id));
    }
    let reading = match reading {
        Some(reading) => reading,
        None => purse.pay_for_reading(arrived.bytes())?,
    };
    Ok(Read { asked: arrived.read(named, place)?, viewer, reading })
}
