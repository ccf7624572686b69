//! How mistakes in values are told: where a value stands, and what is expected there.

use std::fmt;

use apollo_compiler::schema::ExtendedType;

use super::fault::{MAX_ERRORS, RequestError, quoted};
use super::types::Types;
use crate::graphql::scalar::FORMATS;

/// The most values of an enum that a message lists.
const MAX_LISTED: usize = 12;

/// The way to a value: what holds it, and the steps from there.
#[derive(Clone, Copy, Debug)]
pub enum At<'a> {
    /// An argument of a field or a directive.
    Argument(&'a str, &'a str),
    /// A variable.
    Variable(&'a str),
    /// What a variable is where nothing is given.
    Default(&'a str),
    /// A field of an object.
    Field(&'a At<'a>, &'a str),
    /// An item of a list, from 0.
    Item(&'a At<'a>, usize),
}

impl At<'_> {
    /// What holds the value, and the steps from there joined by dots.
    fn parts(&self) -> (String, String) {
        let step = |around: &At<'_>, step: &dyn fmt::Display| {
            let (holder, way) = around.parts();
            (holder, if way.is_empty() { step.to_string() } else { format!("{way}.{step}") })
        };
        match self {
            Self::Argument(name, of) => (format!("The argument `{name}` of `{of}`"), String::new()),
            Self::Variable(name) => (format!("The variable `${name}`"), String::new()),
            Self::Default(name) => (format!("The default of the variable `${name}`"), String::new()),
            Self::Field(around, name) => step(around, name),
            Self::Item(around, place) => step(around, place),
        }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (holder, way) = self.parts();
        if way.is_empty() { f.write_str(&holder) } else { write!(f, "{holder}, at {},", quoted(&way)) }
    }
}

/// The mistakes of a request, as many as are told.
#[derive(Debug, Default)]
pub struct Mistakes(Vec<RequestError>);

impl Mistakes {
    /// Notes a mistake.
    pub fn add(&mut self, error: RequestError) {
        if !self.is_full() {
            self.0.push(error);
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether more would not be told.
    pub fn is_full(&self) -> bool {
        self.0.len() >= MAX_ERRORS
    }

    /// All of them.
    pub fn all(self) -> Vec<RequestError> {
        self.0
    }
}

/// What a value of a type must be, as part of a sentence.
pub fn expected(types: &Types, name: &str) -> String {
    let format = FORMATS.iter().find(|format| format.name == name);
    match (name, format) {
        ("Int", _) => "an Int, a whole number of 32 bits".to_owned(),
        ("Float", _) => "a Float, a finite number".to_owned(),
        ("ID", _) => "an ID, a string or a whole number".to_owned(),
        ("String" | "Boolean", _) => format!("a {name}"),
        (_, Some(format)) => format!("{name}, {}", format.expected),
        (_, None) => match types.get(name) {
            Some(ExtendedType::Enum(kind)) => {
                let values: Vec<&str> =
                    kind.values.keys().take(MAX_LISTED).map(|value| value.as_str()).collect();
                let more = if kind.values.len() > MAX_LISTED { ", …" } else { "" };
                format!("one of {}{more}", values.join(", "))
            }
            _ => format!("an object of the type {name}"),
        },
    }
}

/// Says that a value does not fit.
pub fn misfit(types: &Types, at: &At<'_>, name: &str, found: &str) -> String {
    format!("{at} expects {}; {} is none.", expected(types, name), quoted(found))
}

/// Says that null is not allowed.
pub fn null(at: &At<'_>) -> String {
    format!("{at} must not be null.")
}

/// Says that an object has a field that its type does not have.
pub fn unknown_field(at: &At<'_>, kind: &str, field: &str) -> String {
    format!("{at} has a field {} that the type {kind} does not have.", quoted(field))
}

/// Says that an object lacks a field that its type requires.
pub fn missing_field(at: &At<'_>, field: &str) -> String {
    format!("{at} lacks the required field `{field}`.")
}
