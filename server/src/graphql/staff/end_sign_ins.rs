//! Ending somebody's sign-ins.

use async_graphql::{Context, ID, InputObject, Object, Result};

use crate::action::end_sign_ins::{Whose, end_sign_ins};
use crate::app::AppState;
use crate::error;
use crate::graphql::account::SignedOut;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// Somebody's sign-ins are ended.
#[derive(Clone, Debug, InputObject)]
pub struct EndSignInsInput {
    /// Whose: `Learner.id`.
    learner_id: ID,
}

payload! {
    /// What came of ending somebody's sign-ins.
    EndSignInsPayload {
        /// The person is signed out everywhere. Null where refused.
        signed_out: SignedOut,
    }
}

/// Ending somebody's sign-ins.
#[derive(Clone, Copy, Debug, Default)]
pub struct EndSignInsMutation;

#[Object]
impl EndSignInsMutation {
    /// Ends somebody's sign-ins, as when a device was lost: all tokens at once and everywhere, codes that are
    /// on their way, and the addresses of files taken out. The person can sign in anew. One's own are ended
    /// with `signOut(everywhere: true)`. For administrators.
    #[graphql(directive = cost::apply(of_act()))]
    async fn end_sign_ins(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] input: EndSignInsInput,
    ) -> Result<EndSignInsPayload> {
        answer(end(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn end(app: &AppState, viewer: &Viewer, input: EndSignInsInput) -> error::Result<SignedOut> {
    // Whoever is no administrator is told so, whatever the id says.
    viewer.must_administer()?;
    let whose = Whose::Id(must(Kind::Learner, &input.learner_id)?);
    Ok(end_sign_ins(app, viewer.into(), &whose).await?.tokens.into())
}
