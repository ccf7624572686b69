//! Where in the text each field stands, and what is wrong with it, told by lines.

use std::collections::{HashMap, HashSet};
use std::fmt;

use entity::refusal::Detail;

use crate::catalogue::draft::{self, Mistakes, Path, Telling, sentence};

/// A mistake in a course file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Line, from 1.
    pub line: usize,
    /// Where in the file's structure, such as `days[0].sessions[3].end`; nowhere where the text is not TOML.
    pub path: Path,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl Mistake {
    /// The same as a refusal tells it, whose place stands beside it.
    pub fn detail(&self) -> Detail {
        let Self { line, path, message } = self;
        Detail {
            path: path.in_file(),
            message: sentence(message),
            line: Some(u32::try_from(*line).unwrap_or(u32::MAX)),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, path, message } = self;
        let field = path.to_string();
        if field.is_empty() {
            write!(f, "line {line}: {message}")
        } else {
            write!(f, "line {line}: {field}: {message}")
        }
    }
}

/// The lines of a text, and what stands on them.
#[derive(Debug)]
pub struct Lines {
    /// The offset at which each line begins.
    starts: Vec<usize>,
    /// The line of each field.
    fields: HashMap<Path, usize>,
    /// Elements of lists that say with one value what others say with a table.
    short: HashSet<Path>,
    /// What is not TOML.
    broken: Vec<Mistake>,
}

impl Lines {
    /// The lines of `text`.
    pub fn of(text: &str) -> Self {
        let breaks =
            text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(offset, _)| offset + 1);
        Self {
            starts: std::iter::once(0).chain(breaks).collect(),
            fields: HashMap::new(),
            short: HashSet::new(),
            broken: Vec::new(),
        }
    }

    /// The line, from 1, of the byte at `offset`.
    fn line_at(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// Remembers that the field at `path` stands at `offset`.
    pub fn stands(&mut self, path: &Path, offset: usize) {
        self.fields.insert(path.clone(), self.line_at(offset));
    }

    /// Remembers that what stands at `path` is a single value in the place of a table.
    pub fn stands_for_a_table(&mut self, path: &Path) {
        self.short.insert(path.clone());
    }

    /// The text is not TOML at `offset`: whatever seems to be missing elsewhere may only be unread.
    pub fn broken(&mut self, offset: usize, message: &str) {
        let (line, message) = (self.line_at(offset), format!("not TOML: {message}"));
        self.broken.push(Mistake { line, path: Path::default(), message });
    }

    /// Whether all of the text is TOML.
    pub fn is_whole(&self) -> bool {
        self.broken.is_empty()
    }

    /// Everything that is wrong, in the order of lines, each once; a mistake in what does not stand in the
    /// text is told at the line of what is around it.
    pub fn told(self, mistakes: Mistakes) -> Vec<Mistake> {
        let Self { starts: _, fields, short, mut broken } = self;
        let shown = |path: Path| path.around().filter(|around| short.contains(around)).unwrap_or(path);
        let told = |draft::Mistake { path, wrong }| {
            let message = match wrong {
                draft::Wrong::Twice(first) => Telling::File.words(&draft::Wrong::Twice(shown(first))),
                other => Telling::File.words(&other),
            };
            let line = path.outward().find_map(|path| fields.get(&path).copied()).unwrap_or(1);
            Mistake { line, path: shown(path), message }
        };
        broken.extend(mistakes.into_found().into_iter().map(told));
        broken.sort_by(|one, other| {
            (one.line, &one.path, &one.message).cmp(&(other.line, &other.path, &other.message))
        });
        broken.dedup();
        broken
    }
}
