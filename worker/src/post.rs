//! The post: how a letter leaves Lectern. The only room that names lettre.
//!
//! A letter is handed over in two steps, so that the ledger can be written between them: [`Post::open`] goes
//! as far as the mail server's yes to sender and reader, [`Delivery::send`] hands over the content. One
//! connection carries one letter, and a connection on which a step did not come to its end is never used
//! again.

pub mod address;
pub mod envelope;
pub mod file;
pub mod memory;
pub mod reply;
pub mod smtp;

use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;

use entity::email::Address;
use uuid::Uuid;

pub use address::{BadMailUrl, MailUrl, Starttls};
pub use envelope::{Message, NotAMessage, Sender, compose};
pub use file::FilePost;
pub use memory::{MemoryPost, Posted};
pub use reply::Reply;
pub use smtp::SmtpPost;

/// What stands on the outside of a letter.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// The notice that is sent.
    pub id: Uuid,
    /// Where answers and bounces go.
    pub from: Address,
    /// The one reader.
    pub to: Address,
}

/// Why a letter did not leave, or may not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// No mail server could be spoken to; nothing was handed over.
    #[error("the mail server cannot be reached: {0}")]
    Unreachable(String),
    /// The mail server does not accept us: our configuration is at fault, not the reader's address. Nothing
    /// was handed over.
    #[error("the mail server does not accept mail from here: {0}")]
    Unwelcome(Reply),
    /// Not now (a 4xx reply).
    #[error("deferred: {0}")]
    Deferred(Reply),
    /// Not now, and more slowly to this domain (421 or 4.7.x).
    #[error("deferred, too much at once: {0}")]
    Throttled(Reply),
    /// The reader's address does not exist (5.1.x).
    #[error("address refused: {0}")]
    AddressRefused(Reply),
    /// Refused for good, for another reason.
    #[error("refused: {0}")]
    Refused(Reply),
    /// The content was handed over and no answer came.
    #[error("no answer after the content was handed over: {0}")]
    NoAnswer(String),
}

/// A way for letters to leave Lectern.
#[async_trait::async_trait]
pub trait Post: Send + Sync + Debug {
    /// Goes as far as a mail server's yes to sender and reader; nothing of the content is handed over.
    async fn open(&self, envelope: &Envelope) -> Result<Box<dyn Delivery>, PostError>;
}

/// A letter whose sender and reader were accepted.
#[async_trait::async_trait]
pub trait Delivery: Send + Debug {
    /// Hands over the content. `Ok` means the one reply that says accepted: 250.
    async fn send(self: Box<Self>, message: &[u8]) -> Result<Reply, PostError>;

    /// Takes leave without handing anything over.
    async fn abandon(self: Box<Self>);
}

/// The post that `url` names; `hello` is the host name by which we greet mail servers.
pub fn post_from_url(url: &str, hello: &str) -> Result<Arc<dyn Post>, BadMailUrl> {
    Ok(match url.parse::<MailUrl>()? {
        MailUrl::File(folder) => Arc::new(FilePost::new(PathBuf::from(folder))),
        MailUrl::Smtp(server) => Arc::new(SmtpPost::new(server, hello)?),
    })
}
