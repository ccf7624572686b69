//! Taking a role away.

use async_graphql::{Context, ID, InputObject, Object, Result};

use crate::action::revoke_role::{Revoked, Which, revoke_role};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, global, must};
use crate::graphql::learner::Learner;
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// A role is taken away.
#[derive(Clone, Debug, InputObject)]
pub struct RevokeRoleInput {
    /// Which one: `StaffRole.id`.
    staff_role_id: ID,
}

payload! {
    /// What came of taking a role away.
    RevokeRolePayload {
        /// Who had it. Null where refused.
        learner: Learner,
        /// The id of the role, which is gone. Null where refused.
        removed_staff_role_id: ID,
    }
}

/// Taking a role away.
#[derive(Clone, Copy, Debug, Default)]
pub struct RevokeRoleMutation;

#[Object]
impl RevokeRoleMutation {
    /// Takes a role away, which ends at once: the person's next request is without it, what is followed by it
    /// ends with its next event, and addresses of files taken out by it lead nowhere. One's own can be taken,
    /// too, but never the last administrator's. For administrators.
    #[graphql(directive = cost::apply(of_act()))]
    async fn revoke_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which role.")] input: RevokeRoleInput,
    ) -> Result<RevokeRolePayload> {
        answer(revoke(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn revoke(app: &AppState, viewer: &Viewer, input: RevokeRoleInput) -> error::Result<(Learner, ID)> {
    // Whoever is no administrator is told so, whatever the id says.
    viewer.must_administer()?;
    let which = Which::Id(must(Kind::StaffRole, &input.staff_role_id)?);
    let Revoked { learner, role, .. } = revoke_role(app, viewer.into(), &which).await?;
    Ok((Learner(learner), global(Kind::StaffRole, role.id)))
}
