//! Moving a course in time.

use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::Refusal as Refused;

use super::{Course, written};
use crate::action::move_course::{MoveCourse, move_course};
use crate::app::AppState;
use crate::catalogue::draft::Distance;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::Date;
use crate::viewer::Viewer;

/// A course is taught at another time. Exactly one of `moveByDays` and `startsOn` says when.
#[derive(Clone, Debug, InputObject)]
pub struct MoveCourseInput {
    /// The course; a draft, or published.
    course_id: ID,
    /// The version of the course that you saw.
    version: i32,
    /// By how many days every date moves, negative: back; at most 36,500 either way.
    move_by_days: Option<i32>,
    /// The new first day of the course; every date moves as far.
    starts_on: Option<Date>,
    /// Whether the dates of registration (opening, early deadline, deadline) move along; the deadline of the evaluation always does.
    #[graphql(default = true)]
    with_deadlines: bool,
}

payload! {
    /// What came of moving a course.
    MoveCoursePayload {
        /// The course as it stands now. Null where refused.
        course: Course,
    }
}

impl MoveCourseInput {
    fn read(&self) -> std::result::Result<MoveCourse, Refused> {
        let Self { course_id, version, move_by_days, starts_on, with_deadlines } = self;
        Ok(MoveCourse {
            course_id: must(Kind::Course, course_id, "course")?,
            version: *version,
            distance: Distance { move_by_days: *move_by_days, starts_on: starts_on.as_ref().map(|day| day.0) },
            with_deadlines: *with_deadlines,
        })
    }
}

/// Moving a course in time.
#[derive(Clone, Copy, Debug, Default)]
pub struct MoveCourseMutation;

#[Object]
impl MoveCourseMutation {
    /// Moves a course that the viewer runs to another time: every date, while sessions keep their times on the clock. Whoever is confirmed is told,
    /// and reminders go by the new dates.
    #[graphql(directive = cost::apply(of_act()))]
    async fn move_course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which course, and how far.")] input: MoveCourseInput,
    ) -> Result<MoveCoursePayload> {
        answer(moved(ctx.data()?, ctx.data()?, &input).await)
    }
}

async fn moved(app: &AppState, viewer: &Viewer, input: &MoveCourseInput) -> error::Result<Course> {
    viewer.signed_in()?;
    written(app, &move_course(app, viewer, input.read()?).await?).await
}
