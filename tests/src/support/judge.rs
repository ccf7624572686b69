//! Documents at random, judged: what fits the schema is taken, and what was mutilated is refused in a few
//! words or is still a document.
//!
//! What is said is held against two other parsers. A nesting that was not counted, before anything descends
//! into it, would end the process.

use std::sync::Arc;

use apollo_parser::{SyntaxKind, TokenKind};
use async_graphql::parser::{Error, parse_query};
use lectern::graphql::document::{Document, Documents, NotRunnable, nesting};
use lectern::limits::document::Limits;

use super::scribe::Scribe;

/// Whose opinion counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opinion {
    /// Ours, and that of the parser that it is made with.
    Ours,
    /// That of the library's own parser, too, but for where it is known to be wrong. Of a million texts there
    /// are always some on which it is wrong in a new way, such as numbers of many zeroes.
    Second,
}

/// Says which seed it was, where something goes wrong.
struct Seed(u64);

impl Drop for Seed {
    #[allow(clippy::print_stderr, reason = "whoever runs the tests must learn the seed")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the seed is {}", self.0);
        }
    }
}

/// Whether two errors say too little, or too much.
fn told(text: &str, no: &NotRunnable) {
    let errors = no.clone().into_errors();
    assert!((1..=10).contains(&errors.len()), "{} errors: {text:?}", errors.len());
    for error in errors {
        assert!(
            !error.message.is_empty()
                && error.message.chars().count() <= 401
                && !error.message.contains('\n'),
            "{error:?}"
        );
    }
}

/// How deep the syntax that the parser found is nested; none where it found mistakes.
fn parsed_nesting(text: &str) -> Option<usize> {
    let tree = apollo_parser::Parser::new(text).recursion_limit(200).parse();
    if tree.errors().len() > 0 {
        return None;
    }
    let brackets = [
        SyntaxKind::SELECTION_SET,
        SyntaxKind::LIST_VALUE,
        SyntaxKind::OBJECT_VALUE,
        SyntaxKind::LIST_TYPE,
        SyntaxKind::ARGUMENTS,
        SyntaxKind::VARIABLE_DEFINITIONS,
    ];
    let document = apollo_parser::cst::CstNode::syntax(&tree.document()).clone();
    document
        .descendants()
        .map(|node| node.ancestors().filter(|node| brackets.contains(&node.kind())).count())
        .max()
}

/// Reads a text; no more may be nested than was counted, and what is said is short.
fn judge(documents: &Documents, text: &str, opinion: Opinion) -> Result<Arc<Document>, NotRunnable> {
    let counted = nesting(text);
    if counted <= 100
        && let Some(parsed) = parsed_nesting(text)
    {
        assert!(
            parsed <= counted,
            "{parsed} brackets within each other, and {counted} were counted: {text:?}"
        );
    }
    let read = documents.read(text);
    if let Err(no) = &read {
        told(text, no);
    }
    // The library's own parser never sees a stranger's text; here it is a second opinion, where it can take
    // the depth.
    if opinion == Opinion::Second && counted <= Limits::default().nesting() {
        match (parse_query(text), &read) {
            (Ok(_), Err(no @ NotRunnable::Unparsable(_)))
                if !spreads_on(text) && !comments_behind_on(text) && !zeros_before(text) =>
            {
                panic!("another parser takes it: {no:?}\n{text:?}")
            }
            (Err(Error::Syntax { message, .. }), Ok(_)) if !is_newer(text) => {
                panic!("another parser refuses it: {message}\n{text:?}")
            }
            _ => {}
        }
    }
    read
}

/// Whether a text has what the library's parser does not know: descriptions, escapes in braces, and comments
/// behind `on`.
fn is_newer(text: &str) -> bool {
    let described = apollo_parser::Parser::new(text).parse().errors().len() > 0;
    described || text.contains("\\u{") || comments_behind_on(text)
}

/// Whether a comment stands between `on` and the type that it is about, which the library's parser reads as a
/// fragment of that name, or not at all.
fn comments_behind_on(text: &str) -> bool {
    let (tokens, _) = apollo_parser::Lexer::new(text).lex();
    let told: Vec<_> = tokens
        .iter()
        .filter(|token| ![TokenKind::Whitespace, TokenKind::Comma].contains(&token.kind()))
        .collect();
    told.windows(2).any(|two| two[0].data() == "on" && two[1].kind() == TokenKind::Comment)
}

/// Whether a number in a text begins with zeros too many, which the specification forbids (section 2.9.1, "Int
/// Value") and the library's parser takes for several numbers.
fn zeros_before(text: &str) -> bool {
    let (_, errors) = apollo_parser::Lexer::new(text).lex();
    errors.iter().any(|error| error.message().contains("leading zeroes"))
}

/// Whether a text spreads a fragment called `on`, which the specification forbids (section 2.8,
/// "FragmentName") and the library's parser takes.
fn spreads_on(text: &str) -> bool {
    let (tokens, _) = apollo_parser::Lexer::new(text).lex();
    let ignored = [TokenKind::Whitespace, TokenKind::Comment, TokenKind::Comma];
    let told: Vec<_> = tokens.iter().filter(|token| !ignored.contains(&token.kind())).collect();
    told.windows(3).any(|three| {
        three[0].kind() == TokenKind::Spread && three[1].data() == "on" && three[2].kind() != TokenKind::Name
    })
}

/// Writes a document for each seed, mutilates it so many times, and judges what is said of all of them.
/// Returns how many were judged.
///
/// # Panics
/// Where two parsers disagree, where brackets within each other were not counted, where a document that fits
/// the schema is refused for anything but its size, or where an error says too little or too much.
pub fn run(seeds: std::ops::Range<u64>, mutilated: usize, opinion: Opinion) -> u64 {
    let documents = Documents::new(Limits::default()).expect("the schema stands");
    let mut taken = 0;
    for seed in seeds.clone() {
        let seed = Seed(seed);
        let mut scribe = Scribe::new(seed.0);
        let (text, variables) = scribe.document();
        match judge(&documents, &text, opinion) {
            Ok(document) => match documents.prepare(&document, None, variables.clone()) {
                Ok(_) => taken += 1,
                Err(no) => refused(&text, no),
            },
            Err(no) => refused(&text, no),
        }
        for _ in 0..mutilated {
            let broken = scribe.mutilated(&text);
            if let Ok(document) = judge(&documents, &broken, opinion)
                && let Err(no) = documents.prepare(&document, None, variables.clone())
            {
                told(&broken, &no);
            }
        }
    }
    let all = seeds.end - seeds.start;
    assert!(taken * 2 > all, "{taken} of {all} documents that fit the schema are taken");
    all * (1 + u64::try_from(mutilated).expect("a number"))
}

/// What fits the schema can only be too large.
fn refused(text: &str, no: NotRunnable) {
    let codes: Vec<_> = no.clone().into_errors().iter().map(|error| error.code).collect();
    let introspects = text.contains("__schema") || text.contains("__type");
    assert!(codes == ["QUERY_TOO_COMPLEX"] || introspects, "{no:?}\n{text:?}");
}
