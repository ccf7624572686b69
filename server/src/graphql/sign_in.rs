//! Signing in, signing out, and the profile.

mod input;
mod mutation;
mod object;

pub use input::{RequestSignInCodeInput, SignInInput, SignOutInput, UpdateProfileInput};
pub use mutation::SignInMutation;
pub use object::{RequestSignInCodeResult, SignInCodeRequested, SignInResult, SignOutResult, SignedIn, SignedOut, UpdateProfileResult};
