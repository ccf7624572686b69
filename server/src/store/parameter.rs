//! The parameters of a statement, as both databases take them.
//!
//! PostgreSQL has no text with a zero character in it, and fails where it is handed one; SQLite stores it,
//! and reads it back as less than was stored. So no text of ours has one: wherever it would be looked for or
//! stored, the replacement character stands in its place (U+FFFD, as in what else cannot be read), on both
//! databases alike. What no text can hold is therefore simply not found.

use std::borrow::Cow;

use sea_orm::{JsonValue, Value, Values};

/// What stands in the place of a zero character.
const REPLACEMENT: &str = "\u{fffd}";

/// The same parameters without zero characters.
pub(super) fn storable(mut values: Values) -> Values {
    values.0.iter_mut().for_each(mend);
    values
}

fn mend(value: &mut Value) {
    match value {
        Value::String(Some(text)) => mend_text(text),
        Value::Char(Some(letter)) if *letter == '\0' => *letter = char::REPLACEMENT_CHARACTER,
        Value::Json(Some(json)) => mend_json(json),
        _ => {}
    }
}

fn mend_text(text: &mut String) {
    if let Cow::Owned(mended) = mended(text) {
        *text = mended;
    }
}

fn mended(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', REPLACEMENT).into() } else { text.into() }
}

/// Descends as deep as values of ours go, none of which a stranger nests.
fn mend_json(json: &mut JsonValue) {
    match json {
        JsonValue::String(text) => mend_text(text),
        JsonValue::Array(items) => items.iter_mut().for_each(mend_json),
        JsonValue::Object(fields) => {
            if fields.keys().any(|name| name.contains('\0')) {
                *fields = std::mem::take(fields)
                    .into_iter()
                    .map(|(name, value)| (mended(&name).into_owned(), value))
                    .collect();
            }
            fields.values_mut().for_each(mend_json);
        }
        JsonValue::Null | JsonValue::Bool(_) | JsonValue::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_parameter_has_a_zero_character() {
        let given = vec![
            "a\0b\0".into(),
            "plain".into(),
            Value::Char(Some('\0')),
            Value::String(None),
            Value::Bytes(Some(vec![0])),
            json!({ "a\0": ["\0", { "b": "\0c" }], "d": 0 }).into(),
        ];
        let taken = vec![
            "a\u{fffd}b\u{fffd}".into(),
            "plain".into(),
            Value::Char(Some('\u{fffd}')),
            Value::String(None),
            Value::Bytes(Some(vec![0])),
            json!({ "a\u{fffd}": ["\u{fffd}", { "b": "\u{fffd}c" }], "d": 0 }).into(),
        ];
        assert_eq!(storable(Values(given)), Values(taken));
    }
}
