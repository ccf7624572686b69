//! What people typed, made fit to stand in a letter: one line stays one line, a link leads where it may.
//!
//! Escaping for HTML is not done here; the templates do it. This is about what no escaping helps against:
//! line breaks that would forge lines of a text letter or headers of a message, characters that turn the
//! direction of reading, and links with an unwelcome scheme.

pub use entity::plain::{NAME_LENGTH, PublicUrl, is_link, line, visible};

/// The most characters of a subject line: room for a whole title and the words around it.
pub const SUBJECT_LENGTH: usize = NAME_LENGTH + 100;

/// The paragraphs of `text`, each as one line: paragraphs are parted by empty lines, as in Markdown.
pub fn paragraphs(text: &str) -> Vec<String> {
    let normal = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = normal.lines().map(str::trim).collect();
    lines
        .split(|part| part.is_empty())
        .map(|part| line(&part.join(" "), usize::MAX))
        .filter(|part| !part.is_empty())
        .collect()
}

/// `text` with a space wherever a mail program would find a link in it: within names of hosts, and behind the
/// name of a scheme. For what a stranger typed and a letter repeats.
pub fn without_links(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let at = |place: usize| letters.get(place).copied().unwrap_or(' ');
    let mut apart = String::with_capacity(text.len() + text.len() / 8);
    for (place, letter) in letters.iter().enumerate() {
        apart.push(*letter);
        let (last, next) = (place.checked_sub(1).map_or(' ', at), at(place + 1));
        let parts = match letter {
            // The dots that names of hosts are written with (UTS #46). Their last label has two letters or
            // more, unlike that of «a.m.»; a dot within a number is none of them.
            '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}' => {
                let numbers = last.is_ascii_digit() && next.is_ascii_digit();
                last.is_alphanumeric()
                    && next.is_alphanumeric()
                    && at(place + 2).is_alphanumeric()
                    && !numbers
            }
            ':' => last.is_alphabetic() && !next.is_whitespace(),
            _ => false,
        };
        if parts {
            apart.push(' ');
        }
    }
    apart
}

/// A link that staff entered, if it may be shown: https alone.
pub fn https(url: &str) -> Option<String> {
    (url.starts_with("https://") && is_link(url)).then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_parted_by_empty_lines() {
        assert_eq!(paragraphs("one\r\nmore\r\n \r\n\r\ntwo\n"), ["one more", "two"]);
        assert!(paragraphs(" \n ").is_empty());
    }

    #[test]
    fn a_strangers_text_holds_no_link_and_is_still_read() {
        for (typed, shown) in [
            ("see https://evil.example/login?a=b.c now", "see https: //evil. example/login?a=b.c now"),
            ("www.evil.example", "www. evil. example"),
            ("evil\u{3002}example", "evil\u{3002} example"),
            (
                "write to eve@evil.example or mailto:eve@evil.example",
                "write to eve@evil. example or mailto: eve@evil. example",
            ),
            ("http://192.0.2.1/x", "http: //192.0.2.1/x"),
            (
                "Is it at 9:30 a.m., for 1.5 hours? E.g. on May 13.",
                "Is it at 9:30 a.m., for 1.5 hours? E.g. on May 13.",
            ),
            ("Name: Ada", "Name: Ada"),
        ] {
            assert_eq!(without_links(typed), shown);
        }
    }

    #[test]
    fn staff_link_to_https_alone() {
        assert_eq!(https("http://example.org"), None);
        assert_eq!(https("https://example.org/a"), Some("https://example.org/a".to_owned()));
    }
}
