//! Rooms in the API.

use async_graphql::SimpleObject;
use entity::room;

/// A room in which sessions of a course are held.
#[derive(Clone, Debug, SimpleObject)]
pub struct Room {
    /// Stable name within the course.
    slug: String,
    /// Name as people read it. Plain text.
    name: String,
    /// How many people it holds; null where it is not said.
    capacity: Option<i32>,
}

impl From<&room::Model> for Room {
    fn from(row: &room::Model) -> Self {
        Self { slug: row.slug.clone(), name: row.name.clone(), capacity: row.capacity }
    }
}
