//! Making an operation of a document that was read ready to run, for each request: its variables are read,
//! its cost is reckoned, and their values are put where they are used.

use async_graphql::Request;
use async_graphql::parser::types::ExecutableDocument;
use serde_json::{Map, Value as Json};

use super::collect::Collector;
use super::convert::Template;
use super::fault::{INTERNAL, RequestError};
use super::limits::{MAX_VARIABLE_BYTES, TooMuch, within};
use super::place::Lines;
use super::variables::{self, Values};
use super::{Document, Documents, NotRunnable, Operation, OperationType};

/// A request that can be run.
#[derive(Debug)]
#[non_exhaustive]
pub struct Prepared {
    /// Which kind of operation is run.
    pub kind: OperationType,
    /// Its cost: how many values its answer can hold at most, as the schema's sizes have it.
    pub cost: u64,
    /// How many of them are not in lists; those that are in lists are counted while it runs.
    pub values: u64,
    /// Whether it asks for nothing but what anybody may see.
    pub public: bool,
    /// What to run. It needs the data that resolvers ask for, and nothing else.
    pub request: Request,
}

impl Documents {
    /// Makes an operation of a document ready to run with variables. Variables that it does not declare are
    /// left alone.
    ///
    /// # Errors
    /// A name that says no operation, variables that do not fit, or what costs too much with them.
    pub fn prepare(
        &self,
        document: &Document,
        operation_name: Option<&str>,
        variables: Map<String, Json>,
    ) -> Result<Prepared, NotRunnable> {
        let operation = document.operation(operation_name)?;
        let values = variables::coerce(self.types, &operation.open.variables, variables)
            .map_err(NotRunnable::Invalid)?;
        operation.open.check(&values).map_err(NotRunnable::Invalid)?;
        let cost = operation.cost.at(&values);
        within(cost, self.limits.cost, |found, most| TooMuch::Cost { found, most })?;
        let chosen;
        let template = match &operation.template {
            Some(template) => template,
            None => {
                chosen = self.chosen(document, operation, &values)?;
                &chosen
            }
        };
        let filled = fill(template, &values)?;
        let mut request = Request::new("");
        request.set_parsed_query(filled);
        let values = template
            .values
            .saturating_add(operation.introspected)
            .saturating_add(operation.searched.at(&values));
        Ok(Prepared { kind: operation.kind, cost, values, public: operation.public, request })
    }

    /// What an operation selects where its variables decide about it.
    fn chosen(
        &self,
        document: &Document,
        operation: &Operation,
        values: &Values,
    ) -> Result<Template, RequestError> {
        let typed = document.typed.as_ref();
        let definition = typed.and_then(|typed| typed.operations.get(operation.name.as_deref()).ok());
        let (Some(typed), Some(definition)) = (typed, definition) else {
            return Err(RequestError::new(INTERNAL, "The document was not kept as it should be."));
        };
        let lines = Lines::of(&document.text);
        let mut collector = Collector::new(self.types, typed, Some(values), self.limits.fields);
        let selected = collector.collect(definition.object_type(), &[&definition.selection_set], &lines)?;
        Ok(self.template(definition, &selected, &lines))
    }
}

/// What the library runs, with the values of the variables in it.
fn fill(template: &Template, values: &Values) -> Result<ExecutableDocument, RequestError> {
    let bytes = template.used.iter().map(|name| values.bytes(name)).fold(0, u64::saturating_add);
    within(bytes, MAX_VARIABLE_BYTES, |found, most| TooMuch::Variables { found, most })?;
    Ok(template.filled(values))
}
