//! Signing in.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use crate::action::sign_in::{self, sign_in};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::DateTime;
use crate::graphql::viewer;
use crate::viewer::Viewer;

/// A sign-in code, as it came by mail.
#[derive(Clone, InputObject)]
pub struct SignInInput {
    /// The request that the code was sent for: `SignInRequest.id`.
    request_id: ID,
    /// The code: eight letters and digits. Lower case, spaces and dashes do not matter.
    code: String,
}

impl std::fmt::Debug for SignInInput {
    /// The code stays out of every log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignInInput").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}

/// The person is signed in.
#[derive(Clone, SimpleObject)]
pub struct SignedIn {
    /// The bearer token, for the header `Authorization: Bearer`. It is told this once; keep it like a
    /// password.
    token: String,
    /// When the token ends at the latest. It ends earlier when it is not used for fourteen days, and when the
    /// person signs out.
    expires_at: DateTime,
    /// Who signed in.
    viewer: viewer::Viewer,
}

impl std::fmt::Debug for SignedIn {
    /// The token stays out of every log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn")
            .field("expires_at", &self.expires_at)
            .field("viewer", &self.viewer)
            .finish_non_exhaustive()
    }
}

impl From<sign_in::SignedIn> for SignedIn {
    fn from(signed_in: sign_in::SignedIn) -> Self {
        let sign_in::SignedIn { token, expires_at, learner, viewer } = signed_in;
        Self { token, expires_at: DateTime(expires_at), viewer: viewer::Viewer::new(learner, viewer) }
    }
}

payload! {
    /// The end of `signIn`.
    SignInPayload {
        /// The person is signed in. Null where refused.
        signed_in: SignedIn,
    }
}

/// Signing in.
#[derive(Clone, Copy, Debug, Default)]
pub struct SignInMutation;

#[Object]
impl SignInMutation {
    /// Signs in with a code that came by mail. A code is good once, for ten minutes and five tries, and for
    /// the request that it was sent for; whoever comes for the first time gets an account.
    #[graphql(directive = cost::apply(of_act()))]
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request and its code.")] input: SignInInput,
    ) -> Result<SignInPayload> {
        answer(enter(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn enter(app: &AppState, viewer: &Viewer, input: SignInInput) -> error::Result<SignedIn> {
    sign_in(app, viewer, &input.request_id, &input.code).await.map(SignedIn::from)
}
