//! Fields, fragments and directives that fit a type of the schema.

use apollo_compiler::ast::{FieldDefinition, Type};
use apollo_compiler::schema::ExtendedType;
use rand::RngExt;

use super::{SCHEMA, Scribe};

/// Fields of which a document may have one.
const ONCE: [&str; 4] = ["requestSignInCode", "signIn", "requestEmailChange", "changeEmail"];

impl Scribe {
    pub(super) fn selections(&mut self, kind: &str, depth: usize, fragment: usize) -> Vec<String> {
        let fields: Vec<&FieldDefinition> = match SCHEMA.types.get(kind) {
            Some(ExtendedType::Object(kind)) => kind.fields.values().map(|field| &***field).collect(),
            Some(ExtendedType::Interface(kind)) => kind.fields.values().map(|field| &***field).collect(),
            _ => Vec::new(),
        };
        let mut tokens = vec!["{".to_owned()];
        for _ in 0..self.rng.random_range(1..=4) {
            match self.rng.random_range(0..10) {
                0 => tokens.extend([self.name("t"), ":".to_owned(), "__typename".to_owned()]),
                1 if depth < 5 => {
                    let condition = self.condition(kind);
                    tokens.push("...".to_owned());
                    if let Some(condition) = &condition {
                        tokens.extend(["on".to_owned(), condition.clone()]);
                    }
                    tokens.extend(self.directives());
                    tokens.extend(self.selections(condition.as_deref().unwrap_or(kind), depth + 1, fragment));
                }
                2 if depth < 4 => {
                    // A fragment leads only to later ones, so none contains itself.
                    let known = self
                        .fragments
                        .iter()
                        .skip(fragment)
                        .find(|(_, on)| on == kind)
                        .map(|(name, _)| name.clone());
                    let name = known.filter(|_| self.chance(50)).unwrap_or_else(|| {
                        let name = self.name("f");
                        self.fragments.push((name.clone(), kind.to_owned()));
                        name
                    });
                    tokens.extend(["...".to_owned(), name]);
                    tokens.extend(self.directives());
                }
                _ if !fields.is_empty() && self.budget > 0 => {
                    let field = self.one_of(&fields);
                    tokens.extend(self.field(field, depth, fragment));
                }
                _ => {}
            }
        }
        if tokens.len() == 1 {
            tokens.push("__typename".to_owned());
        }
        tokens.push("}".to_owned());
        tokens
    }

    /// The type of an inline fragment; none for none.
    fn condition(&mut self, kind: &str) -> Option<String> {
        let others: Vec<&str> = match SCHEMA.types.get(kind) {
            Some(ExtendedType::Interface(_)) => SCHEMA
                .types
                .values()
                .filter_map(|other| other.as_object())
                .filter(|other| other.implements_interfaces.iter().any(|interface| interface.name == kind))
                .map(|other| other.name.as_str())
                .collect(),
            Some(ExtendedType::Object(object)) => {
                object.implements_interfaces.iter().map(|interface| interface.name.as_str()).collect()
            }
            _ => Vec::new(),
        };
        match self.rng.random_range(0..3) {
            0 => None,
            1 if !others.is_empty() => Some(self.one_of(&others).to_owned()),
            _ => Some(kind.to_owned()),
        }
    }

    fn directives(&mut self) -> Vec<String> {
        if !self.chance(10) {
            return Vec::new();
        }
        let value = if self.chance(50) {
            self.variable(&Type::parse("Boolean!", "type").expect("a type"))
        } else {
            vec!["true".to_owned()]
        };
        let name = self.one_of(&["include", "skip"]);
        let begin = ["@", name, "(", "if", ":"].map(str::to_owned).to_vec();
        [begin, value, vec![")".to_owned()]].concat()
    }

    fn field(&mut self, field: &FieldDefinition, depth: usize, fragment: usize) -> Vec<String> {
        let kind = SCHEMA.types.get(field.ty.inner_named_type()).expect("a type");
        let is_leaf = kind.is_scalar() || kind.is_enum();
        if ONCE.contains(&field.name.as_str()) || (!is_leaf && depth >= 6) {
            return Vec::new();
        }
        self.budget -= 1;
        let mut arguments = Vec::new();
        for argument in &field.arguments {
            // Both of a pair are refused, and a cursor must have been given before.
            let skipped = ["last", "after", "before"].contains(&argument.name.as_str());
            if argument.is_required() || (!skipped && self.chance(30)) {
                arguments.extend([argument.name.to_string(), ":".to_owned()]);
                arguments.extend(self.value(argument, 0));
            }
        }
        // Under a name of its own, so that it is not merged with the same field with other arguments.
        let mut tokens = vec![self.name("a"), ":".to_owned(), field.name.to_string()];
        if !arguments.is_empty() {
            tokens.push("(".to_owned());
            tokens.extend(arguments);
            tokens.push(")".to_owned());
        }
        tokens.extend(self.directives());
        if !is_leaf {
            tokens.extend(self.selections(field.ty.inner_named_type(), depth + 1, fragment));
        }
        tokens
    }
}
