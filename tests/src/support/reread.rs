//! Answers, read again by what they must be: GraphQL's section 6.3, "Executing Selection Sets", and section
//! 6.4.4, "Handling Execution Errors", once more and on their own, over the printed schema and the bytes of
//! an answer.
//!
//! No key is missing or too many, keys stand in the order of the document, nothing is null that must not be,
//! every leaf is what its type says, and an error says at which field it happened, and stands for a null: the
//! nearest one that may be null.
//!
//! Which fields must be there is worked out in `collect`, and what an error stands for in `error`.

mod collect;
mod error;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use apollo_compiler::ast::Type;
use apollo_compiler::executable::{Operation, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Name, Schema};
use lectern::graphql::scalar::FORMATS;
use lectern::graphql::schema;
use serde_json::Value;

use super::ordered::Ordered;

/// The schema as clients have it.
pub static SCHEMA: LazyLock<Valid<Schema>> = LazyLock::new(|| {
    let printed = schema::print(&schema::build());
    Schema::parse_and_validate(printed, "schema.graphql")
        .unwrap_or_else(|invalid| panic!("{}", invalid.errors))
});

/// The object types that a value of an interface may have.
static POSSIBLE: LazyLock<HashMap<Name, Vec<Name>>> = LazyLock::new(|| {
    let all = SCHEMA.implementers_map().into_iter();
    all.map(|(name, implementers)| (name, implementers.objects.into_iter().collect())).collect()
});

/// Documents of many stories are the same.
static READ: LazyLock<Mutex<HashMap<String, Option<Arc<ExecutableDocument>>>>> =
    LazyLock::new(Mutex::default);

/// What an answer was found to be.
#[derive(Clone, Debug, Default)]
pub struct Reread {
    /// Where it breaks the schema's word.
    pub breaches: Vec<String>,
    /// The fields that were answered, such as `Course.title`.
    pub told: BTreeSet<String>,
    /// How many values between an error and the null that stands for it were taken along, at most; none where
    /// there was no error.
    pub fallen: Option<usize>,
}

/// Reads an answer to the only operation of a document again. What this reader cannot read (a description
/// before an operation is newer than its parser) is left to stories of its own.
pub fn reread(document: &str, variables: &Value, answer: &str) -> Reread {
    let mut found = Reread::default();
    let answer = match Ordered::read(answer) {
        Ok(answer) => answer,
        Err(error) => {
            found.breaches.push(format!("{error}: {answer}"));
            return found;
        }
    };
    let errors = answer.get("errors").map(Ordered::items);
    if answer.get("errors").is_some() && errors.is_none_or(<[Ordered]>::is_empty) {
        found.breaches.push("`errors` is no list with something in it".to_owned());
    }
    for error in errors.unwrap_or_default() {
        let told = error.get("message").and_then(Ordered::text).is_some_and(|message| !message.is_empty());
        let code =
            error.get("extensions").and_then(|extensions| extensions.get("code")).and_then(Ordered::text);
        if !told || code.is_none() {
            found.breaches.push(format!("an error without a message or a code: {error:?}"));
        }
    }
    let Some(data) = answer.get("data") else {
        if errors.is_none() {
            found.breaches.push("neither data nor errors".to_owned());
        }
        return found;
    };
    let Some(document) = read(document) else { return found };
    let Ok(operation) = document.operations.get(None) else { return found };
    let reader = Reader { document: &document, operation, variables };
    reader.object("data", data, operation.object_type(), &[&operation.selection_set], &mut found);
    for error in errors.unwrap_or_default() {
        match error.get("path") {
            Some(path) => {
                let place = error.get("locations").and_then(|places| places.item(0));
                reader.error(data, path.items(), place, &mut found);
            }
            None => found.breaches.push(format!("data, and an error without a path: {error:?}")),
        }
    }
    found
}

fn read(text: &str) -> Option<Arc<ExecutableDocument>> {
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(document) = read.get(text) {
        return document.clone();
    }
    let document = ExecutableDocument::parse(&SCHEMA, text, "document.graphql").ok().map(Arc::new);
    read.insert(text.to_owned(), document.clone());
    document
}

struct Reader<'a> {
    document: &'a ExecutableDocument,
    operation: &'a Operation,
    variables: &'a Value,
}

impl<'a> Reader<'a> {
    fn object(&self, at: &str, value: &Ordered, object: &str, sets: &[&'a SelectionSet], found: &mut Reread) {
        let Ordered::Object(fields) = value else {
            // Only the whole of an answer comes here without having been asked for as something else.
            if *value != Ordered::Null {
                found.breaches.push(format!("{at} is no {object}: {value:?}"));
            }
            return;
        };
        let groups = self.collect(object, sets);
        let expected: Vec<&str> = groups.iter().map(|group| group.key.as_str()).collect();
        if value.keys() != expected {
            found
                .breaches
                .push(format!("{at} has the keys {:?}; a {object} must have {expected:?}", value.keys()));
            return;
        }
        for (group, (key, value)) in groups.iter().zip(fields) {
            found.told.insert(format!("{object}.{}", group.fields[0].name));
            if group.fields[0].name == "__typename" && value.text() != Some(object) {
                found.breaches.push(format!("{at}.{key} is {value:?}, and must be {object}"));
            }
            self.value(&format!("{at}.{key}"), value, group.kind(), &group.sets(), found);
        }
    }

    fn value(&self, at: &str, value: &Ordered, kind: &Type, sets: &[&'a SelectionSet], found: &mut Reread) {
        if *value == Ordered::Null {
            if kind.is_non_null() {
                found.breaches.push(format!("{at} is null, and of the type {kind}"));
            }
            return;
        }
        match kind {
            Type::List(item) | Type::NonNullList(item) => match value {
                Ordered::List(items) => {
                    for (place, value) in items.iter().enumerate() {
                        self.value(&format!("{at}.{place}"), value, item, sets, found);
                    }
                }
                _ => found.breaches.push(format!("{at} is no list: {value:?}")),
            },
            Type::Named(name) | Type::NonNullNamed(name) => match SCHEMA.types.get(name) {
                Some(ExtendedType::Object(_)) if matches!(value, Ordered::Object(_)) => {
                    self.object(at, value, name, sets, found)
                }
                Some(ExtendedType::Interface(_) | ExtendedType::Union(_)) => {
                    self.one_of(at, value, name, sets, found)
                }
                Some(ExtendedType::Enum(kind))
                    if value.text().is_some_and(|text| kind.values.contains_key(text)) => {}
                Some(ExtendedType::Scalar(_)) if is_scalar(name, value) => {}
                _ => found.breaches.push(format!("{at} is no {name}: {value:?}")),
            },
        }
    }

    /// A value of a type that is not known beforehand: that of its `__typename`, or else one of which it can
    /// be.
    fn one_of(&self, at: &str, value: &Ordered, kind: &Name, sets: &[&'a SelectionSet], found: &mut Reread) {
        let named = value.get("__typename").and_then(Ordered::text);
        let mut first = None;
        for object in possible(kind).iter().filter(|object| named.is_none_or(|named| **object == named)) {
            let mut tried = Reread::default();
            self.object(at, value, object, sets, &mut tried);
            if tried.breaches.is_empty() {
                // Which fields it told is known where its type is.
                found.told.extend(named.map(|_| tried.told).into_iter().flatten());
                return;
            }
            first = first.or(Some(tried.breaches));
        }
        found.breaches.extend(first.unwrap_or_else(|| vec![format!("{at} is no {kind}: {value:?}")]));
    }
}

fn possible(kind: &str) -> &'static [Name] {
    POSSIBLE.get(kind).map_or(&[], Vec::as_slice)
}

fn is_scalar(name: &str, value: &Ordered) -> bool {
    match (name, value) {
        ("Int", Ordered::Number(number)) => {
            number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
        }
        ("Float", Ordered::Number(_))
        | ("Boolean", Ordered::Truth(_))
        | ("ID" | "String", Ordered::Text(_))
        | ("JSON", _) => true,
        (name, Ordered::Text(text)) => {
            FORMATS.iter().any(|format| format.name == name && (format.reads)(text))
        }
        _ => false,
    }
}
