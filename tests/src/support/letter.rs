//! Letters, read as a mail program reads them.

use mail_parser::{MessageParser, MimeHeaders};

/// A letter that arrived.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The envelope's reader.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Text part.
    pub text: String,
    /// HTML part.
    pub html: String,
    /// Calendar, where there is one, unfolded.
    pub calendar: Option<String>,
    /// Message-ID.
    pub message_id: String,
    /// The whole, as it came over the wire.
    pub raw: String,
}

impl Letter {
    /// Reads a message.
    pub fn read(to: &str, bytes: &[u8]) -> Self {
        let message = MessageParser::default().parse(bytes).expect("a message");
        let calendar = message
            .parts
            .iter()
            .find(|part| part.content_type().is_some_and(|kind| kind.subtype() == Some("calendar")));
        let mut html = String::new();
        if message.html_body_count() > 0 {
            html = message.body_html(0).expect("an HTML part").into_owned();
        }
        Self {
            to: to.to_owned(),
            subject: message.subject().unwrap_or_default().to_owned(),
            text: message.body_text(0).expect("a text part").into_owned(),
            html,
            calendar: calendar.map(|part| {
                let text = part
                    .text_contents()
                    .map(str::to_owned)
                    .unwrap_or_else(|| String::from_utf8_lossy(part.contents()).into_owned());
                text.replace("\r\n ", "").replace("\n ", "")
            }),
            message_id: message.message_id().expect("a Message-ID").to_owned(),
            raw: String::from_utf8_lossy(bytes).into_owned(),
        }
    }

    /// A header's line, as it came over the wire.
    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.raw.split("\r\n\r\n").next().unwrap_or_default();
        head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// A property of each event of its calendar, in order.
    pub fn events(&self, property: &str) -> Vec<String> {
        let calendar = self.calendar.as_deref().unwrap_or_default();
        calendar
            .lines()
            .filter_map(|line| line.strip_prefix(property)?.strip_prefix(':'))
            .map(|value| value.trim_end().to_owned())
            .collect()
    }

    /// The sign-in code in the letter: the one word of eight of the code's letters.
    pub fn code(&self) -> String {
        let is_code = |word: &str| {
            word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        };
        let words: Vec<String> = self
            .text
            .lines()
            .map(|line| line.trim().replace(['-', ' '], ""))
            .filter(|line| is_code(line))
            .collect();
        if let [code] = words.as_slice() {
            return code.clone();
        }
        self.text
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .find(|word| is_code(word))
            .unwrap_or_else(|| panic!("no code in {}", self.text))
            .to_owned()
    }
}
