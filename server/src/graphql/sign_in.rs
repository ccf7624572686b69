//! Signing in, signing out, the profile, and the address.

mod change_email;
mod input;
mod mutation;
mod object;
mod request_email_change;

pub use change_email::ChangeEmail;
pub use input::{RequestSignInCodeInput, SignInInput, SignOutInput, UpdateProfileInput};
pub use mutation::SignInMutation;
pub use object::{
    RequestSignInCodePayload, SignInPayload, SignInRequest, SignOutPayload, SignedIn, SignedOut,
    UpdateProfilePayload,
};
pub use request_email_change::RequestEmailChange;
