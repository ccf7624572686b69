//! How large a GraphQL document may be, and whose documents are run.

use clap::ValueEnum;

/// The bounds of a document. Each is a setting; see README, "Configuration".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most characters of its text.
    pub characters: usize,
    /// The most fragments that it defines.
    pub fragments: usize,
    /// How many fields deep its answer may be; the introspection of common tools needs 14.
    pub depth: usize,
    /// How many fields it may name, those of a fragment counted wherever the fragment is used.
    pub fields: u64,
    /// How many values its answer may hold, as `@listSize` and `@cost` of the schema and the sizes of its
    /// pages have it.
    pub cost: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Limits {
    /// What counts where nothing is said.
    pub const DEFAULT: Self =
        Self { characters: 15_000, fragments: 100, depth: 24, fields: 3_000, cost: 50_000 };

    /// How deep brackets of any kind, and selections with fragments and links to fragments among them, may be
    /// nested. It follows from the depth: an inline fragment around each field, and room for the values of
    /// arguments.
    pub const fn nesting(&self) -> usize {
        self.depth * 2 + 12
    }
}

/// What becomes of documents that are not trusted, where somebody asks who is not signed in. Whoever is
/// signed in is known by name and has a budget of their own, and may always write documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// They run
    #[default]
    Off,
    /// They run, and are logged, each once
    LogMissing,
    /// They are refused
    Required,
}
