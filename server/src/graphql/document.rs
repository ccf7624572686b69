//! Everything that happens to a document between the body of a request and the first resolver.
//!
//! Once for each text (`read`), it is looked at without recursion (`lexical`), parsed (`parse`), measured
//! with each fragment measured once (`extent`), validated (`validate`, `rules`, `value`, `marks`, `page`),
//! its fragments resolved and its fields merged (`collect`), its cost reckoned as a formula of its variables
//! (`cost`, `introspection`), and turned into what the library runs (`convert`). All of that is kept by the
//! text; what is left for each request (`prepare`) is to read its variables (`variables`), to reckon, and to
//! fill them in.
//!
//! Nothing here knows a viewer or reads the database, and nothing descends further than what was bounded
//! before.

mod collect;
mod convert;
mod cost;
mod extent;
mod introspection;
mod lexical;
mod limits;
mod manifest;
mod marks;
mod page;
mod parse;
mod persisted;
mod place;
mod prepare;
mod public;
mod read;
mod rows;
mod rules;
#[cfg(test)]
mod tests;
mod told;
mod trusted;
mod types;
mod validate;
mod value;
mod variables;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use apollo_compiler::executable::ExecutableDocument;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde_json::{Map, Value as Json};

pub use async_graphql::parser::types::OperationType;
pub use limits::TooMuch;
pub use persisted::Selector;
pub use prepare::Prepared;
pub use trusted::{CannotTrust, Mistake};

use super::fault::{self, OPERATION_UNRESOLVED, RequestError, quoted};
use crate::limits::document::{Limits, Mode};
use convert::Template;
use cost::Cost;
use rules::Open;
use trusted::Trusted;
use types::Types;

/// How much memory documents may take that are kept, in bytes.
const KEPT_BYTES: u64 = 16 * 1024 * 1024;
/// How many documents that is, about.
const KEPT_DOCUMENTS: usize = 2_000;
/// How much memory those may take that clients ask for by their hash, in bytes. Most of it is shared with
/// those that are kept by their text.
const PERSISTED_BYTES: u64 = 8 * 1024 * 1024;
/// What a field of a document takes, about.
const FIELD_BYTES: usize = 600;

/// Why a request cannot be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRunnable {
    /// The document does not follow the grammar.
    Unparsable(Vec<RequestError>),
    /// It can be read, and breaks a rule or a limit, or its variables do.
    Invalid(Vec<RequestError>),
    /// No document is known by its hash. That is a step of the protocol: the client sends the text next.
    Unknown(RequestError),
}

impl From<RequestError> for NotRunnable {
    fn from(error: RequestError) -> Self {
        Self::Invalid(vec![error])
    }
}

impl NotRunnable {
    /// The errors, as they are answered.
    pub fn into_errors(self) -> Vec<RequestError> {
        match self {
            Self::Unparsable(errors) | Self::Invalid(errors) => errors,
            Self::Unknown(error) => vec![error],
        }
    }
}

/// How deep brackets are nested in a text, as it is counted before anything descends into them.
pub fn nesting(text: &str) -> usize {
    lexical::scan(text).brackets
}

/// Documents, read against the schema and within limits, and kept.
#[derive(Debug)]
pub struct Documents {
    types: &'static Types,
    limits: Limits,
    /// By their texts.
    kept: Cache<Box<str>, Arc<Document>, Weight>,
    /// By the hashes of their texts, where clients have named them.
    persisted: Cache<Box<str>, Arc<Document>, Weight>,
    trusted: Trusted,
}

/// How much memory a kept document takes.
#[derive(Clone, Debug)]
struct Weight;

impl Weighter<Box<str>, Arc<Document>> for Weight {
    fn weight(&self, _: &Box<str>, document: &Arc<Document>) -> u64 {
        u64::try_from(document.memory()).unwrap_or(u64::MAX)
    }
}

/// A document that was read. It holds nothing of a request.
#[derive(Debug)]
pub struct Document {
    text: Box<str>,
    operations: Vec<Operation>,
    /// The document with its types, where an operation's selections depend on its variables.
    typed: Option<ExecutableDocument>,
    /// Whether the log says that it was run without being trusted.
    is_reported: AtomicBool,
}

/// An operation of a document.
#[derive(Debug)]
struct Operation {
    name: Option<String>,
    kind: OperationType,
    open: Open,
    cost: Cost,
    /// What it costs to tell of the schema.
    introspected: u64,
    /// What it costs that its own fields look for something.
    searched: Cost,
    fields: usize,
    /// Whether it asks for nothing but what anybody may see.
    public: bool,
    /// What the library runs; none where variables decide what is selected.
    template: Option<Template>,
}

impl Documents {
    /// Reads documents against the schema that is served.
    ///
    /// # Errors
    /// What is wrong with the schema; a test holds that nothing is.
    pub fn new(limits: Limits) -> Result<Self, &'static str> {
        Types::served().map(|types| Self::over(types, limits))
    }

    fn over(types: &'static Types, limits: Limits) -> Self {
        let kept = |bytes| Cache::with_weighter(KEPT_DOCUMENTS, bytes, Weight);
        Self {
            types,
            limits,
            kept: kept(KEPT_BYTES),
            persisted: kept(PERSISTED_BYTES),
            trusted: Trusted::default(),
        }
    }

    /// The same, with the documents of a folder of manifests known by their ids, and `mode` for those that
    /// are not among them.
    ///
    /// # Errors
    /// Every mistake in them.
    pub fn trusting(self, folder: &Path, mode: Mode) -> Result<Self, CannotTrust> {
        let trusted = Trusted::load(folder, mode, &self)?;
        Ok(Self { trusted, ..self })
    }

    /// How many documents are trusted.
    pub fn trusted(&self) -> usize {
        self.trusted.count()
    }

    /// Reads a document, or finds it among those that were read before.
    ///
    /// # Errors
    /// Where it leaves the grammar, which limit it exceeds, or which rules it breaks.
    pub fn read(&self, text: &str) -> Result<Arc<Document>, NotRunnable> {
        if let Some(document) = self.kept.get(text) {
            return Ok(document);
        }
        let document = Arc::new(self.read_anew(text)?);
        self.kept.insert(text.into(), Arc::clone(&document));
        Ok(document)
    }
}

impl Document {
    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many bytes of memory it takes, roughly.
    pub fn memory(&self) -> usize {
        let fields: usize = self.operations.iter().map(|operation| operation.fields * FIELD_BYTES).sum();
        // A document that is converted again for every request keeps its text and its types, too.
        self.text.len() * 4 + fields
    }

    /// Leaves of the variables of a request those that the document declares: nothing else is ever read.
    pub fn keep_declared(&self, variables: &mut Map<String, Json>) {
        let is_declared = |name: &str| self.operations.iter().any(|operation| operation.open.declares(name));
        variables.retain(|name, _| is_declared(name));
    }

    /// Which kind of operation is run under a name, or without one where there is only one.
    ///
    /// # Errors
    /// A name that says no operation.
    pub fn kind(&self, operation_name: Option<&str>) -> Result<OperationType, NotRunnable> {
        self.operation(operation_name).map(|operation| operation.kind)
    }

    /// The operation that is meant ("GetOperation", specification section 6.1).
    fn operation(&self, name: Option<&str>) -> Result<&Operation, NotRunnable> {
        let no = |message: String| Err(RequestError::new(OPERATION_UNRESOLVED, message).into());
        match (name, self.operations.as_slice()) {
            (None, [operation]) => Ok(operation),
            (None, []) => no("The document has no operation.".to_owned()),
            (None, [..]) => {
                no("The document has several operations; say in `operationName` which one to run.".to_owned())
            }
            (Some(wanted), all) => {
                match all.iter().find(|operation| operation.name.as_deref() == Some(wanted)) {
                    Some(operation) => Ok(operation),
                    None => no(format!("The document has no operation called {}.", quoted(wanted))),
                }
            }
        }
    }
}
