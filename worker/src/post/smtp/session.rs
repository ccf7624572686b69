//! One conversation with a mail server: a time limit for each step, and the step in every error. Several
//! letters can go over it, with RSET in between. A session that was dropped, or on which a step did not come
//! to its end, is gone together with whatever the server might still say.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
#[expect(deprecated, reason = "the only way to have the library's TLS over a stream of our own")]
use lettre::transport::smtp::client::AsyncNetworkStream;
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::response::Response;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::line::{Line, PrivateLine, Watch};
use super::{Patience, SmtpPost};
use crate::post::address::Starttls;
use crate::post::{Envelope, Pace, PostError, Reply, Step};

/// How much of the content is written at a time, in bytes.
const CHUNK: usize = 64 * 1024;

/// Said where the server does not do what its address asks for.
const NO_STARTTLS: &str = "the server does not offer STARTTLS, which MAIL_URL asks for: by starttls=required, or by naming a user or a ca";

/// A conversation.
pub(super) struct Session {
    connection: AsyncSmtpConnection,
    watch: Arc<Watch>,
    is_private: bool,
    patience: Patience,
    pace: Pace,
    /// Letters that were spoken of.
    pub(super) letters: u32,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("letters", &self.letters).finish_non_exhaustive()
    }
}

impl Session {
    /// Connects, and comes as far as MAIL: greeted, in private where `post` asks for it, and known by name
    /// where it names a user.
    pub(super) async fn begin(post: &SmtpPost) -> Result<Self, PostError> {
        let patience = post.patience;
        let watch = Arc::new(Watch::default());
        let line = connected(post, watch.clone()).await?;
        let is_private = post.server.starttls == Starttls::Implicit;
        let line: Box<dyn AsyncTokioStream> = match &post.tls {
            Some(tls) if is_private => secured(post, line, tls.clone()).await?,
            Some(_) | None => Box::new(line),
        };
        let greeting = AsyncSmtpConnection::connect_with_transport(line, &post.hello);
        let connection =
            timely(&post.pace, patience.command, Step::Greeting, greeting).await.map_err(|error| {
                // Over a private line the handshake was written before.
                let greeted = Watch::is(&watch.spoken) && !is_private;
                if greeted { PostError { step: Step::Hello, ..error } } else { error }
            })?;
        let mut session =
            Self { connection, watch, is_private, patience, pace: post.pace.clone(), letters: 0 };
        session.goes_private(post).await?;
        session.introduces_itself(post).await?;
        Ok(session)
    }

    /// Makes the conversation private, as far as the server's address asks for it. Where the handshake fails
    /// nobody is left to say good-bye to.
    async fn goes_private(&mut self, post: &SmtpPost) -> Result<(), PostError> {
        let offered = self.connection.can_starttls();
        let wanted = match post.server.starttls {
            Starttls::Required => true,
            Starttls::Opportunistic => offered,
            Starttls::None | Starttls::Implicit => false,
        };
        let Some(tls) = post.tls.clone().filter(|_| wanted) else { return Ok(()) };
        if !offered {
            self.says_goodbye().await;
            return Err(PostError::ours(Step::Tls, NO_STARTTLS));
        }
        Watch::set(&self.watch.upgrading, true);
        let starting = self.connection.starttls(tls, &post.hello);
        timely(&self.pace, self.patience.command, Step::Tls, starting).await?;
        if !self.connection.is_encrypted() {
            return Err(PostError::ours(Step::Tls, "the line is not private after STARTTLS"));
        }
        self.is_private = true;
        Ok(())
    }

    /// Makes ourselves known, where the server's address names a user.
    async fn introduces_itself(&mut self, post: &SmtpPost) -> Result<(), PostError> {
        let Some((user, password)) = &post.server.login else { return Ok(()) };
        if !self.is_private && post.server.starttls != Starttls::None {
            self.says_goodbye().await;
            return Err(PostError::ours(Step::Login, "the password is not sent over an open line"));
        }
        let credentials = Credentials::new(user.clone(), password.clone());
        let knowing = self.connection.auth(DEFAULT_MECHANISMS, &credentials);
        let known = timely(&self.pace, self.patience.command, Step::Login, knowing).await;
        if known.is_err() {
            self.says_goodbye().await;
        }
        known.map(drop)
    }

    /// MAIL and RCPT: the server's yes to sender and reader.
    pub(super) async fn address(&mut self, envelope: &Envelope) -> Result<(), PostError> {
        self.letters += 1;
        let from = parsed(&envelope.from, Step::Sender)?;
        let to = parsed(&envelope.to, Step::Reader)?;
        let sender = self.connection.command(Mail::new(Some(from), Vec::new()));
        timely(&self.pace, self.patience.command, Step::Sender, sender).await?;
        let reader = self.connection.command(Rcpt::new(to, Vec::new()));
        timely(&self.pace, self.patience.command, Step::Reader, reader).await.map(drop)
    }

    /// DATA, the content, and the final dot: the one reply that says accepted, or why there is none.
    pub(super) async fn hand_over(&mut self, message: &[u8]) -> Result<Reply, PostError> {
        let go_on =
            timely(&self.pace, self.patience.command, Step::Data, self.connection.command(Data)).await?;
        if !go_on.has_code(354) {
            return Err(PostError::silence(Step::Data, format!("no yes to DATA: {}", reply(&go_on))));
        }
        let watch = &self.watch;
        Watch::set(&watch.dotted, false);
        let content = message.chunks(CHUNK).map(Some).chain([None]).map_while(|chunk| {
            Watch::set(&watch.content_is_over, chunk.is_none());
            chunk
        });
        let begun = Instant::now();
        let answer = timeout(self.patience.content, self.connection.message_iter(content)).await;
        self.pace.took(Step::Content, begun.elapsed());
        let step = if Watch::is(&self.watch.dotted) { Step::Answer } else { Step::Content };
        Watch::set(&self.watch.content_is_over, false);
        match answer {
            Ok(Ok(answer)) if answer.has_code(250) => Ok(reply(&answer)),
            Ok(Ok(answer)) => Err(PostError::reply(step, reply(&answer))),
            Ok(Err(error)) => Err(trouble(&error, step)),
            Err(_) => Err(late(self.patience.content, step)),
        }
    }

    /// RSET: whether the server is still there, and ready for another letter.
    pub(super) async fn begins_anew(&mut self) -> bool {
        let reset = timeout(self.patience.reset, self.connection.command(Rset)).await;
        matches!(reset, Ok(Ok(answer)) if answer.has_code(250))
    }

    /// QUIT; its outcome changes nothing.
    pub(super) async fn says_goodbye(&mut self) {
        let _ = timeout(self.patience.quit, self.connection.abort()).await;
    }
}

async fn connected(post: &SmtpPost, watch: Arc<Watch>) -> Result<Line, PostError> {
    let place = (post.server.host.as_str(), post.server.port);
    let no_line = |error: std::io::Error| PostError::silence(Step::Connect, error.to_string());
    let begun = Instant::now();
    let connecting = timeout(post.patience.connect, TcpStream::connect(place)).await;
    post.pace.took(Step::Connect, begun.elapsed());
    let stream = connecting.map_err(|_| late(post.patience.connect, Step::Connect))?.map_err(no_line)?;
    Line::new(stream, watch).map_err(no_line)
}

async fn secured(
    post: &SmtpPost,
    line: Line,
    tls: TlsParameters,
) -> Result<Box<dyn AsyncTokioStream>, PostError> {
    #[expect(deprecated, reason = "the only way to have the library's TLS over a stream of our own")]
    let mut stream = AsyncNetworkStream::use_existing_tokio1(Box::new(line));
    timely(&post.pace, post.patience.command, Step::Tls, stream.upgrade_tls(tls)).await?;
    Ok(Box::new(PrivateLine(stream)))
}

/// Waits for a step for as long as it may take.
async fn timely<T>(
    pace: &Pace,
    limit: Duration,
    step: Step,
    doing: impl Future<Output = Result<T, Error>>,
) -> Result<T, PostError> {
    let begun = Instant::now();
    let ended = timeout(limit, doing).await;
    pace.took(step, begun.elapsed());
    match ended {
        Ok(outcome) => outcome.map_err(|error| trouble(&error, step)),
        Err(_) => Err(late(limit, step)),
    }
}

fn late(limit: Duration, step: Step) -> PostError {
    PostError::silence(step, format!("no answer within {} s", limit.as_secs()))
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
