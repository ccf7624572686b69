//! What a mail server of a story does out of the ordinary, and to whose letters.

use std::io::{ErrorKind, Result};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use super::{hear, say};

/// A step of a conversation at which the server can be told to be difficult.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Its greeting.
    Greeting,
    /// MAIL.
    Mail,
    /// RCPT.
    Rcpt,
    /// DATA, before any content.
    Data,
    /// STARTTLS, and what comes after it.
    StartTls,
    /// The final dot; the content was read, and is kept by [`Act::KeepsSilent`] alone.
    Dot,
}

/// What the server does there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Answers with this.
    Says(&'static str),
    /// Hangs up.
    Drops,
    /// Says nothing any more, until the client hangs up or the server relents.
    Hangs,
    /// Takes the letter, and hangs up without saying so.
    KeepsSilent,
}

/// The difficulties in force.
#[derive(Clone, Debug, Default)]
pub struct Script {
    lines: Arc<Mutex<Vec<(At, String, Act)>>>,
    relents: Arc<Mutex<CancellationToken>>,
}

impl Script {
    /// From now on does this at that step to letters whose reader's address ends like this; steps before RCPT
    /// know no reader, and take part with an empty ending alone.
    pub fn add(&self, at: At, ending: &str, act: Act) {
        self.lines.lock().expect("lines").push((at, ending.to_owned(), act));
    }

    /// Nothing out of the ordinary any more; who was left hanging is hung up on.
    pub fn clear(&self) {
        self.lines.lock().expect("lines").clear();
        std::mem::take(&mut *self.relents.lock().expect("relents")).cancel();
    }

    /// What to do at that step to a letter for this reader.
    pub fn act(&self, at: At, reader: &str) -> Option<Act> {
        let lines = self.lines.lock().expect("lines");
        let line =
            lines.iter().rev().find(|(step, ending, _)| *step == at && reader.ends_with(ending.as_str()));
        line.map(|(_, _, act)| act.clone())
    }

    /// Plays what the script has for that step; says whether the conversation goes on as usual.
    pub(super) async fn played(
        &self,
        at: At,
        reader: &str,
        stream: &mut (impl AsyncBufRead + AsyncWrite + Unpin),
    ) -> Result<bool> {
        match self.act(at, reader) {
            None => return Ok(true),
            Some(Act::Says(answer)) => say(stream, answer).await?,
            Some(Act::Drops | Act::KeepsSilent) => return Err(ErrorKind::ConnectionAborted.into()),
            Some(Act::Hangs) => {
                let relents = self.relents.lock().expect("relents").clone();
                tokio::select! {
                    () = relents.cancelled() => {}
                    _ = hear(stream) => {}
                }
                return Err(ErrorKind::ConnectionAborted.into());
            }
        }
        Ok(false)
    }
}
