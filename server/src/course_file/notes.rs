//! What goes wrong while a file is read: collected, each with its line, instead of stopping at the first.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::fmt;

/// A mistake in a course file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Line, from 1.
    pub line: usize,
    /// Where in the file's structure, such as `days[0].sessions[3].end`; empty where the text is not TOML.
    pub field: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, field, message } = self;
        if field.is_empty() { write!(f, "line {line}: {message}") } else { write!(f, "line {line}: {field}: {message}") }
    }
}

/// Mistakes found so far, and where in the text each field stands.
#[derive(Debug)]
pub struct Notes {
    /// The offset at which each line begins.
    line_starts: Vec<usize>,
    lines: RefCell<HashMap<String, usize>>,
    mistakes: RefCell<Vec<Mistake>>,
    /// The fields that have one.
    wrong: RefCell<HashSet<String>>,
    broken: Cell<bool>,
}

impl Notes {
    /// No mistakes yet in `text`.
    pub fn new(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(offset, _)| offset + 1);
        Self {
            line_starts: std::iter::once(0).chain(breaks).collect(),
            lines: RefCell::default(),
            mistakes: RefCell::default(),
            wrong: RefCell::default(),
            broken: Cell::new(false),
        }
    }

    /// The line, from 1, of the byte at `offset`.
    fn line_at(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    /// Remembers that the field at `path` stands at `offset`.
    pub fn stands(&self, path: &str, offset: usize) {
        self.lines.borrow_mut().insert(path.to_owned(), self.line_at(offset));
    }

    /// Whether the field at `path` stands in the text.
    pub fn stands_at(&self, path: &str) -> bool {
        self.lines.borrow().contains_key(path)
    }

    /// The line of the field at `path`, or of the nearest thing around it that stands in the text.
    fn line_of(&self, path: &str) -> usize {
        let lines = self.lines.borrow();
        around(path).find_map(|path| lines.get(path).copied()).unwrap_or(1)
    }

    /// The text is not TOML at `offset`: whatever seems to be missing elsewhere may only be unread.
    pub fn broken(&self, offset: usize, message: &str) {
        self.broken.set(true);
        self.mistakes.borrow_mut().push(Mistake {
            line: self.line_at(offset),
            field: String::new(),
            message: format!("not TOML: {message}"),
        });
    }

    /// Whether the field at `path`, and everything around it, has no mistake so far.
    pub fn sound(&self, path: &str) -> bool {
        let wrong = self.wrong.borrow();
        !around(path).any(|path| wrong.contains(path))
    }

    /// Adds a mistake in the field at `path`, unless that field or something around it is known to be wrong: one thing is told once.
    pub fn wrong(&self, path: &str, message: impl Into<String>) {
        if self.sound(path) {
            let mistake = Mistake { line: self.line_of(path), field: path.to_owned(), message: message.into() };
            self.mistakes.borrow_mut().push(mistake);
            self.wrong.borrow_mut().insert(path.to_owned());
        }
    }

    /// Adds that the field at `path` is missing.
    pub fn missing(&self, path: &str) {
        if !self.broken.get() {
            self.wrong(path, "is missing");
        }
    }

    /// The mistakes, in the order of lines, each once.
    pub fn into_mistakes(self) -> Vec<Mistake> {
        let mut mistakes = self.mistakes.into_inner();
        mistakes.sort_by(|one, other| (one.line, &one.field, &one.message).cmp(&(other.line, &other.field, &other.message)));
        mistakes.dedup();
        mistakes
    }
}

/// `path`, and everything around it, inside out: `days[0].date`, `days[0]`, `days`.
fn around(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors((!path.is_empty()).then_some(path), |path| path.rfind(['.', '[']).map(|end| &path[..end]))
}
