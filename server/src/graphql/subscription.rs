//! Which letters a learner wants.

use async_graphql::{Context, Enum, InputObject, Object, Result};
use entity::mailing::Topic;

use super::payload::{answer, payload};
use super::viewer::Viewer;
use crate::action::set_subscription::set_subscription;
use crate::app::AppState;
use crate::error::Error;
use crate::graphql::directive::{cost, of_act};
use crate::viewer;

/// Kinds of letters that one can have enough of. All others belong to what was asked for or bought. More may
/// be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Topic")]
pub enum LetterTopic {
    /// Letters about the deadlines of a course that one is not, or not finally, registered for.
    Deadlines,
    /// Reminders of what one is registered for.
    Reminders,
    /// Letters about evaluations.
    Evaluations,
}

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

/// What people say about the letters they get.
#[derive(Clone, Copy, Debug, Default)]
pub struct SubscriptionMutation;

#[Object]
impl SubscriptionMutation {
    /// Says whether the viewer wants letters of a topic. What is due and not yet sent goes by it, too.
    #[graphql(directive = cost::apply(of_act()))]
    async fn set_subscription(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which letters, and whether they are wanted.")] input: SetSubscriptionInput,
    ) -> Result<SetSubscriptionPayload> {
        let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<viewer::Viewer>()?);
        let SetSubscriptionInput { topic, wanted } = input;
        answer(match viewer.signed_in() {
            Ok(learner) => {
                let done = set_subscription(app, &learner.email_key, topic.into(), wanted).await;
                done.map(|()| Viewer::new(learner.clone(), viewer.clone())).map_err(Error::from)
            }
            Err(no) => Err(no.into()),
        })
    }
}
