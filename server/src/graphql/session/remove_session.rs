//! Taking a session out.

use async_graphql::{Context, ID, InputObject, Object, Result};

use crate::action::remove_session::remove_session;
use crate::app::AppState;
use crate::error;
use crate::graphql::course::{self, Course};
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, global, must};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// A session is taken out.
#[derive(Clone, Debug, InputObject)]
pub struct RemoveSessionInput {
    /// The session.
    session_id: ID,
    /// The version of its course that was looked at: `Course.version` as it was read.
    version: i32,
}

payload! {
    /// What came of taking a session out.
    RemoveSessionPayload {
        /// The course, without the session. Null where refused.
        course: Course,
        /// The session that there was. Null where refused.
        removed_session_id: ID,
    }
}

/// Taking a session out.
#[derive(Clone, Copy, Debug, Default)]
pub struct RemoveSessionMutation;

#[Object]
impl RemoveSessionMutation {
    /// Takes a session out of a course that the viewer runs; one that learners have rated stays.
    #[graphql(directive = cost::apply(of_act()))]
    async fn remove_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session.")] input: RemoveSessionInput,
    ) -> Result<RemoveSessionPayload> {
        answer(remove(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn remove(app: &AppState, viewer: &Viewer, input: RemoveSessionInput) -> error::Result<(Course, ID)> {
    viewer.signed_in()?;
    let session_id = must(Kind::Session, &input.session_id)?;
    let saved = remove_session(app, viewer, session_id, input.version).await?;
    Ok((course::written(app, &saved).await?, global(Kind::Session, session_id)))
}
