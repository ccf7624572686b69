//! A message taken apart: its head, and one level of parts. Fields are unfolded and cut; nothing here goes by
//! recursion, whatever is nested in a message.

use std::borrow::Cow;

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{MessageParser, MimeHeaders};

/// The most of a head that is read, in bytes.
const HEAD: usize = 64 * 1024;
/// The most parts of a message that are looked at: a report has three.
const PARTS: usize = 16;
/// The most fields of a head that are looked at.
const FIELDS: usize = 1000;

/// A part of a message, or the whole.
#[derive(Clone, Copy, Debug)]
pub struct Entity<'a> {
    head: &'a [u8],
    body: &'a [u8],
}

/// What a part says that it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kind {
    /// Type and subtype in lower case, such as `multipart/report`.
    pub name: String,
    /// What parts its parts.
    pub boundary: Option<String>,
}

impl<'a> Entity<'a> {
    /// Head and body, which an empty line parts.
    pub fn of(bytes: &'a [u8]) -> Self {
        let mut start = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if line.trim_ascii().is_empty() {
                let (head, body) = bytes.split_at(start);
                return Self { head: cut(head), body: body.get(line.len()..).unwrap_or_default() };
            }
            start += line.len();
        }
        Self { head: cut(bytes), body: &[] }
    }

    /// The fields of its head.
    pub fn fields(self) -> Vec<(String, String)> {
        fields(self.head)
    }

    /// What it says that it is; what says nothing is plain text.
    pub fn kind(self) -> Kind {
        let message = MessageParser::default().parse_headers(self.head);
        let kind = message.as_ref().and_then(|message| message.content_type());
        kind.map_or_else(Kind::default, |kind| Kind {
            name: format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase(),
            boundary: kind.attribute("boundary").map(str::to_owned).filter(|boundary| !boundary.is_empty()),
        })
    }

    /// Its parts, between lines that hold the boundary; the last one ends where the message does, if it was cut
    /// off.
    pub fn parts(self, boundary: &str) -> Vec<Entity<'a>> {
        let (mut parts, mut begun, mut place) = (Vec::new(), None, 0);
        for line in self.body.split_inclusive(|byte| *byte == b'\n') {
            let rest = line.strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary.as_bytes()));
            if let Some(rest) = rest.map(<[u8]>::trim_ascii).filter(|rest| rest.is_empty() || *rest == b"--")
            {
                parts.extend(begun.and_then(|from: usize| self.body.get(from..place)));
                begun = rest.is_empty().then_some(place + line.len());
                if begun.is_none() || parts.len() >= PARTS {
                    begun = None;
                    break;
                }
            }
            place += line.len();
        }
        parts.extend(begun.and_then(|from| self.body.get(from..)));
        parts.into_iter().map(Entity::of).collect()
    }

    /// Its content as text, decoded and cut.
    pub fn text(self) -> String {
        let fields = self.fields();
        let encoding = named(&fields, "content-transfer-encoding").next().unwrap_or_default();
        let cut = cut(self.body);
        let bytes = match encoding.to_ascii_lowercase().as_str() {
            "base64" => base64_decode(cut).map_or(Cow::Borrowed(cut), Cow::Owned),
            "quoted-printable" => quoted_printable_decode(cut).map_or(Cow::Borrowed(cut), Cow::Owned),
            _ => Cow::Borrowed(cut),
        };
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// The values of the fields of this name, in order.
pub fn named<'a>(fields: &'a [(String, String)], name: &'a str) -> impl Iterator<Item = &'a str> {
    fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// The fields of a block of lines, names in lower case, values unfolded; lines that are none are passed over.
pub fn fields(block: &[u8]) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in String::from_utf8_lossy(block).lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = found.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            if found.len() >= FIELDS {
                break;
            }
            found.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    found
}

fn cut(bytes: &[u8]) -> &[u8] {
    bytes.get(..HEAD).unwrap_or(bytes)
}
