//! Calendars in the API: where they are, and moving one's own.

mod rotate_calendar_url;

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::scalar::Url;
use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::graphql::fault::{Nullable, nullable};
pub use rotate_calendar_url::RotateCalendarUrlMutation;

/// What calendars add to a course.
#[derive(Clone, Debug)]
pub struct CalendarOfCourse(pub Arc<CoursePage>);

#[Object]
impl CalendarOfCourse {
    /// Where the course's days are as a calendar (iCalendar, RFC 5545), for everybody: one event for each
    /// day, with nothing personal and nowhere to join. Null while the course is a draft.
    async fn calendar_url(&self, ctx: &Context<'_>) -> Nullable<Url> {
        nullable(async {
            let public_url = &ctx.data::<AppState>()?.office.public_url;
            Ok(self.0.is_public().then(|| Url(public_url.course_calendar(&self.0.course.slug))))
        })
        .await
    }
}
