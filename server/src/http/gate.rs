//! What every request passes before its route sees it, and every answer on its way out: sizes, room, and time
//! for the body.

mod arriving;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Instant;

use super::negotiate::{Accepted, Dialect};
use super::occupancy::RequestPlace;
use super::pulse::InHand;
use super::refused::Refused;
use super::{Around, client, listen};
use arriving::Arriving;
pub use arriving::{Cut, Deadline};

/// The media type of server-sent events.
const EVENTS: &[u8] = b"text/event-stream";
/// Where operators ask. They are answered when nobody else is, lest a full server be taken for a dead one.
const OPERATORS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Lets a request in, or says why not.
pub async fn gate(State(around): State<Arc<Around>>, mut request: Request, next: Next) -> Response {
    let occupancy = &around.occupancy;
    let limits = occupancy.limits();
    let peer = request.extensions().get::<ConnectInfo<listen::Peer>>().map(|ConnectInfo(peer)| peer.0.ip());
    let in_hand = request.extensions_mut().remove::<Arc<InHand>>();
    let Some(peer) = peer else {
        // Whoever builds a router without saying where requests come from has no limits to keep.
        return Refused::broken().answer(Dialect::Legacy);
    };
    let network = client::of_request(request.headers(), peer, occupancy.behind_proxy());
    let uri = request.uri().path_and_query().map_or(0, |path| path.as_str().len());
    let place = if around.operators && OPERATORS.contains(&request.uri().path()) {
        Ok(occupancy.operator_request(network, in_hand))
    } else if uri > limits.uri_bytes {
        let message = format!(
            "the address has {uri} bytes; at most {} are taken. Send the query with POST",
            limits.uri_bytes
        );
        Err(Refused::before(StatusCode::URI_TOO_LONG, "URI_TOO_LONG", message))
    } else if let Some(bytes) = Some(size(request.headers())).filter(|bytes| *bytes > limits.header_bytes) {
        let message = format!("the headers have {bytes} bytes; at most {} are taken", limits.header_bytes);
        Err(Refused::before(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "HEADERS_TOO_LARGE", message))
    } else {
        occupancy.request(network, in_hand).map_err(|full| {
            around.metrics.full(full);
            Refused::overloaded(full)
        })
    };
    let place = match place {
        Ok(place) => place,
        Err(no) => {
            return around
                .metrics
                .refused(no)
                .answer(Accepted::of(request.headers()).dialect.unwrap_or(Dialect::Legacy));
        }
    };
    request.extensions_mut().insert(Arc::clone(&place));
    if !request.body().is_end_stream() {
        let deadline = Arc::new(Deadline::after(limits.body_time));
        request.extensions_mut().insert(Arc::clone(&deadline));
        let (place, stop) = (Arc::clone(&place), around.stop.clone());
        request = request.map(|body| Body::new(Arriving::new(body, place, deadline, stop)));
    }
    let version = request.version();
    let mut answer = next.run(request).await;
    let is_stream =
        answer.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(EVENTS));
    if let Some(in_hand) = place.in_hand() {
        if !is_stream {
            in_hand.answers(Instant::now());
        }
        // Who is still sending a body that nobody reads hears that nothing more is read; HTTP/2 says so of
        // the stream by itself.
        if in_hand.left_unread() && version < Version::HTTP_2 {
            answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
    // A length that is said must be that of what is not sent (RFC 9110, section 8.6), and not the 0 that
    // there is.
    let has_length = answer.status() != StatusCode::NOT_MODIFIED;
    answer.map(|body| Body::new(Leaving { body, place, is_stream, has_length }))
}

/// The bytes of all headers, as HTTP/1.1 writes them.
fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

/// A body on its way out: the request has its place until the last byte of it is taken.
struct Leaving {
    body: Body,
    place: Arc<RequestPlace>,
    /// Whether it has pieces now and then, and no end of its own. The client then has time for each piece,
    /// and between them for as long as it likes.
    is_stream: bool,
    /// Whether others may know how long it is.
    has_length: bool,
}

impl HttpBody for Leaving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Some(in_hand) = self.place.in_hand().filter(|_| self.is_stream) {
            // hyper asks for the next piece when it has room for it.
            in_hand.waits();
            if polled.is_ready() {
                in_hand.answers(Instant::now());
            }
        }
        let frame = ready!(polled);
        // hyper drops a body as soon as it has its bytes, which is before they are sent; so the bytes
        // themselves hold the place.
        let place = &self.place;
        let keep = |frame: Frame<Bytes>| {
            frame.map_data(|bytes| Bytes::from_owner(Kept { bytes, _place: Arc::clone(place) }))
        };
        Poll::Ready(frame.map(|frame| frame.map(keep)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        if self.has_length { self.body.size_hint() } else { SizeHint::default() }
    }
}

struct Kept {
    bytes: Bytes,
    _place: Arc<RequestPlace>,
}

impl AsRef<[u8]> for Kept {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}
