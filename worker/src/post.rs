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
pub mod pace;
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
pub use pace::Pace;
pub use reply::{Meaning, Reply, Step};
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

/// Why a letter did not leave, or may not have: where, and what was said there. What follows from it is
/// [`PostError::meaning`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{step}: {said}")]
pub struct PostError {
    /// Where.
    pub step: Step,
    /// What.
    pub said: Said,
}

/// What ended an attempt to send a letter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Said {
    /// The mail server said no.
    #[error("{0}")]
    Reply(Reply),
    /// Nothing more was heard: the connection was refused or broken, or the answer did not come in time.
    #[error("{0}")]
    Silence(String),
    /// We did not go on ourselves, and why.
    #[error("{0}")]
    Ours(String),
}

impl PostError {
    /// The server's no.
    pub fn reply(step: Step, reply: Reply) -> Self {
        Self { step, said: Said::Reply(reply) }
    }

    /// Silence, and of what kind.
    pub fn silence(step: Step, why: impl Into<String>) -> Self {
        Self { step, said: Said::Silence(why.into()) }
    }

    /// Our own no.
    pub fn ours(step: Step, why: impl Into<String>) -> Self {
        Self { step, said: Said::Ours(why.into()) }
    }
}

/// A way for letters to leave Lectern.
#[async_trait::async_trait]
pub trait Post: Send + Sync + Debug {
    /// Goes as far as a mail server's yes to sender and reader; nothing of the content is handed over.
    async fn open(&self, envelope: &Envelope) -> Result<Box<dyn Delivery>, PostError>;

    /// How long its steps take; nothing is known where they are none of a conversation.
    fn pace(&self) -> Pace {
        Pace::default()
    }
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
