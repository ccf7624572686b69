//! The preview: what letters look like before they are sent, and a whole course rehearsed before it begins.
//!
//! The one room of the server, beside the binary, that may name more of the worker than its facts: a letter
//! is shown by the writer that will write it, from the same facts, and a rehearsal runs the real sweep and
//! the real delivery. What may not enter: a second way to judge or to write a letter, and anything that would
//! leave a trace in the real database or at a mail server.

mod acts;
mod app;
mod clock;
pub mod letter;
mod life;
mod record;
pub mod rehearsal;
pub mod script;
mod somebody;
mod subject;

use std::fmt;
use std::sync::Arc;

use tokio::sync::Semaphore;
use worker::letter::Writer;
use worker::post::Sender;

/// How many rehearsals run at a time in one process; the others wait.
const AT_ONCE: usize = 2;

/// What is wanted to show letters; made once, where the process is put together. Cheap to clone.
#[derive(Clone)]
pub struct Preview {
    writer: Arc<Writer>,
    sender: Sender,
    news_sender: Sender,
    places: Arc<Semaphore>,
}

impl Preview {
    /// Shows letters as `writer` writes them and `sender` sends them; `news_sender` is that of letters to
    /// people who have not registered.
    pub fn new(writer: Arc<Writer>, sender: Sender, news_sender: Sender) -> Self {
        Self { writer, sender, news_sender, places: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl fmt::Debug for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Preview").field("places", &self.places.available_permits()).finish_non_exhaustive()
    }
}
