//! A first look at a text, token by token and without recursion: how deep its brackets go, which of its
//! strings are descriptions, and whether every argument and input field has a colon.
//!
//! Whatever reads a document after this descends into its brackets, so their depth is bounded here, before
//! anything descends. The tokens are those of the parser's own lexer: a lexer of ours that disagreed with it
//! about a block string, an escaped quote or the end of a comment would let brackets pass that the parser
//! then sees.

use std::borrow::Cow;
use std::ops::Range;

use apollo_parser::{Lexer, Token, TokenKind};

use super::fault::quoted;

/// What a first look finds.
#[derive(Debug)]
pub struct Scan<'t> {
    /// How deep brackets of any kind are nested at most.
    pub brackets: usize,
    /// The text as the parser is to see it, with blanks of the same length for its descriptions, which the
    /// parser does not know yet (specification, September 2025, section 2.2), and for its commas, which it
    /// takes for more than they are behind an alias or a `...`. Places in it are places in the original.
    pub text: Cow<'t, str>,
    /// Where the first thing begins, in bytes, that is no token or lacks its colon, and what is said of it.
    pub stray: Option<(usize, String)>,
}

/// An open bracket, by what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bracket {
    /// `{` around selections.
    Selections,
    /// `{` around the fields of a value.
    Object,
    /// `[`
    List,
    /// `(`
    Parentheses,
}

/// Looks at a text.
pub fn scan(text: &str) -> Scan<'_> {
    let mut look = Look::default();
    let mut end = 0;
    for token in Lexer::new(text) {
        match token {
            Ok(token) => {
                end = token.index() + token.data().len();
                look.at(&token);
            }
            Err(error) => look.wonder(end, error.message()),
        }
    }
    Scan { brackets: look.deepest, text: blanked(text, look.blanks), stray: look.stray }
}

/// What was seen so far.
#[derive(Default)]
struct Look {
    /// The brackets that are open.
    open: Vec<Bracket>,
    deepest: usize,
    /// The last token that was not ignored.
    previous: Option<TokenKind>,
    /// Whether it names an argument or an input field, so that a colon must follow. The parser steps over one
    /// that has none, and over its value.
    is_key: bool,
    /// A string that is a description if the right token follows.
    candidate: Option<Range<usize>>,
    /// What the parser is not to see.
    blanks: Vec<Range<usize>>,
    stray: Option<(usize, String)>,
}

impl Look {
    fn at(&mut self, token: &Token<'_>) {
        let kind = token.kind();
        match kind {
            TokenKind::Whitespace | TokenKind::Comment => return,
            TokenKind::Comma => {
                self.blanks.push(token.index()..token.index() + 1);
                return;
            }
            _ => {}
        }
        if self.is_key && kind != TokenKind::Colon {
            let found = if kind == TokenKind::Eof {
                "the end of the document".to_owned()
            } else {
                quoted(token.data())
            };
            self.wonder(token.index(), &format!("expected `:`, found {found}"));
        }
        self.is_key = kind == TokenKind::Name && self.is_before_colon();
        if let Some(string) = self.candidate.take()
            && self.is_described(token)
        {
            self.blanks.push(string);
        }
        if kind == TokenKind::StringValue && self.may_describe() {
            self.candidate = Some(token.index()..token.index() + token.data().len());
        }
        match kind {
            TokenKind::LCurly if matches!(self.open.last(), None | Some(Bracket::Selections)) => {
                self.opens(Bracket::Selections)
            }
            TokenKind::LCurly => self.opens(Bracket::Object),
            TokenKind::LBracket => self.opens(Bracket::List),
            TokenKind::LParen => self.opens(Bracket::Parentheses),
            TokenKind::RCurly | TokenKind::RBracket | TokenKind::RParen => {
                self.open.pop();
            }
            _ => {}
        }
        self.previous = Some(kind);
    }

    fn opens(&mut self, bracket: Bracket) {
        self.open.push(bracket);
        self.deepest = self.deepest.max(self.open.len());
    }

    fn wonder(&mut self, offset: usize, message: &str) {
        self.stray.get_or_insert_with(|| (offset, message.to_owned()));
    }

    /// Whether a name that stands here names an argument or an input field: it is no value, no type, no
    /// variable and no directive.
    fn is_before_colon(&self) -> bool {
        let named = matches!(
            self.previous,
            Some(TokenKind::Colon | TokenKind::Dollar | TokenKind::Eq | TokenKind::At)
        );
        matches!(self.open.last(), Some(Bracket::Parentheses | Bracket::Object)) && !named
    }

    /// Whether a string may be a description here: between definitions, or between the parentheses behind an
    /// operation's name, where a string behind `=` or `:` is a value.
    fn may_describe(&self) -> bool {
        match self.open.as_slice() {
            [] => matches!(self.previous, None | Some(TokenKind::RCurly)),
            [Bracket::Parentheses] => !matches!(self.previous, Some(TokenKind::Eq | TokenKind::Colon)),
            _ => false,
        }
    }

    /// Whether a token begins something that has a description. The short form of a query has none.
    fn is_described(&self, token: &Token<'_>) -> bool {
        match self.open.as_slice() {
            [] => {
                token.kind() == TokenKind::Name
                    && matches!(token.data(), "query" | "mutation" | "subscription" | "fragment")
            }
            _ => token.kind() == TokenKind::Dollar,
        }
    }
}

fn blanked(text: &str, mut blanks: Vec<Range<usize>>) -> Cow<'_, str> {
    if blanks.is_empty() {
        return Cow::Borrowed(text);
    }
    blanks.sort_unstable_by_key(|blank| blank.start);
    let mut left = String::with_capacity(text.len());
    let mut end = 0;
    for blank in blanks {
        left.push_str(&text[end..blank.start]);
        left.extend(
            text[blank.clone()]
                .bytes()
                .map(|byte| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { ' ' }),
        );
        end = blank.end;
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
        // What ends a string or a comment for the parser ends it here: three quotes, an escaped quote, a lone
        // CR.
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
    fn commas_become_blanks() {
        assert_eq!(
            scan("{ a,: b, ...,on,X { c(s: \"x,y\") } } # d,e").text,
            "{ a : b  ... on X { c(s: \"x,y\") } } # d,e"
        );
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

    #[test]
    fn an_argument_without_a_colon_is_found() {
        for (text, at) in [
            ("{ a(x) }", 5),
            ("{ a(x: {y}) }", 9),
            ("{ a(x: 1 y z: 2) }", 11),
            ("{ a @d(x) }", 8),
            ("{ a(x", 5),
        ] {
            assert_eq!(scan(text).stray.map(|(at, _)| at), Some(at), "{text}");
        }
        let text = "query Q($a: [T!]! = [{x: E}] @d(x: E) $b: T = E) { a(x: E y: [E F] z: {x: E y: null}) { x y ... on T { z } } }";
        assert!(scan(text).stray.is_none(), "{:?}", scan(text).stray);
    }
}
