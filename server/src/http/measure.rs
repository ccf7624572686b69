//! How much a document asks for, before the library sees it.
//!
//! async-graphql 7.2 expands every fragment spread again and again before any of its limits runs, so a kilobyte of nested fragments can hold a
//! core for a minute. Here each fragment is measured once, sums saturate, and what is too large is refused. The parser itself descends into
//! nested brackets without a bound, so those are counted first.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet};
use async_graphql::{Name, Value as ConstValue, Variables};
use async_graphql_value::Value;

/// The deepest nesting of brackets of any kind in a document.
const MAX_BRACKETS: usize = 60;
/// The deepest nesting of fields; the introspection query of common tools needs 14.
const MAX_DEPTH: u32 = 24;
/// The most fields an answer may hold, by the sizes of the pages asked for.
const MAX_COST: u64 = 50_000;
/// What a rehearsal costs, in values: it lives through a whole course, so a document may ask for a few and not for many.
const REHEARSAL_COST: u64 = 10_000;
/// The most fields a document may name once its fragments are expanded.
const MAX_FIELDS: u64 = 3_000;
/// The most rows of a page where the document does not say.
const DEFAULT_PAGE: u64 = crate::graphql::keyset::DEFAULT_SIZE;
/// The most rows of any page.
const MAX_PAGE: u64 = crate::graphql::keyset::MAX_SIZE;

/// Why a document is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    /// Brackets within brackets.
    #[error("the document is nested too deeply")]
    Nested,
    /// Fields within fields.
    #[error("the document goes {0} fields deep; at most {MAX_DEPTH} are allowed")]
    Deep(u32),
    /// Fields beside fields.
    #[error("the document names {0} fields; at most {MAX_FIELDS} are allowed")]
    Wide(u64),
    /// Pages within pages.
    #[error("the answer could hold {0} values; at most {MAX_COST} are allowed. Ask for smaller pages")]
    Costly(u64),
    /// A fragment that contains itself.
    #[error("a fragment contains itself")]
    Endless,
}

#[derive(Clone, Copy, Default)]
struct Size {
    cost: u64,
    fields: u64,
    depth: u32,
}

/// Refuses a text whose brackets nest too deeply for the parser.
pub fn nesting(text: &str) -> Result<(), TooMuch> {
    let mut depth = 0usize;
    let mut quoted = false;
    let mut escaped = false;
    let mut comment = false;
    for byte in text.bytes() {
        match byte {
            b'\n' if comment => comment = false,
            _ if comment => {}
            b'\\' if quoted => escaped = !escaped,
            b'"' if !escaped => quoted = !quoted,
            b'#' if !quoted => comment = true,
            b'{' | b'[' | b'(' if !quoted => {
                depth += 1;
                if depth > MAX_BRACKETS {
                    return Err(TooMuch::Nested);
                }
            }
            b'}' | b']' | b')' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        escaped = escaped && byte == b'\\';
    }
    Ok(())
}

/// Refuses a document whose operations ask for too much.
pub fn document(document: &ExecutableDocument, variables: &Variables) -> Result<(), TooMuch> {
    let mut measure = Measure { document, variables, known: HashMap::new() };
    for (_, operation) in document.operations.iter() {
        let size = measure.set(&operation.node.selection_set.node)?;
        if size.depth > MAX_DEPTH {
            return Err(TooMuch::Deep(size.depth));
        }
        if size.fields > MAX_FIELDS {
            return Err(TooMuch::Wide(size.fields));
        }
        if size.cost > MAX_COST {
            return Err(TooMuch::Costly(size.cost));
        }
    }
    // Fragments that no operation uses are walked by the validation all the same.
    let names: Vec<Name> = document.fragments.keys().cloned().collect();
    names.iter().try_for_each(|name| measure.fragment(name).map(|_| ()))
}

/// The operation of the document that would be run.
pub fn operation<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Option<&'a OperationDefinition> {
    let mut operations = document.operations.iter();
    match name {
        Some(wanted) => {
            operations.find(|(found, _)| found.is_some_and(|found| found.as_str() == wanted)).map(|(_, operation)| &operation.node)
        }
        None => operations.next().map(|(_, operation)| &operation.node),
    }
}

/// Whether the operation that would be run changes nothing.
pub fn is_query(document: &ExecutableDocument, name: Option<&str>) -> bool {
    operation(document, name).is_some_and(|operation| operation.ty == OperationType::Query)
}

struct Measure<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    /// None while a fragment is being measured.
    known: HashMap<Name, Option<Size>>,
}

impl Measure<'_> {
    fn set(&mut self, set: &SelectionSet) -> Result<Size, TooMuch> {
        let mut sum = Size::default();
        for selection in &set.items {
            let size = match &selection.node {
                Selection::Field(field) => self.field(&field.node)?,
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node)?,
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node)?,
            };
            sum.cost = sum.cost.saturating_add(size.cost);
            sum.fields = sum.fields.saturating_add(size.fields);
            sum.depth = sum.depth.max(size.depth);
        }
        Ok(sum)
    }

    fn field(&mut self, field: &Field) -> Result<Size, TooMuch> {
        let inner = self.set(&field.selection_set.node)?;
        let rows = self.rows(field);
        let own = if field.name.node.as_str() == "rehearsal" { REHEARSAL_COST } else { 1 };
        Ok(Size {
            cost: inner.cost.saturating_mul(rows).saturating_add(own),
            fields: inner.fields.saturating_add(1),
            depth: inner.depth.saturating_add(1),
        })
    }

    fn fragment(&mut self, name: &Name) -> Result<Size, TooMuch> {
        match self.known.get(name) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => return Err(TooMuch::Endless),
            None => {}
        }
        let document = self.document;
        let Some(fragment) = document.fragments.get(name) else {
            // The library's validation has a better message for a fragment that does not exist.
            return Ok(Size::default());
        };
        self.known.insert(name.clone(), None);
        let size = self.set(&fragment.node.selection_set.node)?;
        self.known.insert(name.clone(), Some(size));
        Ok(size)
    }

    /// How many rows a field can answer with: the page asked for, the default page of a connection, or one.
    fn rows(&self, field: &Field) -> u64 {
        let asked = ["first", "last"].iter().find_map(|name| field.get_argument(name)).map(|value| match &value.node {
            Value::Variable(variable) => match self.variables.get(variable) {
                Some(ConstValue::Number(number)) => number.as_u64().unwrap_or(MAX_PAGE),
                Some(_) | None => DEFAULT_PAGE,
            },
            Value::Number(number) => number.as_u64().unwrap_or(MAX_PAGE),
            _ => MAX_PAGE,
        });
        let connection = field.selection_set.node.items.iter().any(|item| match &item.node {
            Selection::Field(inner) => matches!(inner.node.name.node.as_str(), "edges" | "nodes"),
            Selection::FragmentSpread(_) | Selection::InlineFragment(_) => false,
        });
        match asked {
            Some(rows) => rows.clamp(1, MAX_PAGE),
            None if connection && field.name.node.as_str() != "edges" && field.name.node.as_str() != "nodes" => DEFAULT_PAGE,
            None => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(text: &str) -> Result<(), TooMuch> {
        nesting(text)?;
        document(&async_graphql::parser::parse_query(text).expect("a document"), &Variables::default())
    }

    #[test]
    fn a_course_page_is_small() {
        let page = "{ course(slug: \"x\") { title days { date sessions { title startTime faculty { member { name } } tracks { name } } }
            sessions(first: 100) { edges { node { title } } } prices { regular { formatted } } } }";
        assert_eq!(measured(page), Ok(()));
    }

    #[test]
    fn fragments_that_double_are_refused_at_once() {
        let mut text = "query { ...f0 } ".to_owned();
        for level in 0..60 {
            text.push_str(&format!("fragment f{level} on Query {{ ...f{} ...f{} }} ", level + 1, level + 1));
        }
        text.push_str("fragment f60 on Query { viewer { __typename } }");
        assert!(matches!(measured(&text), Err(TooMuch::Wide(_))));
    }

    #[test]
    fn what_is_deep_wide_costly_or_endless_is_refused() {
        assert_eq!(measured(&format!("{{{}", "a{".repeat(5000))), Err(TooMuch::Nested));
        assert!(matches!(measured(&format!("{{ {} b {} }}", "a { ".repeat(30), "}".repeat(30))), Err(TooMuch::Deep(31))));
        assert!(matches!(measured(&format!("{{ {} }}", "a ".repeat(4000))), Err(TooMuch::Wide(4000))));
        let pages = "{ courses(first: 100) { nodes { sessions(first: 100) { nodes { title faculty { member { name } } } } } } }";
        assert!(matches!(measured(pages), Err(TooMuch::Costly(_))));
        assert_eq!(measured(&pages.replace("100", "20")), Ok(()));
        assert_eq!(measured("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"), Err(TooMuch::Endless));
    }

    #[test]
    fn a_document_asks_for_few_rehearsals() {
        assert_eq!(measured("{ course(slug: \"x\") { a: rehearsal { startsAt } b: rehearsal { startsAt } } }"), Ok(()));
        let many = "{ courses(first: 20) { nodes { rehearsal { startsAt } } } }";
        assert!(matches!(measured(many), Err(TooMuch::Costly(_))));
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        assert_eq!(nesting(&format!("{{ course(slug: \"{}\") {{ id }} }} # {}", "{\\\"".repeat(100), "{".repeat(100))), Ok(()));
    }
}
