//! Rooms. A room is known by its slug.

use std::collections::HashMap;

use entity::room;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{Writing, place, save};
use crate::catalogue::draft::text::Slug;

/// Writes the rooms that the draft has, and returns the ids of them.
pub async fn write(writing: &Writing<'_>) -> Result<HashMap<Slug, Uuid>, DbErr> {
    let mut ids = HashMap::new();
    for (index, row) in writing.draft.rooms.iter().enumerate() {
        let old = writing.rows(|page| &page.rooms).iter().find(|old| row.slug == old.slug);
        let id = old.map_or_else(|| writing.nature.id(), |old| old.id);
        ids.insert(row.slug.clone(), id);
        let (slug, name) = (row.slug.to_string(), row.name.to_string());
        let new = room::Model {
            id,
            course_id: writing.course_id,
            slug,
            position: place(index),
            name,
            capacity: row.capacity,
        };
        save::<room::Entity>(writing.txn, old, new).await?;
    }
    Ok(ids)
}

/// Removes the rooms that the draft no longer has, after the sessions that were in them.
pub async fn remove(writing: &Writing<'_>) -> Result<(), DbErr> {
    let kept = |row: &&room::Model| writing.draft.rooms.iter().any(|room| room.slug == row.slug);
    let gone: Vec<Uuid> =
        writing.rows(|page| &page.rooms).iter().filter(|row| !kept(row)).map(|row| row.id).collect();
    if !gone.is_empty() {
        room::Entity::delete_many().filter(room::Column::Id.is_in(gone)).exec(writing.txn).await?;
    }
    Ok(())
}
