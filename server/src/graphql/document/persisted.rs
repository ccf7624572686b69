//! How a request says which document it wants: by its text, or by what stands for it.
//!
//! Two things may stand for a document. The id of one that is trusted (`trusted`), as *GraphQL over HTTP*,
//! appendix "Persisted Documents", Relay and Apollo say it; and the SHA-256 of one that some client has sent
//! before, which Apollo calls automatic persisted queries: a client sends the hash alone, is told that it is
//! not known, sends both, and from then on the hash is enough, as long as we remember it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use entity::secret::fingerprint;

use super::{Document, Documents, NotRunnable};
use crate::graphql::fault::{
    DOCUMENT_NOT_TRUSTED, PERSISTED_QUERY_MISMATCH, PERSISTED_QUERY_NOT_FOUND, RequestError, quoted,
};
use crate::limits::document::Mode;

/// What Apollo's clients look for, letter by letter, before they send the text.
const NOT_FOUND: &str = "PersistedQueryNotFound";
/// How an id says that it is a hash of the text (appendix "Persisted Documents", "SHA256 Hex Document
/// Identifier").
const SHA256: &str = "sha256:";

/// Which document a request wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// The one with this text.
    Text(String),
    /// The one with this text, which is to be known by its hash from now on.
    Persist {
        /// The document.
        text: String,
        /// Its SHA-256, in lower-case hexadecimal, as the client reckoned it.
        hash: String,
    },
    /// The one with this hash, or with this id in a manifest: Apollo's clients send both as a hash.
    Hash(String),
    /// The one with this id in a manifest, or with the hash after `sha256:`.
    Id(String),
}

impl Documents {
    /// The document that a request wants. `may_write`: whether whoever asks may send documents of their own
    /// where trusted ones alone are let in.
    ///
    /// # Errors
    /// It is not known, does not have the hash, is not trusted, or is not sound.
    pub fn find(&self, selector: &Selector, may_write: bool) -> Result<Arc<Document>, NotRunnable> {
        let trusted = match selector {
            Selector::Text(text) | Selector::Persist { text, .. } => self.trusted.by_text(text),
            Selector::Hash(id) => self.trusted.by_id(id),
            Selector::Id(id) => {
                self.trusted.by_id(id).or_else(|| self.trusted.by_id(id.strip_prefix(SHA256)?))
            }
        };
        if let Selector::Persist { text, hash } = selector
            && fingerprint(text) != *hash
        {
            let message = "provided sha does not match query: `sha256Hash` is not the SHA-256 of `query` in lower-case hexadecimal";
            return Err(RequestError::new(PERSISTED_QUERY_MISMATCH, message).into());
        }
        if let Some(document) = trusted {
            return Ok(Arc::clone(document));
        }
        let is_let_in = may_write || self.trusted.mode != Mode::Required;
        let document = match selector {
            Selector::Text(_) | Selector::Persist { .. } if !is_let_in => {
                let message = "This server runs trusted documents alone for those who are not signed in, and this is none of them.";
                return Err(RequestError::new(DOCUMENT_NOT_TRUSTED, message).into());
            }
            Selector::Text(text) => self.read(text)?,
            Selector::Persist { text, hash } => {
                let document = self.read(text)?;
                self.persisted.insert(hash.as_str().into(), Arc::clone(&document));
                document
            }
            Selector::Hash(hash) => {
                let known = self.persisted.get(hash.as_str()).filter(|_| is_let_in);
                known.ok_or_else(|| {
                    NotRunnable::Unknown(RequestError::new(PERSISTED_QUERY_NOT_FOUND, NOT_FOUND))
                })?
            }
            Selector::Id(id) => {
                let known =
                    id.strip_prefix(SHA256).and_then(|hash| self.persisted.get(hash)).filter(|_| is_let_in);
                let unknown = || {
                    RequestError::new(
                        PERSISTED_QUERY_NOT_FOUND,
                        format!("There is no document with the id {}.", quoted(id)),
                    )
                };
                known.ok_or_else(unknown)?
            }
        };
        if self.trusted.mode == Mode::LogMissing && !may_write {
            report(&document);
        }
        Ok(document)
    }
}

/// Logs a document that is not trusted, once for as long as it is kept.
fn report(document: &Document) {
    if document.is_reported.swap(true, Ordering::Relaxed) {
        return;
    }
    let names: Vec<String> = document
        .operations
        .iter()
        .filter_map(|operation| operation.name.as_deref())
        .take(3)
        .map(quoted)
        .collect();
    tracing::info!(sha256 = %fingerprint(document.text()), operations = %names.join(", "), "a document that is not trusted is run for a stranger");
}
