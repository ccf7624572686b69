//! Calendars in the API: where they are, and moving one's own.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result};

use super::payload::{answer, payload};
use super::scalar::Url;
use super::viewer::Viewer;
use crate::action::rotate_calendar_url::rotate_calendar_url;
use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::fault::{Nullable, nullable};
use crate::viewer;

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

/// Which calendar moves: the viewer's own.
#[derive(Clone, Debug, Default, InputObject)]
pub struct RotateCalendarUrlInput {
    /// The address that is to end. Where it is given and is no longer the calendar's, the calendar has moved
    /// already and stays where it is, so that a request sent twice moves it once.
    replaces: Option<Url>,
}

payload! {
    /// What came of moving the calendar.
    RotateCalendarUrlPayload {
        /// The viewer, with the new address. Null where refused.
        viewer: Viewer,
    }
}

/// What people do with calendars.
#[derive(Clone, Copy, Debug, Default)]
pub struct CalendarMutation;

#[Object]
impl CalendarMutation {
    /// Moves the viewer's own calendar to a new address that nobody can guess. Whoever has the old one finds
    /// nothing there any more, at once.
    #[graphql(directive = cost::apply(of_act()))]
    async fn rotate_calendar_url(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which address is to end.")] input: RotateCalendarUrlInput,
    ) -> Result<RotateCalendarUrlPayload> {
        let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<viewer::Viewer>()?);
        let replaces = input.replaces.as_ref().map(|url| url.0.as_str());
        answer(rotate_calendar_url(app, viewer, replaces).await.map(|learner| {
            let viewer = viewer::Viewer { learner: Some(learner.clone()), ..viewer.clone() };
            Viewer::new(learner, viewer)
        }))
    }
}
