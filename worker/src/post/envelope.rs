//! From a written letter to the bytes that a mail server gets: MIME (RFC 5322, RFC 2045 to 2047).

use std::str::FromStr;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entity::Instant;
use entity::email::{Address, NotAnAddress};
use entity::secret::fingerprint;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, MultiPartKind, SinglePart};

use crate::letter::Written;
use crate::letter::plain::SUBJECT_LENGTH;

/// Who Lectern writes as: `Lectern <ce@example.org>` or `ce@example.org`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    name: Option<String>,
    address: Address,
}

impl Sender {
    /// The address, for the envelope.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The domain of the address: how Message-IDs end and how we greet mail servers.
    pub fn domain(&self) -> String {
        self.address.as_sent().rsplit_once('@').map(|(_, domain)| domain.to_owned()).unwrap_or_default()
    }
}

impl FromStr for Sender {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            Some((name, address)) => Ok(Self {
                name: on_one_line(name.trim().trim_matches('"')),
                address: Address::parse(address)?,
            }),
            None => Ok(Self { name: None, address: Address::parse(text)? }),
        }
    }
}

/// A letter that could not be put into MIME.
#[derive(Debug, thiserror::Error)]
#[error("the letter cannot be put into an envelope: {0}")]
pub struct NotAMessage(String);

/// Everything that stands on and in one message.
#[derive(Debug)]
pub struct Message<'a> {
    /// Who writes.
    pub sender: &'a Sender,
    /// The reader's name.
    pub reader_name: Option<&'a str>,
    /// The reader's address.
    pub reader: &'a Address,
    /// Message-ID without angle brackets.
    pub message_id: &'a str,
    /// Date, one for life.
    pub dated_at: Instant,
    /// The list that the letter belongs to (RFC 2919), without angle brackets, where it belongs to one.
    pub list_id: Option<&'a str>,
    /// What is said.
    pub written: &'a Written,
}

/// `Auto-Submitted: auto-generated` (RFC 3834), so that no answering machine answers.
#[derive(Clone, Debug)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// A header whose value is written as it is: an address in angle brackets must not be folded or encoded. The
/// value is cleaned first.
macro_rules! plain_header {
    ($(#[doc = $doc:literal])* $kind:ident, $name:literal) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug)]
        struct $kind(String);

        impl Header for $kind {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($name)
            }

            fn parse(value: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self(value.to_owned()))
            }

            fn display(&self) -> HeaderValue {
                let value: String = self.0.chars().filter(char::is_ascii_graphic).collect();
                HeaderValue::dangerous_new_pre_encoded(Self::name(), value.clone(), value)
            }
        }
    };
}

plain_header!(
    /// Where letters of this kind are stopped (RFC 2369).
    ListUnsubscribe, "List-Unsubscribe"
);
plain_header!(
    /// That a POST to that address is enough (RFC 8058).
    ListUnsubscribePost, "List-Unsubscribe-Post"
);
plain_header!(
    /// The list that a letter belongs to (RFC 2919).
    ListId, "List-Id"
);

/// The message as bytes: ASCII, lines that end in CRLF and are short enough for every mail server.
pub fn compose(message: &Message<'_>) -> Result<Vec<u8>, NotAMessage> {
    let Message { sender, reader_name, reader, message_id, dated_at, list_id, written } = message;
    let flaw = |error: &dyn std::fmt::Display| NotAMessage(error.to_string());
    let mailbox = |name: Option<String>, address: &Address| {
        address
            .as_sent()
            .parse::<lettre::Address>()
            .map(|address| Mailbox::new(name, address))
            .map_err(|error| flaw(&error))
    };
    let micros = u64::try_from(dated_at.as_micros()).map_err(|error| flaw(&error))?;
    let mut builder = lettre::Message::builder()
        .from(mailbox(sender.name.clone(), &sender.address)?)
        .to(mailbox(reader_name.and_then(on_one_line), reader)?)
        .subject(on_one_line(&written.subject).unwrap_or_default())
        .date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros))
        .message_id(Some(format!("<{message_id}>")))
        .header(AutoSubmitted);
    if let Some(office) = written.reply_to.as_ref().filter(|office| *office != &sender.address) {
        builder = builder.reply_to(mailbox(None, office)?);
    }
    if let Some(list_id) = list_id {
        builder = builder.header(ListId(format!("<{list_id}>")));
    }
    if let Some(url) = &written.unsubscribe_url {
        builder = builder.header(ListUnsubscribe(format!("<{url}>")));
        // One click is for https alone (RFC 8058, 3.1).
        if url.starts_with("https://") {
            builder = builder.header(ListUnsubscribePost("List-Unsubscribe=One-Click".to_owned()));
        }
    }
    // Made of what is between them, so that a second copy is the same, and nothing in it can be taken for one.
    let calendar = written.calendar.as_ref().map(|calendar| calendar.ics.as_str()).unwrap_or_default();
    let parts = [*message_id, written.text.as_str(), written.html.as_str(), calendar].join("\n");
    let boundary = |kind: MultiPartKind| {
        let name = fingerprint(format!("{kind:?}\n{parts}"));
        MultiPart::builder().kind(kind).boundary(name.get(..40).unwrap_or(&name))
    };
    let texts = boundary(MultiPartKind::Alternative)
        .singlepart(SinglePart::plain(written.text.clone()))
        .singlepart(SinglePart::html(written.html.clone()));
    let body = match &written.calendar {
        None => texts,
        Some(calendar) => {
            let kind = format!("text/calendar; charset=utf-8; method={}", calendar.method);
            let kind = ContentType::parse(&kind).map_err(|error| flaw(&error))?;
            let name = on_one_line(&calendar.file_name).unwrap_or_else(|| "course.ics".to_owned());
            boundary(MultiPartKind::Mixed)
                .multipart(texts)
                .singlepart(Attachment::new(name).body(calendar.ics.clone(), kind))
        }
    };
    let mut message = builder.multipart(body).map_err(|error| flaw(&error))?;
    let subject = on_one_line(&written.subject).unwrap_or_default();
    if looks_encoded(&subject) {
        set(&mut message, "Subject", &subject, "");
    }
    for (name, field, address) in
        [(sender.name.clone(), "From", &sender.address), (reader_name.and_then(on_one_line), "To", *reader)]
    {
        if let Some(name) = name.filter(|name| looks_encoded(name)) {
            set(&mut message, field, &name, &format!("\r\n <{}>", address.as_sent()));
        }
    }
    let bytes = message.formatted();
    if bytes.is_ascii() { Ok(bytes) } else { Err(NotAMessage("it has bytes outside of ASCII".to_owned())) }
}

/// Whether mail programs would take a part of the text, which is none, for an encoded word (RFC 2047), and show
/// something else. The library leaves ASCII as it is.
fn looks_encoded(text: &str) -> bool {
    text.contains("=?")
}

/// Writes a field anew, its text as encoded words, with what stands behind them as it is.
fn set(message: &mut lettre::Message, field: &'static str, text: &str, behind: &str) {
    let value = format!("{}{behind}", encoded(text));
    let name = HeaderName::new_from_ascii_str(field);
    message.headers_mut().insert_raw(HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value));
}

/// A text as encoded words (RFC 2047, section 2: 75 characters each at most), a line each.
fn encoded(text: &str) -> String {
    /// What 39 bytes become is 52 characters, `=?utf-8?B?` and `?=` twelve more, and a field has a name.
    const BYTES: usize = 39;
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for letter in text.chars() {
        if word.len() + letter.len_utf8() > BYTES {
            words.push(std::mem::take(&mut word));
        }
        word.push(letter);
    }
    words.push(word);
    let encoded = |word: &String| format!("=?utf-8?B?{}?=", STANDARD.encode(word));
    words.iter().map(encoded).collect::<Vec<_>>().join("\r\n ")
}

/// The text without anything that could end a header line, cut to the length of a subject; none where nothing
/// is left.
fn on_one_line(text: &str) -> Option<String> {
    let breaks = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    let flat: String =
        text.chars().map(|letter| if breaks(letter) { ' ' } else { letter }).take(SUBJECT_LENGTH).collect();
    let flat = flat.split_whitespace().collect::<Vec<_>>().join(" ");
    (!flat.is_empty()).then_some(flat)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::Calendar;

    fn composed(name: &str, subject: &str, calendar: Option<Calendar>) -> String {
        composed_with(name, subject, calendar, None)
    }

    fn composed_with(
        name: &str,
        subject: &str,
        calendar: Option<Calendar>,
        unsubscribe_url: Option<&str>,
    ) -> String {
        let sender: Sender = "\"Lectern, the office\" <ce@example.org>".parse().expect("a sender");
        let reader = Address::parse("ada@example.org").expect("an address");
        let written = Written {
            subject: subject.to_owned(),
            text: format!("Grüße,\n{}\n.\nend", "long ".repeat(300)),
            html: "<p>Grüße</p>".to_owned(),
            calendar,
            unsubscribe_url: unsubscribe_url.map(str::to_owned),
            reply_to: Address::parse("office@example.org").ok(),
        };
        let bytes = compose(&Message {
            sender: &sender,
            reader_name: Some(name),
            reader: &reader,
            message_id: "1@example.org",
            dated_at: "2026-05-06T13:00:00.5Z".parse().expect("an instant"),
            list_id: unsubscribe_url.map(|_| "deadlines.example.org"),
            written: &written,
        });
        String::from_utf8(bytes.expect("a message")).expect("ASCII")
    }

    #[test]
    fn a_message_is_ascii_with_short_lines_and_all_its_headers() {
        let message = composed("Zoë Ångström", "Willkommen — “bald”", None);
        assert!(message.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
        for header in [
            "<ce@example.org>\r\n",
            "<ada@example.org>\r\n",
            "Date: Wed, 06 May 2026 13:00:00 +0000\r\n",
            "Message-ID: <1@example.org>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Reply-To: office@example.org\r\n",
            "multipart/alternative",
        ] {
            assert!(message.contains(header), "{header} in {message}");
        }
    }

    #[test]
    fn nothing_that_a_person_typed_makes_a_header() {
        let message = composed("Ada\r\nBcc: x@example.org", "Hello\r\n\r\nBcc: y@example.org\u{2028}", None);
        let head = message.split("\r\n\r\n").next().expect("a head");
        assert!(!head.to_lowercase().contains("\nbcc:"), "{head}");
    }

    #[test]
    fn what_looks_like_an_encoded_word_is_read_as_it_was_typed() {
        let typed = "=?utf-8?B?RXZpbA==?= and much more that does not fit into one word — at all";
        let message = composed(typed, typed, None);
        let parsed = mail_parser::MessageParser::default().parse(message.as_bytes()).expect("a message");
        assert_eq!(parsed.subject(), Some(typed));
        let to = parsed.to().and_then(|to| to.first()).expect("a reader");
        assert_eq!((to.name(), to.address()), (Some(typed), Some("ada@example.org")));
        assert!(message.lines().all(|line| line.len() <= 78 || !line.contains("=?utf-8?B?")), "{message}");
    }

    #[test]
    fn a_calendar_comes_as_a_part_of_its_own() {
        let ics = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".to_owned();
        let message = composed(
            "Ada",
            "Hello",
            Some(Calendar { ics, method: "PUBLISH", file_name: "course.ics".to_owned() }),
        );
        assert!(message.contains("multipart/mixed"), "{message}");
        assert!(message.contains("text/calendar; charset=utf-8; method=PUBLISH"), "{message}");
        assert!(message.contains("filename=\"course.ics\""), "{message}");
    }
    #[test]
    fn a_letter_that_can_be_stopped_says_so_in_its_head() {
        let token = "6c64".repeat(17);
        let url = format!("https://courses.example.org/unsubscribe/{token}");
        let message = composed_with("Ada", "Hello", None, Some(&url));
        for header in [
            format!("List-Unsubscribe: <{url}>\r\n"),
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".to_owned(),
            "List-Id: <deadlines.example.org>\r\n".to_owned(),
        ] {
            assert!(message.contains(&header), "{header} in {message}");
        }
        assert!(!composed("Ada", "Hello", None).contains("List-"));
        assert!(
            !composed_with("Ada", "Hello", None, Some("http://127.0.0.1/unsubscribe/1"))
                .contains("One-Click")
        );
        let forged = composed_with("Ada", "Hello", None, Some("https://example.org/\r\nBcc: x@example.org"));
        assert!(!forged.to_lowercase().contains("\nbcc:"), "{forged}");
    }
}
