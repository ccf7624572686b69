//! What people typed, made fit to leave Lectern: one line stays one line, a link leads where it may.
//!
//! Escaping is not done here; whoever writes a format does it. This is about what no escaping helps against:
//! line breaks that would forge lines of a text, headers of a message or properties of a calendar, characters
//! that turn the direction of reading, and links with an unwelcome scheme.

use std::ops::RangeInclusive;

/// The most characters of a name or a title, wherever one is read, stored or shown.
pub const NAME_LENGTH: usize = 300;

/// `text` as one line of at most `length` characters: runs of spaces, line breaks and control characters
/// become one space, and characters that are not seen but change what is are left out. What is cut off is
/// marked by an ellipsis.
pub fn line(text: &str, length: usize) -> String {
    let visible: String = text
        .chars()
        .filter(|char| !unseen(*char))
        .map(|char| if char.is_control() { ' ' } else { char })
        .collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(length) {
        None => line,
        Some(_) => {
            let kept: String = line.chars().take(length.saturating_sub(1)).collect();
            format!("{}…", kept.trim_end())
        }
    }
}

/// `text` without marks that are not seen, and with a space for every control character but line breaks and
/// tabs.
pub fn visible(text: &str) -> String {
    let blank = |char: char| {
        char.is_control() && !matches!(char, '\n' | '\r' | '\t') || matches!(char, '\u{2028}' | '\u{2029}')
    };
    text.chars().filter(|char| !unseen(*char)).map(|char| if blank(char) { ' ' } else { char }).collect()
}

/// What is wrong with a text that somebody typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It has line ends, or something between words that is neither a letter nor a space.
    #[error("must be a single line")]
    Lines,
    /// It has characters that are not seen, but change what is.
    #[error(
        "has characters that cannot be displayed, or that change the direction of the text; please remove them"
    )]
    Unseen,
}

/// Whether a text can stand where one line is meant, such as a name, a title or a subject: it has no line ends,
/// no tabs, and nothing that is not seen. Joiners stay within words whose script needs them.
///
/// # Errors
/// What is wrong with it.
pub fn is_line(text: &str) -> Result<(), Flaw> {
    if text.contains(['\n', '\r', '\t', '\u{85}', '\u{2028}', '\u{2029}']) {
        return Err(Flaw::Lines);
    }
    if text.chars().any(hidden) || loose_joiner(text) { Err(Flaw::Unseen) } else { Ok(()) }
}

/// Whether a text can stand where paragraphs are meant: line ends are `\n` or `\r\n`, and nothing turns the
/// direction of reading. Spaces without a width do no harm among paragraphs, and come along with what is
/// copied.
///
/// # Errors
/// What is wrong with it.
pub fn is_paragraphs(text: &str) -> Result<(), Flaw> {
    let harmless = |char: char| matches!(char, '\n' | '\t' | '\u{200b}' | '\u{2060}' | '\u{feff}');
    let text = text.replace("\r\n", "\n");
    if text.chars().any(|char| hidden(char) && !harmless(char)) { Err(Flaw::Unseen) } else { Ok(()) }
}

/// Control characters, line ends of Unicode, and what is not seen (`Default_Ignorable_Code_Point`, UAX #44,
/// fillers and blanks that look like nothing, noncharacters): each can make a text say what nobody reads, or
/// nothing at all. Joiners, variation selectors and the two marks of direction for single letters (U+200E,
/// U+200F) stay, because names are written with them.
fn hidden(char: char) -> bool {
    const UNSEEN: [RangeInclusive<u32>; 19] = [
        0x00ad..=0x00ad,
        0x034f..=0x034f,
        0x061c..=0x061c,
        0x115f..=0x1160,
        0x17b4..=0x17b5,
        0x180b..=0x180f,
        0x200b..=0x200b,
        0x2028..=0x202e,
        0x2060..=0x206f,
        0x2800..=0x2800,
        0x3164..=0x3164,
        0xfdd0..=0xfdef,
        0xfeff..=0xfeff,
        0xffa0..=0xffa0,
        0xfff0..=0xfffb,
        0x1_bca0..=0x1_bca3,
        0x1_d173..=0x1_d17a,
        0xe_0000..=0xe_00ff,
        0xe_01f0..=0xe_0fff,
    ];
    let code = u32::from(char);
    let is_noncharacter = code & 0xfffe == 0xfffe;
    char.is_control() || is_noncharacter || UNSEEN.iter().any(|range| range.contains(&code))
}

/// Whether a joiner (U+200C, U+200D) stands elsewhere than between two letters or signs of a script that has
/// them, which ASCII is not.
fn loose_joiner(text: &str) -> bool {
    let joiner = |char: char| matches!(char, '\u{200c}' | '\u{200d}');
    let joined = |char: Option<&char>| {
        char.is_some_and(|char| !char.is_ascii() && !char.is_whitespace() && !joiner(*char))
    };
    let chars: Vec<char> = text.chars().collect();
    let loose = |(place, char): (usize, &char)| {
        let before = place.checked_sub(1).and_then(|before| chars.get(before));
        joiner(*char) && !(joined(before) && joined(chars.get(place + 1)))
    };
    chars.iter().enumerate().any(loose)
}

/// Marks that change the direction or the joining of what is around them, and are not seen themselves.
fn unseen(char: char) -> bool {
    matches!(char, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Whether `url` is an http or https address without anything that could end the attribute, the line or the
/// property it stands in.
pub fn is_link(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&()*+,;=%".contains(&byte);
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && rest.bytes().all(allowed))
}

/// A text that is not an http or https address without a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the public address is not an http or https address without a query")]
pub struct NotAPublicUrl;

/// The address under which people reach Lectern. The pages behind it belong to the web client: a course's at
/// `/courses/{slug}`, a registration's at `/registrations/{code}`, and the form of its evaluation at
/// `/registrations/{code}/evaluation`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl Default for PublicUrl {
    /// This machine, as it is reached where nothing else is configured.
    fn default() -> Self {
        Self("http://127.0.0.1:8000".to_owned())
    }
}

impl PublicUrl {
    /// Reads the configured address.
    ///
    /// # Errors
    /// When it is not an http or https address.
    pub fn parse(public_url: &str) -> Result<Self, NotAPublicUrl> {
        let base = public_url.trim().trim_end_matches('/');
        if is_link(base) && !base.contains(['?', '#']) {
            Ok(Self(base.to_owned()))
        } else {
            Err(NotAPublicUrl)
        }
    }

    /// The address itself, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The page of a course.
    pub fn course(&self, slug: &str) -> String {
        format!("{}/courses/{}", self.0, segment(slug))
    }

    /// The page of a registration.
    pub fn registration(&self, code: &str) -> String {
        format!("{}/registrations/{}", self.0, segment(code))
    }

    /// The form of a registration's evaluation.
    pub fn evaluation(&self, code: &str) -> String {
        format!("{}/evaluation", self.registration(code))
    }

    /// Where a letter of some topic is stopped; `token` says whose letters and which.
    pub fn unsubscribe(&self, token: &str) -> String {
        format!("{}/unsubscribe/{}", self.0, segment(token))
    }

    /// The public calendar of a course.
    pub fn course_calendar(&self, slug: &str) -> String {
        format!("{}/calendar/courses/{}.ics", self.0, segment(slug))
    }

    /// A learner's own calendar, at the address that `token` keeps from being guessed.
    pub fn own_calendar(&self, token: &str) -> String {
        format!("{}/calendar/{}.ics", self.0, segment(token))
    }

    /// The roster of a course as a file, for whoever holds `token`.
    pub fn registrations_file(&self, token: &str) -> String {
        format!("{}/export/registrations/{}.csv", self.0, segment(token))
    }

    /// The host name, for ids that should not meet those of other installations.
    pub fn host(&self) -> &str {
        let authority = self.0.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or(""));
        let host = authority.rsplit('@').next().unwrap_or("");
        match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            Some(_) | None => host,
        }
    }
}

/// One segment of a path, with everything percent-encoded that could be taken for something else.
fn segment(text: &str) -> String {
    let mut segment = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            segment.push(char::from(byte));
        } else {
            segment.push_str(&format!("%{byte:02X}"));
        }
    }
    segment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(line(" A\r\nBcc: x@example.org\t\u{2028}B\u{0} ", 99), "A Bcc: x@example.org B");
        assert_eq!(line("abc\u{202e}def", 99), "abcdef");
        assert_eq!(line("ä b cdef", 5), "ä b…");
        assert_eq!(line("ä b c", 5), "ä b c");
        assert_eq!(line("\r\n", 5), "");
    }

    #[test]
    fn what_is_not_seen_stands_in_no_line() {
        for line in [
            "Ada Lovelace",
            "Zoë — “Ø”",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "👩\u{200d}⚕\u{fe0f}",
            "שלום",
            "葛\u{e0100}城",
        ] {
            assert_eq!(is_line(line), Ok(()), "{line:?}");
        }
        for line in ["a\nb", "a\rb", "a\tb", "a\u{2028}b", "a\u{2029}b", "a\u{85}b"] {
            assert_eq!(is_line(line), Err(Flaw::Lines), "{line:?}");
        }
        for line in [
            "a\u{0}b",
            "a\u{202e}b",
            "a\u{2066}b",
            "a\u{200b}b",
            "a\u{feff}",
            "a\u{e0041}",
            "a\u{200d}b",
            "\u{200c}",
            "\u{3164}",
            "\u{2800}",
            "\u{61c}a",
            "so\u{ad}ft",
            "a\u{206a}",
            "a\u{1d173}",
            "a\u{e0fff}",
            "a\u{fffe}",
        ] {
            assert_eq!(is_line(line), Err(Flaw::Unseen), "{line:?}");
        }
        for text in ["a\r\n\tb\n", "a\u{200b}b", "می\u{200c}خواهم"] {
            assert_eq!(is_paragraphs(text), Ok(()), "{text:?}");
        }
        for text in ["a\rb", "a\u{0}b", "a\u{202e}b", "a\u{2029}b", "a\u{e0041}"] {
            assert_eq!(is_paragraphs(text), Err(Flaw::Unseen), "{text:?}");
        }
    }

    #[test]
    fn links_lead_where_they_may() {
        for url in ["https://example.org", "http://localhost:8080/a?b=c&d=%20#e", "https://[::1]:80/"] {
            assert!(is_link(url), "{url}");
        }
        for url in [
            "",
            "https://",
            "https:///x",
            "javascript:alert(1)",
            "ftp://a",
            "https://a b",
            "https://a\"b",
            "https://a'b",
            "https://a\r\nb",
        ] {
            assert!(!is_link(url), "{url:?}");
        }
    }

    #[test]
    fn pages_of_the_house() {
        let public_url = PublicUrl::parse("https://user@learn.example.org:8443/ce/").expect("address");
        assert_eq!(public_url.course("a/b c"), "https://user@learn.example.org:8443/ce/courses/a%2Fb%20c");
        assert_eq!(
            public_url.evaluation("K3"),
            "https://user@learn.example.org:8443/ce/registrations/K3/evaluation"
        );
        assert_eq!(public_url.host(), "learn.example.org");
        assert!(PublicUrl::parse("learn.example.org").is_err());
        assert!(PublicUrl::parse("https://learn.example.org?x").is_err());
    }
}
