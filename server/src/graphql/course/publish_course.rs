//! Announcing a draft.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::{Course, written};
use crate::action::publish_course::publish_course;
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// A draft is announced.
#[derive(Clone, Debug, InputObject)]
pub struct PublishCourseInput {
    /// The course.
    course_id: ID,
    /// The version of it that was looked at: `Course.version` as it was read.
    version: i32,
}

payload! {
    /// What came of publishing a course.
    PublishCoursePayload {
        /// The course as it stands now. Null where refused.
        course: Course,
    }
}

/// Announcing a draft.
#[derive(Clone, Copy, Debug, Default)]
pub struct PublishCourseMutation;

#[Object]
impl PublishCourseMutation {
    /// Announces a draft. Refused with `NOT_READY` and a list while something is missing: a summary,
    /// objectives, an organization that offers it, a contact, sessions, a director, a price, an open
    /// registration; where it offers credit, who accredits it, and the statements of accreditation and
    /// disclosure.
    #[graphql(directive = cost::apply(of_act()))]
    async fn publish_course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which course.")] input: PublishCourseInput,
    ) -> Result<PublishCoursePayload> {
        answer(publish(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn publish(app: &AppState, viewer: &Viewer, input: PublishCourseInput) -> error::Result<Course> {
    viewer.signed_in()?;
    let course_id = must(Kind::Course, &input.course_id)?;
    written(app, &publish_course(app, viewer, course_id, input.version).await?).await
}
