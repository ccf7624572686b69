//! What clients are told when they sign in, sign out, or change a profile.

use async_graphql::{SimpleObject, Union};

use crate::action::request_sign_in_code::Requested;
use crate::action::sign_in;
use crate::graphql::learner::Learner;
use crate::graphql::refusal::Refusal;
use crate::graphql::scalar::DateTime;
use crate::graphql::viewer::Viewer;

/// A sign-in code is on its way; the answer is the same whether or not the address has an account.
#[derive(Clone, Debug, SimpleObject)]
pub struct SignInCodeRequested {
    /// The address that the code is sent to.
    email: String,
    /// From when on the code is no longer good.
    expires_at: DateTime,
}

impl From<Requested> for SignInCodeRequested {
    fn from(requested: Requested) -> Self {
        let Requested { email, expires_at } = requested;
        Self { email, expires_at: DateTime(expires_at) }
    }
}

/// The person is signed in.
#[derive(Clone, SimpleObject)]
pub struct SignedIn {
    /// The bearer token, for the header `Authorization: Bearer`. It is told this once; keep it like a password.
    token: String,
    /// When the token ends at the latest. It ends earlier when it is not used for fourteen days, and when the person signs out.
    expires_at: DateTime,
    /// Who signed in.
    viewer: Viewer,
}

impl std::fmt::Debug for SignedIn {
    /// The token stays out of every log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("expires_at", &self.expires_at).field("viewer", &self.viewer).finish_non_exhaustive()
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

/// The end of `requestSignInCode`.
#[derive(Clone, Debug, Union)]
pub enum RequestSignInCodeResult {
    /// A code is on its way.
    SignInCodeRequested(SignInCodeRequested),
    /// No code was made.
    Refusal(Refusal),
}

/// The end of `signIn`.
#[derive(Clone, Debug, Union)]
#[expect(clippy::large_enum_variant, reason = "made once for a request and taken apart at once")]
pub enum SignInResult {
    /// The person is signed in.
    SignedIn(SignedIn),
    /// Nobody was signed in.
    Refusal(Refusal),
}

/// The end of `signOut`.
#[derive(Clone, Debug, Union)]
pub enum SignOutResult {
    /// The person is signed out.
    SignedOut(SignedOut),
    /// Nobody was signed out.
    Refusal(Refusal),
}

/// The end of `updateProfile`.
#[derive(Clone, Debug, Union)]
pub enum UpdateProfileResult {
    /// The learner, as changed.
    Learner(Learner),
    /// Nothing was changed.
    Refusal(Refusal),
}
