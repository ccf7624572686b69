//! What people typed, made fit to stand in a letter: one line stays one line, a link leads where it may.
//!
//! Escaping for HTML is not done here; the templates do it. This is about what no escaping helps against: line breaks that would forge lines
//! of a text letter or headers of a message, characters that turn the direction of reading, and links with an unwelcome scheme.

pub use entity::plain::{House, NAME_LENGTH, is_link, line, visible};

/// The most characters of a subject line.
pub const SUBJECT_LENGTH: usize = 150;

/// The paragraphs of `text`, each as one line: paragraphs are parted by empty lines, as in Markdown.
pub fn paragraphs(text: &str) -> Vec<String> {
    let normal = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = normal.lines().map(str::trim).collect();
    lines.split(|part| part.is_empty()).map(|part| line(&part.join(" "), usize::MAX)).filter(|part| !part.is_empty()).collect()
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
    fn staff_link_to_https_alone() {
        assert_eq!(https("http://example.org"), None);
        assert_eq!(https("https://example.org/a"), Some("https://example.org/a".to_owned()));
    }
}
