//! What letters say of courses, kept between letters: each letter asks by a stamp whether it still holds, and it
//! is read anew where it does not.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use entity::mailing::CourseFacts;
use entity::{organization, price, room, track};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::dossier::{offerers, prices};
use super::of_courses;
use super::stamp::CourseStamp;

/// How many courses are kept at most; where more have letters under way, those are forgotten and read again.
const MOST: usize = 64;

/// Everything about a course that letters say.
#[derive(Clone, Debug)]
pub struct CourseDossier {
    /// The course.
    pub course: Arc<CourseFacts>,
    /// Who offers it, in order.
    pub offered_by: Vec<organization::Model>,
    /// Its tracks, in order.
    pub tracks: Vec<track::Model>,
    /// Its rooms.
    pub rooms: Vec<room::Model>,
    /// Its prices, in order.
    pub prices: Vec<price::Model>,
}

/// The courses that are kept.
#[derive(Debug, Default)]
pub struct Kept(Mutex<HashMap<Uuid, (CourseStamp, Arc<CourseDossier>)>>);

impl Kept {
    /// The course as its `stamp` says it is; none where it is gone, or is another one by now, which happens
    /// where `db` is not one snapshot.
    pub(super) async fn course(
        &self,
        db: &impl ConnectionTrait,
        stamp: &CourseStamp,
    ) -> Result<Option<Arc<CourseDossier>>, DbErr> {
        if let Some((known, dossier)) = self.lock().get(&stamp.id)
            && known == stamp
        {
            return Ok(Some(dossier.clone()));
        }
        let Some(dossier) = of_course(db, stamp.id).await? else { return Ok(None) };
        if !stamp.is_of(&dossier.course.course) {
            return Ok(None);
        }
        let dossier = Arc::new(dossier);
        let mut kept = self.lock();
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(stamp.id, (stamp.clone(), dossier.clone()));
        Ok(Some(dossier))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, (CourseStamp, Arc<CourseDossier>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Everything about a course that letters say; none where it is gone.
pub(super) async fn of_course(
    db: &impl ConnectionTrait,
    course_id: Uuid,
) -> Result<Option<CourseDossier>, DbErr> {
    let Some(course) = of_courses(db, &[course_id]).await?.remove(&course_id) else { return Ok(None) };
    let tracks = track::Entity::find()
        .filter(track::Column::CourseId.eq(course_id))
        .order_by_asc(track::Column::Position)
        .all(db)
        .await?;
    let rooms = room::Entity::find().filter(room::Column::CourseId.eq(course_id)).all(db).await?;
    let prices = prices(db, course_id).await?;
    let offered_by = offerers(db, course_id).await?;
    Ok(Some(CourseDossier { course, offered_by, tracks, rooms, prices }))
}
