//! Putting sessions that start together in another order.

use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::Refusal as Refused;

use crate::action::reorder_sessions::{ReorderSessions, reorder_sessions};
use crate::app::AppState;
use crate::error;
use crate::graphql::course::{self, Course};
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must, of};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// Sessions that start together are put in another order.
#[derive(Clone, Debug, InputObject)]
pub struct ReorderSessionsInput {
    /// The course.
    course_id: ID,
    /// The version of it that was looked at: `Course.version` as it was read.
    version: i32,
    /// All sessions that start at one time of one day, in the order that they are to have. Everything else is
    /// in the order of time.
    session_ids: Vec<ID>,
}

payload! {
    /// What came of putting sessions in another order.
    ReorderSessionsPayload {
        /// The course as it stands now. Null where refused.
        course: Course,
    }
}

impl ReorderSessionsInput {
    fn read(&self) -> std::result::Result<ReorderSessions, Refused> {
        let Self { course_id, version, session_ids } = self;
        let course_id = must(Kind::Course, course_id)?;
        let session_ids = session_ids.iter().map(|id| of(Kind::Session, id)).collect();
        Ok(ReorderSessions { course_id, version: *version, session_ids })
    }
}

/// Putting sessions that start together in another order.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReorderSessionsMutation;

#[Object]
impl ReorderSessionsMutation {
    /// Puts sessions that start at the same time, such as those of parallel tracks, in another order.
    #[graphql(directive = cost::apply(of_act()))]
    async fn reorder_sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sessions, in which order.")] input: ReorderSessionsInput,
    ) -> Result<ReorderSessionsPayload> {
        answer(reorder(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn reorder(app: &AppState, viewer: &Viewer, input: ReorderSessionsInput) -> error::Result<Course> {
    viewer.signed_in()?;
    course::written(app, &reorder_sessions(app, viewer, input.read()?).await?).await
}
