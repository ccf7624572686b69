//! Lists: pages by keyset, their orders, and what is looked for in them. Everything here is below the API:
//! rosters, files and connections list alike.
//!
//! A page begins behind a cursor, which holds the sort key of a row; so pages stay stable while rows come and
//! go, and the last page costs no more than the first.

pub mod condition;
pub mod contains;
pub mod fold;
pub mod index;
mod key;
pub mod search;
mod sort;

use sea_orm::sea_query::{Expr, Order};
use sea_orm::{
    Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryTrait, Select,
};
use uuid::Uuid;

pub use key::{Cursor, Key, Shape};
pub use sort::Sort;

/// How many rows a page has where nobody says.
pub const DEFAULT_SIZE: u64 = 20;
/// The most rows a page can have.
pub const MAX_SIZE: u64 = 100;

/// Which page is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    size: u64,
    backwards: bool,
    /// Which list it is of, as its cursors say.
    of: &'static str,
    /// What the cursors say of the list that they come from.
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

/// A row with its sort key.
pub type Keyed<T> = (Vec<Key>, T);

/// A row of which nothing is read but its id.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct Id {
    /// The id.
    pub id: Uuid,
}

/// A cursor that comes from another list, or from another order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// Whether it is the one before which the page ends; else it is the one after which it begins.
    pub before: bool,
}

impl Wanted {
    /// A page of `size` rows between two cursors; where `backwards`, the last ones.
    pub fn between(size: u64, backwards: bool, after: Option<Cursor>, before: Option<Cursor>) -> Self {
        let come_from = after.iter().chain(&before).map(|Cursor(of, _)| of.clone()).collect();
        Self {
            size,
            backwards,
            of: "",
            come_from,
            after: after.map(|Cursor(_, key)| key),
            before: before.map(|Cursor(_, key)| key),
        }
    }

    /// The first `size` rows behind the row with this key, for whoever walks through many without cursors.
    pub fn after(size: u64, key: Option<Vec<Key>>) -> Self {
        Self { size, backwards: false, of: "", come_from: Vec::new(), after: key, before: None }
    }

    /// The same, where its cursors come from the list called `of` and are of this shape.
    ///
    /// # Errors
    /// A cursor from elsewhere, or of another shape.
    pub fn of(self, of: &'static str, shape: &[Shape]) -> Result<Self, Foreign> {
        let foreign = self.come_from.iter().any(|from| from != of);
        for (before, cursor) in [(false, &self.after), (true, &self.before)] {
            if cursor
                .as_ref()
                .is_some_and(|key| foreign || !key.iter().map(Key::shape).eq(shape.iter().copied()))
            {
                return Err(Foreign { before });
            }
        }
        Ok(Self { of, ..self })
    }

    /// How many rows to read: one more than the page has, which tells whether there is a next one.
    pub fn reach(&self) -> u64 {
        self.size + 1
    }

    /// Which rows the cursors leave.
    pub fn bounds(&self, sort: &Sort) -> Condition {
        let cursors = [(&self.after, true), (&self.before, false)];
        cursors.into_iter().fold(Condition::all(), |all, (cursor, behind)| {
            all.add_option(cursor.as_ref().map(|key| sort.beyond(key, behind)))
        })
    }

    /// The columns of `sort`, each with the way in which rows are read: the other way round where the page is
    /// read backwards.
    pub fn reading(&self, sort: &Sort) -> Vec<(Expr, Order)> {
        sort.columns(self.backwards).map(|(column, _, order)| (column, order)).collect()
    }

    /// Reads a page of `select` in the order of `sort`. Of each row, only what `select` asks for is read, and
    /// its sort key.
    pub async fn fetch<T, E, C>(
        &self,
        db: &C,
        select: Select<E>,
        sort: &Sort,
    ) -> Result<Slice<Keyed<T>>, DbErr>
    where
        T: FromQueryResult,
        E: EntityTrait,
        C: ConnectionTrait,
    {
        let mut select = select.filter(self.bounds(sort)).into_query();
        for (column, name, order) in sort.columns(self.backwards) {
            // Ordered by the column and not by its name, so that the database knows its index.
            select.expr_as(column.clone(), name).order_by_expr(column, order);
        }
        let rows = db.query_all(select.limit(self.reach())).await?;
        let rows = rows
            .iter()
            .map(|row| Ok((sort.key(row)?, T::from_query_result(row, "")?)))
            .collect::<Result<Vec<_>, DbErr>>()?;
        Ok(self.cut(rows))
    }

    /// Cuts a page out of rows that are all in memory, in an order that is theirs alone. A cursor holds a
    /// row's place and its `id`: where the row has moved because others came or went, the page goes on from
    /// where it stands now; where it is gone, from where it stood.
    pub fn slice<T>(&self, rows: impl Iterator<Item = T>, id: impl Fn(&T) -> Uuid) -> Slice<Keyed<T>> {
        let mut kept: Vec<Keyed<T>> = (0i64..)
            .zip(rows)
            .map(|(place, row)| (vec![Key::Place(place), Key::Id(id(&row))], row))
            .collect();
        // The first place behind the cursor's row, and the row's own.
        let places = |cursor: &Option<Vec<Key>>| match cursor.as_deref() {
            Some([Key::Place(place), wanted]) => {
                Some(match kept.iter().position(|(key, _)| key.get(1) == Some(wanted)) {
                    Some(place) => (place + 1, place),
                    None => usize::try_from(*place).map_or((0, 0), |place| (place, place)),
                })
            }
            Some(_) | None => None,
        };
        let from = places(&self.after).map_or(0, |(behind, _)| behind);
        let to = places(&self.before).map_or(kept.len(), |(_, at)| at);
        kept.truncate(to);
        kept.drain(..from.min(kept.len()));
        self.end(kept)
    }

    /// Cuts a page out of rows that are all in memory, ascending by `key`. Unlike [`Wanted::slice`] it goes
    /// by what the rows hold, so pages stay stable while rows come and go.
    pub fn pick<T>(&self, rows: impl Iterator<Item = T>, key: impl Fn(&T) -> Vec<Key>) -> Slice<T> {
        let within = |row: &T| {
            let key = key(row);
            self.after.as_ref().is_none_or(|after| key > *after)
                && self.before.as_ref().is_none_or(|before| key < *before)
        };
        self.end(rows.filter(within).collect())
    }

    /// The page of rows that lie between the cursors, in order.
    fn end<T>(&self, mut kept: Vec<T>) -> Slice<T> {
        if self.backwards {
            kept.reverse();
        }
        kept.truncate(usize::try_from(self.reach()).unwrap_or(usize::MAX));
        self.cut(kept)
    }

    /// Makes a page of what was read: `rows` are one more than asked for where there are more, and the wrong
    /// way round where the page is read backwards.
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
    /// Which list it is of, as its cursors say.
    pub fn of(&self) -> &'static str {
        self.of
    }

    /// Whether there are rows before it.
    pub fn has_previous(&self) -> bool {
        self.has_previous
    }

    /// Whether more rows follow.
    pub fn has_next(&self) -> bool {
        self.has_next
    }

    /// The same page with every row turned into something else, or left out.
    pub fn filter_map<U>(self, turn: impl FnMut(T) -> Option<U>) -> Slice<U> {
        let Self { rows, of, has_previous, has_next } = self;
        Slice { rows: rows.into_iter().filter_map(turn).collect(), of, has_previous, has_next }
    }
}

impl<T> Slice<Keyed<T>> {
    /// The same page of something made of all its rows at once, one for each.
    pub fn map<U>(self, make: impl FnOnce(Vec<T>) -> Vec<U>) -> Slice<Keyed<U>> {
        let Self { rows, of, has_previous, has_next } = self;
        let (keys, rows): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        Slice { rows: keys.into_iter().zip(make(rows)).collect(), of, has_previous, has_next }
    }
}
