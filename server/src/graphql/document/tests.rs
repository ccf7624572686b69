//! The room as a whole, on the schema that is served.

mod costs;
mod merging;
mod persisted;
mod running;
mod shapes;
mod validation;

use async_graphql::parser::types::{DocumentOperations, Field, Selection, SelectionSet};
use async_graphql_value::Value;
use serde_json::{Map, Value as Json, json};

use super::*;

fn documents() -> Documents {
    Documents::new(Limits::default()).expect("the schema stands")
}

fn prepared(text: &str, variables: Json) -> Result<Prepared, NotRunnable> {
    let documents = documents();
    let Json::Object(variables) = variables else { panic!("not an object: {variables}") };
    documents.prepare(&*documents.read(text)?, None, variables)
}

/// What an operation costs without variables.
fn cost(text: &str) -> u64 {
    prepared(text, json!({})).unwrap_or_else(|no| panic!("{text}: {no:?}")).cost
}

/// Codes, messages and places of the errors.
fn errors(text: &str, variables: Json) -> Vec<RequestError> {
    match prepared(text, variables) {
        Ok(_) => panic!("{text} is taken"),
        Err(no) => no.into_errors(),
    }
}

/// The message of the only error.
fn refusal(text: &str, variables: Json) -> String {
    let mut errors = errors(text, variables);
    assert_eq!(errors.len(), 1, "{text}: {errors:?}");
    errors.remove(0).message
}

/// What the library is given to run, written down.
fn handed_over(text: &str, variables: Json) -> String {
    let mut request = prepared(text, variables).unwrap_or_else(|no| panic!("{text}: {no:?}")).request;
    let document = request.parsed_query().expect("it was set").clone();
    assert!(document.fragments.is_empty());
    match document.operations {
        DocumentOperations::Single(operation) => written(&operation.node.selection_set.node),
        DocumentOperations::Multiple(_) => panic!("more than one operation"),
    }
}

fn written(set: &SelectionSet) -> String {
    let items: Vec<String> = set
        .items
        .iter()
        .map(|item| match &item.node {
            Selection::Field(field) => written_field(&field.node),
            Selection::InlineFragment(fragment) => {
                let on = fragment
                    .node
                    .type_condition
                    .as_ref()
                    .map_or("", |condition| condition.node.on.node.as_str());
                format!("...{on}{}", written(&fragment.node.selection_set.node))
            }
            Selection::FragmentSpread(_) => panic!("a spread is left"),
        })
        .collect();
    if items.is_empty() { String::new() } else { format!("{{{}}}", items.join(" ")) }
}

fn written_field(field: &Field) -> String {
    let alias = field.alias.as_ref().map(|alias| format!("{}:", alias.node)).unwrap_or_default();
    let arguments: Vec<String> = field
        .arguments
        .iter()
        .map(|(name, value): &(_, async_graphql::Positioned<Value>)| format!("{}:{}", name.node, value.node))
        .collect();
    let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(" ")) };
    format!("{alias}{}{arguments}{}", field.name.node, written(&field.selection_set.node))
}
