//! From what was collected to the document that the library runs.
//!
//! What it runs has no variables: their values stand where they are used. The library would read a variable that was left out as null,
//! while by the specification (section 6.4.1) its argument or input field is then left out too, and "leave it as it is" is not "clear it".

use apollo_compiler::Node;
use apollo_compiler::ast::OperationType;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, InlineFragment, OperationDefinition, OperationType as Kind, Selection, SelectionSet,
    TypeCondition,
};
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::Value;

use super::collect::Selected;
use super::place::Lines;
use super::told::At;
use super::types::Types;
use super::value::Literals;
use super::variables::Values;

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
}

impl Template {
    /// Converts what an operation selects.
    pub fn of(types: &Types, kind: OperationType, place: Option<Pos>, selected: &[Selected<'_>], lines: &Lines<'_>) -> Self {
        let kind = match kind {
            OperationType::Query => Kind::Query,
            OperationType::Mutation => Kind::Mutation,
            OperationType::Subscription => Kind::Subscription,
        };
        let mut writer = Writer { literals: Literals::trusting(types, lines), lines, used: Vec::new(), fields: 0 };
        let selections = writer.set(selected);
        let Writer { used, fields, .. } = writer;
        Self { kind, place: place.unwrap_or_default(), selections, used, fields }
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
        ExecutableDocument { operations: DocumentOperations::Single(Positioned::new(operation, self.place)), fragments: Default::default() }
    }
}

struct Writer<'a> {
    literals: Literals<'a>,
    lines: &'a Lines<'a>,
    used: Vec<Name>,
    fields: usize,
}

impl Writer<'_> {
    fn set(&mut self, selected: &[Selected<'_>]) -> SelectionSet {
        let mut items = Vec::with_capacity(selected.len());
        // Neighbors that are for one object type share a fragment.
        for some in selected.chunk_by(|one, other| one.on == other.on) {
            let fields: Vec<_> = some.iter().map(|selected| self.field(selected)).collect();
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
                    items.push(Positioned::new(Selection::InlineFragment(Positioned::new(fragment, place)), place));
                }
            }
        }
        SelectionSet { items }
    }

    fn field(&mut self, selected: &Selected<'_>) -> Positioned<Selection> {
        self.fields += 1;
        let Selected { field, definition, parts, .. } = selected;
        let place = self.place(field);
        let name = |name: &apollo_compiler::Name| Positioned::new(Name::new(name), place);
        let mut arguments = Vec::with_capacity(field.arguments.len());
        for argument in &field.arguments {
            let known = definition.argument_by_name(&argument.name);
            let value = known.and_then(|known| self.literals.read(&argument.value, &known.ty, true, &At::Argument("", "")));
            // The rules have read every value before, so there is one.
            if let Some(value) = value {
                self.note(&value);
                arguments.push((name(&argument.name), Positioned::new(value, place)));
            }
        }
        let field = Field {
            alias: field.alias.as_ref().map(name),
            name: name(&field.name),
            arguments,
            directives: Vec::new(),
            selection_set: Positioned::new(self.set(parts), place),
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
