//! Moving a course in time.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use entity::Refusal as Refused;

use super::{Course, written};
use crate::action::move_course::{MoveCourse, MoveReach, move_course};
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
    /// Whether the dates of registration (opening, early deadline, deadline) move along; the deadline of the
    /// evaluation always does.
    #[graphql(default = true)]
    with_deadlines: bool,
    /// Whether sessions of a published course that are still to come may move to where they would have begun.
    /// Left out, that is refused.
    #[graphql(default)]
    into_the_past: bool,
    /// Whether only to say whom it would reach, and change nothing.
    #[graphql(default)]
    check: bool,
}

/// Whom a move of a course reaches.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct CourseMoveReach {
    /// How many people are confirmed.
    confirmed: i32,
    /// For how many people a seat is held until they pay.
    held: i32,
    /// For how many of those the seat is let go at once, because the course has begun by the new dates.
    /// Moving back does not bring it back.
    let_go: i32,
    /// How many people, confirmed or with a seat held, are written to about the move: those in whose sessions
    /// something changes that is still to come, before it or after.
    told: i32,
    /// How many letters to people with a registration the course's rules still send, by the new dates.
    letters: i32,
    /// How many letters that were still to come by the old dates are never sent by the new ones, because
    /// their moments have passed.
    pointless: i32,
}

payload! {
    /// What came of moving a course.
    MoveCoursePayload {
        /// The course as it stands now; as it was, where the input only asked to check. Null where refused.
        course: Course,
        /// Whom the move reaches. Null where refused.
        reach: CourseMoveReach,
    }
}

impl From<MoveReach> for CourseMoveReach {
    fn from(reach: MoveReach) -> Self {
        let MoveReach { confirmed, held, let_go, told, letters, pointless } = reach;
        let [confirmed, held, let_go, told, letters, pointless] =
            [confirmed, held, let_go, told, letters, pointless]
                .map(|count| i32::try_from(count).unwrap_or(i32::MAX));
        Self { confirmed, held, let_go, told, letters, pointless }
    }
}

impl MoveCourseInput {
    fn read(&self) -> std::result::Result<MoveCourse, Refused> {
        let Self { course_id, version, move_by_days, starts_on, with_deadlines, into_the_past, check } = self;
        Ok(MoveCourse {
            course_id: must(Kind::Course, course_id)?,
            version: *version,
            distance: Distance {
                move_by_days: *move_by_days,
                starts_on: starts_on.as_ref().map(|day| day.0),
            },
            with_deadlines: *with_deadlines,
            into_the_past: *into_the_past,
            check: *check,
        })
    }
}

/// Moving a course in time.
#[derive(Clone, Copy, Debug, Default)]
pub struct MoveCourseMutation;

#[Object]
impl MoveCourseMutation {
    /// Moves a course that the viewer runs to another time: every date, while sessions keep their times on
    /// the clock. Whoever is confirmed, or has a seat held, is told, and reminders go by the new dates. With `check`, only tells
    /// whom it would reach.
    #[graphql(directive = cost::apply(of_act()))]
    async fn move_course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which course, and how far.")] input: MoveCourseInput,
    ) -> Result<MoveCoursePayload> {
        answer(moved(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn moved(
    app: &AppState,
    viewer: &Viewer,
    input: MoveCourseInput,
) -> error::Result<(Course, CourseMoveReach)> {
    viewer.signed_in()?;
    let (saved, reach) = move_course(app, viewer, input.read()?).await?;
    Ok((written(app, &saved).await?, reach.into()))
}
