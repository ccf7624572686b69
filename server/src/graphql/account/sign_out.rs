//! Signing out.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};

use crate::action::sign_out::sign_out;
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// Where to sign out.
#[derive(Clone, Debug, InputObject)]
pub struct SignOutInput {
    /// Whether to end all tokens of the person, on every device; otherwise only the one that this request
    /// came with.
    #[graphql(default)]
    everywhere: bool,
}

/// The person is signed out.
#[derive(Clone, Debug, SimpleObject)]
pub struct SignedOut {
    /// How many tokens were ended.
    tokens: u64,
}

impl From<u64> for SignedOut {
    fn from(tokens: u64) -> Self {
        Self { tokens }
    }
}

payload! {
    /// The end of `signOut`.
    SignOutPayload {
        /// The person is signed out. Null where refused.
        signed_out: SignedOut,
    }
}

/// Signing out.
#[derive(Clone, Copy, Debug, Default)]
pub struct SignOutMutation;

#[Object]
impl SignOutMutation {
    /// Signs out, here or everywhere.
    #[graphql(directive = cost::apply(of_act()))]
    async fn sign_out(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to sign out.")] input: SignOutInput,
    ) -> Result<SignOutPayload> {
        answer(leave(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn leave(app: &AppState, viewer: &Viewer, input: SignOutInput) -> error::Result<SignedOut> {
    sign_out(app, viewer, input.everywhere).await.map(SignedOut::from)
}
