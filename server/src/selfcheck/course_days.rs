//! The one question that SQL cannot answer, because it is about days in the course's own zone.

use std::collections::HashMap;

use entity::deadline::{end_of_day, start_of_day};
use entity::{Instant, LocalDate, Zone, course, session};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QuerySelect};
use uuid::Uuid;

use super::{Finding, Severity};

/// Counts sessions that begin before the first or end after the last day of their course.
pub(super) async fn ask(db: &impl ConnectionTrait) -> Result<Finding, DbErr> {
    let courses: Vec<(Uuid, Zone, LocalDate, LocalDate)> = course::Entity::find()
        .select_only()
        .columns([course::Column::Id, course::Column::TimeZone, course::Column::StartsOn, course::Column::EndsOn])
        .into_tuple()
        .all(db)
        .await?;
    let bounds: HashMap<Uuid, (Instant, Instant)> =
        courses.into_iter().map(|(id, zone, first, last)| (id, (start_of_day(first, &zone), end_of_day(last, &zone)))).collect();
    let sessions: Vec<(Uuid, Instant, Instant)> = session::Entity::find()
        .select_only()
        .columns([session::Column::CourseId, session::Column::StartsAt, session::Column::EndsAt])
        .into_tuple()
        .all(db)
        .await?;
    let outside = |(course_id, starts_at, ends_at): &&(Uuid, Instant, Instant)| {
        bounds.get(course_id).is_some_and(|(first, last)| starts_at < first || ends_at > last)
    };
    let rows = u64::try_from(sessions.iter().filter(outside).count()).unwrap_or(u64::MAX);
    let sentence = "A session lies within the days of its course.";
    Ok(Finding { name: "session_outside_course_days", sentence, severity: Severity::Warning, rows })
}
