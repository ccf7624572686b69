//! The rooms of a course: what a draft says of them, and how the whole list is set.

use super::open::Open;
use super::path::at;
use super::text::{Slug, Title};

/// A room in which sessions are held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Stable name within the course.
    pub slug: Slug,
    /// Name as people read it.
    pub name: Title,
    /// How many people it holds; none: it is not said.
    pub capacity: Option<i32>,
}

/// Makes the course have these rooms; one in which there are sessions stays.
pub fn set(open: &mut Open<'_>, mut wanted: Vec<Room>) {
    let gone: Vec<Room> = open
        .draft
        .rooms
        .iter()
        .filter(|room| wanted.iter().all(|kept| kept.slug != room.slug))
        .cloned()
        .collect();
    for room in gone {
        let held = open
            .draft
            .days
            .iter()
            .flat_map(|day| &day.sessions)
            .find(|session| session.room.as_ref() == Some(&room.slug));
        if let Some(session) = held {
            let message = format!(
                "{:?} is held in {:?}, so the room cannot be removed. Give its sessions another room first.",
                &*session.title, &*room.name
            );
            open.mistakes.add(at![Rooms], message);
            wanted.push(room);
        }
    }
    open.draft.rooms = wanted;
}
