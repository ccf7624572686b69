//! Connections by keyset: a cursor holds the sort key of its row, so pages stay stable while rows are inserted, and no page costs more than
//! the first.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::{Instant, LocalDate};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Value};
use sea_orm::{Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use super::connection::Page;
use super::refusal::bad_argument;

/// How many rows a page has where the client does not say.
pub const DEFAULT_SIZE: u64 = 20;
/// The most rows a page can have.
pub const MAX_SIZE: u64 = 100;

/// A part of a sort key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Key {
    /// A text.
    Text(String),
    /// A moment.
    At(Instant),
    /// A day.
    On(LocalDate),
    /// An id.
    Id(Uuid),
    /// A place in a list held in memory.
    Place(i64),
}

impl From<Key> for Value {
    fn from(key: Key) -> Self {
        match key {
            Key::Text(text) => text.into(),
            Key::At(at) => at.into(),
            Key::On(on) => on.into(),
            Key::Id(id) => id.into(),
            Key::Place(place) => place.into(),
        }
    }
}

/// What a part of a sort key must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A text.
    Text,
    /// A moment.
    At,
    /// A day.
    On,
    /// An id.
    Id,
    /// A place in a list.
    Place,
}

impl Key {
    fn shape(&self) -> Shape {
        match self {
            Self::Text(_) => Shape::Text,
            Self::At(_) => Shape::At,
            Self::On(_) => Shape::On,
            Self::Id(_) => Shape::Id,
            Self::Place(_) => Shape::Place,
        }
    }
}

/// Which page is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    size: u64,
    backwards: bool,
    /// Which connection it is, as its cursors say.
    of: &'static str,
    /// What the cursors say of the connection that they come from.
    come_from: Vec<String>,
    after: Option<Vec<Key>>,
    before: Option<Vec<Key>>,
}

/// The rows of a page and what lies around it.
#[derive(Clone, Debug)]
pub struct Slice<T> {
    /// The rows, in order.
    pub rows: Vec<T>,
    of: &'static str,
    has_previous: bool,
    has_next: bool,
}

impl Wanted {
    /// Reads the four arguments of a connection.
    ///
    /// # Errors
    /// Both `first` and `last`, a size outside of 1 to 100, or a cursor that is not ours.
    pub fn read(first: Option<i32>, after: Option<String>, last: Option<i32>, before: Option<String>) -> async_graphql::Result<Self> {
        let size = |name: &str, size: i32| match u64::try_from(size) {
            Ok(size) if (1..=MAX_SIZE).contains(&size) => Ok(size),
            Ok(_) | Err(_) => Err(bad_argument(format!("`{name}` must be between 1 and {MAX_SIZE}"))),
        };
        let (size, backwards) = match (first, last) {
            (Some(_), Some(_)) => return Err(bad_argument("give `first` or `last`, not both")),
            (Some(first), None) => (size("first", first)?, false),
            (None, Some(last)) => (size("last", last)?, true),
            (None, None) => (DEFAULT_SIZE, before.is_some() && after.is_none()),
        };
        let cursor = |name: &str, text: Option<String>| {
            text.map(|text| decode(&text).ok_or_else(|| bad_argument(format!("`{name}` is not a cursor of this connection")))).transpose()
        };
        let (after, before) = (cursor("after", after)?, cursor("before", before)?);
        let come_from = after.iter().chain(&before).map(|(of, _)| of.clone()).collect();
        Ok(Self { size, backwards, of: "", come_from, after: after.map(|(_, key)| key), before: before.map(|(_, key)| key) })
    }

    /// The first `size` rows behind the row with this key, for whoever walks through many without a client's cursors.
    pub fn after(size: u64, key: Option<Vec<Key>>) -> Self {
        Self { size, backwards: false, of: "", come_from: Vec::new(), after: key, before: None }
    }

    /// The same, where its cursors come from the connection called `of` and are of this shape: a cursor of another connection, or of another
    /// order, is a mistake of the client.
    ///
    /// # Errors
    /// A cursor from elsewhere, or of another shape.
    pub fn shaped(self, of: &'static str, shape: &[Shape]) -> async_graphql::Result<Self> {
        let foreign = self.come_from.iter().any(|from| from != of);
        for (name, cursor) in [("after", &self.after), ("before", &self.before)] {
            if cursor.as_ref().is_some_and(|key| foreign || !key.iter().map(Key::shape).eq(shape.iter().copied())) {
                return Err(bad_argument(format!("`{name}` is not a cursor of this connection")));
            }
        }
        Ok(Self { of, ..self })
    }

    /// How many rows to read: one more than the page has, which tells whether there is a next one.
    pub fn reach(&self) -> u64 {
        self.size + 1
    }

    /// Which rows the cursors leave, in the order of `columns`.
    pub fn bounds(&self, columns: &[(Expr, Order)]) -> Condition {
        let mut all = Condition::all();
        for (cursor, past) in [(&self.after, true), (&self.before, false)] {
            if let Some(key) = cursor {
                all = all.add(beyond(columns, key, past));
            }
        }
        all
    }

    /// The order in which rows are read: that of `columns`, or the other way round where the page is read backwards.
    pub fn reading(&self, columns: &[(Expr, Order)]) -> Vec<(Expr, Order)> {
        columns.iter().map(|(column, order)| (column.clone(), if self.backwards { flipped(order) } else { order.clone() })).collect()
    }

    /// Reads a page of `select` in the order of `columns`, the last of which must make the order total.
    pub async fn fetch<E, C>(&self, db: &C, select: Select<E>, columns: &[(Expr, Order)]) -> Result<Slice<E::Model>, DbErr>
    where
        E: EntityTrait,
        E::Model: FromQueryResult,
        C: ConnectionTrait,
    {
        let mut select = select.limit(self.reach()).filter(self.bounds(columns));
        for (column, order) in self.reading(columns) {
            select = select.order_by(column, order);
        }
        Ok(self.cut(select.all(db).await?))
    }

    /// Cuts a page out of rows that are all in memory, in an order that is theirs alone. A cursor holds a row's place and its `id`: where the
    /// row has moved because others came or went, the page goes on from where it stands now; where it is gone, from where it stood.
    pub fn slice<T>(&self, rows: impl Iterator<Item = T>, id: impl Fn(&T) -> Uuid) -> Slice<(Vec<Key>, T)> {
        let mut kept: Vec<(Vec<Key>, T)> =
            (0i64..).zip(rows).map(|(place, row)| (vec![Key::Place(place), Key::Id(id(&row))], row)).collect();
        // The first place behind the cursor's row, and the row's own.
        let places = |cursor: &Option<Vec<Key>>| match cursor.as_deref() {
            Some([Key::Place(place), wanted]) => Some(match kept.iter().position(|(key, _)| key.get(1) == Some(wanted)) {
                Some(place) => (place + 1, place),
                None => usize::try_from(*place).map_or((0, 0), |place| (place, place)),
            }),
            Some(_) | None => None,
        };
        let from = places(&self.after).map_or(0, |(behind, _)| behind);
        let to = places(&self.before).map_or(kept.len(), |(_, at)| at);
        kept.truncate(to);
        kept.drain(..from.min(kept.len()));
        if self.backwards {
            kept.reverse();
        }
        kept.truncate(usize::try_from(self.reach()).unwrap_or(usize::MAX));
        self.cut(kept)
    }

    /// Cuts a page out of rows that are all in memory, ascending by `key`. Unlike [`Wanted::slice`] it goes by what the rows hold, so pages stay
    /// stable while rows come and go.
    pub fn pick<T>(&self, rows: impl Iterator<Item = T>, key: impl Fn(&T) -> Vec<Key>) -> Slice<T> {
        let within = |row: &T| {
            let key = key(row);
            self.after.as_ref().is_none_or(|after| key > *after) && self.before.as_ref().is_none_or(|before| key < *before)
        };
        let mut kept: Vec<T> = rows.filter(within).collect();
        if self.backwards {
            kept.reverse();
        }
        kept.truncate(usize::try_from(self.reach()).unwrap_or(usize::MAX));
        self.cut(kept)
    }

    /// Makes a page of what was read: `rows` are one more than asked for where there are more, and the wrong way round where the page is read backwards.
    pub fn cut<T>(&self, mut rows: Vec<T>) -> Slice<T> {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        if self.backwards {
            rows.reverse();
            Slice { rows, of: self.of, has_previous: more, has_next: self.before.is_some() }
        } else {
            Slice { rows, of: self.of, has_previous: self.after.is_some(), has_next: more }
        }
    }
}

impl<T> Default for Slice<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), of: "", has_previous: false, has_next: false }
    }
}

impl<T> Slice<T> {
    /// Whether more rows follow.
    pub fn has_next(&self) -> bool {
        self.has_next
    }

    /// The same page of something made of all its rows at once, one for each.
    pub fn map<U>(self, make: impl FnOnce(Vec<T>) -> Vec<U>) -> Slice<U> {
        Slice { rows: make(self.rows), of: self.of, has_previous: self.has_previous, has_next: self.has_next }
    }

    /// The same page with every row turned into something else, or left out.
    pub fn filter_map<U>(self, turn: impl FnMut(T) -> Option<U>) -> Slice<U> {
        let Self { rows, of, has_previous, has_next } = self;
        Slice { rows: rows.into_iter().filter_map(turn).collect(), of, has_previous, has_next }
    }

    /// The connection: `edge` gives each row's sort key, in the order of the columns, and its node.
    pub fn connection<N>(self, total_count: Option<u64>, edge: impl Fn(T) -> (Vec<Key>, N)) -> Page<N> {
        let Self { rows, of, has_previous, has_next } = self;
        let rows = rows.into_iter().map(edge).map(|(key, node)| (encode(of, &key), node));
        Page::new(rows, has_previous, has_next, total_count)
    }
}

impl<T> Slice<(Vec<Key>, T)> {
    /// The connection over rows from memory.
    pub fn connection_of_places<N>(self, total_count: Option<u64>, node: impl Fn(T) -> N) -> Page<N> {
        self.connection(total_count, |(key, row)| (key, node(row)))
    }
}

fn encode(of: &str, key: &[Key]) -> String {
    // A key is plain data; if it could not be written the cursor would be empty and be refused when it comes back.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&(of, key)).unwrap_or_default())
}

/// Whether a text is a cursor, of whichever connection.
pub fn is_cursor(text: &str) -> bool {
    decode(text).is_some()
}

fn decode(cursor: &str) -> Option<(String, Vec<Key>)> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()
}

fn flipped(order: &Order) -> Order {
    match order {
        Order::Desc => Order::Asc,
        _ => Order::Desc,
    }
}

/// Rows past (or short of) `key` in the order of the columns: `a > x or (a = x and b > y)`.
fn beyond(columns: &[(Expr, Order)], key: &[Key], past: bool) -> Condition {
    let mut either = Condition::any();
    for length in 1..=columns.len().min(key.len()) {
        let mut all = Condition::all();
        for (place, ((column, order), part)) in columns.iter().zip(key).take(length).enumerate() {
            let value = Expr::val(part.clone());
            let ascending = !matches!(order, Order::Desc);
            all = all.add(if place + 1 < length {
                column.clone().eq(value)
            } else if ascending == past {
                column.clone().gt(value)
            } else {
                column.clone().lt(value)
            });
        }
        either = either.add(all);
    }
    either
}
