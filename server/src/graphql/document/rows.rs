//! How much of an answer grows at once: the rows of lists, and which of them are wide.

use std::collections::HashMap;

use super::collect::Selected;
use super::{introspection, types};

/// How many fields a row may have before it is wide: the largest pages that apps show have some thirty.
const WIDE: usize = 50;

/// One row of a list, or the root of an operation: the fields of an object and of the objects in it, up to
/// the next lists of objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// How many values it has at most, as costs are reckoned; a list counts as one.
    pub values: u64,
    fields: usize,
}

impl Row {
    /// The row of which this is selected.
    pub fn of(selected: &[Selected<'_>]) -> Self {
        let mut all = Self::default();
        let mut each: HashMap<&str, Self> = HashMap::new();
        for one in selected {
            let mut row = Self { values: types::weight(one.definition), fields: 1 };
            // What is told of the schema is counted apart.
            if !is_list_of_objects(one) && !introspection::is_asked(one) {
                row.add(Self::of(&one.parts));
            }
            match one.on {
                None => all.add(row),
                Some(object) => each.entry(object.as_str()).or_default().add(row),
            }
        }
        // Only one of them can be the case.
        all.add(Self {
            values: each.values().map(|row| row.values).max().unwrap_or_default(),
            fields: each.values().map(|row| row.fields).max().unwrap_or_default(),
        });
        all
    }

    /// Whether so much is resolved for it that it is counted while that happens, and not when its list has
    /// come to an end.
    pub fn is_wide(self) -> bool {
        self.fields > WIDE
    }

    fn add(&mut self, other: Self) {
        self.values = self.values.saturating_add(other.values);
        self.fields = self.fields.saturating_add(other.fields);
    }
}

/// Whether a field answers with a list of objects.
pub fn is_list_of_objects(selected: &Selected<'_>) -> bool {
    selected.definition.ty.is_list() && !selected.parts.is_empty()
}
