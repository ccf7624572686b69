//! Documents written at random, and mutilated at random; the same ones for the same seed.
//!
//! What is written fits the schema, and has all that a lexer can stumble over: strings and block strings full
//! of brackets and quotes, comments that end at a CR, marks of byte order, commas, descriptions, types within
//! lists, defaults, directives, fragments.
//!
//! What is selected is in `selection`, what is given for arguments and variables in `value`, and how text is
//! spoiled in `mutilation`.

mod mutilation;
mod selection;
mod value;

use std::sync::LazyLock;

use apollo_compiler::Schema;
use apollo_compiler::ast::Type;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Map, Value};

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::parse(include_str!("../../../schema.graphql"), "schema.graphql").expect("the schema")
});

/// Between tokens.
const TRIVIA: [&str; 12] = [
    " ",
    "\n",
    "\r",
    "\r\n",
    "\t",
    ",",
    " # { [ ( \" \"\"\" } ]\n",
    "#[[[[\r",
    " #\r\n",
    "\u{feff}",
    " ,, ",
    "# \u{1F600} \\\"\"\"\n",
];
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
        Self {
            rng: StdRng::seed_from_u64(seed),
            names: 0,
            budget: 0,
            variables: Vec::new(),
            given: Map::new(),
            fragments: Vec::new(),
        }
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
            let needed = text.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_')
                || token.starts_with(['"', '.', '-']);
            if needed || self.chance(30) {
                text.push_str(self.one_of(&TRIVIA));
            }
            text.push_str(token);
        }
        text
    }
}
