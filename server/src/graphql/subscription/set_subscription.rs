//! Saying which letters one wants.

use async_graphql::{Context, InputObject, Object, Result};

use super::LetterTopic;
use crate::action::set_subscription::set_subscription;
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::payload::{answer, payload};
use crate::graphql::viewer::Viewer;
use crate::viewer;

/// Whether the viewer wants letters of a topic.
#[derive(Clone, Debug, InputObject)]
pub struct SetSubscriptionInput {
    /// Which letters.
    topic: LetterTopic,
    /// True: they are wanted, as in the beginning; false: no more of them.
    wanted: bool,
}

payload! {
    /// What came of saying so.
    SetSubscriptionPayload {
        /// The viewer, as changed. Null where refused.
        viewer: Viewer,
    }
}

/// Saying which letters one wants.
#[derive(Clone, Copy, Debug, Default)]
pub struct SetSubscriptionMutation;

#[Object]
impl SetSubscriptionMutation {
    /// Says whether the viewer wants letters of a topic. What is due and not yet sent goes by it, too.
    #[graphql(directive = cost::apply(of_act()))]
    async fn set_subscription(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which letters, and whether they are wanted.")] input: SetSubscriptionInput,
    ) -> Result<SetSubscriptionPayload> {
        answer(set(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn set(app: &AppState, viewer: &viewer::Viewer, input: SetSubscriptionInput) -> error::Result<Viewer> {
    let SetSubscriptionInput { topic, wanted } = input;
    let learner = viewer.signed_in()?;
    set_subscription(app, &learner.email_key, topic.into(), wanted).await?;
    Ok(Viewer::new(learner.clone(), viewer.clone()))
}
