//! The line to a mail server: TCP without delay, and an eye on two moments that decide what we may believe.
//!
//! - *Before TLS.* Whatever a server says between its yes to STARTTLS and the handshake is not from the server
//!   (CVE-2011-0411 and its relatives): the line hands such words to nobody, and breaks.
//! - *Before the final dot.* As long as no byte of it has left, nothing is handed over, whatever happens to
//!   the line; and where the server has hung up already, it does not leave.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

#[expect(deprecated, reason = "the only way to have the library's TLS over a stream of our own")]
use lettre::transport::smtp::client::AsyncNetworkStream;
use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What the line and whoever speaks over it know of each other.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Something was said to the server.
    pub(super) spoken: AtomicBool,
    /// The next command is STARTTLS.
    pub(super) upgrading: AtomicBool,
    /// The content is written; what is written next is the final dot.
    pub(super) content_is_over: AtomicBool,
    /// Some of the final dot has left.
    pub(super) dotted: AtomicBool,
}

impl Watch {
    pub(super) fn is(flag: &AtomicBool) -> bool {
        flag.load(Ordering::Relaxed)
    }

    pub(super) fn set(flag: &AtomicBool, value: bool) {
        flag.store(value, Ordering::Relaxed);
    }
}

/// How far STARTTLS has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Upgrade {
    /// Not begun, or over.
    Not,
    /// The command is written; what is written next is the handshake.
    Asked,
}

/// The line.
#[derive(Debug)]
pub(super) struct Line {
    stream: TcpStream,
    watch: Arc<Watch>,
    upgrade: Upgrade,
}

impl Line {
    /// A line over this connection. Errors where the connection is gone already.
    pub(super) fn new(stream: TcpStream, watch: Arc<Watch>) -> Result<Self> {
        // A command and its answer are small: nobody waits for more of them.
        stream.set_nodelay(true)?;
        Ok(Self { stream, watch, upgrade: Upgrade::Not })
    }

    /// What the other side has said that nobody has read: none where it is silent, nothing where it hung up.
    fn unread(&self, cx: &mut Context<'_>) -> Result<Option<usize>> {
        let mut byte = [0];
        match self.stream.poll_peek(cx, &mut ReadBuf::new(&mut byte)) {
            Poll::Pending => Ok(None),
            Poll::Ready(bytes) => bytes.map(Some),
        }
    }

    /// Whether what is to be written next may be.
    fn may_write(&self, cx: &mut Context<'_>) -> Result<()> {
        let broken = |why: &str| Err(Error::new(ErrorKind::ConnectionAborted, why.to_owned()));
        if self.upgrade == Upgrade::Asked && self.unread(cx)?.is_some_and(|bytes| bytes > 0) {
            return broken("something was said between STARTTLS and the handshake");
        }
        let at_the_dot = Watch::is(&self.watch.content_is_over) && !Watch::is(&self.watch.dotted);
        if at_the_dot && self.unread(cx)? == Some(0) {
            return broken("the server hung up before the final dot");
        }
        Ok(())
    }

    fn wrote(&mut self) {
        Watch::set(&self.watch.spoken, true);
        if Watch::is(&self.watch.content_is_over) {
            Watch::set(&self.watch.dotted, true);
        }
        self.upgrade = match self.upgrade {
            Upgrade::Not if Watch::is(&self.watch.upgrading) => Upgrade::Asked,
            Upgrade::Not | Upgrade::Asked => {
                Watch::set(&self.watch.upgrading, false);
                Upgrade::Not
            }
        };
    }
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        if self.upgrade == Upgrade::Not {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        }
        // Byte by byte, so that nothing behind the server's yes is read together with it.
        let mut byte = [0];
        let mut one = ReadBuf::new(&mut byte);
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut one))?;
        buf.put_slice(one.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        self.may_write(cx)?;
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes))?;
        self.wrote();
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Line {
    fn peer_addr(&self) -> Result<SocketAddr> {
        self.stream.peer_addr()
    }
}

/// A line that is private from the first byte on.
#[derive(Debug)]
#[expect(deprecated, reason = "see above")]
pub(super) struct PrivateLine(pub(super) AsyncNetworkStream);

impl AsyncRead for PrivateLine {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let read = futures_util::AsyncRead::poll_read(Pin::new(&mut self.0), cx, buf.initialize_unfilled());
        buf.advance(ready!(read)?);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for PrivateLine {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        futures_util::AsyncWrite::poll_write(Pin::new(&mut self.0), cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        futures_util::AsyncWrite::poll_flush(Pin::new(&mut self.0), cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        futures_util::AsyncWrite::poll_close(Pin::new(&mut self.0), cx)
    }
}

impl AsyncTokioStream for PrivateLine {
    fn peer_addr(&self) -> Result<SocketAddr> {
        self.0.peer_addr()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    async fn line() -> (Line, Arc<Watch>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let client = TcpStream::connect(listener.local_addr().expect("an address")).await.expect("a line");
        let (server, _) = listener.accept().await.expect("a client");
        let watch = Arc::new(Watch::default());
        (Line::new(client, watch.clone()).expect("a line"), watch, server)
    }

    #[tokio::test]
    async fn the_final_dot_leaves_only_while_somebody_is_there() {
        let (mut line, watch, mut server) = line().await;
        line.write_all(b"content").await.expect("written");
        assert!(!Watch::is(&watch.dotted));
        Watch::set(&watch.content_is_over, true);
        line.write_all(b"\r\n.\r\n").await.expect("written");
        assert!(Watch::is(&watch.dotted));
        let mut heard = [0; 12];
        server.read_exact(&mut heard).await.expect("heard");
        assert_eq!(&heard, b"content\r\n.\r\n");

        Watch::set(&watch.dotted, false);
        Watch::set(&watch.content_is_over, false);
        line.write_all(b"more").await.expect("written");
        drop(server);
        // The end of the line has arrived: as its end, or as a reset.
        assert!(!matches!(line.stream.peek(&mut [0]).await, Ok(1)));
        Watch::set(&watch.content_is_over, true);
        line.write_all(b"\r\n.\r\n").await.expect_err("nobody is there");
        assert!(!Watch::is(&watch.dotted));
    }

    #[tokio::test]
    async fn what_comes_behind_the_yes_to_starttls_is_read_by_nobody() {
        let (mut line, watch, mut server) = line().await;
        Watch::set(&watch.upgrading, true);
        line.write_all(b"STARTTLS\r\n").await.expect("written");
        server.write_all(b"220 go on\r\n250 injected\r\n").await.expect("written");
        let mut read = [0; 64];
        let mut yes = Vec::new();
        while !yes.ends_with(b"\n") {
            assert_eq!(line.read(&mut read).await.expect("a byte"), 1, "byte by byte");
            yes.push(read[0]);
        }
        assert_eq!(yes, b"220 go on\r\n");
        line.write_all(b"hello").await.expect_err("something was said in between");

        let (mut line, watch, mut server) = self::line().await;
        Watch::set(&watch.upgrading, true);
        line.write_all(b"STARTTLS\r\n").await.expect("written");
        server.write_all(b"220 go on\r\n").await.expect("written");
        for _ in 0..11 {
            assert_eq!(line.read(&mut read).await.expect("a byte"), 1);
        }
        line.write_all(b"hello").await.expect("the handshake");
        server.write_all(b"all at once").await.expect("written");
        assert_eq!(line.read(&mut read).await.expect("bytes"), 11);
    }
}
