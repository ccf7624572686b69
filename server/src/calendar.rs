//! Calendars at an address: the days of a course for everybody, and a learner's own days for whoever knows
//! the learner's address.
//!
//! What a day is, and how it is written, is said by [`entity::calendar`]; letters tell the same events.
//! Nothing here reads the clock: a file is the same until a fact in it changes, so that calendars which ask
//! every hour are answered with «not modified».

use std::collections::HashMap;
use std::sync::Arc;

use entity::calendar::{self, Event, Organizer, Standing};
use entity::registration::{self, Column, Status};
use entity::{learner, secret};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::CoursePage;
use entity::mailing::News;

/// The days of the course called `slug`, where anybody may see it. Nothing personal, and nowhere to join.
pub async fn of_course(app: &AppState, slug: &str) -> Result<Option<String>, DbErr> {
    let Some(page) = app.catalogue.page_by_slug(&app.db, slug).await?.filter(|page| page.is_public()) else {
        return Ok(None);
    };
    Ok(Some(calendar::file(events(app, &page, None))))
}

/// The days of all courses that the learner is confirmed for, each in the learner's track, and, as cancelled,
/// of those given up after that; none where `token` is not, or no longer, the learner's.
pub async fn of_learner(app: &AppState, token: &str) -> Result<Option<String>, DbErr> {
    let Some(id) = secret::calendar_owner(token) else { return Ok(None) };
    let learner = learner::Entity::find_by_id(id).one(&app.db).await?;
    let Some(learner) =
        learner.filter(|learner| app.key.is_calendar_token(token, id, learner.calendar_rotation))
    else {
        return Ok(None);
    };
    let given_up =
        Condition::all().add(Column::Status.eq(Status::Cancelled)).add(Column::ConfirmedAt.is_not_null());
    let rows = registration::Entity::find()
        // The address of an account that was merged shows those of the other, where they are now.
        .filter(Column::LearnerId.eq(learner.merged_into.unwrap_or(learner.id)))
        .filter(Condition::any().add(Column::Status.eq(Status::Confirmed)).add(given_up))
        .order_by_asc(Column::StartedAt)
        .order_by_asc(Column::Id)
        .all(&app.db)
        .await?;
    // Whoever came back to a course has its days once: as confirmed, or else as last given up.
    let mut of_course: HashMap<Uuid, registration::Model> = HashMap::new();
    for row in rows {
        let better = of_course.get(&row.course_id).is_none_or(|known| known.status != Status::Confirmed);
        if better {
            of_course.insert(row.course_id, row);
        }
    }
    let course_ids: Vec<Uuid> = of_course.keys().copied().collect();
    let mut pages = app.catalogue.pages(&app.db, &course_ids).await?;
    pages.retain(|page| page.is_public());
    pages.sort_by_key(|page| (page.course.first_instant(), page.course.id));
    let events = pages.iter().flat_map(|page| events(app, page, of_course.get(&page.course.id))).collect();
    Ok(Some(calendar::file(events)))
}

/// The last segment of a learner's calendar address.
pub fn token_of(app: &AppState, learner: &learner::Model) -> String {
    app.key.calendar_token(learner.id, learner.calendar_rotation)
}

/// The course's days as the holder of `registration` sees them, or as everybody does.
fn events(app: &AppState, page: &Arc<CoursePage>, registration: Option<&registration::Model>) -> Vec<Event> {
    let (course, public_url) = (&page.course, &app.office.public_url);
    let given_up = registration.is_some_and(|row| row.status != Status::Confirmed);
    let cancelled = given_up || course.is_cancelled();
    let modified = registration.map_or(course.updated_at, |row| course.updated_at.max(row.updated_at));
    let page_url = public_url.course(&course.slug);
    let url = registration.map_or_else(|| page_url.clone(), |row| public_url.registration(&row.code));
    let facts = page.facts(News::default());
    let track = registration.and_then(|row| row.track_id);
    let description = match (registration, given_up) {
        (_, false) if cancelled => format!("This course has been canceled.\n\n{url}"),
        (Some(_), true) => format!("Your registration was canceled.\n\n{url}"),
        (Some(_), false) => calendar::way_in(&facts, track, &url),
        (None, _) => format!("The course's page: {url}"),
    };
    let organizer = Organizer {
        name: app.office.name.clone(),
        addresses: course.contact_email.iter().chain([&app.office.contact]).cloned().collect(),
        page: page_url,
    };
    let days = calendar::days(&facts, track);
    let count = days.len();
    let event = |(place, (date, from, to))| Event {
        uid: calendar::uid(course.id, date, public_url.host()),
        stamp: modified,
        modified,
        sequence: course.version,
        from,
        to,
        summary: calendar::summary(&course.title, place, count),
        description: description.clone(),
        location: course.location(),
        page: url.clone(),
        standing: if cancelled { Standing::Cancelled } else { Standing::Confirmed },
        organizer: organizer.clone(),
    };
    (1..).zip(days).map(event).collect()
}
