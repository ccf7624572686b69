//! Mail over SMTP: one connection per letter, a time-out per step, accepted only by reply code 250.
//!
//! lettre's pooled transport is not used: a send that is dropped half-way leaves its connection in the pool,
//! and the next letter may then read the answer that was meant for this one. Here a connection on which a
//! step ran out of time is dropped with everything it may still say.

use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::time::timeout;

use super::address::{Server, Starttls};
use super::reply::Step;
use super::{BadMailUrl, Delivery, Envelope, Post, PostError, Reply};

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
        timely(self.patience.connect, "the greeting", connecting)
            .await?
            .map_err(|error| refused(&error, Step::Greeting))
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
            return Err(PostError::Unwelcome(Reply::new(0, NO_STARTTLS)));
        }
        let starting = connection.starttls(tls, &self.hello);
        timely(self.patience.command, "STARTTLS", starting)
            .await?
            .map_err(|error| refused(&error, Step::Greeting))?;
        Ok(connection)
    }

    /// Makes ourselves known, where the server's address names a user.
    async fn introduce(&self, connection: &mut AsyncSmtpConnection) -> Result<(), PostError> {
        let Some((user, password)) = &self.server.login else { return Ok(()) };
        if !connection.is_encrypted() && self.server.starttls != Starttls::None {
            return Err(PostError::Unwelcome(Reply::new(0, "the password is not sent over an open line")));
        }
        let credentials = Credentials::new(user.clone(), password.clone());
        let knowing = connection.auth(DEFAULT_MECHANISMS, &credentials);
        let answer = timely(self.patience.command, "AUTH", knowing).await?;
        answer.map(drop).map_err(|error| match refused(&error, Step::Greeting) {
            // No common mechanism is a matter of configuration, too.
            PostError::Unreachable(why) if error.is_client() => PostError::Unwelcome(Reply::new(0, &why)),
            other => other,
        })
    }

    async fn address(
        &self,
        connection: &mut AsyncSmtpConnection,
        envelope: &Envelope,
    ) -> Result<(), PostError> {
        let from = parsed(&envelope.from).map_err(|error| PostError::Unwelcome(Reply::new(0, &error)))?;
        let to = parsed(&envelope.to).map_err(|error| PostError::AddressRefused(Reply::new(0, &error)))?;
        let sender = connection.command(Mail::new(Some(from), Vec::new()));
        timely(self.patience.command, "MAIL", sender)
            .await?
            .map_err(|error| refused(&error, Step::Sender))?;
        let reader = connection.command(Rcpt::new(to, Vec::new()));
        timely(self.patience.command, "RCPT", reader)
            .await?
            .map(drop)
            .map_err(|error| refused(&error, Step::Reader))
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
        let go_on = timely(patience.command, "DATA", connection.command(Data)).await?.map_err(|error| {
            // Nothing was handed over yet, so what is no reply is a server out of reach.
            if error.status().is_some() {
                refused(&error, Step::Content)
            } else {
                PostError::Unreachable(error.to_string())
            }
        })?;
        if !go_on.has_code(354) {
            return Err(PostError::Unreachable(format!("unexpected answer to DATA: {}", reply(&go_on))));
        }
        let answer = match timeout(patience.content, connection.message(message)).await {
            Ok(answer) => answer,
            Err(_) => return Err(PostError::NoAnswer("it took too long".to_owned())),
        };
        let outcome = match answer {
            Ok(answer) if answer.has_code(250) => Ok(reply(&answer)),
            Ok(answer) => {
                Err(PostError::NoAnswer(format!("an answer that is neither yes nor no: {}", reply(&answer))))
            }
            Err(error) => Err(refused(&error, Step::Content)),
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

/// Waits for a step for as long as it may take; running out of time there means that nothing was handed over.
async fn timely<T>(limit: Duration, step: &str, doing: impl Future<Output = T>) -> Result<T, PostError> {
    timeout(limit, doing)
        .await
        .map_err(|_| PostError::Unreachable(format!("no answer to {step} within {} s", limit.as_secs())))
}

/// Says good-bye in a task of its own: nobody waits for it, and its outcome changes nothing.
fn leave(mut connection: AsyncSmtpConnection, limit: Duration) {
    tokio::spawn(async move { timeout(limit, connection.abort()).await });
}

fn reply(response: &Response) -> Reply {
    Reply::new(response.code().into(), &response.message().collect::<Vec<_>>().join(" "))
}

/// What an error in `step` means for the letter.
fn refused(error: &Error, step: Step) -> PostError {
    let why = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    match (error.status(), step) {
        (Some(code), _) => Reply::new(code.into(), &why).refusal(step),
        (None, Step::Content) => PostError::NoAnswer(error.to_string()),
        (None, Step::Greeting | Step::Sender | Step::Reader) => PostError::Unreachable(error.to_string()),
    }
}

fn parsed(address: &entity::email::Address) -> Result<lettre::Address, String> {
    address.as_sent().parse().map_err(|error: lettre::address::AddressError| error.to_string())
}
