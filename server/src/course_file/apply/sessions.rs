//! Sessions, their tracks and speakers. A session is known by its key.

use std::collections::HashSet;

use entity::{Refusal, evaluation_rating, session, session_faculty, session_track};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{Ground, Ids, add, place, save};
use crate::course_file::format::Session;
use crate::course_file::stored::instants;
use crate::course_file::things::Sort;
use crate::error::Result;

/// A session as it will be.
#[derive(Debug)]
pub struct Planned<'a> {
    row: &'a Session,
    old: Option<&'a session::Model>,
    /// The row as it will be.
    pub new: session::Model,
    changed: bool,
}

impl Planned<'_> {
    /// Slugs of its tracks; none: for everyone.
    pub fn tracks(&self) -> impl Iterator<Item = &str> {
        self.row.tracks.iter().map(String::as_str)
    }
}

/// The agenda as it will be; what the file does not change stays exactly as it is stored.
pub fn planned<'a>(ground: &'a Ground<'_>) -> Vec<Planned<'a>> {
    let stored = ground.rows(|page| &page.sessions);
    let changed: HashSet<&str> = ground.changes.names(Sort::Session).collect();
    let moved_zone = ground.page.is_some_and(|page| page.course.time_zone != ground.file.course.time_zone);
    let mut planned = Vec::new();
    for day in &ground.file.days {
        for (index, row) in day.sessions.iter().enumerate() {
            let old = stored.iter().map(|stored| &stored.session).find(|stored| stored.slug == row.key);
            let changed = moved_zone || changed.contains(row.key.as_str());
            let (starts_at, ends_at) = instants(ground.file, day, row);
            let new = match old {
                Some(old) if !changed => old.clone(),
                Some(_) | None => session::Model {
                    id: old.map_or_else(|| ground.nature.id(), |old| old.id),
                    course_id: ground.course_id,
                    slug: row.key.clone(),
                    title: row.title.clone(),
                    kind: row.kind,
                    starts_at,
                    ends_at,
                    position: place(day.sessions.iter().take(index).filter(|other| other.start == row.start).count()),
                    join_url: row.join_url.clone(),
                },
            };
            planned.push(Planned { row, old, new, changed });
        }
    }
    planned
}

/// Writes the agenda.
pub async fn write(ground: &Ground<'_>, ids: &Ids, agenda: Vec<Planned<'_>>) -> Result<()> {
    let kept: HashSet<Uuid> = agenda.iter().map(|planned| planned.new.id).collect();
    remove(ground, &kept).await?;
    let changed: Vec<Planned<'_>> = agenda.into_iter().filter(|planned| planned.changed).collect();
    let known: Vec<Uuid> = changed.iter().filter_map(|planned| planned.old).map(|old| old.id).collect();
    session_track::Entity::delete_many().filter(session_track::Column::SessionId.is_in(known.iter().copied())).exec(ground.txn).await?;
    session_faculty::Entity::delete_many().filter(session_faculty::Column::SessionId.is_in(known)).exec(ground.txn).await?;
    let (mut fresh, mut tracks, mut speakers) = (Vec::new(), Vec::new(), Vec::new());
    for planned in changed {
        let session_id = planned.new.id;
        let track = |slug| ids.tracks.get(slug).map(|track_id| session_track::Model { session_id, track_id: *track_id });
        tracks.extend(planned.row.tracks.iter().filter_map(track));
        speakers.extend(planned.row.faculty.iter().enumerate().filter_map(|(index, speaker)| {
            ids.faculty.get(&speaker.member).map(|member| session_faculty::Model {
                session_id,
                faculty_member_id: *member,
                role: speaker.role,
                position: place(index),
            })
        }));
        match planned.old {
            Some(old) => save::<session::Entity>(ground.txn, Some(old), planned.new).await?,
            None => fresh.push(planned.new),
        }
    }
    add::<session::Entity>(ground.txn, fresh).await?;
    add::<session_track::Entity>(ground.txn, tracks).await?;
    add::<session_faculty::Entity>(ground.txn, speakers).await?;
    Ok(())
}

/// Removes sessions that the file no longer has; what learners have rated stays.
async fn remove(ground: &Ground<'_>, kept: &HashSet<Uuid>) -> Result<()> {
    let gone: Vec<&session::Model> =
        ground.rows(|page| &page.sessions).iter().map(|row| &row.session).filter(|row| !kept.contains(&row.id)).collect();
    if gone.is_empty() {
        return Ok(());
    }
    let rated = rated(ground, evaluation_rating::Column::SessionId, gone.iter().map(|row| row.id).collect()).await?;
    let rated: Vec<&str> = gone.iter().filter(|row| rated.contains(&row.id)).map(|row| row.slug.as_str()).collect();
    if !rated.is_empty() {
        let message = format!("Learners have rated these sessions, so they cannot be removed: {}.", rated.join(", "));
        return Err(Refusal::invalid(message, &["days"]).into());
    }
    session::Entity::delete_many().filter(session::Column::Id.is_in(gone.iter().map(|row| row.id))).exec(ground.txn).await?;
    Ok(())
}

/// Which of `ids` learners have rated, as `column` of the ratings says.
pub async fn rated(ground: &Ground<'_>, column: evaluation_rating::Column, ids: Vec<Uuid>) -> Result<HashSet<Uuid>, DbErr> {
    let found = evaluation_rating::Entity::find().select_only().column(column).distinct().filter(column.is_in(ids));
    Ok(found.into_tuple::<Uuid>().all(ground.txn).await?.into_iter().collect())
}
