//! Pages: how many rows of a connection a document asks for, and whether it may.

use apollo_compiler::ast::Value as Literal;
use apollo_compiler::executable::Field;
use async_graphql::{Name, Value};

use super::fault::{BAD_USER_INPUT, Location, RequestError};
use super::variables::Values;
use crate::graphql::keyset::{DEFAULT_SIZE, MAX_SIZE, is_cursor_of, list};

/// What an argument of a connection says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Given<T> {
    /// Nothing.
    #[default]
    Nothing,
    /// This.
    Literal(T),
    /// What a variable says.
    Variable(Name),
}

/// Which page of a connection is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    field: Name,
    /// Which list its cursors are of.
    list: String,
    location: Option<Location>,
    first: Given<i64>,
    last: Given<i64>,
    after: Given<String>,
    before: Given<String>,
}

impl Page {
    /// The page that a field of the type `parent` asks for, whose values are known to be of the right types.
    pub fn of(parent: &str, field: &Field, location: Option<Location>) -> Self {
        Self {
            field: Name::new(&field.name),
            list: list(parent, &field.name),
            location,
            first: given(field, "first", |value| value.to_i32().map(i64::from)),
            last: given(field, "last", |value| value.to_i32().map(i64::from)),
            after: given(field, "after", |value| value.as_str().map(str::to_owned)),
            before: given(field, "before", |value| value.as_str().map(str::to_owned)),
        }
    }

    /// Whether the page is known only with the variables.
    pub fn is_open(&self) -> bool {
        let sizes = [&self.first, &self.last].iter().any(|given| matches!(given, Given::Variable(_)));
        sizes || [&self.after, &self.before].iter().any(|given| matches!(given, Given::Variable(_)))
    }

    /// How many rows the page has at most.
    pub fn rows(&self, values: &Values) -> u64 {
        let size = size(&self.first, values).or_else(|| size(&self.last, values));
        size.map_or(DEFAULT_SIZE, |size| u64::try_from(size).unwrap_or_default().clamp(1, MAX_SIZE))
    }

    /// How many rows the page has at most, whatever the variables are.
    pub fn most_rows(&self) -> u64 {
        let is_open = [&self.first, &self.last].iter().any(|given| matches!(given, Given::Variable(_)));
        if is_open { MAX_SIZE } else { self.rows(&Values::default()) }
    }

    /// Whether there is such a page.
    ///
    /// # Errors
    /// Both `first` and `last`, a size outside of 1 to 100, or what is no cursor of this connection.
    pub fn check(&self, values: &Values) -> Result<(), RequestError> {
        let no = |message: String| Err(RequestError::new(BAD_USER_INPUT, message).at(self.location));
        let field = &self.field;
        let sizes = [("first", size(&self.first, values)), ("last", size(&self.last, values))];
        if sizes.iter().all(|(_, size)| size.is_some()) {
            return no(format!("Give `{field}` either `first` or `last`, not both."));
        }
        for (name, size) in sizes {
            if size.is_some_and(|size| !u64::try_from(size).is_ok_and(|size| (1..=MAX_SIZE).contains(&size))) {
                return no(format!("The argument `{name}` of `{field}` must be between 1 and {MAX_SIZE}."));
            }
        }
        for (name, cursor) in [("after", &self.after), ("before", &self.before)] {
            let cursor = match cursor {
                Given::Nothing => None,
                Given::Literal(cursor) => Some(cursor.as_str()),
                Given::Variable(name) => match values.get(name) {
                    Some(Value::String(cursor)) => Some(cursor.as_str()),
                    _ => None,
                },
            };
            if cursor.is_some_and(|cursor| !is_cursor_of(&self.list, cursor)) {
                return no(format!("The argument `{name}` of `{field}` is not a cursor of this connection."));
            }
        }
        Ok(())
    }
}

fn given<T>(field: &Field, name: &str, read: impl Fn(&Literal) -> Option<T>) -> Given<T> {
    match field.specified_argument_by_name(name).map(|value| &**value) {
        Some(Literal::Variable(name)) => Given::Variable(Name::new(name)),
        Some(value) => read(value).map_or(Given::Nothing, Given::Literal),
        None => Given::Nothing,
    }
}

fn size(given: &Given<i64>, values: &Values) -> Option<i64> {
    match given {
        Given::Nothing => None,
        Given::Literal(size) => Some(*size),
        Given::Variable(name) => match values.get(name) {
            Some(Value::Number(size)) => size.as_i64(),
            _ => None,
        },
    }
}
