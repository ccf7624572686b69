//! Documents written at random, and mutilated at random; the same ones for the same seed.
//!
//! What is written fits the schema, and has all that a lexer can stumble over: strings and block strings full of brackets and quotes, comments
//! that end at a CR, marks of byte order, commas, descriptions, types within lists, defaults, directives, fragments.

use std::sync::LazyLock;

use apollo_compiler::Schema;
use apollo_compiler::ast::{FieldDefinition, InputValueDefinition, Type};
use apollo_compiler::schema::ExtendedType;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Map, Value, json};

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::parse(include_str!("../../../schema.graphql"), "schema.graphql").expect("the schema"));

/// Between tokens.
const TRIVIA: [&str; 12] =
    [" ", "\n", "\r", "\r\n", "\t", ",", " # { [ ( \" \"\"\" } ]\n", "#[[[[\r", " #\r\n", "\u{feff}", " ,, ", "# \u{1F600} \\\"\"\"\n"];
/// Literals of text, as they are written.
const TEXTS: [&str; 12] = [
    "\"\"",
    "\"a\"",
    "\"{[(\"",
    "\"\\\"\"",
    "\"\\\\\"",
    "\"\\u00e9 \\n \u{1F600}\"",
    "\"#\"",
    "\"\"\"\"\"\"",
    "\"\"\" \"\" { \"\"\"",
    "\"\"\"\\\"\"\" [[[ \"\"\"",
    "\"\"\"\n  a\r\n  # b \\\"\"\" \"\"\"",
    "\"\\u{1F600}\"",
];
/// What is put where it does not belong.
const NASTY: [&str; 44] = [
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "\"\"\"",
    "\\\"\"\"",
    "#",
    "\r",
    "\n",
    "$",
    "@",
    "!",
    "...",
    "... on ",
    " on ",
    "|",
    "&",
    ":",
    "=",
    "-",
    "0",
    "1e",
    "\\",
    "\u{feff}",
    "é",
    "\u{0}",
    " null ",
    " true ",
    " fragment ",
    " query ",
    " mutation ",
    "subscription",
    " type X{a:Int}",
    "[[[[",
    "{a{a",
    "((((",
    "[$]",
    "[}",
    "\\uD800",
    "$a:[[[",
    "\"d\" query",
];
/// Fields of which a document may have one.
const ONCE: [&str; 2] = ["requestSignInCode", "signIn"];

/// Somebody who writes documents.
#[derive(Debug)]
pub struct Scribe {
    rng: StdRng,
    names: usize,
    /// Fields that may still be written.
    budget: usize,
    variables: Vec<(String, Type)>,
    given: Map<String, Value>,
    /// Fragments by their names and types; those before `written` are written.
    fragments: Vec<(String, String)>,
}

impl Scribe {
    /// Somebody who writes what this seed makes them write.
    pub fn new(seed: u64) -> Self {
        Self { rng: StdRng::seed_from_u64(seed), names: 0, budget: 0, variables: Vec::new(), given: Map::new(), fragments: Vec::new() }
    }

    /// A document that fits the schema, and variables for it.
    pub fn document(&mut self) -> (String, Map<String, Value>) {
        self.names = 0;
        self.budget = self.rng.random_range(1..60);
        self.variables.clear();
        self.fragments.clear();
        self.given = Map::new();
        let (operation, root) = if self.chance(10) { ("mutation", "Mutation") } else { ("query", "Query") };
        let body = self.selections(root, 0, 0);
        let mut definitions = Vec::new();
        let mut written = 0;
        while let Some((name, kind)) = self.fragments.get(written).cloned() {
            written += 1;
            let body = self.selections(&kind, 2, written);
            let mut tokens = self.description();
            tokens.extend(["fragment".to_owned(), name, "on".to_owned(), kind]);
            definitions.push([tokens, body].concat());
        }
        let mut tokens = Vec::new();
        if operation != "query" || !self.variables.is_empty() || self.chance(70) {
            tokens.extend(self.description());
            tokens.push(operation.to_owned());
            if self.chance(70) {
                tokens.push("Q".to_owned());
            }
            tokens.extend(self.declarations());
        }
        let place = self.rng.random_range(0..=definitions.len());
        definitions.insert(place, [tokens, body].concat());
        (self.spaced(&definitions.concat()), std::mem::take(&mut self.given))
    }

    /// The same text after something has happened to it.
    pub fn mutilated(&mut self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        for _ in 0..self.rng.random_range(1..=4) {
            let (from, to) = self.slice(&letters);
            match self.rng.random_range(0..8) {
                0 => {
                    letters.drain(from..to);
                }
                1 => {
                    let again = letters[from..to].to_vec();
                    letters.splice(to..to, again);
                }
                2 | 3 => {
                    let nasty = self.one_of(&NASTY).chars();
                    letters.splice(from..from, nasty);
                }
                4 => {
                    let nasty = self.one_of(&NASTY).repeat(self.rng.random_range(2..200));
                    letters.splice(from..from, nasty.chars());
                }
                5 => letters.truncate(from),
                6 => {
                    let moved: Vec<char> = letters.drain(from..to).collect();
                    let place = self.rng.random_range(0..=letters.len());
                    letters.splice(place..place, moved);
                }
                _ => {
                    let nasty = self.one_of(&NASTY).chars();
                    letters.splice(from..to, nasty);
                }
            }
        }
        letters.into_iter().collect()
    }

    fn slice(&mut self, letters: &[char]) -> (usize, usize) {
        let from = self.rng.random_range(0..=letters.len());
        (from, self.rng.random_range(from..=letters.len().min(from + 40)))
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_range(0..100) < percent
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.rng.random_range(0..all.len())]
    }

    fn name(&mut self, beginning: &str) -> String {
        self.names += 1;
        format!("{beginning}{}", self.names)
    }

    fn description(&mut self) -> Vec<String> {
        if self.chance(20) { vec![self.one_of(&TEXTS).to_owned()] } else { Vec::new() }
    }

    /// Puts what is ignored between tokens.
    fn spaced(&mut self, tokens: &[String]) -> String {
        let mut text = if self.chance(10) { "\u{feff}".to_owned() } else { String::new() };
        for token in tokens {
            let needed = text.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_') || token.starts_with(['"', '.', '-']);
            if needed || self.chance(30) {
                text.push_str(self.one_of(&TRIVIA));
            }
            text.push_str(token);
        }
        text
    }

    fn selections(&mut self, kind: &str, depth: usize, fragment: usize) -> Vec<String> {
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
                    let known = self.fragments.iter().skip(fragment).find(|(_, on)| on == kind).map(|(name, _)| name.clone());
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
            Some(ExtendedType::Object(object)) => object.implements_interfaces.iter().map(|interface| interface.name.as_str()).collect(),
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
        let value =
            if self.chance(50) { self.variable(&Type::parse("Boolean!", "type").expect("a type")) } else { vec!["true".to_owned()] };
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

    fn value(&mut self, input: &InputValueDefinition, depth: usize) -> Vec<String> {
        if self.chance(25) && input.name != "first" { self.variable(&input.ty) } else { self.literal(&input.ty, &input.name, depth) }
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
                "Int" if ["first", "last"].contains(&name) => vec![self.rng.random_range(1..=100).to_string()],
                "Int" => vec![self.rng.random::<i32>().to_string()],
                "Float" => one("-1.5e-3"),
                "Boolean" => one("false"),
                "ID" | "String" | "Markdown" => one(self.one_of(&TEXTS)),
                other => vec![sample(other).to_string()],
            },
        }
    }

    fn variable(&mut self, ty: &Type) -> Vec<String> {
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
                        object.insert(field.name.to_string(), self.json(&field.ty, depth + 1));
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
    fn declarations(&mut self) -> Vec<String> {
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
