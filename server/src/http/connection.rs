//! One connection, from accept to close: hyper reads and writes HTTP/1.1 or HTTP/2, and this file ends it
//! when it takes longer than it may.
//!
//! hyper has one time-out for HTTP/1.1, which runs from the end of one request to the end of the next one's
//! head, and none for a client that does not take its answer; and hyper-util waits without one for the first
//! bytes, which say which HTTP it is. So the time limits are ours, asked whenever the connection moves.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::listen::Peer;
use super::occupancy::ConnectionPlace;
use super::pulse::{Late, Pulse};
use crate::limits::client::Limits;

/// How long a half-sent head or body still has when the server stops.
pub const LAST_WORDS: Duration = Duration::from_secs(1);
/// How long an answer may stand still when the server stops: whoever takes a piece of it now and then has the
/// time that there is for what is in hand. An answer to what was sent in half has [`LAST_WORDS`].
const STANDSTILL: Duration = Duration::from_secs(3);
/// How long, and up to how many bytes, we listen to a client that is still sending what nobody reads. Closing
/// at once would make the machine answer its bytes with a reset, which can take our answer away from under
/// it.
const LINGER: (Duration, usize) = (Duration::from_secs(2), 1024 * 1024);
/// How often the time limits are asked at least.
const ROUND: Duration = Duration::from_secs(30);
/// What hyper may buffer of one connection: the head and a piece of the body, in bytes. Heads beyond our own
/// limits and within this are told why in JSON; those beyond it get hyper's bare 431.
const MAX_BUFFER: usize = 64 * 1024;
/// Bytes that a client of HTTP/2 may send ahead of what is read, on one stream and on all together.
const WINDOWS: (u32, u32) = (64 * 1024, 256 * 1024);
/// Streams that a client of HTTP/2 may have reset before they were answered, and that we may have reset for
/// its faults, until it is sent away (CVE-2023-44487).
const RESETS: (usize, usize) = (20, 100);

/// Too late for a head, on HTTP/1.1: hyper has no word for it.
const TOO_LATE: &str = "{\"errors\":[{\"message\":\"the head of the request did not arrive in time\",\"extensions\":{\"code\":\"TOO_LATE\"}}]}";

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// As it should, or as the client wished.
    Closed,
    /// By an error of the protocol or of the network.
    Broken,
    /// By a time limit.
    Late(Late),
    /// With half a head in the air, or with an answer that was not taken, when the server stopped.
    Stopped,
}

/// What speaks HTTP on all connections.
pub fn builder(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .keep_alive(true)
        .max_buf_size(MAX_BUFFER);
    let heads = u32::try_from(limits.header_bytes + limits.uri_bytes).unwrap_or(u32::MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(heads)
        .max_pending_accept_reset_streams(Some(RESETS.0))
        .max_local_error_reset_streams(Some(RESETS.1))
        .initial_stream_window_size(WINDOWS.0)
        .initial_connection_window_size(WINDOWS.1);
    builder
}

/// Agrees with a client on TLS, in the time that it has for its first head.
///
/// # Errors
/// How the connection ended.
pub async fn greet(
    stream: TcpStream,
    tls: &TlsAcceptor,
    limits: &Limits,
    stop: &CancellationToken,
) -> Result<TlsStream<TcpStream>, End> {
    tokio::select! {
        () = stop.cancelled() => Err(End::Stopped),
        agreed = timeout(limits.head_time, tls.accept(stream)) => match agreed {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(_)) => Err(End::Broken),
            Err(_) => Err(End::Late(Late::Head)),
        },
    }
}

/// Drives one connection to its end.
pub async fn drive<S>(
    stream: S,
    place: ConnectionPlace,
    peer: SocketAddr,
    http: &auto::Builder<TokioExecutor>,
    router: Router,
    limits: &Limits,
    stop: &CancellationToken,
) -> End
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let pulse = Pulse::new(Instant::now());
    let back = Arc::new(Mutex::new(None));
    let line = Line { held: Some((stream, place)), pulse: Arc::clone(&pulse), back: Arc::clone(&back) };
    let end = converse(line, Arc::clone(&pulse), peer, http, router, limits, stop).await;
    // The place is kept until the stream is closed, so that no descriptor goes uncounted.
    let left = back.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some((mut stream, _place)) = left {
        let late = end == End::Late(Late::Head) && pulse.has_half_a_head();
        if late || pulse.left_unread() {
            let _ = timeout(LINGER.0, part(&mut stream, late)).await;
        }
    }
    end
}

async fn converse<S>(
    line: Line<S>,
    pulse: Arc<Pulse>,
    peer: SocketAddr,
    http: &auto::Builder<TokioExecutor>,
    router: Router,
    limits: &Limits,
    stop: &CancellationToken,
) -> End
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let requests = Arc::clone(&pulse);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        let in_hand = requests.begins(request.version() == Version::HTTP_2);
        request.extensions_mut().insert(ConnectInfo(Peer(peer)));
        request.extensions_mut().insert(Arc::new(in_hand));
        let router = router.clone();
        async move { Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {})) }
    });
    let mut connection = pin!(http.serve_connection_with_upgrades(TokioIo::new(line), service));
    // A token of its own, because asking one that all share takes turns with all.
    let stop = stop.child_token();
    let mut stopped = pin!(stop.cancelled());
    let mut stopping: Option<Instant> = None;
    let mut alarm = pin!(sleep_until(Instant::now() + limits.head_time));
    poll_fn(move |cx| {
        if stopping.is_none() && stopped.as_mut().poll(cx).is_ready() {
            stopping = Some(Instant::now());
            connection.as_mut().graceful_shutdown();
        }
        if let Poll::Ready(ended) = connection.as_mut().poll(cx) {
            return Poll::Ready(if ended.is_ok() { End::Closed } else { End::Broken });
        }
        loop {
            let now = Instant::now();
            let due = match (stopping, pulse.quiet_since(), pulse.stands_still_since()) {
                (Some(since), Some(quiet), _) => Some((since.max(quiet) + LAST_WORDS, End::Stopped)),
                (Some(since), None, Some(still)) => {
                    let time = if pulse.left_unread() { LAST_WORDS } else { STANDSTILL };
                    Some((since.max(still) + time, End::Stopped))
                }
                _ => pulse.deadline(limits).map(|(at, late)| (at, End::Late(late))),
            };
            let wake = match due {
                Some((at, end)) if at <= now => return Poll::Ready(end),
                Some((at, _)) => at.min(now + ROUND),
                None => now + ROUND,
            };
            // An alarm that rings too early is set anew then; one that would ring too late is set anew now.
            if wake < alarm.deadline() || alarm.is_elapsed() {
                alarm.as_mut().reset(wake);
            }
            ready!(alarm.as_mut().poll(cx));
        }
    })
    .await
}

/// Says that the head came too late, where it did; then says good-bye, and listens until the client has heard
/// it.
async fn part<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, late: bool) -> std::io::Result<()> {
    if late {
        let head = format!(
            "HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            TOO_LATE.len()
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(TOO_LATE.as_bytes()).await?;
    }
    stream.shutdown().await?;
    let mut heard = 0;
    let mut ignored = [0; 4096];
    while heard < LINGER.1 {
        match stream.read(&mut ignored).await? {
            0 => break,
            more => heard += more,
        }
    }
    Ok(())
}

/// A stream that tells the pulse of what arrives and of what leaves, and comes back when hyper is done with
/// it.
#[derive(Debug)]
struct Line<S> {
    /// None once it was given back.
    held: Option<(S, ConnectionPlace)>,
    pulse: Arc<Pulse>,
    back: Arc<Mutex<Option<(S, ConnectionPlace)>>>,
}

impl<S> Line<S> {
    fn stream(&mut self) -> std::io::Result<&mut S> {
        self.held.as_mut().map(|(stream, _)| stream).ok_or_else(|| std::io::ErrorKind::NotConnected.into())
    }
}

impl<S> Drop for Line<S> {
    fn drop(&mut self) {
        *self.back.lock().unwrap_or_else(PoisonError::into_inner) = self.held.take();
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Line<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(self.stream()?).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            self.pulse.hears(Instant::now());
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Line<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let written = ready!(Pin::new(self.stream()?).poll_write(cx, bytes))?;
        self.pulse.says(Instant::now());
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let written = ready!(Pin::new(self.stream()?).poll_write_vectored(cx, pieces))?;
        self.pulse.says(Instant::now());
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.held.as_ref().is_some_and(|(stream, _)| stream.is_write_vectored())
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(self.stream()?).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(self.stream()?).poll_shutdown(cx)
    }
}
