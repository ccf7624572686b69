//! Values that fit a type of the schema: literals, variables and what is given for them.

use apollo_compiler::ast::{InputValueDefinition, Type};
use apollo_compiler::schema::ExtendedType;
use rand::RngExt;
use serde_json::{Map, Value, json};

use super::{SCHEMA, Scribe, TEXTS};

/// A code that is known wherever the schema asks for one.
const CODE: &str = "nurse";

/// Whether the schema takes none but listed codes here (`@code`).
fn is_code(input: &InputValueDefinition) -> bool {
    input.directives.has("code")
}

impl Scribe {
    pub(super) fn value(&mut self, input: &InputValueDefinition, depth: usize) -> Vec<String> {
        if is_code(input) {
            return vec![format!("\"{CODE}\"")];
        }
        if self.chance(25) && input.name != "first" {
            self.variable(&input.ty)
        } else {
            self.literal(&input.ty, &input.name, depth)
        }
    }

    fn literal(&mut self, ty: &Type, name: &str, depth: usize) -> Vec<String> {
        if ty.is_list() {
            let mut tokens = vec!["[".to_owned()];
            for _ in 0..self.rng.random_range(0..3) {
                tokens.extend(self.literal(ty.item_type(), name, depth + 1));
            }
            tokens.push("]".to_owned());
            return tokens;
        }
        let one = |text: &str| vec![text.to_owned()];
        match SCHEMA.types.get(ty.inner_named_type()) {
            Some(ExtendedType::Enum(kind)) => {
                let values: Vec<_> = kind.values.keys().collect();
                vec![self.one_of(&values).to_string()]
            }
            Some(ExtendedType::InputObject(kind)) => {
                let mut tokens = one("{");
                for field in kind.fields.values() {
                    if field.is_required() || (depth < 3 && self.chance(30)) {
                        tokens.extend([field.name.to_string(), ":".to_owned()]);
                        tokens.extend(self.value(field, depth + 1));
                    }
                }
                tokens.push("}".to_owned());
                tokens
            }
            _ => match ty.inner_named_type().as_str() {
                "Int" if ["first", "last"].contains(&name) => {
                    vec![self.rng.random_range(1..=100).to_string()]
                }
                "Int" => vec![self.rng.random::<i32>().to_string()],
                "Float" => one("-1.5e-3"),
                "Boolean" => one("false"),
                "ID" | "String" | "Markdown" => one(self.one_of(&TEXTS)),
                other => vec![sample(other).to_string()],
            },
        }
    }

    pub(super) fn variable(&mut self, ty: &Type) -> Vec<String> {
        let name = self.name("v");
        let value = self.json(ty, 0);
        if ty.is_non_null() || self.chance(70) {
            self.given.insert(name.clone(), value);
        }
        self.variables.push((name.clone(), ty.clone()));
        vec!["$".to_owned(), name]
    }

    fn json(&mut self, ty: &Type, depth: usize) -> Value {
        if !ty.is_non_null() && self.chance(20) {
            return Value::Null;
        }
        if ty.is_list() {
            return (0..self.rng.random_range(0..3)).map(|_| self.json(ty.item_type(), depth + 1)).collect();
        }
        match SCHEMA.types.get(ty.inner_named_type()) {
            Some(ExtendedType::Enum(kind)) => {
                let values: Vec<_> = kind.values.keys().collect();
                json!(self.one_of(&values).as_str())
            }
            Some(ExtendedType::InputObject(kind)) => {
                let mut object = Map::new();
                for field in kind.fields.values() {
                    if field.is_required() || (depth < 3 && self.chance(30)) {
                        let value =
                            if is_code(field) { json!(CODE) } else { self.json(&field.ty, depth + 1) };
                        object.insert(field.name.to_string(), value);
                    }
                }
                Value::Object(object)
            }
            _ => match ty.inner_named_type().as_str() {
                "Int" => json!(self.rng.random::<i32>()),
                "Float" => json!(0.5),
                "Boolean" => json!(true),
                "ID" | "String" | "Markdown" => json!("{[(\""),
                other => sample(other),
            },
        }
    }

    /// The variables that were used, and now and then one more description than anybody reads.
    pub(super) fn declarations(&mut self) -> Vec<String> {
        let variables = std::mem::take(&mut self.variables);
        if variables.is_empty() {
            return Vec::new();
        }
        let mut tokens = vec!["(".to_owned()];
        for (name, ty) in variables {
            tokens.extend(self.description());
            tokens.extend(["$".to_owned(), name, ":".to_owned(), ty.to_string()]);
            if !ty.is_non_null() && self.chance(30) {
                tokens.push("=".to_owned());
                tokens.extend(self.constant(&ty));
            }
        }
        tokens.push(")".to_owned());
        tokens
    }

    /// A literal without variables.
    fn constant(&mut self, ty: &Type) -> Vec<String> {
        if ty.is_list() {
            return ["[", "]"].map(str::to_owned).to_vec();
        }
        match SCHEMA.types.get(ty.inner_named_type()) {
            Some(ExtendedType::InputObject(_)) => vec!["null".to_owned()],
            _ => self.literal(ty, "", 3),
        }
    }
}

/// A value of a scalar of ours.
fn sample(scalar: &str) -> Value {
    json!(match scalar {
        "Date" => "2026-05-13",
        "DateTime" => "2026-05-13T14:00:00Z",
        "LocalTime" => "10:00",
        "TimeZone" => "America/New_York",
        "Decimal" => "1995.00",
        "CurrencyCode" => "USD",
        "Url" => "https://example.org/",
        other => panic!("no sample of the scalar {other}"),
    })
}
