//! Bodies on their way in: each has a deadline, its bytes are counted, and a server that stops waits for none
//! that is half sent.

use std::error::Error;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::super::connection::LAST_WORDS;
use super::super::occupancy::{Full, RequestPlace};
use super::super::refused::{AGAIN, Refused};

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
            Self::Stopping => {
                Refused::new(StatusCode::SERVICE_UNAVAILABLE, "STOPPING", self.to_string()).retry_after(AGAIN)
            }
            Self::Full(full) => Refused::overloaded(full),
        }
    }
}

/// Until when a body must have arrived.
#[derive(Debug)]
pub struct Deadline(Mutex<Instant>);

impl Deadline {
    pub(super) fn after(time: Duration) -> Self {
        Self(Mutex::new(Instant::now() + time))
    }

    pub(super) fn at(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is still to come has so much time, from now on.
    pub fn extend(&self, time: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + time;
    }
}

/// A body on its way in: it has a deadline, its bytes are counted, and a server that stops does not wait for
/// it.
pub(super) struct Arriving {
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
    /// The body of the request that has this place, until `deadline` or shortly after `stop`.
    pub(super) fn new(
        body: Body,
        place: Arc<RequestPlace>,
        deadline: Arc<Deadline>,
        stop: CancellationToken,
    ) -> Self {
        Self { body, place, deadline, stop, alarm: None, complete: false }
    }

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

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
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

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use entity::network::Network;

    use super::super::super::occupancy::Occupancy;
    use super::*;
    use crate::limits::client::Limits;

    /// A body of which one piece arrives and the rest never.
    fn half_sent(stop: &CancellationToken) -> Body {
        let occupancy = Arc::new(Occupancy::new(Limits::default(), false));
        let place = occupancy.request(Network::from(IpAddr::from([192, 0, 2, 1])), None).expect("room");
        let pieces = futures_util::stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"{")) });
        let body = Body::from_stream(futures_util::StreamExt::chain(pieces, futures_util::stream::pending()));
        let deadline = Arc::new(Deadline::after(Duration::from_secs(15)));
        Body::new(Arriving::new(body, place, deadline, stop.clone()))
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

    /// A body of which a piece arrives every ten seconds, each of which puts the end off, as the pieces of a
    /// file do that are stored.
    #[tokio::test(start_paused = true)]
    async fn a_body_whose_pieces_are_stored_has_its_time_for_each() {
        let (time, stop) = (Duration::from_secs(15), CancellationToken::new());
        for (puts_off, expected) in [(true, (Ok(4), 40)), (false, (Err(Some(Cut::Late)), 15))] {
            let occupancy = Arc::new(Occupancy::new(Limits::default(), false));
            let place = occupancy.request(Network::from(IpAddr::from([192, 0, 2, 1])), None).expect("room");
            let deadline = Arc::new(Deadline::after(time));
            let pieces = futures_util::stream::unfold(0, |count| async move {
                tokio::time::timeout(Duration::from_secs(10), std::future::pending::<()>())
                    .await
                    .expect_err("ten seconds");
                (count < 3).then(|| (Ok::<_, std::io::Error>(Bytes::from_static(b"x")), count + 1))
            });
            let body = Body::from_stream(pieces);
            let arriving = Arriving::new(body, place, Arc::clone(&deadline), stop.clone());
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
