//! Which fields an object of some type is asked for, in which order (section 6.3.2, "Field Collection").

use std::collections::BTreeSet;

use apollo_compiler::ast::{Type, Value as Literal};
use apollo_compiler::executable::{Directive, Field, Selection, SelectionSet};
use apollo_compiler::{Name, Node};

use super::{Reader, possible};

/// The fields of one response key.
pub(super) struct Group<'a> {
    pub(super) key: &'a Name,
    pub(super) fields: Vec<&'a Node<Field>>,
}

impl<'a> Group<'a> {
    pub(super) fn kind(&self) -> &'a Type {
        self.fields[0].ty()
    }

    pub(super) fn sets(&self) -> Vec<&'a SelectionSet> {
        self.fields.iter().map(|field| &field.selection_set).collect()
    }
}

impl<'a> Reader<'a> {
    /// What is selected of an object of this type, in order ("CollectFields").
    pub(super) fn collect(&self, object: &str, sets: &[&'a SelectionSet]) -> Vec<Group<'a>> {
        let (mut groups, mut seen) = (Vec::new(), BTreeSet::new());
        for set in sets {
            self.gather(object, set, &mut groups, &mut seen);
        }
        groups
    }

    fn gather(
        &self,
        object: &str,
        set: &'a SelectionSet,
        groups: &mut Vec<Group<'a>>,
        seen: &mut BTreeSet<&'a Name>,
    ) {
        for selection in &set.selections {
            if !selection.directives().iter().all(|directive| self.lets_in(directive)) {
                continue;
            }
            let (condition, inner) = match selection {
                Selection::Field(field) => {
                    match groups.iter_mut().find(|group| group.key == field.response_key()) {
                        Some(group) => group.fields.push(field),
                        None => groups.push(Group { key: field.response_key(), fields: vec![field] }),
                    }
                    continue;
                }
                Selection::InlineFragment(inline) => (inline.type_condition.as_ref(), &inline.selection_set),
                Selection::FragmentSpread(spread) => {
                    if !seen.insert(&spread.fragment_name) {
                        continue;
                    }
                    let Some(fragment) = self.document.fragments.get(&spread.fragment_name) else { continue };
                    (Some(fragment.type_condition()), &fragment.selection_set)
                }
            };
            let applies = |condition: &Name| {
                *condition == object || possible(condition).iter().any(|name| *name == object)
            };
            if condition.is_none_or(applies) {
                self.gather(object, inner, groups, seen);
            }
        }
    }

    /// What `@skip` and `@include` say.
    fn lets_in(&self, directive: &Directive) -> bool {
        let wanted = match directive.name.as_str() {
            "include" => true,
            "skip" => false,
            _ => return true,
        };
        let default = |name: &Name| {
            let variable = self.operation.variables.iter().find(|variable| variable.name == *name);
            variable.and_then(|variable| variable.default_value.as_ref()).and_then(|value| value.to_bool())
        };
        let truth = match directive.specified_argument_by_name("if").map(|value| &**value) {
            Some(Literal::Boolean(truth)) => Some(*truth),
            Some(Literal::Variable(name)) => {
                self.variables[name.as_str()].as_bool().or_else(|| default(name))
            }
            _ => None,
        };
        truth == Some(wanted)
    }
}
