//! Connections: what the API adds to [`crate::listing`], which reads the pages: arguments, cursors as clients see them, and what a page is
//! called.

use async_graphql::{Context, Result};
use sea_orm::{EntityTrait, FromQueryResult, PaginatorTrait, Select};

pub use super::connection::Page;
use super::refusal::{OrOpaque, bad_argument};
use crate::desk::Desk;
use crate::listing::{Cursor, Foreign};
pub use crate::listing::{DEFAULT_SIZE, Key, Keyed, MAX_SIZE, Shape, Slice, Sort, Wanted};

impl Wanted {
    /// Reads the four arguments of a connection.
    ///
    /// # Errors
    /// Both `first` and `last`, a size outside of 1 to 100, or a cursor that is not ours.
    pub fn read(first: Option<i32>, after: Option<String>, last: Option<i32>, before: Option<String>) -> Result<Self> {
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
        let cursor =
            |name: &str, text: Option<String>| text.map(|text| Cursor::decode(&text).ok_or_else(|| not_a_cursor(name))).transpose();
        let (after, before) = (cursor("after", after)?, cursor("before", before)?);
        Ok(Self::between(size, backwards, after, before))
    }

    /// The same, where its cursors come from the connection called `of` and are of this shape: a cursor of another connection, or of another
    /// order, is a mistake of the client.
    ///
    /// # Errors
    /// A cursor from elsewhere, or of another shape.
    pub fn shaped(self, of: &'static str, shape: &[Shape]) -> Result<Self> {
        self.of(of, shape).map_err(|Foreign { before }| not_a_cursor(if before { "before" } else { "after" }))
    }
}

/// How many rows there are on all pages of the connection that is answered, for `totalCount`: counted only for who asks.
///
/// # Errors
/// A failing database.
pub async fn total<E>(ctx: &Context<'_>, all: impl FnOnce() -> Select<E>) -> Result<Option<u64>>
where
    E: EntityTrait<Model: FromQueryResult + Send + Sync>,
{
    if !ctx.look_ahead().field("totalCount").exists() {
        return Ok(None);
    }
    all().count(&ctx.data::<Desk>()?.db).await.map(Some).or_opaque()
}

/// Which list is behind a connection, as its cursors say; the order in which it stands may follow, after a blank. Whoever names a list in
/// [`Wanted::shaped`] names it so.
pub fn list(parent: &str, field: &str) -> String {
    match (parent, field) {
        // The same lists, of whatever they hang on.
        (_, "audit" | "enquiries" | "registrations" | "upcomingSessions") | ("Query", _) => field.to_owned(),
        ("Subscription", "notices") => list("Course", field),
        ("FacultyMember", _) => format!("faculty.{field}"),
        _ => format!("{}.{field}", parent.to_ascii_lowercase()),
    }
}

/// Whether a text is a cursor of this list, in whichever order.
pub fn is_cursor_of(list: &str, text: &str) -> bool {
    let rest = |Cursor(of, _): &Cursor| of.strip_prefix(list).map(|rest| rest.is_empty() || rest.starts_with(' '));
    Cursor::decode(text).as_ref().and_then(rest).unwrap_or_default()
}

fn not_a_cursor(name: &str) -> async_graphql::Error {
    bad_argument(format!("`{name}` is not a cursor of this connection"))
}

impl<T> Slice<T> {
    /// The connection: `edge` gives each row's sort key, in the order of the columns, and its node.
    pub fn connection<N>(self, total_count: Option<u64>, edge: impl Fn(T) -> (Vec<Key>, N)) -> Page<N> {
        let (of, has_previous, has_next) = (self.of(), self.has_previous(), self.has_next());
        let rows = self.rows.into_iter().map(edge).map(|(key, node)| (Cursor::encode(of, &key), node));
        Page::new(rows, has_previous, has_next, total_count)
    }
}

impl<T> Slice<Keyed<T>> {
    /// The connection over rows that were read with their keys.
    pub fn connection_of<N>(self, total_count: Option<u64>, node: impl Fn(T) -> N) -> Page<N> {
        self.connection(total_count, |(key, row)| (key, node(row)))
    }
}
