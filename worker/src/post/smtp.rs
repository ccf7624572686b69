//! Mail over SMTP: one connection per letter, a time-out per step, accepted only by reply code 250.
//!
//! lettre's pooled transport is not used: a send that is dropped half-way leaves its connection in the pool,
//! and the next letter may then read the answer that was meant for this one. Here a connection on which a
//! step ran out of time is dropped with everything it may still say.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::time::timeout;

use super::address::{Server, Starttls};
use super::{BadMailUrl, Delivery, Envelope, Post, PostError, Reply, Said, Step};

/// How long each step may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Finding the server, connecting, TLS where it is implicit, greeting and EHLO.
    pub connect: Duration,
    /// Each command.
    pub command: Duration,
    /// The content, until the answer to its final dot.
    pub content: Duration,
    /// Saying good-bye.
    pub quit: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(20), command: seconds(30), content: seconds(120), quit: seconds(5) }
    }
}

/// How much of the content is written at a time, in bytes.
const CHUNK: usize = 64 * 1024;

/// Said where the server does not do what its address asks for.
const NO_STARTTLS: &str = "the server does not offer STARTTLS, which MAIL_URL asks for: by starttls=required, or by naming a user or a ca";

/// A mail server that takes our letters.
#[derive(Clone)]
pub struct SmtpPost {
    server: Server,
    hello: ClientId,
    tls: Option<TlsParameters>,
    patience: Patience,
}

impl std::fmt::Debug for SmtpPost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpPost")
            .field("server", &self.server)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

struct SmtpDelivery {
    connection: AsyncSmtpConnection,
    patience: Patience,
}

impl std::fmt::Debug for SmtpDelivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SmtpDelivery")
    }
}

impl SmtpPost {
    /// The server, greeted as `hello`. The file of authorities is read here and never again. Errors where it
    /// is of no use, and where TLS cannot be set up on this machine.
    pub fn new(server: Server, hello: &str) -> Result<Self, BadMailUrl> {
        let tls = match server.starttls {
            Starttls::None => None,
            Starttls::Required | Starttls::Opportunistic | Starttls::Implicit => {
                Some(tls_parameters(&server)?)
            }
        };
        Ok(Self { server, hello: ClientId::Domain(hello.to_owned()), tls, patience: Patience::default() })
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, PostError> {
        let place = (self.server.host.as_str(), self.server.port);
        let implicit = self.tls.clone().filter(|_| self.server.starttls == Starttls::Implicit);
        let connecting = AsyncSmtpConnection::connect_tokio1(
            place,
            Some(self.patience.connect),
            &self.hello,
            implicit,
            None,
        );
        timely(self.patience.connect, Step::Greeting, connecting).await.map_err(|error| match &error.said {
            Said::Silence(_) if self.server.starttls == Starttls::Implicit => {
                PostError { step: Step::Tls, ..error }
            }
            Said::Reply(_) | Said::Silence(_) | Said::Ours(_) => error,
        })
    }

    /// Makes the connection private, as far as the server's address asks for it. A connection whose handshake
    /// failed is dropped without a word: there is nobody left to say good-bye to.
    async fn private(&self, mut connection: AsyncSmtpConnection) -> Result<AsyncSmtpConnection, PostError> {
        let wanted = match self.server.starttls {
            Starttls::Required => true,
            Starttls::Opportunistic => connection.can_starttls(),
            Starttls::None | Starttls::Implicit => false,
        };
        let Some(tls) = self.tls.clone().filter(|_| wanted) else { return Ok(connection) };
        if !connection.can_starttls() {
            leave(connection, self.patience.quit);
            return Err(PostError::ours(Step::Tls, NO_STARTTLS));
        }
        let starting = connection.starttls(tls, &self.hello);
        timely(self.patience.command, Step::Tls, starting).await?;
        Ok(connection)
    }

    /// Makes ourselves known, where the server's address names a user.
    async fn introduce(&self, connection: &mut AsyncSmtpConnection) -> Result<(), PostError> {
        let Some((user, password)) = &self.server.login else { return Ok(()) };
        if !connection.is_encrypted() && self.server.starttls != Starttls::None {
            return Err(PostError::ours(Step::Login, "the password is not sent over an open line"));
        }
        let credentials = Credentials::new(user.clone(), password.clone());
        let knowing = connection.auth(DEFAULT_MECHANISMS, &credentials);
        timely(self.patience.command, Step::Login, knowing).await.map(drop)
    }

    async fn address(
        &self,
        connection: &mut AsyncSmtpConnection,
        envelope: &Envelope,
    ) -> Result<(), PostError> {
        let from = parsed(&envelope.from, Step::Sender)?;
        let to = parsed(&envelope.to, Step::Reader)?;
        let sender = connection.command(Mail::new(Some(from), Vec::new()));
        timely(self.patience.command, Step::Sender, sender).await?;
        let reader = connection.command(Rcpt::new(to, Vec::new()));
        timely(self.patience.command, Step::Reader, reader).await.map(drop)
    }
}

#[async_trait::async_trait]
impl Post for SmtpPost {
    async fn open(&self, envelope: &Envelope) -> Result<Box<dyn Delivery>, PostError> {
        let connection = self.connect().await?;
        let mut connection = self.private(connection).await?;
        let introduced = match self.introduce(&mut connection).await {
            Ok(()) => self.address(&mut connection, envelope).await,
            Err(error) => Err(error),
        };
        match introduced {
            Ok(()) => Ok(Box::new(SmtpDelivery { connection, patience: self.patience })),
            Err(error) => {
                leave(connection, self.patience.quit);
                Err(error)
            }
        }
    }
}

#[async_trait::async_trait]
impl Delivery for SmtpDelivery {
    async fn send(self: Box<Self>, message: &[u8]) -> Result<Reply, PostError> {
        let Self { mut connection, patience } = *self;
        let go_on = timely(patience.command, Step::Data, connection.command(Data)).await?;
        if !go_on.has_code(354) {
            leave(connection, patience.quit);
            return Err(PostError::reply(Step::Data, reply(&go_on)));
        }
        // The final dot is written once there is no more content to be had.
        let dotted = AtomicBool::new(false);
        let content = message.chunks(CHUNK).map(Some).chain([None]).map_while(|chunk| {
            dotted.store(chunk.is_none(), Ordering::Relaxed);
            chunk
        });
        let answer = timeout(patience.content, connection.message_iter(content)).await;
        let step = if dotted.load(Ordering::Relaxed) { Step::Answer } else { Step::Content };
        let outcome = match answer {
            Ok(Ok(answer)) if answer.has_code(250) => Ok(reply(&answer)),
            Ok(Ok(answer)) => Err(PostError::reply(step, reply(&answer))),
            Ok(Err(error)) => Err(trouble(&error, step)),
            Err(_) => Err(late(patience.content, step)),
        };
        leave(connection, patience.quit);
        outcome
    }

    async fn abandon(self: Box<Self>) {
        leave(self.connection, self.patience.quit);
    }
}

/// Whom to believe that the server is the server.
fn tls_parameters(server: &Server) -> Result<TlsParameters, BadMailUrl> {
    let unusable = |error: Error| BadMailUrl::Tls(error.to_string());
    let mut tls = TlsParameters::builder(server.host.clone());
    if let Some(file) = &server.ca {
        let of_no_use = |why: &dyn std::fmt::Display| BadMailUrl::Ca(format!("{}: {why}", file.display()));
        let pem = std::fs::read(file).map_err(|error| of_no_use(&error))?;
        // lettre takes a file without any certificate for an authority that vouches for nobody.
        if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
            return Err(of_no_use(&"no certificate in it"));
        }
        let authorities = Certificate::from_pem(&pem).map_err(|error| of_no_use(&error))?;
        tls = tls.certificate_store(CertificateStore::None).add_root_certificate(authorities);
    }
    tls.build().map_err(unusable)
}

/// Waits for a step for as long as it may take.
async fn timely<T>(
    limit: Duration,
    step: Step,
    doing: impl Future<Output = Result<T, Error>>,
) -> Result<T, PostError> {
    match timeout(limit, doing).await {
        Ok(outcome) => outcome.map_err(|error| trouble(&error, step)),
        Err(_) => Err(late(limit, step)),
    }
}

fn late(limit: Duration, step: Step) -> PostError {
    PostError::silence(step, format!("no answer within {} s", limit.as_secs()))
}

/// Says good-bye in a task of its own: nobody waits for it, and its outcome changes nothing.
fn leave(mut connection: AsyncSmtpConnection, limit: Duration) {
    tokio::spawn(async move { timeout(limit, connection.abort()).await });
}

fn reply(response: &Response) -> Reply {
    Reply::new(response.code().into(), &response.message().collect::<Vec<_>>().join(" "))
}

/// What went wrong in `step`: the server's no, or the line.
fn trouble(error: &Error, step: Step) -> PostError {
    let why = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    match error.status() {
        Some(code) => PostError::reply(step, Reply::new(code.into(), &why)),
        // The client's own no: no way to log in that both sides know, or nothing that may be said.
        None if error.is_client() => PostError::ours(step, why),
        None => PostError::silence(step, error.to_string()),
    }
}

fn parsed(address: &entity::email::Address, step: Step) -> Result<lettre::Address, PostError> {
    address
        .as_sent()
        .parse()
        .map_err(|error: lettre::address::AddressError| PostError::ours(step, error.to_string()))
}
