//! What an operation selects, once its fragments are resolved and fields of one response key are one:
//! "CollectFields" of the specification (section 6.3.2), done before anything runs.
//!
//! The library resolves a field as often as a selection set names it and merges the answers; of two
//! `a: register(…)` it would make two registrations. Here the second only adds its selections to the first.
//! What is left has no fragments where the type is known, and where it is an interface or a union, one inline
//! fragment for each object type that the document speaks of.

use std::collections::{HashMap, HashSet};

use apollo_compiler::ast::{Argument, DirectiveList, FieldDefinition, Value as Literal};
use apollo_compiler::executable::{ExecutableDocument, Field, Selection, SelectionSet};
use apollo_compiler::schema::Component;
use apollo_compiler::{Name, Node};
use async_graphql::Value;

use super::fault::{RequestError, VALIDATION_FAILED, quoted};
use super::limits::{TooMuch, within};
use super::place::Lines;
use super::types::Types;
use super::variables::Values;

/// A field that is selected, and what is selected of it.
#[derive(Debug)]
pub struct Selected<'d> {
    /// The object type for which alone it is; none where the type is known, or it is for all.
    pub on: Option<&'d Name>,
    /// Where it stands first in the document.
    pub field: &'d Node<Field>,
    /// What the type says of it.
    pub definition: &'d Component<FieldDefinition>,
    /// What is selected of it.
    pub parts: Vec<Selected<'d>>,
}

/// Collects what is selected.
#[derive(Debug)]
pub struct Collector<'d> {
    types: &'d Types,
    document: &'d ExecutableDocument,
    /// The variables; none where they are not known yet, and everything that one decides about is taken in.
    values: Option<&'d Values>,
    /// How many fields may come of it. What a document says of all objects is said for each object type that
    /// it speaks of, so they can be more than it names.
    most: u64,
    found: u64,
    /// Whether a variable decides about something.
    pub is_open: bool,
}

/// Fields of one object that have one response key.
struct Group<'d> {
    on: Option<&'d Name>,
    field: &'d Node<Field>,
    sets: Vec<&'d SelectionSet>,
}

/// The groups of one object, in the order of the document.
#[derive(Default)]
struct Groups<'d> {
    list: Vec<Group<'d>>,
    places: HashMap<(Option<&'d Name>, &'d Name), usize>,
    /// Fragments that were resolved, and for which type.
    seen: HashSet<(Option<&'d Name>, &'d Name)>,
}

impl<'d> Collector<'d> {
    /// A collector that makes at most four times as many fields as a document may name.
    pub fn new(
        types: &'d Types,
        document: &'d ExecutableDocument,
        values: Option<&'d Values>,
        fields: u64,
    ) -> Self {
        Self { types, document, values, most: fields.saturating_mul(4), found: 0, is_open: false }
    }

    /// What is selected of a value of the type `parent`. Descends as deep as the document's nesting, which is
    /// bounded.
    ///
    /// # Errors
    /// Fields of one response key with different arguments, or too many fields.
    pub fn collect(
        &mut self,
        parent: &'d Name,
        sets: &[&'d SelectionSet],
        lines: &Lines<'_>,
    ) -> Result<Vec<Selected<'d>>, RequestError> {
        let mut groups = Groups::default();
        for set in sets {
            self.gather(parent, None, set, &mut groups, lines)?;
        }
        let mut all = Vec::with_capacity(groups.list.len());
        for Group { on, field, sets } in groups.list {
            self.found += 1;
            within(self.found, self.most, |found, most| TooMuch::Fields { found, most })?;
            // The validator knows every field; one that it did not would not be asked for.
            let Some(definition) = self.types.field(on.unwrap_or(parent), &field.name) else { continue };
            let parts = if sets.is_empty() {
                Vec::new()
            } else {
                self.collect(definition.ty.inner_named_type(), &sets, lines)?
            };
            all.push(Selected { on, field, definition, parts });
        }
        Ok(all)
    }

    fn gather(
        &mut self,
        parent: &'d Name,
        on: Option<&'d Name>,
        set: &'d SelectionSet,
        groups: &mut Groups<'d>,
        lines: &Lines<'_>,
    ) -> Result<(), RequestError> {
        for selection in &set.selections {
            if !self.is_included(selection.directives()) {
                continue;
            }
            let (condition, inner) = match selection {
                Selection::Field(field) => {
                    self.add(on, field, groups, lines)?;
                    continue;
                }
                Selection::InlineFragment(inline) => (inline.type_condition.as_ref(), &inline.selection_set),
                Selection::FragmentSpread(spread) => {
                    if !groups.seen.insert((on, &spread.fragment_name)) {
                        continue;
                    }
                    let Some(fragment) = self.document.fragments.get(&spread.fragment_name) else { continue };
                    (Some(fragment.type_condition()), &fragment.selection_set)
                }
            };
            let object = on.or_else(|| self.types.is_object(parent).then_some(parent));
            match (condition, object) {
                (None, _) => self.gather(parent, on, inner, groups, lines)?,
                (Some(condition), _) if condition == parent && on.is_none() => {
                    self.gather(parent, on, inner, groups, lines)?
                }
                (Some(condition), Some(object)) => {
                    if self.types.applies(object, condition) {
                        self.gather(parent, on, inner, groups, lines)?;
                    }
                }
                (Some(condition), None) => {
                    let types = self.types;
                    for object in types.possible(parent).filter(|object| types.applies(object, condition)) {
                        self.gather(parent, Some(object), inner, groups, lines)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn add(
        &self,
        on: Option<&'d Name>,
        field: &'d Node<Field>,
        groups: &mut Groups<'d>,
        lines: &Lines<'_>,
    ) -> Result<(), RequestError> {
        let key = field.response_key();
        let set = (!field.selection_set.is_empty()).then_some(&field.selection_set);
        if let Some(group) = groups.places.get(&(on, key)).and_then(|place| groups.list.get_mut(*place)) {
            group.sets.extend(set);
            return same(group.field, field, lines);
        }
        // What was selected of every object need not be selected of this one again, where nothing is selected
        // of it in turn.
        let all = groups.places.get(&(None, key)).and_then(|place| groups.list.get(*place));
        if let Some(group) = all {
            same(group.field, field, lines)?;
            if set.is_none() {
                return Ok(());
            }
        }
        groups.places.insert((on, key), groups.list.len());
        groups.list.push(Group { on, field, sets: set.into_iter().collect() });
        Ok(())
    }

    /// What `@skip` and `@include` say.
    fn is_included(&mut self, directives: &DirectiveList) -> bool {
        directives.iter().all(|directive| {
            let wanted = match directive.name.as_str() {
                "include" => true,
                "skip" => false,
                _ => return true,
            };
            match directive.specified_argument_by_name("if").map(|value| &**value) {
                Some(Literal::Boolean(truth)) => *truth == wanted,
                Some(Literal::Variable(name)) => {
                    self.is_open = true;
                    match self.values.map(|values| values.get(name)) {
                        Some(Some(Value::Boolean(truth))) => *truth == wanted,
                        _ => true,
                    }
                }
                _ => true,
            }
        })
    }
}

/// Fields of one response key must be one field with the same arguments (specification section 5.3.2). The
/// validator compares lists no further than the shorter goes.
fn same(one: &Field, other: &Node<Field>, lines: &Lines<'_>) -> Result<(), RequestError> {
    if one.name == other.name && are_same_arguments(&one.arguments, &other.arguments) {
        return Ok(());
    }
    let message = format!(
        "The fields called {} differ in their arguments; give one of them another alias.",
        quoted(other.response_key())
    );
    Err(RequestError::new(VALIDATION_FAILED, message).at(lines.begin(other.location())))
}

fn are_same_arguments(one: &[Node<Argument>], other: &[Node<Argument>]) -> bool {
    let matches = |argument: &Node<Argument>| {
        other
            .iter()
            .any(|candidate| candidate.name == argument.name && is_same(&candidate.value, &argument.value))
    };
    one.len() == other.len() && one.iter().all(matches)
}

fn is_same(one: &Literal, other: &Literal) -> bool {
    match (one, other) {
        (Literal::List(one), Literal::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Literal::Object(one), Literal::Object(other)) => {
            let matches = |(name, value): &(Name, Node<Literal>)| {
                other.iter().any(|(candidate, other)| candidate == name && is_same(other, value))
            };
            one.len() == other.len() && one.iter().all(matches)
        }
        _ => one == other,
    }
}
