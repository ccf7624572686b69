//! Variables: what an operation declares, and what a request gives (specification section 6.1.2, "Coercing
//! Variable Values").
//!
//! What is given is judged by type, our scalars included, before anything runs. What nobody declared is left
//! alone, as the specification has it.

use std::collections::HashMap;

use apollo_compiler::Node;
use apollo_compiler::ast::{Type, VariableDefinition};
use apollo_compiler::schema::{ExtendedType, InputObjectType};
use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Value};
use serde_json::{Map, Number, Value as Json};

use super::fault::{BAD_USER_INPUT, Location, RequestError};
use super::marks::breach;
use super::place::Lines;
use super::told::{At, Mistakes, misfit, missing_field, null, unknown_field};
use super::types::Types;
use super::value::{Literals, is_required};
use crate::graphql::scalar::FORMATS;

/// The values of an operation's variables: those that were given, or have a default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values(HashMap<Name, Value>);

impl Values {
    /// The value of a variable; none where it was left out and has no default, which is not the same as null.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// How many bytes of text and structure a variable holds, roughly.
    pub fn bytes(&self, name: &str) -> u64 {
        self.get(name).map_or(0, bytes)
    }
}

/// The structure of one value.
const VALUE_BYTES: u64 = 32;

fn bytes(value: &Value) -> u64 {
    let held = match value {
        Value::String(text) => u64::try_from(text.len()).unwrap_or(u64::MAX),
        Value::List(items) => items.iter().map(bytes).fold(0, u64::saturating_add),
        Value::Object(fields) => fields.values().map(bytes).fold(0, u64::saturating_add),
        _ => 0,
    };
    held.saturating_add(VALUE_BYTES)
}

/// A variable that an operation declares.
#[derive(Clone, Debug)]
pub struct Variable {
    name: Name,
    ty: Type,
    default: Option<Value>,
    location: Option<Location>,
}

impl Variable {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Reads what an operation declares; a default that does not fit is noted with the literals.
pub fn declared(
    definitions: &[Node<VariableDefinition>],
    literals: &mut Literals<'_>,
    lines: &Lines<'_>,
) -> Vec<Variable> {
    let variable = |definition: &Node<VariableDefinition>| {
        let at = At::Default(&definition.name);
        let default = definition
            .default_value
            .as_ref()
            .and_then(|default| literals.read(default, &definition.ty, false, &at));
        Variable {
            name: Name::new(&definition.name),
            ty: (*definition.ty).clone(),
            default: default.and_then(|default| default.into_const()),
            location: lines.begin(definition.location()),
        }
    };
    definitions.iter().map(variable).collect()
}

/// Gives variables the values of a request.
///
/// # Errors
/// Every value that does not fit, up to as many as are told.
pub fn coerce(
    types: &Types,
    variables: &[Variable],
    mut given: Map<String, Json>,
) -> Result<Values, Vec<RequestError>> {
    let mut reader = Reader { types, location: None, mistakes: Mistakes::default() };
    let mut values = HashMap::with_capacity(variables.len());
    for Variable { name, ty, default, location } in variables {
        reader.location = *location;
        let at = At::Variable(name);
        let value = match given.remove(name.as_str()) {
            Some(value) => reader.read(value, ty, &at),
            None if default.is_some() => default.clone(),
            None if ty.is_non_null() => {
                reader.no(format!("{at} of the type `{ty}` is required, and was not given."))
            }
            None => continue,
        };
        values.extend(value.map(|value| (name.clone(), value)));
        if reader.mistakes.is_full() {
            break;
        }
    }
    let mistakes = reader.mistakes.all();
    if mistakes.is_empty() { Ok(Values(values)) } else { Err(mistakes) }
}

/// Reads values from JSON, which is nested no deeper than its own parser allows (128).
struct Reader<'a> {
    types: &'a Types,
    location: Option<Location>,
    mistakes: Mistakes,
}

impl Reader<'_> {
    fn read(&mut self, value: Json, ty: &Type, at: &At<'_>) -> Option<Value> {
        if value.is_null() {
            return if ty.is_non_null() { self.no(null(at)) } else { Some(Value::Null) };
        }
        let name = match ty {
            Type::List(item) | Type::NonNullList(item) => {
                let Json::Array(items) = value else {
                    return Some(Value::List(vec![self.read(value, item, at)?]));
                };
                let mut read = Vec::with_capacity(items.len());
                for (place, value) in items.into_iter().enumerate() {
                    read.push(self.read(value, item, &At::Item(at, place)));
                    if self.mistakes.is_full() {
                        return None;
                    }
                }
                return read.into_iter().collect::<Option<_>>().map(Value::List);
            }
            Type::Named(name) | Type::NonNullNamed(name) => name,
        };
        let read = match (self.types.get(name)?, value) {
            (ExtendedType::Scalar(_), value) => scalar(name, value),
            (ExtendedType::Enum(kind), Json::String(chosen)) if kind.values.contains_key(chosen.as_str()) => {
                Ok(Value::Enum(Name::new(chosen)))
            }
            (ExtendedType::InputObject(kind), Json::Object(fields)) => return self.object(fields, kind, at),
            (_, value) => Err(value),
        };
        match read {
            Ok(value) => Some(value),
            Err(value) => self.no(misfit(self.types, at, name, &shown(&value))),
        }
    }

    fn object(&mut self, fields: Map<String, Json>, kind: &InputObjectType, at: &At<'_>) -> Option<Value> {
        let missing = kind
            .fields
            .iter()
            .find(|(name, field)| is_required(field) && !fields.contains_key(name.as_str()));
        if let Some((name, _)) = missing {
            return self.no(missing_field(at, name));
        }
        let mut read = IndexMap::with_capacity(fields.len());
        for (name, value) in fields {
            let Some(field) = kind.fields.get(name.as_str()) else {
                return self.no(unknown_field(at, &kind.name, &name));
            };
            let at = At::Field(at, &name);
            let value = self.read(value, &field.ty, &at)?;
            if let Some(wrong) = breach(field, &value) {
                return self.no(format!("{at} {wrong}"));
            }
            read.insert(Name::new(name), value);
        }
        Some(Value::Object(read))
    }

    fn no(&mut self, message: String) -> Option<Value> {
        self.mistakes.add(RequestError::new(BAD_USER_INPUT, message).at(self.location));
        None
    }
}

/// A value as it is quoted in a message: a list or an object by its sort alone, because it may be as large as
/// the request.
fn shown(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(_) => "a list".to_owned(),
        Json::Object(_) => "an object".to_owned(),
        Json::Null | Json::Bool(_) | Json::Number(_) => value.to_string(),
    }
}

/// A JSON value as a scalar; itself where it is not one.
fn scalar(name: &str, value: Json) -> Result<Value, Json> {
    match (name, value) {
        ("Int", Json::Number(number)) => whole(&number).map(Value::from).ok_or(Json::Number(number)),
        ("Float", Json::Number(number)) if number.as_f64().is_some_and(f64::is_finite) => {
            Ok(Value::Number(number))
        }
        ("Boolean", Json::Bool(truth)) => Ok(Value::Boolean(truth)),
        ("ID", Json::Number(number)) if number.is_i64() || number.is_u64() => {
            Ok(Value::String(number.to_string()))
        }
        ("ID" | "String", Json::String(text)) => Ok(Value::String(text)),
        ("Int" | "Float" | "Boolean" | "ID" | "String", value) => Err(value),
        (name, Json::String(text))
            if FORMATS.iter().any(|format| format.name == name && (format.reads)(&text)) =>
        {
            Ok(Value::String(text))
        }
        (_, value) => Err(value),
    }
}

/// A number as an Int. `1.0` is one, because some languages write whole numbers so.
fn whole(number: &Number) -> Option<i32> {
    if let Some(number) = number.as_i64() {
        return i32::try_from(number).ok();
    }
    let number = number.as_f64().filter(|number| number.fract() == 0.0)?;
    let fits = (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number);
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and within the bounds")]
    fits.then_some(number as i32)
}
