//! Payloads as stories read them: what was done, or why it was not.

use serde_json::Value;

/// What stories read of a refusal.
pub const REFUSAL: &str = "refusal { __typename code message path details { path message line } current { __typename id
    ... on Course { version title } ... on FacultyMember { version name } ... on Organization { version name } ... on Series { version title } } }";

/// What a payload holds of the fields that were asked for: the refusal, or the one thing, or the payload
/// itself where it holds several, or nothing where nothing but the refusal was asked for. Where both kinds of
/// fields are set, or neither, the payload breaks its word.
pub fn outcome(payload: &Value) -> Value {
    let fields = payload.as_object().unwrap_or_else(|| panic!("not a payload: {payload}"));
    let refusal = fields.get("refusal").unwrap_or_else(|| panic!("no refusal was asked for: {payload}"));
    let things: Vec<&Value> =
        fields.iter().filter(|(name, _)| *name != "refusal").map(|(_, value)| value).collect();
    let told: Vec<&Value> = things.iter().copied().filter(|value| !value.is_null()).collect();
    match (refusal, things.as_slice(), told.as_slice()) {
        (Value::Null, [], []) => Value::Null,
        (Value::Null, [_, ..], [thing]) => (*thing).clone(),
        (Value::Null, [_, ..], [_, _, ..]) => payload.clone(),
        (Value::Object(_), _, []) => refusal.clone(),
        (_, _, _) => panic!("a payload is either done or refused: {payload:#}"),
    }
}

/// Whether an outcome is a refusal.
pub fn is_refused(outcome: &Value) -> bool {
    outcome["__typename"] == "Refusal"
}
