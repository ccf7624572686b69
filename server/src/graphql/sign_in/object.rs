//! What clients are told when they sign in, sign out, or change a profile.

use async_graphql::{ID, SimpleObject};

use crate::action::request_sign_in_code::Requested;
use crate::action::sign_in;
use crate::graphql::learner::Learner;
use crate::graphql::payload::payload;
use crate::graphql::scalar::DateTime;
use crate::graphql::viewer::Viewer;

/// A request for a sign-in code, which is on its way; the same whether or not the address has an account.
#[derive(Clone, Debug, SimpleObject)]
pub struct SignInRequest {
    /// The name of the request, to be handed in with the code that was sent for it. It is told to whoever
    /// asked, and to nobody else.
    id: ID,
    /// The address that the code is sent to.
    email: String,
    /// From when on the code is no longer good.
    expires_at: DateTime,
}

impl From<Requested> for SignInRequest {
    fn from(requested: Requested) -> Self {
        let Requested { id, email, expires_at } = requested;
        Self { id: ID(id), email, expires_at: DateTime(expires_at) }
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
    viewer: Viewer,
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
        Self { token, expires_at: DateTime(expires_at), viewer: Viewer::new(learner, viewer) }
    }
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
    /// The end of `requestSignInCode`.
    RequestSignInCodePayload {
        /// A code is on its way. Null where refused.
        sign_in_request: SignInRequest,
    }
}

payload! {
    /// The end of `signIn`.
    SignInPayload {
        /// The person is signed in. Null where refused.
        signed_in: SignedIn,
    }
}

payload! {
    /// The end of `signOut`.
    SignOutPayload {
        /// The person is signed out. Null where refused.
        signed_out: SignedOut,
    }
}

payload! {
    /// The end of `updateProfile`.
    UpdateProfilePayload {
        /// The learner, as changed. Null where refused.
        learner: Learner,
    }
}
