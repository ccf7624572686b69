//! Putting two accounts of one person together.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::Learner;
use crate::action::merge_learners::{MergeLearners, merge_learners};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, global, must};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// Two accounts of one person.
#[derive(Clone, Debug, InputObject)]
pub struct MergeLearnersInput {
    /// The account that is kept: `Learner.id`.
    keep_id: ID,
    /// The account that is merged into it.
    merge_id: ID,
}

payload! {
    /// What came of putting two accounts together.
    MergeLearnersPayload {
        /// The account that is kept. Null where refused.
        learner: Learner,
        /// The id of the other, which is nobody's any more. Null where refused.
        removed_learner_id: ID,
    }
}

/// Putting two accounts of one person together.
#[derive(Clone, Copy, Debug, Default)]
pub struct MergeLearnersMutation;

#[Object]
impl MergeLearnersMutation {
    /// Puts two accounts of one person together: registrations and everything else are under the kept one
    /// from then on, no letter is sent twice, and signing in with either address leads there. Both addresses
    /// are told, and the other's sign-ins end. Two live registrations for one course refuse it
    /// (`BOTH_REGISTERED`). A role goes to no other account: one that has a role which the other has not is
    /// the one to keep. For who may change both addresses, as with `correctLearner`. Where the kept one has
    /// a role, or whoever runs the courses of one organization does it, the other address leads nowhere from
    /// then on: a role is reached by one address, and nobody has shown that the other is the same person's.
    #[graphql(directive = cost::apply(of_act()))]
    async fn merge_learners(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which account is kept, and which is merged into it.")] input: MergeLearnersInput,
    ) -> Result<MergeLearnersPayload> {
        answer(merge(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn merge(app: &AppState, viewer: &Viewer, input: MergeLearnersInput) -> error::Result<(Learner, ID)> {
    viewer.signed_in()?;
    let learner = |id: &ID| must(Kind::Learner, id);
    let wanted = MergeLearners { keep_id: learner(&input.keep_id)?, merge_id: learner(&input.merge_id)? };
    let kept = merge_learners(app, viewer, &wanted).await?;
    Ok((Learner(kept), global(Kind::Learner, wanted.merge_id)))
}
