//! Mail over SMTP: a letter in two steps over a session of its own, which may serve another letter after it.
//!
//! lettre's pooled transport is not used: a send that is dropped half-way leaves its connection in the pool,
//! and the next letter may then read the answer that was meant for this one.

mod idle;
mod line;
mod session;

use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::address::{Server, Starttls};
use super::{BadMailUrl, Delivery, Envelope, Pace, Post, PostError, Reply, Step};
use idle::{Idle, leave};
use session::Session;

/// How many letters may be with the mail server at a time, whatever the number of hands.
const CONNECTIONS: usize = 300;

/// How long each step may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Finding the server and connecting.
    pub connect: Duration,
    /// Each command; greeting and EHLO together, TLS together with EHLO after it.
    pub command: Duration,
    /// The content, until the answer to its final dot.
    pub content: Duration,
    /// RSET, before another letter goes over the same session.
    pub reset: Duration,
    /// Saying good-bye.
    pub quit: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            connect: seconds(20),
            command: seconds(30),
            content: seconds(120),
            reset: seconds(5),
            quit: seconds(5),
        }
    }
}

/// A mail server that takes our letters. Clones share its sessions.
#[derive(Clone)]
pub struct SmtpPost {
    server: Server,
    hello: ClientId,
    tls: Option<TlsParameters>,
    patience: Patience,
    idle: Idle,
    places: Arc<Semaphore>,
    pace: Pace,
}

impl std::fmt::Debug for SmtpPost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpPost")
            .field("server", &self.server)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

/// A letter whose sender and reader were accepted. Dropped, it takes its session along.
#[derive(Debug)]
struct SmtpDelivery {
    session: Session,
    idle: Idle,
    _place: OwnedSemaphorePermit,
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
        Ok(Self {
            server,
            hello: ClientId::Domain(hello.to_owned()),
            tls,
            patience: Patience::default(),
            idle: Idle::default(),
            places: Arc::new(Semaphore::new(CONNECTIONS)),
            pace: Pace::default(),
        })
    }

    /// A session on which the server has said yes to sender and reader. What it says of us on one that was
    /// used before may be about that session (too many letters, gone meanwhile): a new one is asked, too.
    async fn addressed(&self, envelope: &Envelope) -> Result<Session, PostError> {
        while let Some(mut session) = self.idle.take() {
            if !session.begins_anew().await {
                continue;
            }
            match session.address(envelope).await {
                Err(error) if error.meaning().is_of_the_route() => leave(session),
                outcome => return self.kept(session, outcome),
            }
        }
        let mut session = Session::begin(self).await?;
        let outcome = session.address(envelope).await;
        self.kept(session, outcome)
    }

    fn kept(&self, session: Session, outcome: Result<(), PostError>) -> Result<Session, PostError> {
        match outcome {
            Ok(()) => Ok(session),
            Err(error) => {
                if error.meaning().is_of_the_route() {
                    leave(session);
                } else if error.goes_on() {
                    self.idle.put(session);
                }
                Err(error)
            }
        }
    }
}

#[async_trait::async_trait]
impl Post for SmtpPost {
    async fn open(&self, envelope: &Envelope) -> Result<Box<dyn Delivery>, PostError> {
        let place = self.places.clone().acquire_owned().await;
        let place = place.map_err(|error| PostError::silence(Step::Connect, error.to_string()))?;
        let session = self.addressed(envelope).await?;
        Ok(Box::new(SmtpDelivery { session, idle: self.idle.clone(), _place: place }))
    }

    fn pace(&self) -> Pace {
        self.pace.clone()
    }
}

#[async_trait::async_trait]
impl Delivery for SmtpDelivery {
    async fn send(self: Box<Self>, message: &[u8]) -> Result<Reply, PostError> {
        let Self { mut session, idle, _place } = *self;
        let outcome = session.hand_over(message).await;
        if outcome.as_ref().err().is_none_or(PostError::goes_on) {
            idle.put(session);
        }
        outcome
    }

    async fn abandon(self: Box<Self>) {
        self.idle.put(self.session);
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
