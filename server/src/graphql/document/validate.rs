//! Section 5 of the specification, "Validation": the validator's rules, and behind them those that it lacks.

use std::collections::HashSet;

use apollo_compiler::ast;
use apollo_compiler::diagnostic::ToCliReport;
use apollo_compiler::executable::ExecutableDocument;
use apollo_compiler::validation::{Valid, WithErrors};

use super::fault::{MAX_ERRORS, RequestError, VALIDATION_FAILED};
use super::place::Lines;
use super::rules::{self, Open};
use super::types::Types;

/// The validator's rules about values. Ours say the same with the names of argument and field, so where ours
/// found something these are left out.
const ABOUT_VALUES: [&str; 7] = [
    "UnsupportedValueType",
    "IntCoercionError",
    "FloatCoercionError",
    "UndefinedEnumValue",
    "UndefinedInputValue",
    "RequiredField",
    "DisallowedVariableUsage",
];

/// A document that breaks no rule, and what each of its operations leaves open, in their order.
pub type Checked = (Valid<ExecutableDocument>, Vec<Open>);

/// Validates a document of bounded extent.
///
/// # Errors
/// The rules that it breaks, in the order of the document, up to as many as are told.
pub fn validate(
    types: &Types,
    document: &ast::Document,
    lines: &Lines<'_>,
) -> Result<Checked, Vec<RequestError>> {
    let validated = document.to_executable_validate(types.schema());
    let partial = match &validated {
        Ok(document) => document,
        Err(WithErrors { partial, .. }) => partial,
    };
    let mut open = Vec::new();
    let mut mistakes = Vec::new();
    for operation in partial.operations.iter() {
        match rules::check(types, partial, operation, lines) {
            Ok(checked) => open.push(checked),
            Err(found) => mistakes.extend(found),
        }
    }
    if let Err(WithErrors { errors, .. }) = &validated {
        let selecting = selecting(document);
        let told = |error: &apollo_compiler::validation::DiagnosticData| match error.unstable_error_name() {
            Some(name) if ABOUT_VALUES.contains(&name) => mistakes.is_empty(),
            // The validator leaves unknown fields out and then misses them: of what it has left out
            // everything, it says that nothing is there.
            Some("MissingSubselection") => {
                !error.location().is_some_and(|span| selecting.contains(&span.offset()))
            }
            Some(_) | None => true,
        };
        let others: Vec<RequestError> = errors
            .iter()
            .map(|diagnostic| diagnostic.error)
            .filter(|error| told(error))
            .take(MAX_ERRORS)
            .map(|error| {
                let message = error.unstable_compat_message().unwrap_or_else(|| error.to_string());
                RequestError::new(VALIDATION_FAILED, message).at(lines.begin(error.location()))
            })
            .collect();
        mistakes.extend(others);
    }
    mistakes.sort_by(|one, other| (&one.locations, &one.message).cmp(&(&other.locations, &other.message)));
    mistakes.dedup();
    mistakes.truncate(MAX_ERRORS);
    match validated {
        Ok(document) if mistakes.is_empty() => Ok((document, open)),
        Ok(_) | Err(_) => Err(mistakes),
    }
}

/// Where the fields stand of which a document selects something, however much of that there is.
fn selecting(document: &ast::Document) -> HashSet<usize> {
    let mut found = HashSet::new();
    for definition in &document.definitions {
        match definition {
            ast::Definition::OperationDefinition(operation) => walk(&operation.selection_set, &mut found),
            ast::Definition::FragmentDefinition(fragment) => walk(&fragment.selection_set, &mut found),
            _ => {}
        }
    }
    found
}

/// Descends as deep as the document's nesting, which is bounded.
fn walk(selections: &[ast::Selection], found: &mut HashSet<usize>) {
    for selection in selections {
        match selection {
            ast::Selection::Field(field) => {
                if !field.selection_set.is_empty() {
                    found.extend(field.location().map(|span| span.offset()));
                }
                walk(&field.selection_set, found);
            }
            ast::Selection::InlineFragment(inline) => walk(&inline.selection_set, found),
            ast::Selection::FragmentSpread(_) => {}
        }
    }
}
