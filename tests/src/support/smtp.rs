//! A real SMTP server on a loopback port, for letters that go over the wire. It keeps what it accepts, and
//! can be told to be difficult.

mod script;

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::Letter;
use script::Script;
pub use script::{Act, At};

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

/// How conversations with the server are kept private.
#[derive(Clone, Default)]
pub enum Privacy {
    /// Not at all.
    #[default]
    None,
    /// From STARTTLS on.
    Starttls(TlsAcceptor),
    /// From the first byte.
    Implicit(TlsAcceptor),
}

impl std::fmt::Debug for Privacy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Starttls(_) => "Starttls",
            Self::Implicit(_) => "Implicit",
        })
    }
}

/// Whom the server takes letters from. It offers AUTH on every line where it could start nothing more
/// private.
#[derive(Clone, Copy, Debug)]
pub struct Login {
    /// The one way that is offered: `PLAIN` and `LOGIN` are understood.
    pub mechanism: &'static str,
    /// Who.
    pub user: &'static str,
    /// Their password.
    pub password: &'static str,
}

/// The state of the line that a conversation is held on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Open,
    Private,
    /// Private, and greeted when it was not.
    Upgraded,
}

/// The server.
#[derive(Clone)]
pub struct SmtpServer {
    /// Where it listens.
    pub address: SocketAddr,
    privacy: Privacy,
    login: Option<Login>,
    heard: Arc<Mutex<Vec<(Line, String)>>>,
    kept: Arc<Mutex<Vec<Letter>>>,
    mood: Arc<Mutex<Mood>>,
    pace: Arc<Mutex<Duration>>,
    script: Script,
}

impl std::fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SmtpServer({})", self.address)
    }
}

impl SmtpServer {
    /// Starts on a free port of 127.0.0.1, open to everybody.
    pub async fn start() -> Self {
        Self::start_with(Privacy::None, None).await
    }

    /// Starts on a free port of 127.0.0.1; with a login, only that user's letters are taken.
    pub async fn start_with(privacy: Privacy, login: Option<Login>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let mood = Arc::new(Mutex::new(Mood::Accepts));
        let server = Self {
            address,
            privacy,
            login,
            heard: Arc::default(),
            kept: Arc::default(),
            mood,
            pace: Arc::default(),
            script: Script::default(),
        };
        let answering = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = answering.clone();
                tokio::spawn(async move {
                    // A client that hangs up is a client that hangs up.
                    let _ = server.serve(stream).await;
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

    /// The first words of what was said to it on an open line, without the good-byes.
    pub fn heard_openly(&self) -> Vec<String> {
        self.heard(|line| line == Line::Open)
    }

    /// The first words of what was said to it in private, without the good-byes.
    pub fn heard_privately(&self) -> Vec<String> {
        self.heard(|line| line != Line::Open)
    }

    fn heard(&self, on: impl Fn(Line) -> bool) -> Vec<String> {
        self.heard
            .lock()
            .expect("words")
            .iter()
            .filter(|(line, _)| on(*line))
            .map(|(_, word)| word.clone())
            .collect()
    }

    /// Changes how it answers.
    pub fn feels(&self, mood: Mood) {
        *self.mood.lock().expect("mood") = mood;
    }

    /// Is difficult from now on, at that step, with letters whose reader's address ends like this.
    pub fn plays(&self, at: At, ending: &str, act: Act) {
        self.script.add(at, ending, act);
    }

    /// Is not difficult any more.
    pub fn relents(&self) {
        self.script.clear();
    }

    /// Lets a client wait so long for the answer to a message that is already kept: whoever is killed
    /// meanwhile has sent a letter and does not know it.
    pub fn takes(&self, pace: Duration) {
        *self.pace.lock().expect("pace") = pace;
    }

    #[allow(clippy::disallowed_methods, reason = "a slow server takes real time")]
    async fn lingers(&self) {
        let pace = *self.pace.lock().expect("pace");
        tokio::time::sleep(pace).await;
    }

    async fn serve(&self, stream: TcpStream) -> Result<()> {
        match &self.privacy {
            Privacy::None => self.converse(stream, Line::Open).await.map(drop),
            Privacy::Implicit(tls) => self.converse(tls.accept(stream).await?, Line::Private).await.map(drop),
            Privacy::Starttls(tls) => {
                let Some(stream) = self.converse(stream, Line::Open).await? else { return Ok(()) };
                self.converse(tls.accept(stream).await?, Line::Upgraded).await.map(drop)
            }
        }
    }

    fn offers(&self, line: Line) -> String {
        let more_private = line == Line::Open && matches!(self.privacy, Privacy::Starttls(_));
        let starttls = if more_private { "250-STARTTLS\r\n" } else { "" };
        let auth = self
            .login
            .filter(|_| !more_private)
            .map(|login| format!("250-AUTH {}\r\n", login.mechanism))
            .unwrap_or_default();
        format!("250-post.example.org\r\n{starttls}{auth}250-8BITMIME\r\n250 SIZE 10485760\r\n")
    }

    /// Holds a conversation until it ends, or until the other side wants it to go on in private: then gives
    /// the line back.
    async fn converse<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S, line: Line) -> Result<Option<S>> {
        let mut stream = BufReader::new(stream);
        if line != Line::Upgraded {
            if !self.script.played(At::Greeting, "", &mut stream).await? {
                return Ok(None);
            }
            say(&mut stream, "220 post.example.org ESMTP").await?;
        }
        let mut welcome = self.login.is_none();
        let mut reader = String::new();
        while let Some(command) = hear(&mut stream).await? {
            let verb = command.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            if verb == "QUIT" {
                say(&mut stream, "221 bye").await?;
                return Ok(None);
            }
            self.heard.lock().expect("words").push((line, verb.clone()));
            let mood = *self.mood.lock().expect("mood");
            if verb == "RCPT" {
                reader = command.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
            }
            let at = match verb.as_str() {
                "MAIL" => Some(At::Mail),
                "RCPT" => Some(At::Rcpt),
                "DATA" => Some(At::Data),
                "STARTTLS" => Some(At::StartTls),
                _ => None,
            };
            if let Some(at) = at
                && !self.script.played(at, &reader, &mut stream).await?
            {
                continue;
            }
            let answer = match verb.as_str() {
                "EHLO" => self.offers(line).trim_end().to_owned(),
                "STARTTLS" if line == Line::Open && matches!(self.privacy, Privacy::Starttls(_)) => {
                    say(&mut stream, "220 go on in private").await?;
                    return Ok(Some(stream.into_inner()));
                }
                "AUTH" => {
                    welcome = self.knows(&command, &mut stream).await?;
                    if welcome { "235 2.7.0 welcome" } else { "535 5.7.8 bad credentials" }.to_owned()
                }
                "HELO" | "NOOP" | "RSET" => "250 ok".to_owned(),
                "MAIL" if !welcome => "530 5.7.0 authentication required".to_owned(),
                "MAIL" => "250 2.1.0 ok".to_owned(),
                "RCPT" if mood == Mood::KnowsNobody => "550 5.1.1 no such person".to_owned(),
                "RCPT" => "250 2.1.5 ok".to_owned(),
                "DATA" => {
                    say(&mut stream, "354 go on").await?;
                    let message = content(&mut stream).await?;
                    if self.script.act(At::Dot, &reader) == Some(Act::KeepsSilent) {
                        self.kept.lock().expect("letters").push(Letter::read(&reader, &message));
                    }
                    if !self.script.played(At::Dot, &reader, &mut stream).await? {
                        continue;
                    }
                    match mood {
                        Mood::Defers => "451 4.3.0 not now".to_owned(),
                        Mood::Accepts | Mood::KnowsNobody => {
                            self.kept.lock().expect("letters").push(Letter::read(&reader, &message));
                            self.lingers().await;
                            "250 2.0.0 Ok: queued as 4bFxQ81zK3z1".to_owned()
                        }
                    }
                }
                _ => "500 what?".to_owned(),
            };
            say(&mut stream, &answer).await?;
        }
        Ok(None)
    }

    /// Whether an AUTH command (RFC 4954) says who may send letters here.
    async fn knows(
        &self,
        command: &str,
        stream: &mut (impl AsyncBufRead + AsyncWrite + Unpin),
    ) -> Result<bool> {
        let Some(Login { mechanism, user, password }) = self.login else { return Ok(false) };
        let mut words = command.split(' ').skip(1);
        let (said, initial) = (words.next().unwrap_or_default(), words.next());
        if said != mechanism {
            return Ok(false);
        }
        Ok(match (mechanism, initial) {
            ("PLAIN", Some(response)) => decoded(response)? == format!("\0{user}\0{password}"),
            ("LOGIN", None) => {
                asked(stream, "Username:").await? == user && asked(stream, "Password:").await? == password
            }
            _ => false,
        })
    }
}

async fn say(stream: &mut (impl AsyncWrite + Unpin), answer: &str) -> Result<()> {
    stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    stream.flush().await
}

async fn hear(stream: &mut (impl AsyncBufRead + Unpin)) -> Result<Option<String>> {
    let mut line = String::new();
    let bytes = stream.read_line(&mut line).await?;
    Ok((bytes > 0).then(|| line.trim_end().to_owned()))
}

async fn asked(stream: &mut (impl AsyncBufRead + AsyncWrite + Unpin), question: &str) -> Result<String> {
    say(stream, &format!("334 {}", STANDARD.encode(question))).await?;
    decoded(&hear(stream).await?.ok_or(ErrorKind::UnexpectedEof)?)
}

fn decoded(text: &str) -> Result<String> {
    let bytes = STANDARD.decode(text).map_err(Error::other)?;
    String::from_utf8(bytes).map_err(Error::other)
}

/// The lines up to the final dot, dots unstuffed (RFC 5321 §4.5.2).
async fn content(lines: &mut (impl AsyncBufRead + Unpin)) -> Result<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(message);
        }
        message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
