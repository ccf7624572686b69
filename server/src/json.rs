//! JSON that strangers send, read in one place.
//!
//! Every way to read JSON in serde_json stops at 128 levels. There is a door beside it: with the crate's feature `raw_value`, which sqlx and
//! axum switch on, its `Value` takes an object with the one key `$serde_json::private::RawValue` for a text in JSON, and reads that text by
//! itself, with 128 levels of its own. Texts within texts go down without an end until the stack is full, and a process with a full stack is
//! killed. So a text is walked through first, by a reader that takes keys for what they are; where it meets one that begins like serde_json's
//! own, nothing is read.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

/// What serde_json's own keys begin with.
const RESERVED: &str = "$serde_json::private::";

/// Why JSON could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no JSON, or nests deeper than 128 levels.
    #[error("it is not JSON: line {line}, column {column}")]
    Syntax {
        /// Where, from 1.
        line: usize,
        /// Where in the line, in bytes from 1.
        column: usize,
    },
    /// A key of an object is one that nobody may use.
    #[error("a key of an object begins with `{RESERVED}`")]
    Reserved,
    /// It is JSON, and not of the form that is wanted.
    #[error("it is not of the form that is wanted")]
    Form,
}

/// Reads what a stranger sent.
///
/// # Errors
/// Why it cannot be read.
pub fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, Unreadable> {
    serde_json::from_slice::<Walked>(text).map_err(|error| told(&error, Unreadable::Reserved))?;
    serde_json::from_slice(text).map_err(|error| told(&error, Unreadable::Form))
}

fn told(error: &serde_json::Error, data: Unreadable) -> Unreadable {
    match error.classify() {
        Category::Data => data,
        Category::Syntax | Category::Eof | Category::Io => Unreadable::Syntax { line: error.line(), column: error.column() },
    }
}

/// Any JSON whose keys are all ordinary, of which nothing is kept.
struct Walked;

impl<'de> Deserialize<'de> for Walked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Walk)
    }
}

struct Walk;

impl<'de> Visitor<'de> for Walk {
    type Value = Walked;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Walked, E> {
        Ok(Walked)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Walked, E> {
        Ok(Walked)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Walked, E> {
        Ok(Walked)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Walked, E> {
        Ok(Walked)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Walked, E> {
        Ok(Walked)
    }

    fn visit_str<E>(self, _: &str) -> Result<Walked, E> {
        Ok(Walked)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Walked, A::Error> {
        while items.next_element::<Walked>()?.is_some() {}
        Ok(Walked)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Walked, A::Error> {
        while members.next_key::<Key>()?.is_some() {
            members.next_value::<Walked>()?;
        }
        Ok(Walked)
    }
}

/// An ordinary key.
struct Key;

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl Visitor<'_> for KeyVisitor {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an ordinary key")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<Key, E> {
        if key.starts_with(RESERVED) { Err(E::custom("a reserved key")) } else { Ok(Key) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::*;

    #[test]
    fn what_is_ordinary_is_read_as_ever() {
        let text = r#" { "a": [null, true, -1, 18446744073709551615, 1.5e3, "\u00e9\n"], "$serde_json": {}, "": { "b": [] } } "#;
        let value = json!({ "a": [null, true, -1, u64::MAX, 1500.0, "é\n"], "$serde_json": {}, "": { "b": [] } });
        assert_eq!(read::<Value>(text.as_bytes()), Ok(value));
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(read::<Value>(b"{\n \"a\": }"), Err(Unreadable::Syntax { line: 2, column: 7 }));
        assert_eq!(read::<Value>(b"{} x"), Err(Unreadable::Syntax { line: 1, column: 4 }));
        assert_eq!(read::<Map<String, Value>>(b"[]"), Err(Unreadable::Form));
        assert!(matches!(read::<Value>(&[b"[".repeat(128), b"]".repeat(128)].concat()), Err(Unreadable::Syntax { .. })));
        assert!(read::<Value>(&[b"[".repeat(127), b"]".repeat(127)].concat()).is_ok());
    }

    #[test]
    fn no_text_within_a_text_is_read() {
        for key in ["$serde_json::private::RawValue", "\\u0024serde_json::private::RawValue", "$serde_json::private::Number"] {
            for text in [format!("{{\"{key}\":\"1\"}}"), format!("[{{\"a\":{{\"{key}\":\"[]\"}}}}]"), format!("{{\"a\":1,\"{key}\":7}}")] {
                assert_eq!(read::<Value>(text.as_bytes()), Err(Unreadable::Reserved), "{text}");
            }
        }
        let text = r#"{"text":"{\"$serde_json::private::RawValue\":1}"}"#;
        assert!(read::<Value>(text.as_bytes()).is_ok(), "a text is a text");
    }
}
