//! Changing the own address.

use async_graphql::{Context, ID, InputObject, Object, Result};

use crate::action::change_email::change_email;
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::learner::Learner;
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// The code by which the new address is confirmed, as it came by mail.
#[derive(Clone, InputObject)]
pub struct ChangeEmailInput {
    /// The request that the code was sent for: `EmailChangeRequest.id`.
    request_id: ID,
    /// The code: eight letters and digits. Lower case, spaces and dashes do not matter.
    code: String,
}

impl std::fmt::Debug for ChangeEmailInput {
    /// The code stays out of every log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChangeEmailInput").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}

payload! {
    /// What came of changing the address.
    ChangeEmailPayload {
        /// The learner, with the new address. Null where refused.
        learner: Learner,
    }
}

/// Changing the own address.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChangeEmailMutation;

#[Object]
impl ChangeEmailMutation {
    /// Gives the viewer the address that a code has confirmed. Both addresses are told; the old one stays on
    /// record and opens the account no more. The viewer stays signed in.
    #[graphql(directive = cost::apply(of_act()))]
    async fn change_email(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request and its code.")] input: ChangeEmailInput,
    ) -> Result<ChangeEmailPayload> {
        answer(change(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn change(app: &AppState, viewer: &Viewer, input: ChangeEmailInput) -> error::Result<Learner> {
    change_email(app, viewer, &input.request_id, &input.code).await.map(Learner)
}
