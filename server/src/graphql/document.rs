//! Everything that happens to a document between the body of a request and the first resolver.
//!
//! A text is looked at without recursion (`lexical`), parsed (`parse`), measured with each fragment measured once (`extent`), validated
//! (`validate`, `rules`, `value`, `marks`, `page`), its fragments resolved and its fields merged (`collect`), its cost reckoned as a formula of
//! its variables (`cost`, `introspection`), and turned into what the library runs (`convert`). All of that is kept by the text; what
//! is left for each request is to read its variables (`variables`), to reckon, and to fill them in.
//!
//! Nothing here knows a viewer or reads the database, and nothing descends further than what was bounded before.

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
mod public;
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

use apollo_compiler::Node;
use apollo_compiler::executable::{ExecutableDocument, Operation as Definition};
use async_graphql::Request;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde_json::{Map, Value as Json};

pub use async_graphql::parser::types::OperationType;
pub use limits::{Limits, TooMuch};
pub use persisted::Selector;
pub use trusted::{CannotTrust, Mistake, Mode};

use super::fault::{self, OPERATION_UNRESOLVED, RequestError, quoted};
use collect::{Collector, Selected};
use convert::Template;
use cost::{Cost, Reckoner};
use limits::{AUTHENTICATING, MAX_VARIABLE_BYTES, within};
use place::Lines;
use rules::Open;
use trusted::Trusted;
use types::Types;
use variables::Values;

/// How much memory documents may take that are kept, in bytes.
const KEPT_BYTES: u64 = 16 * 1024 * 1024;
/// How many documents that is, about.
const KEPT_DOCUMENTS: usize = 2_000;
/// How much memory those may take that clients ask for by their hash, in bytes. Most of it is shared with those that are kept by their text.
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
        let fields: usize = document.operations.iter().map(|operation| operation.fields * FIELD_BYTES).sum();
        // A document that is converted again for every request keeps its text and its types, too.
        u64::try_from(document.text.len() * 4 + fields).unwrap_or(u64::MAX)
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
    fields: usize,
    /// Whether it asks for nothing but what anybody may see.
    public: bool,
    /// What the library runs; none where variables decide what is selected.
    template: Option<Template>,
}

/// A request that can be run.
#[derive(Debug)]
#[non_exhaustive]
pub struct Prepared {
    /// Which kind of operation is run.
    pub kind: OperationType,
    /// Its cost: how many values its answer can hold at most, as the schema's sizes have it.
    pub cost: u64,
    /// How many of them are not in lists; those that are in lists are counted while it runs.
    pub values: u64,
    /// Whether it asks for nothing but what anybody may see.
    pub public: bool,
    /// What to run. It needs the data that resolvers ask for, and nothing else.
    pub request: Request,
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
        Self { types, limits, kept: kept(KEPT_BYTES), persisted: kept(PERSISTED_BYTES), trusted: Trusted::default() }
    }

    /// The same, with the documents of a folder of manifests known by their ids, and `mode` for those that are not among them.
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

    fn read_anew(&self, text: &str) -> Result<Document, NotRunnable> {
        within(text.chars().count(), self.limits.characters, |found, most| TooMuch::Characters { found, most })?;
        let scan = lexical::scan(text);
        within(scan.brackets, self.limits.nesting(), |found, most| TooMuch::Brackets { found, most })?;
        let lines = Lines::of(text);
        let syntax = parse::parse(&scan, &lines, &self.limits).map_err(|error| NotRunnable::Unparsable(vec![error]))?;
        extent::measure(&syntax, &lines, &self.limits)?;
        let (typed, open) = validate::validate(self.types, &syntax, &lines).map_err(NotRunnable::Invalid)?;
        let mut operations = Vec::with_capacity(open.len());
        for (definition, open) in typed.operations.iter().zip(open) {
            operations.push(self.operation(&typed, definition, open, &lines)?);
        }
        let depends = operations.iter().any(|operation| operation.template.is_none());
        Ok(Document { text: text.into(), operations, typed: depends.then(|| typed.into_inner()), is_reported: AtomicBool::new(false) })
    }

    fn operation(
        &self,
        typed: &ExecutableDocument,
        definition: &Node<Definition>,
        open: Open,
        lines: &Lines<'_>,
    ) -> Result<Operation, RequestError> {
        let mut collector = Collector::new(self.types, typed, None, self.limits.fields);
        let root = definition.object_type();
        let selected = collector.collect(root, &[&definition.selection_set], lines)?;
        one_authentication(definition, &selected, lines)?;
        let reckoner = Reckoner { types: self.types, lines, most: self.limits.cost };
        let cost = reckoner.cost(root, &selected, None)?;
        let introspected = reckoner.introspected(&selected)?;
        // What no variable can change is refused at once.
        let least = cost.at(&Values::default());
        if open.variables.is_empty() {
            within(least, self.limits.cost, |found, most| TooMuch::Cost { found, most })?;
        }
        let template = self.template(definition, &selected, lines);
        Ok(Operation {
            name: definition.name.as_ref().map(ToString::to_string),
            kind: template.kind(),
            open,
            cost,
            introspected,
            fields: template.fields,
            public: definition.is_query() && public::is_public(root, &selected),
            template: (!collector.is_open).then_some(template),
        })
    }

    fn template(&self, definition: &Node<Definition>, selected: &[Selected<'_>], lines: &Lines<'_>) -> Template {
        let place = lines.begin(definition.location()).map(Into::into);
        Template::of(self.types, definition.operation_type, place, selected, lines)
    }

    /// Makes an operation of a document ready to run with variables. Variables that it does not declare are left alone.
    ///
    /// # Errors
    /// A name that says no operation, variables that do not fit, or what costs too much with them.
    pub fn prepare(
        &self,
        document: &Document,
        operation_name: Option<&str>,
        variables: Map<String, Json>,
    ) -> Result<Prepared, NotRunnable> {
        let operation = document.operation(operation_name)?;
        let values = variables::coerce(self.types, &operation.open.variables, variables).map_err(NotRunnable::Invalid)?;
        operation.open.check(&values).map_err(NotRunnable::Invalid)?;
        let cost = operation.cost.at(&values);
        within(cost, self.limits.cost, |found, most| TooMuch::Cost { found, most })?;
        let chosen;
        let template = match &operation.template {
            Some(template) => template,
            None => {
                chosen = self.chosen(document, operation, &values)?;
                &chosen
            }
        };
        let filled = fill(template, &values)?;
        let mut request = Request::new("");
        request.set_parsed_query(filled);
        let values = template.values.saturating_add(operation.introspected);
        Ok(Prepared { kind: operation.kind, cost, values, public: operation.public, request })
    }

    /// What an operation selects where its variables decide about it.
    fn chosen(&self, document: &Document, operation: &Operation, values: &Values) -> Result<Template, RequestError> {
        let typed = document.typed.as_ref();
        let definition = typed.and_then(|typed| typed.operations.get(operation.name.as_deref()).ok());
        let (Some(typed), Some(definition)) = (typed, definition) else {
            return Err(RequestError::new(fault::INTERNAL, "The document was not kept as it should be."));
        };
        let lines = Lines::of(&document.text);
        let mut collector = Collector::new(self.types, typed, Some(values), self.limits.fields);
        let selected = collector.collect(definition.object_type(), &[&definition.selection_set], &lines)?;
        Ok(self.template(definition, &selected, &lines))
    }
}

impl Document {
    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
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
            (None, [..]) => no("The document has several operations; say in `operationName` which one to run.".to_owned()),
            (Some(wanted), all) => match all.iter().find(|operation| operation.name.as_deref() == Some(wanted)) {
                Some(operation) => Ok(operation),
                None => no(format!("The document has no operation called {}.", quoted(wanted))),
            },
        }
    }
}

impl Open {
    /// Checks with the variables what was left open.
    fn check(&self, values: &Values) -> Result<(), Vec<RequestError>> {
        let null = self.not_null.iter().find(|place| values.get(&place.variable) == Some(&async_graphql::Value::Null));
        if let Some(place) = null {
            return Err(vec![RequestError::new(fault::BAD_USER_INPUT, place.message.clone()).at(place.location)]);
        }
        let pages = self.pages.iter().filter_map(|page| page.check(values).err());
        let texts = self.marked.iter().filter_map(|marked| marked.check(values).err());
        let wrong: Vec<RequestError> = pages.chain(texts).take(fault::MAX_ERRORS).collect();
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

fn fill(template: &Template, values: &Values) -> Result<async_graphql::parser::types::ExecutableDocument, RequestError> {
    let bytes = template.used.iter().map(|name| values.bytes(name)).fold(0, u64::saturating_add);
    within(bytes, MAX_VARIABLE_BYTES, |found, most| TooMuch::Variables { found, most })?;
    Ok(template.filled(values))
}

/// Refuses a document that asks for several sign-in codes, or tries several.
fn one_authentication(definition: &Node<Definition>, selected: &[Selected<'_>], lines: &Lines<'_>) -> Result<(), RequestError> {
    let of = |selected: &&Selected<'_>| definition.is_mutation() && AUTHENTICATING.contains(&selected.field.name.as_str());
    let found = selected.iter().filter(of).count();
    match selected.iter().filter(of).nth(1) {
        Some(second) => Err(RequestError::from(TooMuch::Authenticating { found }).at(lines.begin(second.field.location()))),
        None => Ok(()),
    }
}
