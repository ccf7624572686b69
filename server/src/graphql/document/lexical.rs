//! A first look at a text, token by token and without recursion: how deep its brackets go, and which of its strings are descriptions.
//!
//! Whatever reads a document after this descends into its brackets, so their depth is bounded here, before anything descends. The tokens
//! are those of the parser's own lexer: a lexer of ours that disagreed with it about a block string, an escaped quote or the end of a comment
//! would let brackets pass that the parser then sees.

use std::borrow::Cow;
use std::ops::Range;

use apollo_parser::{Lexer, Token, TokenKind};

/// What a first look finds.
#[derive(Debug)]
pub struct Scan<'t> {
    /// How deep brackets of any kind are nested at most.
    pub brackets: usize,
    /// The text as the parser is to see it: its descriptions are blanks of the same length, because the parser does not know them yet
    /// (specification, September 2025, section 2.2). Places in it are places in the original.
    pub text: Cow<'t, str>,
    /// Where the first thing that is no token begins, in bytes, and what the lexer says of it.
    pub stray: Option<(usize, String)>,
}

/// Looks at a text.
pub fn scan(text: &str) -> Scan<'_> {
    let mut look = Look::default();
    let mut stray = None;
    let mut end = 0;
    for token in Lexer::new(text) {
        match token {
            Ok(token) => {
                end = token.index() + token.data().len();
                look.at(&token);
            }
            Err(error) => {
                stray.get_or_insert_with(|| (end, error.message().to_owned()));
            }
        }
    }
    Scan { brackets: look.deepest, text: blanked(text, &look.descriptions), stray }
}

/// What was seen so far.
#[derive(Default)]
struct Look {
    /// The brackets that are open.
    open: Vec<TokenKind>,
    deepest: usize,
    /// The last token that was not ignored.
    previous: Option<TokenKind>,
    /// A string that is a description if the right token follows.
    candidate: Option<Range<usize>>,
    descriptions: Vec<Range<usize>>,
}

impl Look {
    fn at(&mut self, token: &Token<'_>) {
        match token.kind() {
            TokenKind::Whitespace | TokenKind::Comment | TokenKind::Comma => return,
            kind @ (TokenKind::LCurly | TokenKind::LBracket | TokenKind::LParen) => {
                self.open.push(kind);
                self.deepest = self.deepest.max(self.open.len());
            }
            TokenKind::RCurly | TokenKind::RBracket | TokenKind::RParen => {
                self.open.pop();
            }
            _ => {}
        }
        if let Some(string) = self.candidate.take()
            && self.is_described(token)
        {
            self.descriptions.push(string);
        }
        if token.kind() == TokenKind::StringValue && self.may_describe() {
            self.candidate = Some(token.index()..token.index() + token.data().len());
        }
        self.previous = Some(token.kind());
    }

    /// Whether a string may be a description here: between definitions, or between the parentheses behind an operation's name, where a
    /// string behind `=` or `:` is a value.
    fn may_describe(&self) -> bool {
        match self.open.as_slice() {
            [] => matches!(self.previous, None | Some(TokenKind::RCurly)),
            [TokenKind::LParen] => !matches!(self.previous, Some(TokenKind::Eq | TokenKind::Colon)),
            _ => false,
        }
    }

    /// Whether a token begins something that has a description. The short form of a query has none.
    fn is_described(&self, token: &Token<'_>) -> bool {
        match self.open.as_slice() {
            [] => token.kind() == TokenKind::Name && matches!(token.data(), "query" | "mutation" | "subscription" | "fragment"),
            _ => token.kind() == TokenKind::Dollar,
        }
    }
}

fn blanked<'t>(text: &'t str, descriptions: &[Range<usize>]) -> Cow<'t, str> {
    if descriptions.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut left = String::with_capacity(text.len());
    let mut end = 0;
    for description in descriptions {
        left.push_str(&text[end..description.start]);
        left.extend(text[description.clone()].bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { ' ' }));
        end = description.end;
    }
    left.push_str(&text[end..]);
    Cow::Owned(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(text: &str) -> usize {
        scan(text).brackets
    }

    #[test]
    fn brackets_of_every_kind_count() {
        assert_eq!(depth("{ a(x: [{ y: [1] }]) { b } }"), 5);
        assert_eq!(depth("query($a: [[Int]] = [[1]]) { a }"), 3);
        assert_eq!(depth("}}}{{{"), 3);
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        assert_eq!(depth(r#"{ a(x: "[[[", y: """ [[[ \""" [[[ " """) } # {{{{"#), 2);
        // What ends a string or a comment for the parser ends it here: three quotes, an escaped quote, a lone CR.
        assert_eq!(depth("{ a(x: \"\"\" \"\"\", y: [[[1]]]) }"), 5);
        assert_eq!(depth("#\r{ a(x: [1]) }"), 3);
        assert_eq!(depth("{ a(x: \"\\\\\", y: [[1]]) }"), 4);
        assert_eq!(depth("\u{feff}{ a }"), 1);
    }

    #[test]
    fn a_long_text_of_brackets_is_looked_at_without_recursion() {
        assert_eq!(depth(&"[".repeat(100_000)), 100_000);
    }

    #[test]
    fn descriptions_become_blanks_of_the_same_length() {
        let text = "\"\"\" What\r\n for? é \"\"\" query Q(\"one\" $a: String = \"two\" # \"three\"\n, \"four\" $b: [String] = [\"five\"]) { a } \"six\" fragment f on Query { a }";
        let seen = scan(text).text;
        assert_eq!(seen.len(), text.len());
        for gone in ["What", "é", "one", "four", "six"] {
            assert!(!seen.contains(gone), "{seen}");
        }
        for kept in ["query Q(", "\"two\"", "\"three\"", "\"five\"", "\r\n", "fragment f"] {
            assert!(seen.contains(kept), "{seen}");
        }
        assert_eq!(seen.find("query"), text.find("query"));
    }

    #[test]
    fn other_strings_stay() {
        for text in [
            "\"no\" { a }",
            "query \"no\" query Q { a }",
            "{ a(x: \"no\" $b: 1) }",
            "query Q @d(x: \"no\") { a }",
            "query Q($a: String = \"no\" $b: Int) { a }",
            "{ a } \"no\"",
        ] {
            assert!(scan(text).text.contains("\"no\""), "{text}");
        }
    }

    #[test]
    fn what_is_no_token_is_found_where_it_stands() {
        assert_eq!(scan("{ a ? }").stray.map(|(at, _)| at), Some(4));
        assert_eq!(scan("{ a(x: \"b\n\") }").stray.map(|(at, _)| at), Some(7));
        assert!(scan("{ a }").stray.is_none());
    }
}
