//! Values against types: whether a literal fits where it stands, and what it is to the library that runs the
//! document.
//!
//! The validator checks most of this too, and lets pass what section 5.6 and 5.8.5 of the specification
//! forbid: an input field given twice, a variable of the wrong type within a list or an object, a variable
//! that defaults to null where null is not allowed. It knows nothing of our scalars, and names neither
//! argument nor field. So every value is looked at here.

use apollo_compiler::Node;
use apollo_compiler::ast::{InputValueDefinition, Type, Value as Literal, VariableDefinition};
use apollo_compiler::schema::{ExtendedType, InputObjectType};
use async_graphql::Name;
use async_graphql::indexmap::IndexMap;
use async_graphql_value::Value;
use serde_json::Number;

use super::fault::{Location, RequestError, VALIDATION_FAILED, quoted};
use super::marks::{Mark, Marked, mistake};
use super::place::Lines;
use super::told::{At, Mistakes, misfit, missing_field, null, unknown_field};
use super::types::Types;
use crate::graphql::scalar::FORMATS;

/// Whether a field of an input object must be given.
pub fn is_required(field: &InputValueDefinition) -> bool {
    field.ty.is_non_null() && field.default_value.is_none()
}

/// A place that does not take null, filled by a variable that may be null.
#[derive(Clone, Debug)]
pub struct NotNull {
    /// The variable.
    pub variable: Name,
    /// Where it is used.
    pub location: Option<Location>,
    /// What is said if it is null.
    pub message: String,
}

/// Reads the literals of one operation.
#[derive(Debug)]
pub struct Literals<'a> {
    types: &'a Types,
    lines: &'a Lines<'a>,
    /// What may be used; none: variables stand where they may, because that was seen to before.
    variables: Option<&'a [Node<VariableDefinition>]>,
    /// What does not fit.
    pub mistakes: Mistakes,
    /// What is left to look at when the variables are known.
    pub not_null: Vec<NotNull>,
    /// The same for what the schema says of texts.
    pub marked: Vec<Marked>,
}

impl<'a> Literals<'a> {
    /// A reader for an operation with these variables.
    pub fn new(types: &'a Types, lines: &'a Lines<'a>, variables: &'a [Node<VariableDefinition>]) -> Self {
        Self {
            types,
            lines,
            variables: Some(variables),
            mistakes: Mistakes::default(),
            not_null: Vec::new(),
            marked: Vec::new(),
        }
    }

    /// A reader for what was read before.
    pub fn trusting(types: &'a Types, lines: &'a Lines<'a>) -> Self {
        Self {
            types,
            lines,
            variables: None,
            mistakes: Mistakes::default(),
            not_null: Vec::new(),
            marked: Vec::new(),
        }
    }

    /// Reads what is given for an argument or a field of an input; none where it does not fit, which is
    /// noted.
    pub fn given(
        &mut self,
        value: &Node<Literal>,
        definition: &InputValueDefinition,
        at: &At<'_>,
    ) -> Option<Value> {
        let read = self.read(value, &definition.ty, definition.default_value.is_some(), at)?;
        let before = self.mistakes.count();
        if self.variables.is_some() {
            Mark::of(definition).for_each(|mark| self.mark(&read, mark, value, at));
        }
        (self.mistakes.count() == before).then_some(read)
    }

    /// Looks at the texts of a value, and notes the variables that may hold some.
    fn mark(&mut self, read: &Value, mark: Mark, value: &Node<Literal>, at: &At<'_>) {
        let location = self.lines.begin(value.location());
        match read {
            Value::String(text) => {
                if let Some(wrong) = mark.broken_by(text) {
                    self.mistakes.add(mistake(&at.to_string(), &wrong, location));
                }
            }
            Value::Variable(name) => {
                self.marked.push(Marked { variable: name.clone(), location, holder: at.to_string(), mark })
            }
            Value::List(items) => items.iter().for_each(|item| self.mark(item, mark, value, at)),
            _ => {}
        }
    }

    /// Reads a value where `ty` is expected; none where it does not fit, which is noted. `has_default`: the
    /// place has a value of its own where none is given, so that a variable that may be missing can stand
    /// there.
    pub fn read(
        &mut self,
        value: &Node<Literal>,
        ty: &Type,
        has_default: bool,
        at: &At<'_>,
    ) -> Option<Value> {
        match &**value {
            Literal::Variable(name) => return self.variable(name, value, ty, has_default, at),
            Literal::Null if ty.is_non_null() => return self.no(value, null(at)),
            Literal::Null => return Some(Value::Null),
            _ => {}
        }
        let name = match ty {
            Type::List(item) | Type::NonNullList(item) => {
                // One value stands for a list of one (specification section 3.11).
                let Literal::List(items) = &**value else {
                    return Some(Value::List(vec![self.read(value, item, false, at)?]));
                };
                let mut read = Vec::with_capacity(items.len());
                for (place, value) in items.iter().enumerate() {
                    read.push(self.read(value, item, false, &At::Item(at, place)));
                }
                return read.into_iter().collect::<Option<_>>().map(Value::List);
            }
            Type::Named(name) | Type::NonNullNamed(name) => name,
        };
        let read = match (self.types.get(name)?, &**value) {
            (ExtendedType::Scalar(_), literal) => scalar(name, literal),
            (ExtendedType::Enum(kind), Literal::Enum(chosen)) if kind.values.contains_key(chosen) => {
                Some(Value::Enum(Name::new(chosen)))
            }
            (ExtendedType::InputObject(kind), Literal::Object(fields)) => {
                return self.object(value, fields, kind, at);
            }
            _ => None,
        };
        match read {
            Some(read) => Some(read),
            None => self.no(value, misfit(self.types, at, name, &value.serialize().no_indent().to_string())),
        }
    }

    fn object(
        &mut self,
        value: &Node<Literal>,
        fields: &[(apollo_compiler::Name, Node<Literal>)],
        kind: &InputObjectType,
        at: &At<'_>,
    ) -> Option<Value> {
        let mut read = IndexMap::with_capacity(fields.len());
        let mut sound = true;
        for (name, field) in fields {
            if read.contains_key(name.as_str()) {
                self.note(field, format!("{at} gives the field {} twice.", quoted(name)));
                sound = false;
            }
            let Some(definition) = kind.fields.get(name) else {
                self.note(field, unknown_field(at, &kind.name, name));
                sound = false;
                continue;
            };
            match self.given(field, definition, &At::Field(at, name)) {
                Some(value) => {
                    read.insert(Name::new(name), value);
                }
                None => sound = false,
            }
        }
        for (name, definition) in &kind.fields {
            if is_required(definition) && !fields.iter().any(|(given, _)| given == name) {
                self.note(value, missing_field(at, name));
                sound = false;
            }
        }
        sound.then_some(Value::Object(read))
    }

    /// Whether a variable may stand here ("All Variable Usages Are Allowed", specification section 5.8.5).
    fn variable(
        &mut self,
        name: &apollo_compiler::Name,
        value: &Node<Literal>,
        ty: &Type,
        has_default: bool,
        at: &At<'_>,
    ) -> Option<Value> {
        let Some(variables) = self.variables else { return Some(Value::Variable(Name::new(name))) };
        // One that is not declared is told by the validator.
        let definition = variables.iter().find(|variable| variable.name == *name)?;
        let may_be_null = ty.is_non_null() && !definition.ty.is_non_null();
        let has_value = definition.default_value.as_ref().is_some_and(|default| !default.is_null());
        let fits = if may_be_null {
            (has_value || has_default) && definition.ty.is_assignable_to(&ty.clone().nullable())
        } else {
            definition.ty.is_assignable_to(ty)
        };
        if !fits {
            return self.no(
                value,
                format!("{at} expects `{ty}`; the variable `${name}` is of the type `{}`.", definition.ty),
            );
        }
        if may_be_null {
            let location = self.lines.begin(value.location());
            self.not_null.push(NotNull { variable: Name::new(name), location, message: null(at) });
        }
        Some(Value::Variable(Name::new(name)))
    }

    fn no(&mut self, value: &Node<Literal>, message: String) -> Option<Value> {
        self.note(value, message);
        None
    }

    fn note(&mut self, value: &Node<Literal>, message: String) {
        self.mistakes
            .add(RequestError::new(VALIDATION_FAILED, message).at(self.lines.begin(value.location())));
    }
}

/// A literal as a scalar; none where it is not one.
fn scalar(name: &str, literal: &Literal) -> Option<Value> {
    match (name, literal) {
        ("Int", Literal::Int(number)) => number.try_to_i32().ok().map(|number| Value::Number(number.into())),
        ("Float", Literal::Int(number)) => {
            number.try_to_f64().ok().and_then(Number::from_f64).map(Value::Number)
        }
        ("Float", Literal::Float(number)) => {
            number.try_to_f64().ok().and_then(Number::from_f64).map(Value::Number)
        }
        ("Boolean", Literal::Boolean(truth)) => Some(Value::Boolean(*truth)),
        ("ID", Literal::Int(number)) => Some(Value::String(number.as_str().to_owned())),
        ("ID" | "String", Literal::String(text)) => Some(Value::String(text.clone())),
        ("Int" | "Float" | "Boolean" | "ID" | "String", _) => None,
        (name, Literal::String(text)) => {
            let format = FORMATS.iter().find(|format| format.name == name)?;
            (format.reads)(text).then(|| Value::String(text.clone()))
        }
        _ => None,
    }
}
