//! Trusted documents: those that the office's own clients were built with, known to the server by their ids.
//!
//! They are read from a folder of manifests when the server starts, and checked as far as a document can be
//! without a request: what does not parse, does not validate, or would cost too much with the largest pages
//! that its variables allow is told with file and line, and the server does not start, because a client that
//! was built with it is broken already.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Place;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use entity::secret::fingerprint;

use super::limits::{TooMuch, within};
use super::manifest::{self, Entry};
use super::{Document, Documents};
use crate::graphql::fault::RequestError;
use crate::limits::document::Mode;

/// The documents that are trusted.
#[derive(Debug, Default)]
pub struct Trusted {
    pub(super) mode: Mode,
    /// By the ids of the manifests and, where no other document has that for an id, by the SHA-256 of the
    /// text in hexadecimal.
    by_id: HashMap<Box<str>, Arc<Document>>,
    by_text: HashMap<Box<str>, Arc<Document>>,
}

/// Why the documents of a folder cannot be trusted.
#[derive(Debug, thiserror::Error)]
pub enum CannotTrust {
    /// A folder or a file cannot be read.
    #[error("TRUSTED_DOCUMENTS: {} cannot be read: {}", .0.display(), .1)]
    Unreadable(PathBuf, io::Error),
    /// There is no manifest in the folder.
    #[error("TRUSTED_DOCUMENTS names {}, which holds no manifest of documents, a file whose name ends in .json", .0.display())]
    Empty(PathBuf),
    /// What is wrong with manifests and their documents.
    #[error("TRUSTED_DOCUMENTS has documents with mistakes:\n{}", .0.iter().map(|mistake| format!("  {mistake}")).collect::<Vec<_>>().join("\n"))]
    Mistakes(Vec<Mistake>),
}

/// What is wrong with a manifest, or with one of its documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The manifest.
    pub file: PathBuf,
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.message)
    }
}

impl Trusted {
    /// Reads all manifests of a folder: its files whose names end in `.json`, not those of folders within.
    ///
    /// # Errors
    /// Every manifest and every document that is not sound.
    pub(super) fn load(folder: &Path, mode: Mode, documents: &Documents) -> Result<Self, CannotTrust> {
        let mut trusted = Self { mode, ..Self::default() };
        let mut places: HashMap<Box<str>, (PathBuf, usize)> = HashMap::new();
        let mut mistakes = Vec::new();
        for file in manifests(folder)? {
            let text =
                fs::read_to_string(&file).map_err(|error| CannotTrust::Unreadable(file.clone(), error))?;
            let mut wrong =
                |line: usize, message: String| mistakes.push(Mistake { file: file.clone(), line, message });
            let entries = match manifest::read(&text) {
                Ok(entries) => entries,
                Err(manifest::Mistake { line, message }) => {
                    wrong(line, message);
                    continue;
                }
            };
            for Entry { id, text, line } in entries {
                match documents.sound(&text).map(|document| trusted.add(&id, document)) {
                    Ok(true) => {
                        places.entry(id.into_boxed_str()).or_insert((file.clone(), line));
                    }
                    Ok(false) => {
                        let other = places
                            .get(id.as_str())
                            .map(|(file, line)| format!(" in {}:{line}", file.display()));
                        wrong(
                            line,
                            format!("the id {id:?} is another document's{}", other.unwrap_or_default()),
                        );
                    }
                    Err(errors) => errors
                        .iter()
                        .for_each(|error| wrong(line, format!("the document {id:?}{}", told(error)))),
                }
            }
        }
        if !mistakes.is_empty() {
            return Err(CannotTrust::Mistakes(mistakes));
        }
        // Only now, lest the hash of one document take the id of another.
        for (text, document) in &trusted.by_text {
            trusted
                .by_id
                .entry(fingerprint(&**text).into_boxed_str())
                .or_insert_with(|| Arc::clone(document));
        }
        Ok(trusted)
    }

    /// Adds a document under an id, if that is not another's. What several manifests have in common is taken
    /// once.
    fn add(&mut self, id: &str, document: Document) -> bool {
        let document = match self.by_text.entry(document.text.clone()) {
            Place::Occupied(known) => Arc::clone(known.get()),
            Place::Vacant(place) => Arc::clone(place.insert(Arc::new(document))),
        };
        let known = self.by_id.entry(id.into()).or_insert_with(|| Arc::clone(&document));
        known.text == document.text
    }

    /// The document with this id, or whose text has this SHA-256.
    pub(super) fn by_id(&self, id: &str) -> Option<&Arc<Document>> {
        self.by_id.get(id)
    }

    /// The document with exactly this text.
    pub(super) fn by_text(&self, text: &str) -> Option<&Arc<Document>> {
        self.by_text.get(text)
    }

    /// How many documents there are.
    pub(super) fn count(&self) -> usize {
        self.by_text.len()
    }
}

impl Documents {
    /// Reads a document and holds it to the budget at its largest variables.
    fn sound(&self, text: &str) -> Result<Document, Vec<RequestError>> {
        let document = self.read_anew(text).map_err(super::NotRunnable::into_errors)?;
        let dearest =
            document.operations.iter().map(|operation| operation.cost.at_most()).max().unwrap_or_default();
        match within(dearest, self.limits.cost, |found, most| TooMuch::CostAtMost { found, most }) {
            Ok(()) => Ok(document),
            Err(error) => Err(vec![error]),
        }
    }
}

/// The manifests of a folder, in the order of their names, so that mistakes are told in the same order every
/// time.
fn manifests(folder: &Path) -> Result<Vec<PathBuf>, CannotTrust> {
    let unreadable = |error| CannotTrust::Unreadable(folder.to_owned(), error);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "json") && path.is_file() {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(CannotTrust::Empty(folder.to_owned()));
    }
    files.sort();
    Ok(files)
}

/// An error of a document, as the end of a sentence that begins with the document.
fn told(error: &RequestError) -> String {
    match error.locations.first() {
        Some(place) => format!(", line {}, column {}: {}", place.line, place.column, error.message),
        None => format!(": {}", error.message),
    }
}
