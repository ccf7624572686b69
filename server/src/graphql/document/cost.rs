//! What an operation costs: how many values its answer can hold.
//!
//! Each field counts 1 for every row in which it is answered, or what its `@cost` says, and what is looked
//! for counts with it where it is given; a list counts as what it can hold: a connection by its `first` or
//! `last`, every other list by its `@listSize`. So a way that leads back to where it came from costs what its
//! lists multiply to. What follows from the document alone is reckoned once, and what its variables add each
//! time.

use apollo_compiler::ast::Value as Literal;
use apollo_compiler::collections::IndexMap;
use apollo_compiler::schema::ExtendedType;
use async_graphql::{Name, Value};

use super::collect::Selected;
use super::fault::RequestError;
use super::introspection;
use super::page::Page;
use super::place::Lines;
use super::types::{self, Size, Types, holds_rows, is_connection};
use super::variables::Values;
use crate::graphql::keyset::MAX_SIZE;

/// A cost, as a formula of the variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    fixed: u64,
    parts: Vec<Part>,
}

/// A part of a cost that depends on variables.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// So often as there are rows.
    Rows(Rows, Cost),
    /// The greatest, because only one of them can be the case.
    Greatest(Vec<Cost>),
}

/// How many rows a list has.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Rows {
    Known(u64),
    Page(Box<Page>),
    /// As many as the list that a variable holds.
    Items(Name),
    /// One, where a variable holds an object with this field.
    Given(Name, Name),
}

impl Cost {
    /// What is known to cost so much.
    pub fn fixed(cost: u64) -> Self {
        Self { fixed: cost, parts: Vec::new() }
    }

    /// The cost with these variables.
    pub fn at(&self, values: &Values) -> u64 {
        self.over(&|rows| rows.at(values))
    }

    /// The cost with the variables that make it largest.
    pub fn at_most(&self) -> u64 {
        self.over(&Rows::at_most)
    }

    /// The cost where lists have so many rows. It does not overflow.
    fn over(&self, count: &impl Fn(&Rows) -> u64) -> u64 {
        self.parts.iter().fold(self.fixed, |sum, part| {
            sum.saturating_add(match part {
                Part::Rows(rows, each) => count(rows).saturating_mul(each.over(count)),
                Part::Greatest(costs) => costs.iter().map(|cost| cost.over(count)).max().unwrap_or_default(),
            })
        })
    }

    /// Adds what something else costs.
    pub fn add(&mut self, other: Self) {
        self.fixed = self.fixed.saturating_add(other.fixed);
        self.parts.extend(other.parts);
    }

    fn times(self, rows: Rows) -> Self {
        match rows {
            Rows::Known(1) => self,
            Rows::Known(rows) if self.parts.is_empty() => Self::fixed(self.fixed.saturating_mul(rows)),
            rows => Self { fixed: 0, parts: vec![Part::Rows(rows, self)] },
        }
    }

    fn greatest(costs: Vec<Self>) -> Self {
        if costs.iter().all(|cost| cost.parts.is_empty()) {
            return Self::fixed(costs.iter().map(|cost| cost.fixed).max().unwrap_or_default());
        }
        Self { fixed: 0, parts: vec![Part::Greatest(costs)] }
    }
}

impl Rows {
    fn at(&self, values: &Values) -> u64 {
        match self {
            Self::Known(rows) => *rows,
            Self::Page(page) => page.rows(values),
            Self::Items(name) => match values.get(name) {
                Some(Value::List(items)) => u64::try_from(items.len()).unwrap_or(u64::MAX),
                Some(Value::Null) | None => 0,
                Some(_) => 1,
            },
            Self::Given(name, field) => match values.get(name) {
                Some(Value::Object(fields)) => {
                    fields.get(field).is_some_and(|value| *value != Value::Null).into()
                }
                Some(_) | None => 0,
            },
        }
    }

    /// As many as there can be, whatever the variables are. A field that takes a list of ids answers 100 of
    /// them at most.
    fn at_most(&self) -> u64 {
        match self {
            Self::Known(rows) => *rows,
            Self::Page(page) => page.most_rows(),
            Self::Items(_) => MAX_SIZE,
            Self::Given(..) => 1,
        }
    }
}

/// How many objects a query may ask for at its root for what is selected of them alone.
const FEW: usize = 10;
/// What each further one costs besides, in values: all fields of the root are begun at once, and each sets aside
/// what the largest of them needs, some ten kilobytes.
const AT_THE_ROOT: u64 = 25;

/// Reckons the cost of what is selected.
#[derive(Clone, Copy, Debug)]
pub struct Reckoner<'a> {
    /// The schema.
    pub types: &'a Types,
    /// Where things stand in the document.
    pub lines: &'a Lines<'a>,
    /// The most that a document may cost; beyond that nothing needs to be counted to the end.
    pub most: u64,
}

impl Reckoner<'_> {
    /// What is selected of one value of the type `parent`; `page`: how many rows it holds, where it is a
    /// connection. What is told of the schema is reckoned apart, by [`Self::introspected`].
    pub fn cost(&self, parent: &str, parts: &[Selected<'_>], page: Option<&Page>) -> Cost {
        let mut all = Cost::default();
        if self.types.is_query(parent) {
            let objects = parts.iter().filter(|part| !part.parts.is_empty()).count();
            let many = u64::try_from(objects.saturating_sub(FEW)).unwrap_or(u64::MAX);
            all.add(Cost::fixed(many.saturating_mul(AT_THE_ROOT)));
        }
        let mut each: IndexMap<&str, Cost> = IndexMap::default();
        for part in parts {
            let cost = self.field(part.on.map_or(parent, |object| object.as_str()), part, page);
            match part.on {
                None => all.add(cost),
                Some(object) => each.entry(object.as_str()).or_default().add(cost),
            }
        }
        if !each.is_empty() {
            all.add(Cost::greatest(each.into_values().collect()));
        }
        all
    }

    /// What it costs to tell of the schema, of all that is selected.
    ///
    /// # Errors
    /// Introspection that asks for lists within lists within lists.
    pub fn introspected(&self, selected: &[Selected<'_>]) -> Result<u64, RequestError> {
        let asked = selected.iter().filter(|selected| introspection::is_asked(selected));
        asked
            .map(|selected| introspection::cost(self, selected))
            .try_fold(0, |sum: u64, cost| Ok(sum.saturating_add(cost?)))
    }

    /// What it costs that fields look for something, beside what they find: of all that is selected at once,
    /// not of what is within it.
    pub fn searched(&self, selected: &[Selected<'_>]) -> Cost {
        let mut all = Cost::default();
        selected.iter().for_each(|selected| all.add(self.given(selected)));
        all
    }

    /// What the fields of its inputs cost that are given.
    fn given(&self, selected: &Selected<'_>) -> Cost {
        let mut cost = Cost::default();
        for argument in &selected.field.arguments {
            let Some(known) = selected.definition.argument_by_name(&argument.name) else { continue };
            let Some(ExtendedType::InputObject(input)) = self.types.get(known.ty.inner_named_type()) else {
                continue;
            };
            for (field, weight) in input
                .fields
                .iter()
                .map(|(name, field)| (name, types::weight_given(field)))
                .filter(|(_, weight)| *weight > 0)
            {
                match &*argument.value {
                    Literal::Object(given)
                        if given.iter().any(|(name, value)| name == field && !value.is_null()) =>
                    {
                        cost.add(Cost::fixed(weight));
                    }
                    Literal::Variable(variable) => {
                        cost.add(
                            Cost::fixed(weight).times(Rows::Given(Name::new(variable), Name::new(field))),
                        );
                    }
                    _ => {}
                }
            }
        }
        cost
    }

    fn field(&self, parent: &str, selected: &Selected<'_>, page: Option<&Page>) -> Cost {
        let name = selected.field.name.as_str();
        let mut cost = Cost::fixed(types::weight(selected.definition));
        if introspection::is_asked(selected) {
            return cost;
        }
        let kind = selected.definition.ty.inner_named_type();
        let own_page = is_connection(kind)
            .then(|| Page::of(parent, selected.field, self.lines.begin(selected.field.location())));
        let one = match selected.parts.as_slice() {
            [] if selected.definition.ty.is_list() => Cost::fixed(1),
            parts => self.cost(kind, parts, own_page.as_ref()),
        };
        let rows = match page {
            Some(page) if holds_rows(parent, name) => {
                if page.is_open() {
                    Rows::Page(Box::new(page.clone()))
                } else {
                    Rows::Known(page.rows(&Values::default()))
                }
            }
            _ if selected.definition.ty.is_list() => list(selected),
            _ => Rows::Known(1),
        };
        cost.add(self.given(selected));
        cost.add(one.times(rows));
        cost
    }
}

/// How long a list is that is not a connection. One that does not say counts as the largest page.
fn list(selected: &Selected<'_>) -> Rows {
    match types::size(selected.definition) {
        Some(Size::Assumed(rows)) => Rows::Known(rows),
        Some(Size::OfArgument(name)) => {
            match selected.field.specified_argument_by_name(name).map(|value| &**value) {
                Some(Literal::List(items)) => Rows::Known(u64::try_from(items.len()).unwrap_or(u64::MAX)),
                Some(Literal::Variable(name)) => Rows::Items(Name::new(name)),
                Some(_) => Rows::Known(1),
                None => Rows::Known(MAX_SIZE),
            }
        }
        None => Rows::Known(MAX_SIZE),
    }
}
