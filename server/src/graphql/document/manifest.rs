//! Manifests of documents, as the build tools of clients write them, recognised by their shape.
//!
//! Relay (`persistConfig` with a file) and the client preset of GraphQL Code Generator (`persistedDocuments`)
//! write one JSON object from ids to texts. Apollo's `generate-persisted-query-manifest`, and its compilers
//! for Kotlin and Swift, write `{ "format": "apollo-persisted-query-manifest", "version": 1, "operations": [{
//! "id", "name", "type", "body" }] }`.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;

use super::place::Lines;

/// What Apollo's manifests say that they are.
const APOLLO: &str = "apollo-persisted-query-manifest";

/// A document of a manifest.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// By which clients ask for it.
    pub id: String,
    /// The document.
    pub text: String,
    /// The line of the manifest on which it stands.
    pub line: usize,
}

/// What is wrong with a manifest, and on which of its lines.
#[derive(Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// The documents of a manifest, in its order.
///
/// # Errors
/// Where it is not JSON, or not of one of the shapes.
pub fn read(text: &str) -> Result<Vec<Entry>, Mistake> {
    let shapes = "a manifest is an object from ids to documents, as Relay and GraphQL Code Generator write it, or Apollo's, with `format`, \
                  `version` and `operations`";
    let reader = Reader { text, lines: Lines::of(text) };
    let Members(members) = serde_json::from_str(text).map_err(|error| Mistake {
        line: error.line().max(1),
        message: format!("it cannot be read ({error}); {shapes}"),
    })?;
    match members.iter().find(|(name, _)| name == "format") {
        Some((_, format)) => reader.apollo(&members, format),
        None => members.iter().map(|(id, document)| reader.entry(id, document, document)).collect(),
    }
}

struct Reader<'t> {
    text: &'t str,
    lines: Lines<'t>,
}

impl Reader<'_> {
    fn apollo(&self, members: &[(String, &RawValue)], format: &RawValue) -> Result<Vec<Entry>, Mistake> {
        let member = |name: &str| members.iter().find(|(member, _)| member == name).map(|(_, value)| *value);
        if parsed::<String>(format).is_none_or(|format| format != APOLLO) {
            return self.wrong(format, format!("`format` is not {APOLLO:?}, the only one that is known"));
        }
        let version = member("version").unwrap_or(format);
        if parsed::<u64>(version) != Some(1) {
            return self.wrong(version, "`version` is not 1, the only one that is known");
        }
        let operations = member("operations").unwrap_or(format);
        let Some(operations) = parsed::<Vec<&RawValue>>(operations) else {
            return self.wrong(operations, "`operations` is not a list");
        };
        let entry = |operation: &&RawValue| match parsed::<Operation<'_>>(operation) {
            Some(Operation { id, body }) => self.entry(&id, body, operation),
            None => self.wrong(operation, "an operation needs `id`, a string, and `body`, its document"),
        };
        operations.iter().map(entry).collect()
    }

    fn entry(&self, id: &str, document: &RawValue, place: &RawValue) -> Result<Entry, Mistake> {
        match parsed(document) {
            Some(text) if !id.is_empty() => Ok(Entry { id: id.to_owned(), text, line: self.line(place) }),
            Some(_) => self.wrong(place, "a document has an empty id"),
            None => self.wrong(place, format!("the document {id:?} is not a string")),
        }
    }

    fn wrong<T>(&self, place: &RawValue, message: impl Into<String>) -> Result<T, Mistake> {
        Err(Mistake { line: self.line(place), message: message.into() })
    }

    /// The line on which a value of the text begins.
    fn line(&self, value: &RawValue) -> usize {
        // A raw value that is borrowed is a part of the text.
        let offset = value.get().as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        self.lines.locate(offset).line
    }
}

#[derive(Deserialize)]
struct Operation<'t> {
    id: String,
    #[serde(borrow)]
    body: &'t RawValue,
}

fn parsed<'t, T: Deserialize<'t>>(value: &'t RawValue) -> Option<T> {
    serde_json::from_str(value.get()).ok()
}

/// The members of an object, in its order, one that is there twice among them.
struct Members<'t>(Vec<(String, &'t RawValue)>);

impl<'de: 't, 't> Deserialize<'de> for Members<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members: Self::Value = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
                    if members.iter().any(|(member, _)| *member == name) {
                        return Err(de::Error::custom(format_args!("{name:?} is there twice")));
                    }
                    members.push((name, value));
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Object).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, text: &str, line: usize) -> Entry {
        Entry { id: id.to_owned(), text: text.to_owned(), line }
    }

    #[test]
    fn an_object_from_ids_to_documents_is_a_manifest() {
        let relay = "{\n  \"0123456789abcdef0123456789abcdef\": \"query A {\\n  viewer { roles }\\n}\\n\",\n  \"b\": \"query B { __typename }\"\n}\n";
        let expected = [
            entry("0123456789abcdef0123456789abcdef", "query A {\n  viewer { roles }\n}\n", 2),
            entry("b", "query B { __typename }", 3),
        ];
        assert_eq!(read(relay).expect("a manifest"), expected);
        assert_eq!(read("{}").expect("an empty one"), []);
    }

    #[test]
    fn apollos_manifest_is_one() {
        let apollo = r#"{ "format": "apollo-persisted-query-manifest", "version": 1,
            "operations": [
              { "id": "one", "name": "A", "type": "query", "body": "query A { __typename }" },
              { "id": "two", "name": "B", "type": "mutation",
                "body": "mutation B { signOut { refusal { code } } }" } ] }"#;
        let expected = [
            entry("one", "query A { __typename }", 3),
            entry("two", "mutation B { signOut { refusal { code } } }", 4),
        ];
        assert_eq!(read(apollo).expect("a manifest"), expected);
    }

    #[test]
    fn what_is_none_says_where_and_why() {
        for (text, line, about) in [
            ("", 1, "cannot be read"),
            ("[\n]", 1, "an object from ids to documents"),
            ("{\n\"a\": \"x\",\n\"a\": \"y\" }", 3, "\"a\" is there twice"),
            ("{\n\n\"a\": 7 }", 3, "\"a\" is not a string"),
            ("{ \"a\": \"x\",\n \"\": \"y\" }", 2, "an empty id"),
            ("{ \"format\": \"another\",\n \"version\": 1 }", 1, "`format` is not"),
            (
                "{ \"format\": \"apollo-persisted-query-manifest\",\n \"version\": 2, \"operations\": [] }",
                2,
                "`version` is not 1",
            ),
            (
                "{ \"format\": \"apollo-persisted-query-manifest\", \"version\": 1,\n \"operations\": {} }",
                2,
                "`operations` is not a list",
            ),
            (
                "{ \"format\": \"apollo-persisted-query-manifest\", \"version\": 1 }",
                1,
                "`operations` is not a list",
            ),
            (
                "{ \"format\": \"apollo-persisted-query-manifest\", \"version\": 1,\n \"operations\": [\n {\"id\": \"x\"} ] }",
                3,
                "needs `id`",
            ),
        ] {
            let mistake = read(text).expect_err(text);
            assert!(mistake.line == line && mistake.message.contains(about), "{text}: {mistake:?}");
        }
    }
}
