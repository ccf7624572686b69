//! Server-sent events (HTML standard, section 9.2), in graphql-sse's distinct connections mode: one stream
//! for one operation.

use std::convert::Infallible;
use std::time::Duration;

use async_graphql::Response as GraphqlResponse;
use axum::http::{HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use serde_json::json;

use super::super::respond;
use super::places::Place;
use super::{Follower, News};
use crate::graphql::fault::RequestError;

/// How often a silent stream says that it is alive: proxies cut what is silent for a minute, and a client
/// that has gone is noticed by writing to it alone.
const ALIVE: Duration = Duration::from_secs(15);

/// Tells the news of what is followed until there are no more.
pub fn of(follower: Follower, place: Place) -> Response {
    let state = Some((follower, place));
    let news = stream::unfold((state, false), async |(state, over)| {
        let (mut follower, place) = state?;
        if over {
            return Some((complete(), (None, false)));
        }
        match follower.next().await {
            News::Next(answer) => Some((next(&answer), (Some((follower, place)), false))),
            News::Complete => Some((complete(), (None, false))),
            News::Failed(errors) => Some((next(&failed(&errors)), (Some((follower, place)), true))),
            // The stream ends without being complete, so the client asks again, elsewhere.
            News::Stopped => None,
        }
    });
    answer(news)
}

/// The answer to an operation that is answered once, of `most` bytes at most.
pub fn once(response: &GraphqlResponse, most: u64) -> Response {
    let text = respond::text(response, most).unwrap_or_else(|error| failed(&[error]));
    answer(stream::iter([next(&text), complete()]))
}

/// A request that was not run: the protocol tells it as an answer, because browsers' own clients read no
/// answer of another status.
pub fn refused(errors: &[RequestError]) -> Response {
    answer(stream::iter([next(&failed(errors)), complete()]))
}

fn failed(errors: &[RequestError]) -> String {
    json!({ "errors": errors }).to_string()
}

fn answer(events: impl Stream<Item = Event> + Send + 'static) -> Response {
    let events = futures_util::StreamExt::map(events, Ok::<_, Infallible>);
    let mut answer = Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    // What nginx takes for "do not wait until there is more".
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    answer
}

fn next(response: &str) -> Event {
    Event::default().event("next").data(response)
}

fn complete() -> Event {
    // Browsers pass over an event without data, and npm's graphql-sse reads what there is as JSON.
    Event::default().event("complete").data("null")
}
