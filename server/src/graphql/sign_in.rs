//! Signing in, signing out, and the profile.

mod input;
mod mutation;
mod object;

pub use input::{RequestSignInCodeInput, SignInInput, SignOutInput, UpdateProfileInput};
pub use mutation::SignInMutation;
pub use object::{RequestSignInCodePayload, SignInPayload, SignInRequest, SignOutPayload, SignedIn, SignedOut, UpdateProfilePayload};
