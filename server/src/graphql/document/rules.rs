//! The values of a document: every argument of every field and directive, as each operation reaches it.

use std::collections::HashSet;

use apollo_compiler::ast::{Argument, DirectiveList, InputValueDefinition};
use apollo_compiler::executable::{ExecutableDocument, Operation, Selection, SelectionSet};
use apollo_compiler::{Name, Node};
use async_graphql::Value;

use super::fault::{BAD_USER_INPUT, MAX_ERRORS, RequestError};
use super::marks::Marked;
use super::page::Page;
use super::place::Lines;
use super::told::At;
use super::types::{Types, is_connection};
use super::value::{Literals, NotNull};
use super::variables::{self, Values, Variable};

/// What an operation leaves open until its variables are known.
#[derive(Debug, Default)]
pub struct Open {
    /// What it declares.
    pub variables: Vec<Variable>,
    /// Places that do not take null, filled by variables that may be null.
    pub not_null: Vec<NotNull>,
    /// Pages that variables name.
    pub pages: Vec<Page>,
    /// Texts that variables hold, and of which the schema says more than their type.
    pub marked: Vec<Marked>,
}

impl Open {
    /// Whether a variable of this name is declared.
    pub fn declares(&self, name: &str) -> bool {
        self.variables.iter().any(|variable| variable.name() == name)
    }

    /// Checks with the variables what was left open.
    ///
    /// # Errors
    /// Every page and every text that does not fit, up to as many as are told, or the first null where none
    /// may be.
    pub fn check(&self, values: &Values) -> Result<(), Vec<RequestError>> {
        let null = self.not_null.iter().find(|place| values.get(&place.variable) == Some(&Value::Null));
        if let Some(place) = null {
            return Err(vec![RequestError::new(BAD_USER_INPUT, place.message.clone()).at(place.location)]);
        }
        let pages = self.pages.iter().filter_map(|page| page.check(values).err());
        let texts = self.marked.iter().filter_map(|marked| marked.check(values).err());
        let wrong: Vec<RequestError> = pages.chain(texts).take(MAX_ERRORS).collect();
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

/// Checks every value that an operation reaches, in its fragments too, each once.
///
/// # Errors
/// Every value that does not fit, up to as many as are told.
pub fn check(
    types: &Types,
    document: &ExecutableDocument,
    operation: &Operation,
    lines: &Lines<'_>,
) -> Result<Open, Vec<RequestError>> {
    let mut literals = Literals::new(types, lines, &operation.variables);
    let variables = variables::declared(&operation.variables, &mut literals, lines);
    let mut walk = Walk { types, document, lines, literals, pages: Vec::new(), seen: HashSet::new() };
    walk.directives(&operation.directives);
    walk.set(&operation.selection_set);
    let Walk { literals, pages, .. } = walk;
    let mistakes = literals.mistakes.all();
    let open = Open { variables, not_null: literals.not_null, pages, marked: literals.marked };
    if mistakes.is_empty() { Ok(open) } else { Err(mistakes) }
}

struct Walk<'a> {
    types: &'a Types,
    document: &'a ExecutableDocument,
    lines: &'a Lines<'a>,
    literals: Literals<'a>,
    pages: Vec<Page>,
    /// Fragments that were walked through.
    seen: HashSet<&'a Name>,
}

impl<'a> Walk<'a> {
    /// Descends as deep as the document's nesting, which is bounded.
    fn set(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            if self.literals.mistakes.is_full() {
                return;
            }
            self.directives(selection.directives());
            match selection {
                Selection::Field(field) => {
                    self.arguments(&field.name, &field.arguments, &field.definition.arguments);
                    if is_connection(field.ty().inner_named_type()) {
                        self.page(Page::of(&set.ty, field, self.lines.begin(field.location())));
                    }
                    self.set(&field.selection_set);
                }
                Selection::InlineFragment(inline) => self.set(&inline.selection_set),
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.fragment_name);
                    if let Some(fragment) = fragment.filter(|fragment| self.seen.insert(&fragment.name)) {
                        self.directives(&fragment.directives);
                        self.set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &DirectiveList) {
        for directive in directives.iter() {
            // One that is not known is told by the validator.
            let schema = self.types.schema();
            if let Some(definition) = schema.directive_definitions.get(&directive.name) {
                self.arguments(&format!("@{}", directive.name), &directive.arguments, &definition.arguments);
            }
        }
    }

    fn arguments(&mut self, of: &str, given: &[Node<Argument>], definitions: &[Node<InputValueDefinition>]) {
        for argument in given {
            if let Some(definition) = definitions.iter().find(|definition| definition.name == argument.name) {
                let at = At::Argument(&argument.name, of);
                self.literals.given(&argument.value, definition, &at);
            }
        }
    }

    fn page(&mut self, page: Page) {
        if page.is_open() {
            self.pages.push(page);
        } else if let Err(mistake) = page.check(&Values::default()) {
            self.literals.mistakes.add(mistake);
        }
    }
}
