//! Giving somebody a role.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::object::{StaffRole, StaffRoleKind};
use crate::action::grant_role::{GrantRole, Granted, grant_role};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::Kind;
use crate::graphql::input::named;
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// A role for somebody.
#[derive(Clone, Debug, InputObject)]
pub struct GrantRoleInput {
    /// The person's e-mail address. Whoever is unknown gets an account, and signs in with a code as everybody
    /// does.
    email: String,
    /// What the person may do from now on.
    role: StaffRoleKind,
    /// The organization for whose courses alone the role is good, by its id or its slug; all where it is not
    /// given. Administrators act everywhere.
    organization_id: Option<ID>,
}

payload! {
    /// What came of giving a role.
    GrantRolePayload {
        /// The role, also where the person had it already. Null where refused.
        staff_role: StaffRole,
    }
}

/// Giving somebody a role.
#[derive(Clone, Copy, Debug, Default)]
pub struct GrantRoleMutation;

#[Object]
impl GrantRoleMutation {
    /// Gives somebody a role, which counts from the person's next request on. The address that is named is the
    /// only one that opens the account from then on: where another led there, because accounts were merged, it
    /// is let go, and whoever is signed in signs in anew. For administrators.
    #[graphql(directive = cost::apply(of_act()))]
    async fn grant_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which role, for whom.")] input: GrantRoleInput,
    ) -> Result<GrantRolePayload> {
        answer(grant(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn grant(app: &AppState, viewer: &Viewer, input: GrantRoleInput) -> error::Result<StaffRole> {
    let GrantRoleInput { email, role, organization_id } = input;
    let organization = organization_id.map(|id| named(Kind::Organization, &id));
    let input = GrantRole { email, role: role.into(), organization };
    let Granted { learner, role, organization, .. } = grant_role(app, viewer.into(), &input).await?;
    Ok(StaffRole::new(role, learner, organization.map(Arc::new)))
}
