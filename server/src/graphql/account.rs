//! The own account: signing in, signing out, the profile, and the address.

mod change_email;
mod request_email_change;
mod request_sign_in_code;
mod sign_in;
mod sign_out;
mod update_profile;

use async_graphql::MergedObject;

pub use sign_out::SignedOut;

/// What people do about who they are.
#[derive(Debug, Default, MergedObject)]
pub struct AccountMutation(
    request_sign_in_code::RequestSignInCodeMutation,
    sign_in::SignInMutation,
    sign_out::SignOutMutation,
    update_profile::UpdateProfileMutation,
    request_email_change::RequestEmailChangeMutation,
    change_email::ChangeEmailMutation,
);
