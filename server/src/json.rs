//! JSON that strangers send, read in one place.
//!
//! Every way to read JSON in serde_json stops at 128 levels. There is a door beside it: with the crate's
//! feature `raw_value`, which sqlx and axum switch on, its `Value` takes an object with the one key
//! `$serde_json::private::RawValue` for a text in JSON, and reads that text by itself, with 128 levels of its
//! own. Texts within texts go down without an end until the stack is full, and a process with a full stack is
//! killed. So a text is walked through first, by a reader that takes keys for what they are; where it meets
//! one that begins like serde_json's own, nothing is read.
//!
//! The walk also says how much memory the text takes once it is read, which is many times its length where it
//! holds many small objects. So there is a most that it may hold, and whoever keeps what was read can count
//! it before it is there.

use std::cell::Cell;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Value};

/// What serde_json's own keys begin with.
const RESERVED: &str = "$serde_json::private::";
/// The most values that a text may hold; a large import is one text, and a long evaluation has a few dozen.
pub const MOST_VALUES: usize = 20_000;
/// What a value takes in memory, in bytes, roughly.
const VALUE: usize = 64;
/// What the members of an object take in memory, for each six begun: a node of a tree.
const NODE: usize = 640;

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
    /// It holds more values than a text may.
    #[error("it holds more than {MOST_VALUES} values")]
    TooMany,
    /// It is JSON, and not of the form that is wanted.
    #[error("it is not of the form that is wanted")]
    Form,
}

/// A text that was walked through, and can be read.
#[derive(Clone, Copy, Debug)]
pub struct Text<'t> {
    text: &'t [u8],
    memory: usize,
}

/// Reads what a stranger sent.
///
/// # Errors
/// Why it cannot be read.
pub fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, Unreadable> {
    walk(text)?.read()
}

/// Walks through what a stranger sent, and keeps nothing of it.
///
/// # Errors
/// Why it cannot be read.
pub fn walk(text: &[u8]) -> Result<Text<'_>, Unreadable> {
    let found = Found::default();
    let mut json = serde_json::Deserializer::from_slice(text);
    let walked = Walk(&found).deserialize(&mut json).and_then(|()| json.end());
    let too_many = found.values.get() > MOST_VALUES;
    walked
        .map_err(|error| told(&error, if too_many { Unreadable::TooMany } else { Unreadable::Reserved }))?;
    Ok(Text { text, memory: found.memory.get() })
}

/// How many bytes of memory an object takes that was read, roughly.
pub fn memory_of(object: &Map<String, Value>) -> usize {
    let members = object.iter().map(|(key, value)| key.len() + memory_of_value(value)).sum::<usize>();
    VALUE + object.len().div_ceil(6) * NODE + members
}

/// Descends as deep as the text nested, which is bounded.
fn memory_of_value(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => VALUE,
        Value::String(text) => VALUE + text.len(),
        Value::Array(items) => VALUE + items.iter().map(memory_of_value).sum::<usize>(),
        Value::Object(members) => memory_of(members),
    }
}

impl Text<'_> {
    /// How many bytes of memory it takes once it is read, roughly.
    pub fn memory(&self) -> usize {
        self.memory
    }

    /// Reads it.
    ///
    /// # Errors
    /// It is not of the form that is wanted.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Unreadable> {
        serde_json::from_slice(self.text).map_err(|error| told(&error, Unreadable::Form))
    }
}

fn told(error: &serde_json::Error, data: Unreadable) -> Unreadable {
    match error.classify() {
        Category::Data => data,
        Category::Syntax | Category::Eof | Category::Io => {
            Unreadable::Syntax { line: error.line(), column: error.column() }
        }
    }
}

/// What was found on the way.
#[derive(Debug, Default)]
struct Found {
    values: Cell<usize>,
    memory: Cell<usize>,
}

impl Found {
    /// Counts a value with so many bytes beside what every value takes.
    fn value<E: serde::de::Error>(&self, more: usize) -> Result<(), E> {
        self.values.set(self.values.get() + 1);
        self.takes(VALUE + more);
        if self.values.get() > MOST_VALUES { Err(E::custom("too many values")) } else { Ok(()) }
    }

    fn takes(&self, bytes: usize) {
        self.memory.set(self.memory.get() + bytes);
    }
}

/// A walk through any JSON whose keys are all ordinary, of which nothing is kept.
#[derive(Clone, Copy)]
struct Walk<'f>(&'f Found);

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.0.value(0)
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
        self.0.value(0)
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        self.0.value(0)
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        self.0.value(0)
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        self.0.value(0)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.0.value(text.len())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.0.value(0)?;
        while items.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        self.0.value(0)?;
        let mut count = 0_usize;
        while let Some(Key(bytes)) = members.next_key()? {
            self.0.takes(bytes + if count.is_multiple_of(6) { NODE } else { 0 });
            count += 1;
            members.next_value_seed(self)?;
        }
        Ok(())
    }
}

/// An ordinary key, of so many bytes.
struct Key(usize);

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
        if key.starts_with(RESERVED) { Err(E::custom("a reserved key")) } else { Ok(Key(key.len())) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_ordinary_is_read_as_ever() {
        let text = r#" { "a": [null, true, -1, 18446744073709551615, 1.5e3, "\u00e9\n"], "$serde_json": {}, "": { "b": [] } } "#;
        let value =
            json!({ "a": [null, true, -1, u64::MAX, 1500.0, "é\n"], "$serde_json": {}, "": { "b": [] } });
        assert_eq!(read::<Value>(text.as_bytes()), Ok(value));
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(read::<Value>(b"{\n \"a\": }"), Err(Unreadable::Syntax { line: 2, column: 7 }));
        assert_eq!(read::<Value>(b"{} x"), Err(Unreadable::Syntax { line: 1, column: 4 }));
        assert_eq!(read::<Map<String, Value>>(b"[]"), Err(Unreadable::Form));
        assert!(matches!(
            read::<Value>(&[b"[".repeat(128), b"]".repeat(128)].concat()),
            Err(Unreadable::Syntax { .. })
        ));
        assert!(read::<Value>(&[b"[".repeat(127), b"]".repeat(127)].concat()).is_ok());
    }

    #[test]
    fn what_it_takes_is_known_before_it_is_read() {
        let memory = |text: &str| walk(text.as_bytes()).map(|text| text.memory());
        let small =
            memory(r#"{"query":"{ courses { nodes { id } } }","variables":{"first":20}}"#).expect("JSON");
        assert!((1_000..4_000).contains(&small), "{small}");
        let text = r#"{"a":[1,{"b":"text","c":[]}],"d":{},"e":null}"#;
        let object = read::<Map<String, Value>>(text.as_bytes()).expect("an object");
        assert_eq!(
            Ok(memory_of(&object)),
            memory(text),
            "told from a text and from what was read of it alike"
        );
        let objects = |count: usize| format!("[{}]", vec![r#"{"a":0}"#; count].join(","));
        let many = memory(&objects(9_000)).expect("JSON");
        assert!(
            (6_000_000..9_000_000).contains(&many),
            "serde_json takes some 640 bytes for each object: {many}"
        );
        assert_eq!(memory(&objects(10_000)), Err(Unreadable::TooMany));
        assert_eq!(
            memory(&format!("[{}]", vec!["0"; MOST_VALUES].join(","))),
            Err(Unreadable::TooMany),
            "the list is one, too"
        );
        assert!(memory(&format!("[{}]", vec!["0"; MOST_VALUES - 1].join(","))).is_ok());
    }

    #[test]
    fn no_text_within_a_text_is_read() {
        for key in [
            "$serde_json::private::RawValue",
            "\\u0024serde_json::private::RawValue",
            "$serde_json::private::Number",
        ] {
            for text in [
                format!("{{\"{key}\":\"1\"}}"),
                format!("[{{\"a\":{{\"{key}\":\"[]\"}}}}]"),
                format!("{{\"a\":1,\"{key}\":7}}"),
            ] {
                assert_eq!(read::<Value>(text.as_bytes()), Err(Unreadable::Reserved), "{text}");
            }
        }
        let text = r#"{"text":"{\"$serde_json::private::RawValue\":1}"}"#;
        assert!(read::<Value>(text.as_bytes()).is_ok(), "a text is a text");
    }
}
