//! Faculty, tracks and sessions, which point at one another.

use std::collections::HashMap;
use std::sync::Arc;

use entity::{faculty_member, session, track};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::link::Links;
use super::{by, evened};
use crate::catalogue::page::row::{FacultyRow, SessionRow};

/// The people and the agenda of a course.
#[derive(Debug, Default)]
pub(super) struct People {
    pub(super) faculty: Vec<FacultyRow>,
    pub(super) tracks: Vec<Arc<track::Model>>,
    pub(super) sessions: Vec<SessionRow>,
}

/// The people and agendas of these courses; four statements.
pub(super) async fn read<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<HashMap<Uuid, People>, DbErr> {
    let of = || ids.iter().copied();
    let sessions = session::Entity::find()
        .filter(session::Column::CourseId.is_in(of()))
        .order_by_asc(session::Column::StartsAt)
        .order_by_asc(session::Column::Position)
        .order_by_asc(session::Column::Id)
        .all(db)
        .await?;
    let tracks = track::Entity::find()
        .filter(track::Column::CourseId.is_in(of()))
        .order_by_asc(track::Column::Position)
        .all(db)
        .await?;
    let Links { session_tracks, session_faculty, course_faculty } = Links::read(db, ids).await?;
    let mut wanted: Vec<Uuid> = session_faculty
        .iter()
        .map(|link| link.faculty_member_id)
        .chain(course_faculty.iter().map(|link| link.faculty_member_id))
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    let members = faculty_member::Entity::find()
        .filter(faculty_member::Column::Id.is_in(evened(wanted)))
        .all(db)
        .await?;
    let members: HashMap<Uuid, Arc<faculty_member::Model>> =
        members.into_iter().map(|row| (row.id, Arc::new(row))).collect();

    let mut found: HashMap<Uuid, People> = HashMap::new();
    for link in course_faculty {
        if let Some(member) = members.get(&link.faculty_member_id) {
            found
                .entry(link.course_id)
                .or_default()
                .faculty
                .push(FacultyRow { role: link.role, member: Arc::clone(member) });
        }
    }
    for track in tracks {
        found.entry(track.course_id).or_default().tracks.push(Arc::new(track));
    }
    let tracks_of = by(session_tracks, |link| link.session_id);
    let mut faculty_of = by(session_faculty, |link| link.session_id);
    for session in sessions {
        let links = tracks_of.get(&session.id).map(Vec::as_slice).unwrap_or_default();
        let course = found.entry(session.course_id).or_default();
        let tracks = course
            .tracks
            .iter()
            .filter(|track| links.iter().any(|link| link.track_id == track.id))
            .cloned()
            .collect();
        let speakers = faculty_of.remove(&session.id).unwrap_or_default().into_iter();
        let speakers = speakers.filter_map(|link| {
            members.get(&link.faculty_member_id).map(|member| (link.role, Arc::clone(member)))
        });
        course.sessions.push(SessionRow { tracks, faculty: speakers.collect(), session });
    }
    Ok(found)
}
