//! What the schema says of texts beyond their type: which codes there are (`@code`), and how long one may be
//! (`@maxLength`).
//!
//! A resolver would find the same out, but what it is asked for may be part of what a mutation answers with,
//! and by then the mutation is done.

use apollo_compiler::Node;
use apollo_compiler::ast::InputValueDefinition;
use async_graphql::{Name, Value};

use super::fault::{BAD_USER_INPUT, Location, RequestError, quoted};
use super::variables::Values;
use crate::graphql::directive;
use crate::graphql::vocabulary;

/// What the texts of an argument or of an input field must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// One of these codes.
    Code(&'static [String]),
    /// No longer than this.
    Length {
        /// The most characters.
        characters: usize,
        /// The most words; none: as many as there is room for.
        words: Option<usize>,
    },
}

impl Mark {
    /// What the schema says of the texts that `definition` takes.
    pub fn of(definition: &InputValueDefinition) -> impl Iterator<Item = Self> {
        definition.directives.iter().filter_map(|directive| {
            let argument = |name: &str| directive.specified_argument_by_name(name);
            let number = |name: &str| {
                argument(name).and_then(|value| value.to_i32()).and_then(|most| usize::try_from(most).ok())
            };
            match directive.name.as_str() {
                directive::CODE => argument("listedBy")
                    .and_then(|list| list.as_str())
                    .and_then(vocabulary::codes)
                    .map(Self::Code),
                directive::MAX_LENGTH => {
                    number("characters").map(|characters| Self::Length { characters, words: number("words") })
                }
                _ => None,
            }
        })
    }

    /// What a text should have been, as part of a sentence; none where it is that.
    pub fn broken_by(self, text: &str) -> Option<String> {
        match self {
            Self::Code(codes) => {
                let is_one = codes.iter().any(|code| code == text);
                (!is_one).then(|| format!("expects one of {}; {} is none.", codes.join(", "), quoted(text)))
            }
            Self::Length { characters, words } => {
                let fits = text.chars().count() <= characters
                    && words.is_none_or(|most| text.split_whitespace().count() <= most);
                let words = words.map(|most| format!("{most} words and ")).unwrap_or_default();
                (!fits).then(|| format!("may have {words}{characters} characters at most."))
            }
        }
    }
}

/// A variable that stands where the schema says more of texts than their type.
#[derive(Clone, Debug)]
pub struct Marked {
    /// The variable.
    pub variable: Name,
    /// Where it is used.
    pub location: Option<Location>,
    /// The argument or input field, as the subject of a sentence.
    pub holder: String,
    /// What the schema says.
    pub mark: Mark,
}

impl Marked {
    /// Whether the variable holds what it should.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, values: &Values) -> Result<(), RequestError> {
        let wrong = values.get(&self.variable).and_then(|value| first(value, self.mark));
        wrong.map_or(Ok(()), |wrong| Err(mistake(&self.holder, &wrong, self.location)))
    }
}

/// What is wrong with the first text of a value that breaks what the schema says of `definition`.
pub fn breach(definition: &Node<InputValueDefinition>, value: &Value) -> Option<String> {
    Mark::of(definition).find_map(|mark| first(value, mark))
}

/// The error that says so.
pub fn mistake(holder: &str, wrong: &str, location: Option<Location>) -> RequestError {
    RequestError::new(BAD_USER_INPUT, format!("{holder} {wrong}")).at(location)
}

fn first(value: &Value, mark: Mark) -> Option<String> {
    match value {
        Value::String(text) => mark.broken_by(text),
        Value::List(items) => items.iter().find_map(|item| first(item, mark)),
        _ => None,
    }
}
