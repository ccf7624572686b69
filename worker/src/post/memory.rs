//! Mail that stays in memory, for tests and rehearsals.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Delivery, Envelope, Post, PostError, Reply};

/// A letter that was posted.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Its envelope.
    pub envelope: Envelope,
    /// Its content, as a mail server would get it.
    pub message: Vec<u8>,
}

/// Keeps what is posted; clones share it.
#[derive(Clone, Debug, Default)]
pub struct MemoryPost {
    letters: Arc<Mutex<Vec<Posted>>>,
    refusals: Arc<Mutex<VecDeque<PostError>>>,
}

#[derive(Debug)]
struct MemoryDelivery {
    post: MemoryPost,
    envelope: Envelope,
}

impl MemoryPost {
    /// Everything posted so far, oldest first.
    pub fn letters(&self) -> Vec<Posted> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Answers one of the next letters' content with `refusal`; several are used up in order.
    pub fn refuse_next(&self, refusal: PostError) {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).push_back(refusal);
    }
}

#[async_trait::async_trait]
impl Post for MemoryPost {
    async fn open(&self, envelope: &Envelope) -> Result<Box<dyn Delivery>, PostError> {
        Ok(Box::new(MemoryDelivery { post: self.clone(), envelope: envelope.clone() }))
    }
}

#[async_trait::async_trait]
impl Delivery for MemoryDelivery {
    async fn send(self: Box<Self>, message: &[u8]) -> Result<Reply, PostError> {
        if let Some(refusal) = self.post.refusals.lock().unwrap_or_else(PoisonError::into_inner).pop_front() {
            return Err(refusal);
        }
        let posted = Posted { envelope: self.envelope, message: message.to_vec() };
        self.post.letters.lock().unwrap_or_else(PoisonError::into_inner).push(posted);
        Ok(Reply::new(250, "kept in memory"))
    }

    async fn abandon(self: Box<Self>) {}
}
