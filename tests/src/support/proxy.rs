//! A proxy on loopback between us and PostgreSQL: it counts round trips, goes silent like a network that was cut, and hangs up.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use sea_orm::sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

/// A proxy in front of a PostgreSQL server that listens on a socket of this machine.
#[derive(Debug)]
pub struct Proxy {
    /// The database's address through the proxy.
    pub url: String,
    seen: Arc<Seen>,
    silent: watch::Sender<bool>,
    hung_up: watch::Sender<CancellationToken>,
    _end: DropGuard,
}

/// What the proxy sees.
#[derive(Debug, Default)]
struct Seen {
    round_trips: AtomicU64,
    connections: AtomicUsize,
}

impl Proxy {
    /// A proxy in front of the database at `url`; none where its server has no socket on this machine.
    pub async fn before(url: &str) -> Option<Self> {
        let options = PgConnectOptions::from_str(url).expect("an address");
        let socket = options.get_socket()?.join(format!(".s.PGSQL.{}", options.get_port()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let url = format!(
            "postgres://{}@127.0.0.1:{port}/{}?sslmode=disable",
            options.get_username(),
            options.get_database().expect("a database")
        );
        let end = CancellationToken::new();
        let (silent, hears) = watch::channel(false);
        let (hung_up, line) = watch::channel(end.child_token());
        let seen = Arc::new(Seen::default());
        let accepting = accept(listener, socket, hears, line, Arc::clone(&seen));
        let ended = end.clone();
        tokio::spawn(async move { ended.run_until_cancelled(accepting).await });
        Some(Self { url, seen, silent, hung_up, _end: end.drop_guard() })
    }

    /// How many times we have waited for an answer so far.
    pub fn round_trips(&self) -> u64 {
        self.seen.round_trips.load(Ordering::SeqCst)
    }

    /// From now on nothing gets through, and nobody is told; or everything does again, late.
    pub fn be_silent(&self, silent: bool) {
        self.silent.send_replace(silent);
    }

    /// Ends all connections, and lets new ones through.
    pub async fn hang_up(&self) {
        self.hung_up.send_replace(CancellationToken::new()).cancel();
        while self.seen.connections.load(Ordering::SeqCst) > 0 {
            tokio::task::yield_now().await;
        }
    }
}

async fn accept(
    listener: TcpListener,
    socket: PathBuf,
    silent: watch::Receiver<bool>,
    line: watch::Receiver<CancellationToken>,
    seen: Arc<Seen>,
) {
    loop {
        let Ok((client, _)) = listener.accept().await else { return };
        let (silent, hung_up, socket, seen) = (silent.clone(), line.borrow().clone(), socket.clone(), Arc::clone(&seen));
        seen.connections.fetch_add(1, Ordering::SeqCst);
        tokio::spawn(async move {
            client.set_nodelay(true).expect("a socket");
            let server = UnixStream::connect(socket).await.expect("the server answers");
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            let answered = AtomicBool::new(true);
            let asks = || {
                if answered.swap(false, Ordering::SeqCst) {
                    seen.round_trips.fetch_add(1, Ordering::SeqCst);
                }
            };
            let answers = || answered.store(true, Ordering::SeqCst);
            let there = pass(from_client, to_server, silent.clone(), asks);
            let back = pass(from_server, to_client, silent, answers);
            tokio::select! {
                () = there => {}
                () = back => {}
                () = hung_up.cancelled() => {}
            }
            seen.connections.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

/// Passes on what comes, while it is not to be silent.
async fn pass(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, mut silent: watch::Receiver<bool>, passing: impl Fn()) {
    let mut some = vec![0; 64 * 1024];
    loop {
        let length = from.read(&mut some).await.unwrap_or(0);
        if silent.wait_for(|silent| !silent).await.is_err() || length == 0 {
            return;
        }
        passing();
        if to.write_all(&some[..length]).await.is_err() {
            return;
        }
    }
}
