//! The order of a list, and the place of a cursor in it.
//!
//! All columns of an order go the same way, so that what lies behind a cursor is said by one comparison of
//! rows, `(a, b) > (x, y)`, which both databases answer by seeking in an index over these columns. Columns
//! that may be null have a generated column beside them that is not.

use sea_orm::sea_query::{Expr, ExprTrait, Order};
use sea_orm::{Condition, DbErr, QueryResult};

use super::key::{Key, Shape};

/// By what a list is ordered. The last column tells any two rows apart.
#[derive(Clone, Debug)]
pub struct Sort {
    columns: Vec<(Expr, Shape)>,
    descending: bool,
}

impl Sort {
    /// The smallest, earliest first. No column may be null.
    pub fn ascending(columns: impl IntoIterator<Item = (Expr, Shape)>) -> Self {
        Self { columns: columns.into_iter().collect(), descending: false }
    }

    /// The largest, latest first. No column may be null.
    pub fn descending(columns: impl IntoIterator<Item = (Expr, Shape)>) -> Self {
        Self { columns: columns.into_iter().collect(), descending: true }
    }

    /// The other way round, where `descending`.
    pub fn turned(self, descending: bool) -> Self {
        Self { descending, ..self }
    }

    /// What its keys look like.
    pub fn shape(&self) -> Vec<Shape> {
        self.columns.iter().map(|(_, shape)| *shape).collect()
    }

    /// The columns, each with the name under which [`Sort::key`] reads it and the way in which rows are read.
    pub(super) fn columns(&self, backwards: bool) -> impl Iterator<Item = (Expr, String, Order)> + '_ {
        let order = if self.descending == backwards { Order::Asc } else { Order::Desc };
        self.columns
            .iter()
            .enumerate()
            .map(move |(place, (column, _))| (column.clone(), name(place), order.clone()))
    }

    /// The sort key of a row that was read with these columns.
    pub(super) fn key(&self, row: &QueryResult) -> Result<Vec<Key>, DbErr> {
        self.columns.iter().enumerate().map(|(place, (_, shape))| shape.read(row, &name(place))).collect()
    }

    /// Rows behind `key` in this order, or, where not `behind`, before it.
    pub(super) fn beyond(&self, key: &[Key], behind: bool) -> Condition {
        let values = key.iter().map(|part| Expr::val(part.clone()));
        let (columns, values) = match self.columns.as_slice() {
            [(column, _)] => {
                (column.clone(), values.into_iter().next().unwrap_or_else(|| Expr::cust("null")))
            }
            columns => (Expr::tuple(columns.iter().map(|(column, _)| column.clone())), Expr::tuple(values)),
        };
        let upwards = behind != self.descending;
        Condition::all().add(if upwards { columns.gt(values) } else { columns.lt(values) })
    }
}

/// What the part of a key at `place` is called in a row.
fn name(place: usize) -> String {
    format!("sort_key_{place}")
}

#[cfg(test)]
mod tests {
    use sea_orm::DbBackend;
    use sea_orm::sea_query::Query;

    use super::*;

    #[test]
    fn what_lies_behind_a_cursor_is_one_comparison_of_rows() {
        let sort = Sort::ascending([(Expr::col("a"), Shape::Text), (Expr::col("b"), Shape::Place)]);
        let key = [Key::Text("x".to_owned()), Key::Place(7)];
        let sql = |sort: &Sort, behind| {
            let rows = Query::select().column("a").from("t").cond_where(sort.beyond(&key, behind)).take();
            DbBackend::Sqlite.build(&rows).to_string()
        };
        assert_eq!(sql(&sort, true), r#"SELECT "a" FROM "t" WHERE ("a", "b") > ('x', 7)"#);
        assert_eq!(sql(&sort, false), r#"SELECT "a" FROM "t" WHERE ("a", "b") < ('x', 7)"#);
        assert_eq!(sql(&sort.turned(true), true), r#"SELECT "a" FROM "t" WHERE ("a", "b") < ('x', 7)"#);
    }
}
