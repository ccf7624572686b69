//! Accepting connections: as many as there is room for, the rest turned away at once, and an orderly end.

use std::io::{ErrorKind, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::Connected;
use entity::network::Network;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connection::{self, End};
use super::operators::Operators;
use super::{Around, Front, router};

/// What a client hears for which there is no room. It is written once and not waited for; whoever has no ear
/// for it, or speaks TLS, sees the connection close.
const NO_ROOM: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 2\r\nconnection: close\r\ncontent-type: application/json\r\n\
    content-length: 112\r\n\r\n{\"errors\":[{\"message\":\"too many connections; please try again in a moment\",\"extensions\":{\"code\":\"OVERLOADED\"}}]}";

/// The network address at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

impl Connected<SocketAddr> for Peer {
    fn connect_info(address: SocketAddr) -> Self {
        Self(address)
    }
}

/// Serves on `listener`, in TLS where there is a certificate, until told to stop; then lets requests in hand
/// finish, and the operations that are running, as long as they may.
pub async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, front: Front) {
    let (around, running) = (front.around(), front.running.clone());
    accept(listener, tls, router(front), around, running).await;
}

/// Serves what operators ask on an address of their own, in the clear, until told to stop.
pub async fn serve_operators(listener: TcpListener, operators: Operators, stop: CancellationToken) {
    let (router, around) = operators.alone(stop);
    accept(listener, None, router, around, TaskTracker::new()).await;
}

async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    around: Around,
    running: TaskTracker,
) {
    let Around { occupancy, metrics, stop, operators: _ } = around;
    let http = Arc::new(connection::builder(occupancy.limits()));
    let connections = TaskTracker::new();
    loop {
        let (stream, peer) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                // The client was gone before it was here.
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => continue,
                Err(error) => {
                    // Out of file descriptors, most likely: waiting a little lets some come back.
                    tracing::warn!(%error, "a connection could not be accepted");
                    pause().await;
                    continue;
                }
            },
        };
        let place = match occupancy.connection(Network::from(peer.ip())) {
            Ok(place) => place,
            Err(full) => {
                metrics.full(full);
                turn_away(stream, tls.is_some());
                continue;
            }
        };
        // Answers are written whole, so there is nothing to wait for before sending them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection broke");
            continue;
        }
        let (http, router, tls) = (Arc::clone(&http), router.clone(), tls.clone());
        let (occupancy, metrics, stop) = (Arc::clone(&occupancy), Arc::clone(&metrics), stop.clone());
        connections.spawn(async move {
            let limits = occupancy.limits();
            let end = match tls {
                None => connection::drive(stream, place, peer, &http, router, limits, &stop).await,
                Some(tls) => match connection::greet(stream, &tls, limits, &stop).await {
                    Ok(stream) => connection::drive(stream, place, peer, &http, router, limits, &stop).await,
                    Err(end) => end,
                },
            };
            match end {
                End::Closed => {}
                End::Broken => tracing::debug!(%peer, "a connection broke"),
                End::Late(_) | End::Stopped => metrics.cut(end),
            }
        });
    }
    drop(listener);
    connections.close();
    running.close();
    let all = async {
        connections.wait().await;
        running.wait().await;
    };
    if tokio::time::timeout(occupancy.limits().drain_time, all).await.is_err() {
        tracing::warn!(
            connections = connections.len(),
            operations = running.len(),
            "some requests did not finish in time"
        );
    }
}

/// Closes a connection for which there is no room.
fn turn_away(stream: TcpStream, private: bool) {
    if private {
        return;
    }
    if let Ok(mut stream) = stream.into_std() {
        // The stream does not block, and a fresh one has room for a few words.
        let _ = stream.write(NO_ROOM);
    }
}

async fn pause() {
    #[expect(
        clippy::disallowed_methods,
        reason = "the accept loop paces itself when the machine is out of descriptors"
    )]
    tokio::time::sleep(Duration::from_millis(100)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_turned_away_hear_a_whole_answer() {
        let text = std::str::from_utf8(NO_ROOM).expect("text");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.contains(&format!("content-length: {}", body.len())), "{}", body.len());
        assert!(serde_json::from_str::<serde_json::Value>(body).is_ok());
    }
}
