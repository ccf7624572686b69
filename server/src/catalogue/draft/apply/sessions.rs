//! Sessions, their tracks and speakers. A session is known by its key.

use std::collections::HashSet;

use entity::session::Themes;
use entity::{evaluation_rating, session, session_faculty, session_track};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{Ids, Writing, add, place, save};
use crate::catalogue::draft::Session;
use crate::catalogue::draft::path::at;
use crate::catalogue::draft::stored::instants;
use crate::catalogue::draft::text::Slug;
use crate::catalogue::draft::thing::Sort;
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
    pub fn tracks(&self) -> impl Iterator<Item = &Slug> {
        self.row.tracks.iter()
    }
}

/// The agenda as it will be; what the draft does not change stays exactly as it is stored.
pub fn planned<'a>(writing: &'a Writing<'_>) -> Vec<Planned<'a>> {
    let stored = writing.rows(|page| &page.sessions);
    let changed: HashSet<&str> = writing.changes.names(Sort::Session).collect();
    let moved_zone = writing.page.is_some_and(|page| page.course.time_zone != writing.draft.course.time_zone);
    let mut planned = Vec::new();
    for day in &writing.draft.days {
        for (index, row) in day.sessions.iter().enumerate() {
            let old = stored.iter().map(|stored| &stored.session).find(|stored| row.key == stored.slug);
            let changed = moved_zone || changed.contains(&*row.key);
            let (starts_at, ends_at) = instants(writing.draft, day, row);
            let new = match old {
                Some(old) if !changed => old.clone(),
                Some(_) | None => session::Model {
                    id: old.map_or_else(|| writing.nature.id(), |old| old.id),
                    course_id: writing.course_id,
                    slug: row.key.to_string(),
                    title: row.title.to_string(),
                    kind: row.kind,
                    starts_at,
                    ends_at,
                    position: place(
                        day.sessions.iter().take(index).filter(|other| other.order() == row.order()).count(),
                    ),
                    join_url: row.join_url.clone().map(Into::into),
                    day_on: row.starts_on.map(|_| day.date),
                    // Rooms have their ids only when they are written.
                    room_id: old.and_then(|old| old.room_id),
                    description: row.description.clone().map(Into::into),
                    level: row.level.clone().map(Into::into),
                    language: row.language.clone().map(Into::into),
                    themes: (!row.themes.is_empty())
                        .then(|| Themes(row.themes.iter().map(ToString::to_string).collect())),
                },
            };
            planned.push(Planned { row, old, new, changed });
        }
    }
    planned
}

/// Puts every session that changes into its room.
pub fn put_into_rooms(agenda: &mut [Planned<'_>], ids: &Ids) {
    for planned in agenda.iter_mut().filter(|planned| planned.changed) {
        planned.new.room_id = planned.row.room.as_ref().and_then(|slug| ids.rooms.get(slug).copied());
    }
}

/// Writes the agenda.
pub async fn write(writing: &Writing<'_>, ids: &Ids, agenda: Vec<Planned<'_>>) -> Result<()> {
    let kept: HashSet<Uuid> = agenda.iter().map(|planned| planned.new.id).collect();
    remove(writing, &kept).await?;
    let changed: Vec<Planned<'_>> = agenda.into_iter().filter(|planned| planned.changed).collect();
    let known: Vec<Uuid> = changed.iter().filter_map(|planned| planned.old).map(|old| old.id).collect();
    if !known.is_empty() {
        session_track::Entity::delete_many()
            .filter(session_track::Column::SessionId.is_in(known.iter().copied()))
            .exec(writing.txn)
            .await?;
        session_faculty::Entity::delete_many()
            .filter(session_faculty::Column::SessionId.is_in(known))
            .exec(writing.txn)
            .await?;
    }
    let (mut fresh, mut tracks, mut speakers) = (Vec::new(), Vec::new(), Vec::new());
    for planned in changed {
        let session_id = planned.new.id;
        let track = |slug| {
            ids.tracks.get(slug).map(|track_id| session_track::Model { session_id, track_id: *track_id })
        };
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
            Some(old) => save::<session::Entity>(writing.txn, Some(old), planned.new).await?,
            None => fresh.push(planned.new),
        }
    }
    add::<session::Entity>(writing.txn, fresh).await?;
    add::<session_track::Entity>(writing.txn, tracks).await?;
    add::<session_faculty::Entity>(writing.txn, speakers).await?;
    Ok(())
}

/// Removes sessions that the draft no longer has; what learners have rated stays.
async fn remove(writing: &Writing<'_>, kept: &HashSet<Uuid>) -> Result<()> {
    let gone: Vec<&session::Model> = writing
        .rows(|page| &page.sessions)
        .iter()
        .map(|row| &row.session)
        .filter(|row| !kept.contains(&row.id))
        .collect();
    if gone.is_empty() {
        return Ok(());
    }
    let rated =
        rated(writing, evaluation_rating::Column::SessionId, gone.iter().map(|row| row.id).collect()).await?;
    let rated: Vec<&str> =
        gone.iter().filter(|row| rated.contains(&row.id)).map(|row| row.slug.as_str()).collect();
    if !rated.is_empty() {
        let message =
            format!("Learners have rated these sessions, so they cannot be removed: {}.", rated.join(", "));
        return Err(writing.telling.refusal(&at![Days], message).into());
    }
    session::Entity::delete_many()
        .filter(session::Column::Id.is_in(gone.iter().map(|row| row.id)))
        .exec(writing.txn)
        .await?;
    Ok(())
}

/// Which of `ids` learners have rated, as `column` of the ratings says.
pub async fn rated(
    writing: &Writing<'_>,
    column: evaluation_rating::Column,
    ids: Vec<Uuid>,
) -> Result<HashSet<Uuid>, DbErr> {
    let found =
        evaluation_rating::Entity::find().select_only().column(column).distinct().filter(column.is_in(ids));
    Ok(found.into_tuple::<Uuid>().all(writing.txn).await?.into_iter().collect())
}
