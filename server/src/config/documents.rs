//! Settings of the limits of documents, each with a default that the pages of a course office fit in many
//! times over.

use std::path::PathBuf;

use clap::Args;

use crate::limits::document::{Limits, Mode};

/// The most characters of a document that can be allowed: as many as a request's body has bytes where nothing
/// else is said.
const MOST_CHARACTERS: usize = 256 * 1024;
/// The most fields within fields that can be allowed: what reads documents descends as deep, and has 2 MB of
/// stack.
const MOST_DEPTH: usize = 60;

/// How large a GraphQL document may be.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "How large a GraphQL document may be")]
pub struct DocumentSettings {
    /// The most characters of a document
    #[arg(long, env = "MAX_DOCUMENT_CHARACTERS", global = true, default_value_t = Limits::DEFAULT.characters)]
    pub max_document_characters: usize,
    /// The most fragments that it defines
    #[arg(long, env = "MAX_FRAGMENTS", global = true, default_value_t = Limits::DEFAULT.fragments)]
    pub max_fragments: usize,
    /// How many fields deep it goes at most
    #[arg(long, env = "MAX_DEPTH", global = true, default_value_t = Limits::DEFAULT.depth)]
    pub max_depth: usize,
    /// The most fields that it names, those of a fragment counted wherever it is used
    #[arg(long, env = "MAX_FIELDS", global = true, default_value_t = Limits::DEFAULT.fields)]
    pub max_fields: u64,
    /// The most values that its answer may hold, by the sizes of its pages and of the schema's `@listSize`
    #[arg(long, env = "MAX_COST", global = true, default_value_t = Limits::DEFAULT.cost)]
    pub max_cost: u64,
    /// Folder of manifests (*.json of Relay, GraphQL Code Generator or Apollo) whose documents clients may
    /// ask for by their ids; read when the server starts
    #[arg(long, env = "TRUSTED_DOCUMENTS", global = true, value_name = "DIR")]
    pub trusted_documents: Option<PathBuf>,
    /// What becomes of other documents, where who asks is not signed in
    #[arg(long, env = "TRUSTED_DOCUMENTS_MODE", global = true, value_name = "MODE", value_enum, default_value_t = Mode::Off)]
    pub trusted_documents_mode: Mode,
}

impl DocumentSettings {
    /// The limits, or what is wrong with them told to `wrong`.
    pub(super) fn check(&self, wrong: &mut impl FnMut(&'static str, &str)) -> Limits {
        if !(100..=MOST_CHARACTERS).contains(&self.max_document_characters) {
            wrong("MAX_DOCUMENT_CHARACTERS", "must be between 100 and 262144");
        }
        if self.max_fragments > 1_000 {
            wrong("MAX_FRAGMENTS", "must be 1000 at most");
        }
        if !(1..=MOST_DEPTH).contains(&self.max_depth) {
            wrong("MAX_DEPTH", "must be between 1 and 60");
        }
        if !(1..=100_000).contains(&self.max_fields) {
            wrong("MAX_FIELDS", "must be between 1 and 100000");
        }
        if !(1..=10_000_000).contains(&self.max_cost) {
            wrong("MAX_COST", "must be between 1 and 10000000");
        }
        if self.trusted_documents.is_none() && self.trusted_documents_mode != Mode::Off {
            wrong("TRUSTED_DOCUMENTS", "is needed with TRUSTED_DOCUMENTS_MODE: which documents are trusted?");
        }
        Limits {
            characters: self.max_document_characters,
            fragments: self.max_fragments,
            depth: self.max_depth,
            fields: self.max_fields,
            cost: self.max_cost,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::config::Cli;

    fn documents(flags: &[&str]) -> (Limits, Vec<&'static str>) {
        let arguments = std::iter::once("lectern").chain(flags.iter().copied());
        let settings = Cli::try_parse_from(arguments).expect("arguments").settings;
        let mut wrong = Vec::new();
        let limits = settings.documents.check(&mut |name, _| wrong.push(name));
        (limits, wrong)
    }

    #[test]
    fn where_nothing_is_said_the_limits_are_those_of_the_room() {
        assert_eq!(documents(&[]), (Limits::default(), Vec::new()));
    }

    #[test]
    fn what_is_not_trusted_is_told_apart_only_where_something_is_trusted() {
        assert_eq!(
            documents(&["--trusted-documents=manifests", "--trusted-documents-mode=required"]).1,
            Vec::<&str>::new()
        );
        assert_eq!(documents(&["--trusted-documents-mode=log-missing"]).1, ["TRUSTED_DOCUMENTS"]);
    }

    #[test]
    fn a_limit_that_cannot_be_kept_is_refused() {
        let most = [
            "--max-depth=60",
            "--max-fragments=1000",
            "--max-fields=100000",
            "--max-cost=10000000",
            "--max-document-characters=262144",
        ];
        assert_eq!(documents(&most).1, Vec::<&str>::new());
        let more = [
            "--max-depth=61",
            "--max-fragments=1001",
            "--max-fields=0",
            "--max-cost=0",
            "--max-document-characters=99",
        ];
        assert_eq!(
            documents(&more).1,
            ["MAX_DOCUMENT_CHARACTERS", "MAX_FRAGMENTS", "MAX_DEPTH", "MAX_FIELDS", "MAX_COST"]
        );
    }
}
