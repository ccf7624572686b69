//! From what was collected to the document that the library runs.
//!
//! What it runs has no variables: their values stand where they are used. The library would read a variable
//! that was left out as null, while by the specification (section 6.4.1) its argument or input field is then
//! left out too, and "leave it as it is" is not "clear it".

use apollo_compiler::Node;
use apollo_compiler::ast::OperationType;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, InlineFragment, OperationDefinition,
    OperationType as Kind, Selection, SelectionSet, TypeCondition,
};
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::Value;

use super::collect::Selected;
use super::place::Lines;
use super::rows::{Row, is_list_of_objects};
use super::told::At;
use super::types::Types;
use super::value::Literals;
use super::variables::Values;
use crate::graphql::step::Step;

/// What the library can run, with variables in it.
#[derive(Clone, Debug)]
pub struct Template {
    kind: Kind,
    place: Pos,
    selections: SelectionSet,
    /// The variables, each as often as it is used.
    pub used: Vec<Name>,
    /// How many fields there are.
    pub fields: usize,
    /// How many values are in its answer outside of lists.
    pub values: u64,
}

impl Template {
    /// Converts what an operation selects.
    pub fn of(
        types: &Types,
        kind: OperationType,
        place: Option<Pos>,
        selected: &[Selected<'_>],
        lines: &Lines<'_>,
    ) -> Self {
        let kind = match kind {
            OperationType::Query => Kind::Query,
            OperationType::Mutation => Kind::Mutation,
            OperationType::Subscription => Kind::Subscription,
        };
        let mut writer =
            Writer { types, literals: Literals::trusting(types, lines), lines, used: Vec::new(), fields: 0 };
        let root = Row::of(selected);
        let selections = writer.set(selected, if root.is_wide() { Around::Wide } else { Around::Narrow });
        let Writer { used, fields, .. } = writer;
        Self { kind, place: place.unwrap_or_default(), selections, used, fields, values: root.values }
    }

    /// Which kind of operation it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The document with the values of its variables.
    pub fn filled(&self, values: &Values) -> ExecutableDocument {
        let mut selections = self.selections.clone();
        if !self.used.is_empty() {
            fill_set(&mut selections, values);
        }
        let operation = OperationDefinition {
            ty: self.kind,
            variable_definitions: Vec::new(),
            directives: Vec::new(),
            selection_set: Positioned::new(selections, self.place),
        };
        ExecutableDocument {
            operations: DocumentOperations::Single(Positioned::new(operation, self.place)),
            fragments: Default::default(),
        }
    }
}

/// In what a selection stands, for the steps that are put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Around {
    /// A row like others.
    Narrow,
    /// A row with very many fields.
    Wide,
    /// The schema, which the library answers by itself.
    Schema,
}

struct Writer<'a> {
    types: &'a Types,
    literals: Literals<'a>,
    lines: &'a Lines<'a>,
    used: Vec<Name>,
    fields: usize,
}

impl Writer<'_> {
    fn set(&mut self, selected: &[Selected<'_>], around: Around) -> SelectionSet {
        let mut items = Vec::with_capacity(selected.len());
        // Neighbors that are for one object type share a fragment.
        for some in selected.chunk_by(|one, other| one.on == other.on) {
            let fields: Vec<_> = some.iter().map(|selected| self.field(selected, around)).collect();
            match some.first().and_then(|first| first.on) {
                None => items.extend(fields),
                Some(object) => {
                    let place = fields.first().map(|field| field.pos).unwrap_or_default();
                    let condition = TypeCondition { on: Positioned::new(Name::new(object), place) };
                    let fragment = InlineFragment {
                        type_condition: Some(Positioned::new(condition, place)),
                        directives: Vec::new(),
                        selection_set: Positioned::new(SelectionSet { items: fields }, place),
                    };
                    items.push(Positioned::new(
                        Selection::InlineFragment(Positioned::new(fragment, place)),
                        place,
                    ));
                }
            }
        }
        SelectionSet { items }
    }

    /// What is selected of each row of a list.
    fn rows(&mut self, selected: &[Selected<'_>], row: Row) -> SelectionSet {
        if !row.is_wide() {
            return self.set(selected, Around::Narrow);
        }
        let mut items = Vec::new();
        // The first field for all objects, and for each type, says how much comes with it.
        for some in selected.chunk_by(|one, other| one.on == other.on) {
            let mut set = self.set(some, Around::Wide);
            if let Some(first) = first_resolved(&mut set) {
                let step = Step::Row(Row::of(some).values).directive(first.pos);
                first.node.directives.insert(0, step);
            }
            items.append(&mut set.items);
        }
        SelectionSet { items }
    }

    fn field(&mut self, selected: &Selected<'_>, around: Around) -> Positioned<Selection> {
        self.fields += 1;
        let Selected { field, definition, parts, .. } = selected;
        let place = self.place(field);
        let name = |name: &apollo_compiler::Name| Positioned::new(Name::new(name), place);
        let mut arguments = Vec::with_capacity(field.arguments.len());
        for argument in &field.arguments {
            let known = definition.argument_by_name(&argument.name);
            let value = known.and_then(|known| {
                self.literals.read(&argument.value, &known.ty, true, &At::Argument("", ""))
            });
            // The rules have read every value before, so there is one.
            if let Some(value) = value {
                self.note(&value);
                arguments.push((name(&argument.name), Positioned::new(value, place)));
            }
        }
        let mut directives = Vec::new();
        let selection_set = match around {
            Around::Schema => self.set(parts, around),
            _ if field.name.starts_with("__") => self.set(parts, Around::Schema),
            _ if is_list_of_objects(selected) => {
                let row = Row::of(parts);
                let each = if row.is_wide() { 0 } else { row.values };
                directives.push(Step::Rows { each, weighed: row.is_wide() }.directive(place));
                self.rows(parts, row)
            }
            Around::Wide if parts.is_empty() && self.types.is_text(definition.ty.inner_named_type()) => {
                directives.push(Step::Text.directive(place));
                SelectionSet::default()
            }
            Around::Narrow | Around::Wide => self.set(parts, around),
        };
        let field = Field {
            alias: field.alias.as_ref().map(name),
            name: name(&field.name),
            arguments,
            directives,
            selection_set: Positioned::new(selection_set, place),
        };
        Positioned::new(Selection::Field(Positioned::new(field, place)), place)
    }

    fn place<T>(&self, node: &Node<T>) -> Pos {
        self.lines.begin(node.location()).map(Pos::from).unwrap_or_default()
    }

    fn note(&mut self, value: &Value) {
        match value {
            Value::Variable(name) => self.used.push(name.clone()),
            Value::List(items) => items.iter().for_each(|item| self.note(item)),
            Value::Object(fields) => fields.values().for_each(|field| self.note(field)),
            _ => {}
        }
    }
}

/// The first field of a set for which anything is resolved: the name of the type is known without that.
fn first_resolved(set: &mut SelectionSet) -> Option<&mut Positioned<Field>> {
    set.items.iter_mut().find_map(|item| match &mut item.node {
        Selection::Field(field) => (field.node.name.node != "__typename").then_some(field),
        Selection::InlineFragment(fragment) => first_resolved(&mut fragment.node.selection_set.node),
        Selection::FragmentSpread(_) => None,
    })
}

fn fill_set(set: &mut SelectionSet, values: &Values) {
    for item in &mut set.items {
        match &mut item.node {
            Selection::Field(field) => {
                field.node.arguments.retain_mut(|(_, value)| fill(&mut value.node, values));
                fill_set(&mut field.node.selection_set.node, values);
            }
            Selection::InlineFragment(fragment) => fill_set(&mut fragment.node.selection_set.node, values),
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// Puts values where variables stand; says whether there is one for the whole.
fn fill(value: &mut Value, values: &Values) -> bool {
    match value {
        Value::Variable(name) => match values.get(name) {
            Some(given) => *value = given.clone().into_value(),
            None => return false,
        },
        // In a list nothing can be left out; what is missing is null there.
        Value::List(items) => {
            for item in items {
                if !fill(item, values) {
                    *item = Value::Null;
                }
            }
        }
        Value::Object(fields) => fields.retain(|_, field| fill(field, values)),
        _ => {}
    }
    true
}
