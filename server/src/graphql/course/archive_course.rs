//! Putting a course away.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::{Course, written};
use crate::action::archive_course::archive_course;
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// A course is put away for reference.
#[derive(Clone, Debug, InputObject)]
pub struct ArchiveCourseInput {
    /// The course.
    course_id: ID,
    /// The version of it that was looked at: `Course.version` as it was read.
    version: i32,
}

payload! {
    /// What came of archiving a course.
    ArchiveCoursePayload {
        /// The course as it stands now. Null where refused.
        course: Course,
    }
}

/// Putting a course away.
#[derive(Clone, Copy, Debug, Default)]
pub struct ArchiveCourseMutation;

#[Object]
impl ArchiveCourseMutation {
    /// Puts a course away, so that it never changes again: a draft that nobody registered for, a cancelled
    /// course, or one whose evaluation is closed.
    #[graphql(directive = cost::apply(of_act()))]
    async fn archive_course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which course.")] input: ArchiveCourseInput,
    ) -> Result<ArchiveCoursePayload> {
        answer(archive(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn archive(app: &AppState, viewer: &Viewer, input: ArchiveCourseInput) -> error::Result<Course> {
    viewer.signed_in()?;
    let course_id = must(Kind::Course, &input.course_id)?;
    written(app, &archive_course(app, viewer, course_id, input.version).await?).await
}
