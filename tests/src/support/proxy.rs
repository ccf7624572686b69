//! A proxy on loopback between us and PostgreSQL: it counts round trips, goes silent like a network that was
//! cut, hangs up, and goes away.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use sea_orm::sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A proxy in front of a PostgreSQL server that listens on a socket of this machine.
#[derive(Debug)]
pub struct Proxy {
    /// The database's address through the proxy.
    pub url: String,
    port: u16,
    socket: PathBuf,
    seen: Arc<Seen>,
    /// What connections that are made now are held to.
    line: watch::Sender<Arc<Line>>,
    accepting: JoinHandle<()>,
}

/// What the proxy sees.
#[derive(Debug, Default)]
struct Seen {
    round_trips: AtomicU64,
    connections: AtomicUsize,
}

/// What becomes of some connections.
#[derive(Debug)]
struct Line {
    silent: watch::Sender<bool>,
    hung_up: CancellationToken,
}

impl Line {
    fn new(silent: bool) -> Arc<Self> {
        Arc::new(Self { silent: watch::Sender::new(silent), hung_up: CancellationToken::new() })
    }
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
        let (line, seen) = (watch::Sender::new(Line::new(false)), Arc::new(Seen::default()));
        let accepting = tokio::spawn(accept(listener, socket.clone(), line.subscribe(), Arc::clone(&seen)));
        Some(Self { url, port, socket, seen, line, accepting })
    }

    /// How many times we have waited for an answer so far.
    pub fn round_trips(&self) -> u64 {
        self.seen.round_trips.load(Ordering::SeqCst)
    }

    /// From now on nothing gets through, and nobody is told; or everything does again, late.
    pub fn be_silent(&self, silent: bool) {
        self.line.borrow().silent.send_replace(silent);
    }

    /// On the connections that there are nothing gets through any more, and nobody is told; new ones are as
    /// before.
    pub fn cut(&self) {
        self.line.send_replace(Line::new(false)).silent.send_replace(true);
    }

    /// Ends all connections, and lets new ones through.
    pub async fn hang_up(&self) {
        let silent = *self.line.borrow().silent.borrow();
        self.line.send_replace(Line::new(silent)).hung_up.cancel();
        while self.seen.connections.load(Ordering::SeqCst) > 0 {
            tokio::task::yield_now().await;
        }
    }

    /// Ends all connections, and refuses new ones.
    pub async fn goes_away(&mut self) {
        self.accepting.abort();
        let ended = (&mut self.accepting).await;
        assert!(ended.is_err_and(|error| error.is_cancelled()), "it was accepting until now");
        self.hang_up().await;
    }

    /// Accepts again, at the same address.
    pub async fn comes_back(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.expect("the port is still free");
        self.accepting = tokio::spawn(accept(
            listener,
            self.socket.clone(),
            self.line.subscribe(),
            Arc::clone(&self.seen),
        ));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.line.borrow().hung_up.cancel();
    }
}

async fn accept(listener: TcpListener, socket: PathBuf, line: watch::Receiver<Arc<Line>>, seen: Arc<Seen>) {
    loop {
        let Ok((client, _)) = listener.accept().await else { return };
        let (line, socket, seen) = (Arc::clone(&line.borrow()), socket.clone(), Arc::clone(&seen));
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
            let there = pass(from_client, to_server, line.silent.subscribe(), asks);
            let back = pass(from_server, to_client, line.silent.subscribe(), answers);
            tokio::select! {
                () = there => {}
                () = back => {}
                () = line.hung_up.cancelled() => {}
            }
            seen.connections.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

/// Passes on what comes, while it is not to be silent.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut silent: watch::Receiver<bool>,
    passing: impl Fn(),
) {
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
