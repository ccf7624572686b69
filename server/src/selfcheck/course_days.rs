//! The one question that SQL cannot answer, because it is about days in the course's own zone.

use std::collections::HashMap;

use entity::{Instant, LocalDate, Zone, course, session};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QuerySelect};
use uuid::Uuid;

use super::{Finding, Severity};

/// Counts sessions of days before the first or after the last day of their course; the last one may go on
/// after midnight.
pub(super) async fn ask(db: &impl ConnectionTrait) -> Result<Finding, DbErr> {
    let courses: Vec<(Uuid, Zone, LocalDate, LocalDate)> = course::Entity::find()
        .select_only()
        .columns([
            course::Column::Id,
            course::Column::TimeZone,
            course::Column::StartsOn,
            course::Column::EndsOn,
        ])
        .into_tuple()
        .all(db)
        .await?;
    let bounds: HashMap<Uuid, (Zone, LocalDate, LocalDate)> =
        courses.into_iter().map(|(id, zone, first, last)| (id, (zone, first, last))).collect();
    let sessions: Vec<(Uuid, Instant, Option<LocalDate>)> = session::Entity::find()
        .select_only()
        .columns([session::Column::CourseId, session::Column::StartsAt, session::Column::DayOn])
        .into_tuple()
        .all(db)
        .await?;
    let outside = |(course_id, starts_at, day_on): &&(Uuid, Instant, Option<LocalDate>)| {
        bounds.get(course_id).is_some_and(|(zone, first, last)| {
            let day = day_on.unwrap_or_else(|| starts_at.date_in(zone));
            !(*first..=*last).contains(&day)
        })
    };
    let rows = u64::try_from(sessions.iter().filter(outside).count()).unwrap_or(u64::MAX);
    let sentence = "A session lies within the days of its course.";
    Ok(Finding { name: "session_outside_course_days", sentence, severity: Severity::Warning, rows })
}
