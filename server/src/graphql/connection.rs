//! Lists page by page, as the GraphQL Cursor Connections Specification has them
//! (<https://relay.dev/graphql/connections.htm>). These are types of our own, for all lists alike, because
//! the library's cannot be described.

use std::borrow::Cow;

use async_graphql::{Object, OutputType, SimpleObject, TypeName};

use super::directive::{cost, of_count};
use super::list::Items;

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    edges: Vec<Edge<T>>,
    page_info: PageInfo,
    total_count: Option<i64>,
}

/// A row of a page.
#[derive(Clone, Debug)]
pub struct Edge<T> {
    cursor: String,
    node: T,
}

/// Where a page lies in its list.
#[derive(Clone, Debug, SimpleObject)]
pub struct PageInfo {
    /// Whether rows come before the page.
    has_previous_page: bool,
    /// Whether rows come after the page.
    has_next_page: bool,
    /// The cursor of the first row, for `before`; null where the page is empty.
    start_cursor: Option<String>,
    /// The cursor of the last row, for `after`; null where the page is empty.
    end_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page with these rows, each with its cursor, of so many on all pages.
    pub fn new(
        rows: impl Iterator<Item = (String, T)>,
        has_previous_page: bool,
        has_next_page: bool,
        total_count: Option<u64>,
    ) -> Self {
        let edges: Vec<Edge<T>> = rows.map(|(cursor, node)| Edge { cursor, node }).collect();
        let page_info = PageInfo {
            has_previous_page,
            has_next_page,
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        };
        Self { edges, page_info, total_count: total_count.and_then(|count| i64::try_from(count).ok()) }
    }
}

impl<T: OutputType> TypeName for Page<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

/// A page of a list, in the list's order. `first` and `after` go through the list from its beginning, `last`
/// and `before` from its end.
#[Object(name_type)]
impl<T: OutputType> Page<T> {
    /// The rows, each with its cursor.
    async fn edges(&self) -> Items<&Edge<T>> {
        Items(self.edges.iter().collect())
    }

    /// The rows without their cursors.
    async fn nodes(&self) -> Items<&T> {
        Items(self.edges.iter().map(|edge| &edge.node).collect())
    }

    /// Where the page lies in its list.
    async fn page_info(&self) -> &PageInfo {
        &self.page_info
    }

    /// How many rows there are on all pages; null where counting would cost more than the page.
    #[graphql(directive = cost::apply(of_count()))]
    async fn total_count(&self) -> Option<i64> {
        self.total_count
    }
}

/// A row of a page, and where it stands.
#[Object(name_type)]
impl<T: OutputType> Edge<T> {
    /// Where the row stands in its list: what `after` and `before` take. It stays good while rows come and
    /// go.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The row.
    async fn node(&self) -> &T {
        &self.node
    }
}
