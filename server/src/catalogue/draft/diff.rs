//! What differs between what is stored and what is wanted, in words that people read.

use std::collections::HashMap;
use std::fmt;

use serde_json::{Map, Value};

use super::apply::Shared;
use super::thing::{self, Sort, Thing};
use super::{Draft, FacultyMember, Organization, Series, Standing, default_rules, stored};
use crate::catalogue::CoursePage;

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What changes, in words, such as `session d1-welcome`.
    pub thing: String,
    /// Which field of it; none where the whole thing comes or goes.
    pub field: Option<&'static str>,
    /// As it is; null where there is nothing.
    pub before: Value,
    /// As it will be; null where there is nothing.
    pub after: Value,
    pub(super) sort: Sort,
    pub(super) name: String,
}

/// Every difference; empty where what is wanted is stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes(pub Vec<Change>);

impl Changes {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether anything of this sort differs, or one of these fields of the course.
    pub(super) fn touch(&self, sort: Sort, course_fields: &[&str]) -> bool {
        let of_course = |change: &Change| {
            change.sort == Sort::Course && change.field.is_none_or(|field| course_fields.contains(&field))
        };
        self.0.iter().any(|change| change.sort == sort || of_course(change))
    }

    /// The names of the things of this sort that differ.
    pub(super) fn names(&self, sort: Sort) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |change| change.sort == sort).map(|change| change.name.as_str())
    }

    /// What changes as it was, and as it becomes, for the record.
    pub(super) fn record(&self) -> (Value, Value) {
        let mut sides = [Map::new(), Map::new()];
        for change in &self.0 {
            for (side, value) in sides.iter_mut().zip([&change.before, &change.after]) {
                match change.field {
                    None => {
                        side.insert(change.thing.clone(), value.clone());
                    }
                    Some(field) => {
                        let fields =
                            side.entry(change.thing.clone()).or_insert_with(|| Value::Object(Map::new()));
                        if let Value::Object(fields) = fields {
                            fields.insert(field.to_owned(), value.clone());
                        }
                    }
                }
            }
        }
        let [before, after] = sides;
        (Value::Object(before), Value::Object(after))
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|change| writeln!(f, "{change}"))
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { thing, field, before, after, sort: _, name: _ } = self;
        match (field, before, after) {
            (None, Value::Null, _) => write!(f, "{thing}: new"),
            (None, _, _) => write!(f, "{thing}: removed"),
            (Some(field), Value::Array(before), Value::Array(after)) => {
                if let Some(list) = field.strip_prefix(ORDER) {
                    return write!(f, "{thing}: {list} in another order");
                }
                write!(f, "{thing}: {field}")?;
                let removed: Vec<String> = before
                    .iter()
                    .filter(|value| !after.contains(value))
                    .map(|value| format!(" − {value}"))
                    .collect();
                let added: Vec<String> = after
                    .iter()
                    .filter(|value| !before.contains(value))
                    .map(|value| format!(" + {value}"))
                    .collect();
                if removed.is_empty() && added.is_empty() {
                    return f.write_str(" in another order");
                }
                write!(f, "{}", [removed, added].concat().join(","))
            }
            (Some(field), before, after) => write!(f, "{thing}: {field} {} → {}", told(before), told(after)),
        }
    }
}

/// How the fields begin that say nothing but an order.
const ORDER: &str = "order_of_";
/// How much of a long text is told.
const TOLD: usize = 60;

fn told(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) if text.chars().count() > TOLD => {
            format!("{:?}", text.chars().take(TOLD).chain(['…']).collect::<String>())
        }
        Value::String(_) | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string()
        }
    }
}

/// How a draft differs from what is stored.
pub fn of_course(page: Option<&CoursePage>, shared: &Shared, draft: &Draft) -> Changes {
    let members: Vec<_> =
        shared.faculty.values().map(|row| FacultyMember::of(row, Standing::Guest)).collect();
    let organizations: Vec<_> = shared.organizations.values().map(Organization::of).collect();
    let series = shared.series.as_deref().map(|row| Series::of(row, 1));
    let mut before = thing::shared(organizations.iter(), members.iter(), series.as_ref());
    let mut after = thing::shared(draft.organizations.iter(), draft.faculty.iter(), draft.series.as_ref());
    let stored_rules = page.map_or_else(default_rules, stored::rules);
    if let Some(page) = page {
        before.extend(thing::of_course(&Draft::of(page), &stored_rules));
    }
    after.extend(thing::of_course(draft, draft.reminder_rules.as_ref().unwrap_or(&stored_rules)));
    between(&before, &after)
}

/// How `after` differs from `before`: first what is new or other, in the order of `after`, then what is gone.
pub fn between(before: &[Thing], after: &[Thing]) -> Changes {
    let key = |thing: &Thing| (thing.sort, thing.name.clone());
    let stored: HashMap<_, &Thing> = before.iter().map(|thing| (key(thing), thing)).collect();
    let wanted: HashMap<_, &Thing> = after.iter().map(|thing| (key(thing), thing)).collect();
    let mut changes = Vec::new();
    for new in after {
        match stored.get(&key(new)) {
            None => changes.push(change(new, None, Value::Null, whole(new))),
            Some(old) => changes.extend(fields(old, new)),
        }
    }
    let gone = before.iter().filter(|old| !wanted.contains_key(&key(old)));
    changes.extend(gone.map(|old| change(old, None, whole(old), Value::Null)));
    Changes(changes)
}

fn change(thing: &Thing, field: Option<&'static str>, before: Value, after: Value) -> Change {
    let words = if thing.name.is_empty() {
        thing.sort.word().to_owned()
    } else {
        format!("{} {}", thing.sort.word(), thing.name)
    };
    Change { thing: words, field, before, after, sort: thing.sort, name: thing.name.clone() }
}

fn whole(thing: &Thing) -> Value {
    let told = |(_, value): &&(&str, Value)| {
        !value.is_null() && !matches!(value, Value::Array(list) if list.is_empty())
    };
    Value::Object(
        thing.fields.iter().filter(told).map(|(field, value)| ((*field).to_owned(), value.clone())).collect(),
    )
}

fn fields(old: &Thing, new: &Thing) -> Vec<Change> {
    let pairs = old.fields.iter().zip(&new.fields);
    pairs
        .filter(|((field, before), (_, after))| {
            before != after && !(field.starts_with(ORDER) && same_order(before, after))
        })
        .map(|((field, before), (_, after))| change(new, Some(field), before.clone(), after.clone()))
        .collect()
}

/// Whether two lists have what they share in the same order; what only one of them has is told elsewhere.
fn same_order(one: &Value, other: &Value) -> bool {
    let (Value::Array(one), Value::Array(other)) = (one, other) else { return false };
    one.iter().filter(|value| other.contains(value)).eq(other.iter().filter(|value| one.contains(value)))
}
