//! Steps: where it is asked whether an operation may go on, and counted what it has resolved.
//!
//! A hook at every field costs as much as the field. So the steps are put into the document that is run, at
//! the few fields where the answer grows ([`super::document`] knows them): at every list of objects; and
//! within rows that are very wide, at their first field and at their texts, because much would be resolved
//! before the list has come to its end. They are written as a directive that no client can send, because the
//! schema that documents are validated against does not have it.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::extensions::ResolveFut;
use async_graphql::parser::types::Directive;
use async_graphql::registry::Registry;
use async_graphql::{
    Context, ContextDirective, CustomDirective, CustomDirectiveFactory, Name, Pos, Positioned, ServerResult,
    Value,
};
use async_graphql_value::Value as Literal;

use super::running::Running;

/// The directive's name.
const STEP: &str = "step";

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A list of objects of which each has so many values, of lists within it only the lists themselves.
    /// `weighed`: their bytes are counted elsewhere.
    Rows {
        /// How many; 0 where they are counted elsewhere.
        each: u64,
        /// Whether their bytes are counted elsewhere.
        weighed: bool,
    },
    /// The first field of a row that has so many values.
    Row(u64),
    /// A text within such a row.
    Text,
}

impl Step {
    /// The step as it stands in a document.
    pub fn directive(self, place: Pos) -> Positioned<Directive> {
        let number = |name: &str, number: u64| (name.to_owned(), Literal::Number(number.into()));
        let arguments = match self {
            Self::Rows { each, weighed } => {
                vec![number("each", each), ("weighed".to_owned(), Literal::Boolean(weighed))]
            }
            Self::Row(values) => vec![number("row", values)],
            Self::Text => Vec::new(),
        };
        let arguments = arguments
            .into_iter()
            .map(|(name, value)| (at(Name::new(name), place), at(value, place)))
            .collect();
        at(Directive { name: at(Name::new(STEP), place), arguments }, place)
    }

    fn read(directive: &Directive) -> Self {
        let number = |value: &Literal| match value {
            Literal::Number(number) => number.as_u64().unwrap_or_default(),
            _ => 0,
        };
        match directive.arguments.as_slice() {
            [] => Self::Text,
            [(_, row)] => Self::Row(number(&row.node)),
            [(_, each), (_, weighed), ..] => {
                Self::Rows { each: number(&each.node), weighed: weighed.node == Literal::Boolean(true) }
            }
        }
    }
}

fn at<T>(node: T, place: Pos) -> Positioned<T> {
    Positioned::new(node, place)
}

/// Finds the steps in a document that is run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Steps;

impl CustomDirectiveFactory for Steps {
    fn name(&self) -> Cow<'static, str> {
        STEP.into()
    }

    /// The schema does not have it.
    fn register(&self, _: &mut Registry) {}

    fn create(
        &self,
        _: &ContextDirective<'_>,
        directive: &Directive,
    ) -> ServerResult<Box<dyn CustomDirective>> {
        Ok(Box::new(Step::read(directive)))
    }
}

#[async_trait::async_trait]
impl CustomDirective for Step {
    /// Where the operation was told to stop, the field is null, whatever its type: nothing of the answer will
    /// be seen. An error would end the fields beside it, too, and one of them may be waiting for the
    /// database.
    async fn resolve_field(&self, ctx: &Context<'_>, resolve: ResolveFut<'_>) -> ServerResult<Option<Value>> {
        // Whoever runs a document without an account of it, as tests may, is not held to one.
        let Some(running) = ctx.data_opt::<Arc<Running>>() else { return resolve.await };
        if *self != Self::Text {
            running.pause().await;
        }
        if let Self::Row(values) = self {
            running.count(*values, 0);
        }
        if running.ask().is_err() {
            return Ok(None);
        }
        let value = resolve.await?;
        let mut size = Size::default();
        let rows = match (self, &value) {
            (Self::Rows { each, weighed }, Some(Value::List(rows))) => {
                rows.iter().filter(|_| !weighed).for_each(|row| size.add(row));
                u64::try_from(rows.len()).unwrap_or(u64::MAX).saturating_mul(*each)
            }
            (Self::Text, Some(text)) => {
                size.add(text);
                0
            }
            _ => return Ok(value),
        };
        running.count(rows.saturating_add(size.items), size.bytes);
        Ok(if running.ask().is_ok() { value } else { None })
    }
}

/// What a row adds to an answer, without the lists of objects in it, which have steps of their own.
#[derive(Clone, Copy, Debug, Default)]
struct Size {
    /// Bytes of its JSON, at the least.
    bytes: u64,
    /// Items of its lists.
    items: u64,
}

impl Size {
    /// Descends as deep as the document's fields go, which is bounded.
    fn add(&mut self, value: &Value) {
        match value {
            Value::Object(fields) => {
                self.bytes += 2;
                for (name, value) in fields {
                    // Two quotes, a colon, and a comma or a brace.
                    self.bytes += length(name) + 3;
                    self.add(value);
                }
            }
            Value::List(items) => {
                for item in items.iter().filter(|item| !matches!(item, Value::Object(_))) {
                    self.items += 1;
                    self.bytes += bytes(item);
                }
            }
            other => self.bytes += bytes(other),
        }
    }
}

/// Bytes of a plain value as JSON, at the least: what must be escaped is longer.
fn bytes(value: &Value) -> u64 {
    match value {
        Value::String(text) => length(text) + 2,
        Value::Enum(name) => length(name) + 2,
        Value::Null | Value::Boolean(_) => 4,
        _ => 1,
    }
}

fn length(text: &str) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_step_is_read_as_it_was_written() {
        for step in [
            Step::Rows { each: 12, weighed: false },
            Step::Rows { each: 0, weighed: true },
            Step::Row(400),
            Step::Text,
        ] {
            assert_eq!(Step::read(&step.directive(Pos::default()).node), step);
        }
    }

    #[test]
    fn nothing_is_taken_for_larger_than_it_is() {
        let row = json!({
            "title": "A \"quoted\" title", "number": 12, "truth": false, "nothing": null, "empty": {}, "objects": [], "texts": ["a", "b", ""],
            "within": { "texts": [], "more": { "name": "x" } }
        });
        let mut size = Size::default();
        size.add(&Value::from_json(row.clone()).expect("a value"));
        let written = u64::try_from(row.to_string().len()).expect("a number");
        assert!(size.bytes <= written && size.bytes * 10 > written * 8, "{} of {written}", size.bytes);
        assert_eq!(size.items, 3);
        // Lists of objects count for themselves.
        let mut outer = Size::default();
        outer.add(&Value::from_json(json!({ "rows": [{ "title": "long".repeat(100) }] })).expect("a value"));
        assert_eq!(outer.bytes, 2 + 4 + 3);
    }
}
