//! Who works here: roles, who gives and takes them, and the end of somebody's sign-ins.

mod end_sign_ins;
mod grant_role;
mod object;
mod query;
mod revoke_role;

use async_graphql::MergedObject;

pub use object::{StaffRole, organizations};
pub use query::{StaffQuery, seen};

/// What administrators do about people.
#[derive(Debug, Default, MergedObject)]
pub struct StaffMutation(
    grant_role::GrantRoleMutation,
    revoke_role::RevokeRoleMutation,
    end_sign_ins::EndSignInsMutation,
);
