//! What every request passes before its route sees it, and every answer on its way out: sizes, room, and time for the body.

use std::error::Error;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::connection::LAST_WORDS;
use super::negotiate::{Accepted, Dialect};
use super::occupancy::{Full, RequestPlace};
use super::pulse::InHand;
use super::refused::{AGAIN, Refused};
use super::{Front, client, listen};

/// The media type of server-sent events.
const EVENTS: &[u8] = b"text/event-stream";
/// Where operators ask. They are answered when nobody else is, lest a full server be taken for a dead one.
const OPERATORS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Lets a request in, or says why not.
pub async fn gate(State(front): State<Arc<Front>>, mut request: Request, next: Next) -> Response {
    let occupancy = &front.occupancy;
    let limits = occupancy.limits();
    let peer = request.extensions().get::<ConnectInfo<listen::Peer>>().map(|ConnectInfo(peer)| peer.0.ip());
    let in_hand = request.extensions_mut().remove::<Arc<InHand>>();
    let Some(peer) = peer else {
        // Whoever builds a router without saying where requests come from has no limits to keep.
        return Refused::broken().answer(Dialect::Legacy);
    };
    let network = client::of_request(request.headers(), peer, occupancy.behind_proxy());
    let uri = request.uri().path_and_query().map_or(0, |path| path.as_str().len());
    let place = if OPERATORS.contains(&request.uri().path()) {
        Ok(occupancy.operator_request(network, in_hand))
    } else if uri > limits.uri_bytes {
        let message = format!("the address has {uri} bytes; at most {} are taken. Send the query with POST", limits.uri_bytes);
        Err(Refused::before(StatusCode::URI_TOO_LONG, "URI_TOO_LONG", message))
    } else if let Some(bytes) = Some(size(request.headers())).filter(|bytes| *bytes > limits.header_bytes) {
        let message = format!("the headers have {bytes} bytes; at most {} are taken", limits.header_bytes);
        Err(Refused::before(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "HEADERS_TOO_LARGE", message))
    } else {
        occupancy.request(network, in_hand).map_err(|full| {
            front.metrics.full(full);
            Refused::overloaded(full)
        })
    };
    let place = match place {
        Ok(place) => place,
        Err(no) => return front.metrics.refused(no).answer(Accepted::of(request.headers()).dialect.unwrap_or(Dialect::Legacy)),
    };
    request.extensions_mut().insert(Arc::clone(&place));
    if !request.body().is_end_stream() {
        let deadline = Arc::new(Deadline::after(limits.body_time));
        request.extensions_mut().insert(Arc::clone(&deadline));
        let (place, stop) = (Arc::clone(&place), front.stop.clone());
        request = request.map(|body| Body::new(Arriving { body, place, deadline, stop, alarm: None, complete: false }));
    }
    let version = request.version();
    let mut answer = next.run(request).await;
    let is_stream = answer.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(EVENTS));
    if let Some(in_hand) = place.in_hand() {
        if !is_stream {
            in_hand.answers(Instant::now());
        }
        // Who is still sending a body that nobody reads hears that nothing more is read; HTTP/2 says so of the stream by itself.
        if in_hand.left_unread() && version < Version::HTTP_2 {
            answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
    // A length that is said must be that of what is not sent (RFC 9110, section 8.6), and not the 0 that there is.
    let has_length = answer.status() != StatusCode::NOT_MODIFIED;
    answer.map(|body| Body::new(Leaving { body, place, is_stream, has_length }))
}

/// The bytes of all headers, as HTTP/1.1 writes them.
fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

/// Why a body did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Cut {
    /// It took too long.
    #[error("the body of the request did not arrive in time")]
    Late,
    /// The server stops, and does not wait for bodies that are half sent.
    #[error("the server is about to stop; please try again")]
    Stopping,
    /// There is no room for it.
    #[error(transparent)]
    Full(#[from] Full),
}

impl Cut {
    /// What was the matter, if it was one of these.
    pub fn of(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut error = Some(error);
        while let Some(this) = error {
            if let Some(cut) = this.downcast_ref::<Self>() {
                return Some(*cut);
            }
            error = this.source();
        }
        None
    }

    /// The answer to whoever was sending.
    pub fn refusal(self) -> Refused {
        match self {
            Self::Late => Refused::before(StatusCode::REQUEST_TIMEOUT, "TOO_LATE", self.to_string()),
            Self::Stopping => Refused::new(StatusCode::SERVICE_UNAVAILABLE, "STOPPING", self.to_string()).retry_after(AGAIN),
            Self::Full(full) => Refused::overloaded(full),
        }
    }
}

/// Until when a body must have arrived.
#[derive(Debug)]
pub struct Deadline(Mutex<Instant>);

impl Deadline {
    fn after(time: Duration) -> Self {
        Self(Mutex::new(Instant::now() + time))
    }

    fn at(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is still to come has so much time, from now on.
    pub fn extend(&self, time: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + time;
    }
}

/// A body on its way in: it has a deadline, its bytes are counted, and a server that stops does not wait for it.
struct Arriving {
    body: Body,
    place: Arc<RequestPlace>,
    deadline: Arc<Deadline>,
    stop: CancellationToken,
    /// Set once the body is waited for; most have arrived with their head.
    alarm: Option<Alarm>,
    complete: bool,
}

struct Alarm {
    late: Pin<Box<Sleep>>,
    stopped: Pin<Box<WaitForCancellationFutureOwned>>,
    stopping: bool,
}

impl Arriving {
    fn poll_cut(&mut self, cx: &mut Context<'_>) -> Poll<Cut> {
        let (deadline, stop) = (self.deadline.at(), &self.stop);
        let alarm = self.alarm.get_or_insert_with(|| Alarm {
            late: Box::pin(sleep_until(deadline)),
            stopped: Box::pin(stop.child_token().cancelled_owned()),
            stopping: false,
        });
        if !alarm.stopping && alarm.stopped.as_mut().poll(cx).is_ready() {
            alarm.stopping = true;
            let soon = Instant::now() + LAST_WORDS;
            if soon < deadline {
                alarm.late.as_mut().reset(soon);
            }
        }
        loop {
            ready!(alarm.late.as_mut().poll(cx));
            // It may have been put off since.
            if alarm.stopping || deadline <= alarm.late.deadline() {
                break;
            }
            alarm.late.as_mut().reset(deadline);
        }
        Poll::Ready(if alarm.stopping { Cut::Stopping } else { Cut::Late })
    }
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                let held = self.place.hold(frame.data_ref().map_or(0, Bytes::len));
                Poll::Ready(Some(held.map(|()| frame).map_err(|full| axum::Error::new(Cut::Full(full)))))
            }
            Poll::Ready(ended) => {
                self.complete = ended.is_none();
                Poll::Ready(ended)
            }
            Poll::Pending => {
                let cut = ready!(self.poll_cut(cx));
                Poll::Ready(Some(Err(axum::Error::new(cut))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if let Some(in_hand) = self.place.in_hand().filter(|_| !self.complete && !self.body.is_end_stream()) {
            in_hand.leaves_unread();
        }
    }
}

/// A body on its way out: the request has its place until the last byte of it is taken.
struct Leaving {
    body: Body,
    place: Arc<RequestPlace>,
    /// Whether it has pieces now and then, and no end of its own. The client then has time for each piece, and between them for as long as it
    /// likes.
    is_stream: bool,
    /// Whether others may know how long it is.
    has_length: bool,
}

impl HttpBody for Leaving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Some(in_hand) = self.place.in_hand().filter(|_| self.is_stream) {
            // hyper asks for the next piece when it has room for it.
            in_hand.waits();
            if polled.is_ready() {
                in_hand.answers(Instant::now());
            }
        }
        let frame = ready!(polled);
        // hyper drops a body as soon as it has its bytes, which is before they are sent; so the bytes themselves hold the place.
        let place = &self.place;
        let keep = |frame: Frame<Bytes>| frame.map_data(|bytes| Bytes::from_owner(Kept { bytes, _place: Arc::clone(place) }));
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

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use entity::network::Network;

    use super::super::occupancy::Occupancy;
    use super::*;
    use crate::limits::client::Limits;

    /// A body of which one piece arrives and the rest never.
    fn half_sent(stop: &CancellationToken) -> Body {
        let occupancy = Arc::new(Occupancy::new(Limits::default(), false));
        let place = occupancy.request(Network::from(IpAddr::from([192, 0, 2, 1])), None).expect("room");
        let pieces = futures_util::stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"{")) });
        let body = Body::from_stream(futures_util::StreamExt::chain(pieces, futures_util::stream::pending()));
        let deadline = Arc::new(Deadline::after(Duration::from_secs(15)));
        Body::new(Arriving { body, place, deadline, stop: stop.clone(), alarm: None, complete: false })
    }

    async fn fate(body: Body) -> (Option<Cut>, u64) {
        let started = Instant::now();
        let error = axum::body::to_bytes(body, 1024).await.expect_err("it never ends");
        (Cut::of(&error), started.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn a_half_sent_body_has_its_time_and_no_more() {
        assert_eq!(fate(half_sent(&CancellationToken::new())).await, (Some(Cut::Late), 15));
    }

    /// A body of which a piece arrives every ten seconds, each of which puts the end off, as the pieces of a file do that are stored.
    #[tokio::test(start_paused = true)]
    async fn a_body_whose_pieces_are_stored_has_its_time_for_each() {
        let (time, stop) = (Duration::from_secs(15), CancellationToken::new());
        for (puts_off, expected) in [(true, (Ok(4), 40)), (false, (Err(Some(Cut::Late)), 15))] {
            let occupancy = Arc::new(Occupancy::new(Limits::default(), false));
            let place = occupancy.request(Network::from(IpAddr::from([192, 0, 2, 1])), None).expect("room");
            let deadline = Arc::new(Deadline::after(time));
            let pieces = futures_util::stream::unfold(0, |count| async move {
                tokio::time::timeout(Duration::from_secs(10), std::future::pending::<()>()).await.expect_err("ten seconds");
                (count < 3).then(|| (Ok::<_, std::io::Error>(Bytes::from_static(b"x")), count + 1))
            });
            let body = Body::from_stream(pieces);
            let arriving = Arriving { body, place, deadline: Arc::clone(&deadline), stop: stop.clone(), alarm: None, complete: false };
            let (started, mut count) = (Instant::now(), 1);
            let mut arriving = Body::new(arriving).into_data_stream();
            let ended = loop {
                match futures_util::StreamExt::next(&mut arriving).await {
                    Some(Ok(_)) => count += 1,
                    Some(Err(error)) => break Err(Cut::of(&error)),
                    None => break Ok(count),
                }
                if puts_off {
                    deadline.extend(time);
                }
            };
            assert_eq!((ended, started.elapsed().as_secs()), expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_stops_gives_a_half_sent_body_a_second() {
        let stop = CancellationToken::new();
        let body = half_sent(&stop);
        stop.cancel();
        assert_eq!(fate(body).await, (Some(Cut::Stopping), 1));
    }
}
