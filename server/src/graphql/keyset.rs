//! Connections: what the API adds to [`crate::listing`], which reads the pages: arguments, cursors as clients
//! see them, and what a page is called.

use async_graphql::{Context, Result};
use sea_orm::{EntityTrait, FromQueryResult, PaginatorTrait, Select};

pub use super::connection::Page;
use super::refusal::{OrOpaque, bad_argument};
use crate::app::AppState;
use crate::listing::{Cursor, Foreign};
pub use crate::listing::{DEFAULT_SIZE, Key, Keyed, MAX_SIZE, Shape, Slice, Sort, Wanted};

impl Wanted {
    /// Reads the four arguments of a connection.
    ///
    /// # Errors
    /// Both `first` and `last`, a size outside of 1 to 100, or a cursor that is not ours.
    pub fn read(
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Self> {
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
            text.map(|text| Cursor::decode(&text).ok_or_else(|| not_a_cursor(name))).transpose()
        };
        let (after, before) = (cursor("after", after)?, cursor("before", before)?);
        Ok(Self::between(size, backwards, after, before))
    }

    /// The same, where its cursors come from the list called `of` in [`LISTS`] and are of this shape: a
    /// cursor of another connection, or of another order, is a mistake of the client.
    ///
    /// # Errors
    /// A cursor from elsewhere, or of another shape.
    pub fn shaped(self, of: &'static str, shape: &[Shape]) -> Result<Self> {
        debug_assert!(LISTS.contains(&(of, shape)), "{of} is ordered by {shape:?}, but LISTS says otherwise");
        self.of(of, shape).map_err(|Foreign { before }| not_a_cursor(if before { "before" } else { "after" }))
    }
}

/// How many rows there are on all pages of the connection that is answered, for `totalCount`: counted only
/// for who asks.
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
    all().count(&ctx.data::<AppState>()?.db).await.map(Some).or_opaque()
}

/// The lists that cursors are of, in each of their orders, and what their sort keys look like. An order is
/// called by the API's name of it; where a list has several, the first is the one in which it stands when
/// nobody says. Cursors are judged by this before anything runs, so that no mutation is done and then
/// answered with an error about a cursor.
pub const LISTS: &[(&str, &[Shape])] = &[
    ("announcement.notices", &[Shape::At, Shape::Id]),
    ("audit", &[Shape::At, Shape::Id]),
    ("course.announcements", &[Shape::At, Shape::Id]),
    ("course.faculty", &[Shape::Place, Shape::Id]),
    ("course.notices", &[Shape::At, Shape::Id]),
    ("course.sessions", &[Shape::At, Shape::Place, Shape::Id]),
    ("courses by STARTS_AT", &[Shape::At, Shape::Id]),
    ("courses by TITLE", &[Shape::Text, Shape::Id]),
    ("courses by DEADLINE", &[Shape::On, Shape::Id]),
    ("enquiries", &[Shape::Id]),
    ("enquiry.notices", &[Shape::Id]),
    ("faculty", &[Shape::Text, Shape::Id]),
    ("faculty.courses", &[Shape::At, Shape::Id]),
    ("faculty.sessions", &[Shape::At, Shape::Id]),
    ("organizations", &[Shape::Text, Shape::Id]),
    ("registration.notices", &[Shape::Id]),
    ("registrations", &[Shape::Id]),
    ("registrations by STARTED_AT", &[Shape::At, Shape::Id]),
    ("registrations by LEARNER_NAME", &[Shape::Text, Shape::Id]),
    ("registrations by CODE", &[Shape::Text, Shape::Id]),
    ("registrations by CONFIRMED_AT", &[Shape::At, Shape::Id]),
    ("series.courses", &[Shape::At, Shape::Id]),
    ("seriesList", &[Shape::Text, Shape::Id]),
    ("sessions", &[Shape::At, Shape::Id]),
    ("staffRoles", &[Shape::Id]),
    ("suppressions", &[Shape::Id]),
    ("upcomingSessions", &[Shape::At, Shape::Id]),
];

/// Which list is behind a connection, as [`LISTS`] calls it; its order may follow there, after " by ".
pub fn list(parent: &str, field: &str) -> String {
    match (parent, field) {
        // The same lists, of whatever they hang on.
        (_, "audit" | "enquiries" | "registrations" | "upcomingSessions") | ("Query", _) => field.to_owned(),
        ("Subscription", "notices") => list("Course", field),
        ("FacultyMember", _) => format!("faculty.{field}"),
        _ => format!("{}.{field}", parent.to_ascii_lowercase()),
    }
}

/// Whether a text is a cursor of this list in the order that the API calls so; where none is given, in the
/// order in which it stands by itself.
pub fn is_cursor_of(list: &str, order: Option<&str>, text: &str) -> bool {
    let is_wanted = |name: &str| match name.split_once(" by ") {
        Some((name, by)) => name == list && order.is_none_or(|order| order == by),
        None => name == list && order.is_none(),
    };
    let Some(Cursor(of, key)) = Cursor::decode(text) else { return false };
    let wanted = LISTS.iter().find(|(name, _)| is_wanted(name));
    wanted.is_some_and(|(name, shape)| *name == of && key.iter().map(Key::shape).eq(shape.iter().copied()))
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
