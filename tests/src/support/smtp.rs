//! A real SMTP server on a loopback port, for letters that go over the wire. It keeps what it accepts, and can be told to be difficult.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::Letter;

/// What the server answers to the content of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// 250.
    Accepts,
    /// 451: not now.
    Defers,
    /// 554 at the reader's address: `550 5.1.1`.
    KnowsNobody,
}

/// The server.
#[derive(Clone, Debug)]
pub struct SmtpServer {
    /// Where it listens.
    pub address: SocketAddr,
    kept: Arc<Mutex<Vec<Letter>>>,
    mood: Arc<Mutex<Mood>>,
    pace: Arc<Mutex<Duration>>,
}

impl SmtpServer {
    /// Starts on a free port of 127.0.0.1.
    pub async fn start() -> Self {
        Self::start_on(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Starts on this address.
    pub async fn start_on(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.expect("a port");
        let server = Self {
            address: listener.local_addr().expect("an address"),
            kept: Arc::default(),
            mood: Arc::new(Mutex::new(Mood::Accepts)),
            pace: Arc::default(),
        };
        let answering = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = answering.clone();
                tokio::spawn(async move {
                    // A client that hangs up is a client that hangs up.
                    let _ = server.converse(stream).await;
                });
            }
        });
        server
    }

    /// The address for `MAIL_URL`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// What was accepted, in the order of arrival.
    pub fn letters(&self) -> Vec<Letter> {
        self.kept.lock().expect("letters").clone()
    }

    /// Changes how it answers.
    pub fn feels(&self, mood: Mood) {
        *self.mood.lock().expect("mood") = mood;
    }

    /// Lets a client wait so long for the answer to a message that is already kept: whoever is killed meanwhile has sent a letter and does not
    /// know it.
    pub fn takes(&self, pace: Duration) {
        *self.pace.lock().expect("pace") = pace;
    }

    #[allow(clippy::disallowed_methods, reason = "a slow server takes real time")]
    async fn lingers(&self) {
        let pace = *self.pace.lock().expect("pace");
        tokio::time::sleep(pace).await;
    }

    async fn converse(&self, stream: TcpStream) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read);
        write.write_all(b"220 post.example.org ESMTP\r\n").await?;
        let mut reader = String::new();
        let mut line = String::new();
        loop {
            line.clear();
            if lines.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let command = line.trim_end().to_owned();
            let verb = command.get(..4).unwrap_or_default().to_ascii_uppercase();
            let mood = *self.mood.lock().expect("mood");
            let answer = match verb.as_str() {
                "EHLO" => "250-post.example.org\r\n250-8BITMIME\r\n250 SIZE 10485760\r\n".to_owned(),
                "HELO" | "NOOP" | "RSET" => "250 ok\r\n".to_owned(),
                "MAIL" => "250 2.1.0 ok\r\n".to_owned(),
                "RCPT" if mood == Mood::KnowsNobody => "550 5.1.1 no such person\r\n".to_owned(),
                "RCPT" => {
                    reader = command.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    "250 2.1.5 ok\r\n".to_owned()
                }
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await?;
                    let message = content(&mut lines).await?;
                    match mood {
                        Mood::Defers => "451 4.3.0 not now\r\n".to_owned(),
                        Mood::Accepts | Mood::KnowsNobody => {
                            self.kept.lock().expect("letters").push(Letter::read(&reader, &message));
                            self.lingers().await;
                            "250 2.0.0 kept\r\n".to_owned()
                        }
                    }
                }
                "QUIT" => {
                    write.write_all(b"221 bye\r\n").await?;
                    return Ok(());
                }
                _ => "500 what?\r\n".to_owned(),
            };
            write.write_all(answer.as_bytes()).await?;
        }
    }
}

/// The lines up to the final dot, dots unstuffed (RFC 5321 §4.5.2).
async fn content(lines: &mut (impl AsyncBufReadExt + Unpin)) -> std::io::Result<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(message);
        }
        message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
