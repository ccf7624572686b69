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

/// The order that is asked for, by the API's name of what it goes by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Order {
    /// The list's own.
    #[default]
    Own,
    /// This one.
    By(Given<String>),
    /// What a variable holds, as a whole.
    Variable(Name),
}

/// Which page of a connection is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    field: Name,
    /// Which list its cursors are of.
    list: String,
    location: Option<Location>,
    order: Order,
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
            order: order(field),
            first: given(field, "first", |value| value.to_i32().map(i64::from)),
            last: given(field, "last", |value| value.to_i32().map(i64::from)),
            after: given(field, "after", |value| value.as_str().map(str::to_owned)),
            before: given(field, "before", |value| value.as_str().map(str::to_owned)),
        }
    }

    /// Whether the page is known only with the variables.
    pub fn is_open(&self) -> bool {
        let sizes = [&self.first, &self.last].iter().any(|given| matches!(given, Given::Variable(_)));
        let is_given_by_order = matches!(self.order, Order::Variable(_) | Order::By(Given::Variable(_)));
        sizes
            || is_given_by_order
            || [&self.after, &self.before].iter().any(|given| matches!(given, Given::Variable(_)))
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
            if size.is_some_and(|size| !u64::try_from(size).is_ok_and(|size| (1..=MAX_SIZE).contains(&size)))
            {
                return no(format!("The argument `{name}` of `{field}` must be between 1 and {MAX_SIZE}."));
            }
        }
        for (name, cursor) in [("after", &self.after), ("before", &self.before)] {
            let cursor = text(cursor, values);
            let order = self.order.read(values);
            if cursor.is_some_and(|cursor| !is_cursor_of(&self.list, order, cursor)) {
                let order = order.map(|order| format!(" ordered by {order}")).unwrap_or_default();
                return no(format!(
                    "The argument `{name}` of `{field}` is not a cursor of this connection{order}."
                ));
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

/// The argument `orderBy`, which holds what the list goes by in its `field`.
fn order(field: &Field) -> Order {
    match field.specified_argument_by_name("orderBy").map(|value| &**value) {
        Some(Literal::Variable(name)) => Order::Variable(Name::new(name)),
        Some(Literal::Object(fields)) => {
            let by = fields.iter().find(|(name, _)| name == "field").map(|(_, value)| &**value);
            by.map_or(Order::Own, |by| match by {
                Literal::Variable(name) => Order::By(Given::Variable(Name::new(name))),
                by => by.as_enum().map_or(Order::Own, |by| Order::By(Given::Literal(by.to_string()))),
            })
        }
        Some(_) | None => Order::Own,
    }
}

impl Order {
    /// What the list goes by; none where it stands as it does by itself.
    fn read<'a>(&'a self, values: &'a Values) -> Option<&'a str> {
        match self {
            Self::Own => None,
            Self::By(by) => text(by, values),
            Self::Variable(name) => match values.get(name) {
                Some(Value::Object(fields)) => fields.get("field").and_then(word),
                _ => None,
            },
        }
    }
}

fn text<'a>(given: &'a Given<String>, values: &'a Values) -> Option<&'a str> {
    match given {
        Given::Nothing => None,
        Given::Literal(text) => Some(text),
        Given::Variable(name) => values.get(name).and_then(word),
    }
}

/// A text, or the name of a value of an enum.
fn word(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Enum(name) => Some(name),
        _ => None,
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
