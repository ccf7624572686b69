//! From a text to its syntax, or to one sentence that says where it leaves the grammar.

use apollo_compiler::ast;
use apollo_compiler::diagnostic::ToCliReport;
use apollo_compiler::parser::Parser;
use apollo_parser::{Lexer, TokenKind};

use super::fault::{PARSE_FAILED, RequestError, quoted};
use super::lexical::Scan;
use super::place::Lines;
use crate::limits::document::Limits;

/// What the parser calls tokens, and how people write them.
const TOKENS: [(&str, &str); 7] = [
    ("L_CURLY", "`{`"),
    ("R_CURLY", "`}`"),
    ("R_PAREN", "`)`"),
    ("R_BRACK", "`]`"),
    ("COLON", "`:`"),
    ("AT", "`@`"),
    ("EQ", "`=`"),
];

/// Parses a text that was looked at.
///
/// The parser's own bounds stand behind the first look's: a text with mistakes can lead it deeper than its
/// brackets go, because it steps over what it does not understand.
///
/// # Errors
/// The first place at which the text leaves the grammar. One is told, because what a parser says after the
/// first mistake mostly follows from it.
pub fn parse(scan: &Scan<'_>, lines: &Lines<'_>, limits: &Limits) -> Result<ast::Document, RequestError> {
    let text = scan.text.as_ref();
    let mut parser = Parser::new().recursion_limit(limits.nesting() + 1).token_limit(text.len() + 1);
    let document = match parser.parse_ast(text, "document") {
        Ok(document) if scan.stray.is_none() => return Ok(document),
        Ok(_) => None,
        Err(failed) => failed.errors.iter().find_map(|error| {
            let offset = error.error.location()?.offset();
            Some((offset, error.error.to_string()))
        }),
    };
    // The lexer does not always say where in the text it stumbled; the first look knows.
    let first = match (&scan.stray, document) {
        (Some((offset, _)), Some((earlier, message))) if earlier < *offset && earlier > 0 => {
            (earlier, expected(text, earlier, &message))
        }
        (Some((offset, message)), _) => (*offset, stray(message)),
        (None, Some((offset, message))) => (offset, expected(text, offset, &message)),
        (None, None) => (0, "it cannot be read".to_owned()),
    };
    Err(RequestError::new(PARSE_FAILED, format!("Syntax error: {}.", first.1)).at(lines.locate(first.0)))
}

/// What the lexer says, as part of a sentence.
fn stray(message: &str) -> String {
    let message = message.trim_end_matches('.').replace('"', "`");
    let mut letters = message.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// What the parser expected, and what it found, as part of a sentence.
fn expected(text: &str, offset: usize, message: &str) -> String {
    let wanted = message.strip_prefix("syntax error: ").unwrap_or(message);
    let wanted = wanted.split(", got ").next().unwrap_or(wanted);
    let token = text
        .get(offset..)
        .and_then(|rest| Lexer::new(rest).filter_map(Result::ok).find(|token| !is_ignored(token.kind())));
    let found = match token {
        Some(token) if token.kind() != TokenKind::Eof => quoted(token.data()),
        Some(_) | None => "the end of the document".to_owned(),
    };
    match wanted.strip_prefix("expected ") {
        Some(wanted) => {
            let wanted =
                TOKENS.iter().find(|(name, _)| *name == wanted).map_or(wanted, |(_, written)| written);
            format!("expected {}, found {found}", in_words(wanted))
        }
        None if found.starts_with('`') => format!("unexpected {found}"),
        None => format!("found {found} where something is missing"),
    }
}

fn is_ignored(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Whitespace | TokenKind::Comment | TokenKind::Comma)
}

/// The parser's names for parts of a document, as people say them.
fn in_words(wanted: &str) -> String {
    match wanted {
        "a StringValue, Name or OperationDefinition" | "definition" | "a definition" => {
            "an operation or a fragment".to_owned()
        }
        "at least one Selection in Selection Set" => "at least one field".to_owned(),
        "an Inline Fragment or a Fragment Spread" => {
            "the name of a fragment, `on`, a directive or `{` after `...`".to_owned()
        }
        "a valid Value" => "a value".to_owned(),
        wanted if wanted.starts_with('`') => wanted.to_owned(),
        wanted => wanted.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexical::scan;
    use super::*;

    fn told(text: &str) -> (String, usize, usize) {
        let error = parse(&scan(text), &Lines::of(text), &Limits::default()).expect_err(text);
        assert_eq!(error.code, PARSE_FAILED);
        let location = error.locations[0];
        (error.message, location.line, location.column)
    }

    #[test]
    fn a_mistake_is_told_in_one_sentence_with_its_place() {
        for (text, message, line, column) in [
            ("{ viewer", "Syntax error: expected `}`, found the end of the document.", 1, 9),
            ("{ viewer { id }\n  ) }", "Syntax error: expected `}`, found `)`.", 2, 3),
            ("{ viewer { } }", "Syntax error: expected at least one field, found `}`.", 1, 12),
            ("query Q { a(x: ) }", "Syntax error: expected a value, found `)`.", 1, 16),
            ("{ a(x: 1 }", "Syntax error: expected `)`, found `}`.", 1, 10),
            (
                "{ a ... }",
                "Syntax error: expected the name of a fragment, `on`, a directive or `{` after `...`, found `...`.",
                1,
                5,
            ),
            ("hello", "Syntax error: expected an operation or a fragment, found `hello`.", 1, 1),
            ("{ a ? }", "Syntax error: unexpected character `?`.", 1, 5),
            ("{ a(x: \"b", "Syntax error: unterminated string value.", 1, 8),
            ("{ a(x: 01) }", "Syntax error: numbers must not have non-significant leading zeroes.", 1, 8),
        ] {
            assert_eq!(told(text), (message.to_owned(), line, column), "{text}");
        }
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for text in [
            "",
            " ",
            "# nothing",
            "{}",
            "query",
            "query {",
            "query ($a) { a }",
            "query ($a Int) { a }",
            "query ($a: [Int) { a }",
            "query ($a: Int = $b) { a }",
            "{ a(x) }",
            "{ a(: 1) }",
            "{ a() }",
            "{ a: }",
            "{ a: b: c }",
            "{ a @ }",
            "{ a @d( }",
            "{ a @d() }",
            "{ ...on }",
            "{ ... on { a } }",
            "{ ...f",
            "fragment on on X { a }",
            "fragment f { a }",
            "fragment f on { a }",
            "fragment f on X",
            "{ a(x: $) }",
            "{ a(x: [1) }",
            "{ a(x: {y 1}) }",
            "{ a(x: {1: y}) }",
            "{ a(x: 1.) }",
            "{ a(x: 1e) }",
            "{ a(x: -) }",
            "{ a(x: 1a) }",
            "{ a(x: \"\\q\") }",
            "{ a(x: \"\\u12\") }",
            "{ a } }",
            "{ a } b",
            "{ .. f }",
            "query Q Q { a }",
            "{ a(x: \"\"\" ) }",
            "\"d\" { a }",
            "query Q(\"d\") { a }",
            "{ \"d\" a }",
            "{ $a }",
            "{ 1 }",
            "subscription",
            "{ a(x: [1, 2 }",
            "{ a ! }",
            "{ a | b }",
        ] {
            told(text);
        }
    }

    #[test]
    fn what_is_a_document_is_parsed() {
        for text in [
            "{ a }",
            "{ a,: b ...,on,X,{ c } ...,f }",
            "query { a }",
            "query Q { a }",
            "mutation M($i: I!) { a(i: $i) { b } }",
            "\u{feff}{ a }",
            "{ a, b,, c }",
            "{ a # c\r b }",
            "{ on: type fragment query }",
            "{ ... { a } ... @include(if: true) { b } ... on X { c } ...f @skip(if: $x) }",
            "query ($a: [[Int!]!]! = [[1]] @d(x: 1), $b: I = {c: {d: [E, null, true]}}) { a(x: $a, y: -0, z: 1.5e-3, s: \"\\u{1F600}\\n\") }",
            "{ a(x: \"\"\"one \\\"\"\" two\"\"\", y: \"\") }",
            "\"d\" query Q(\"\"\"d\"\"\" $a: Int) { a } \"d\" fragment f on X { a }",
        ] {
            let parsed = parse(&scan(text), &Lines::of(text), &Limits::default());
            assert!(parsed.is_ok(), "{text}: {parsed:?}");
        }
    }
}
