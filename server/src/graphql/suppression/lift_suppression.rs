//! Lifting a suppression.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::object::Suppression;
use crate::action::lift_suppression::lift_suppression;
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// An address is to be written to again.
#[derive(Clone, Debug, InputObject)]
pub struct LiftSuppressionInput {
    /// Which suppression: `Suppression.id`.
    suppression_id: ID,
    /// Why, for those who look at it later: one line, at most 500 characters.
    note: String,
}

payload! {
    /// What came of lifting a suppression.
    LiftSuppressionPayload {
        /// The suppression, lifted. Null where refused.
        suppression: Suppression,
    }
}

/// Lifting a suppression.
#[derive(Clone, Copy, Debug, Default)]
pub struct LiftSuppressionMutation;

#[Object]
impl LiftSuppressionMutation {
    /// Lifts a suppression: letters that fall due from now on are sent again; those that were kept back are
    /// not, unless staff send them with `resendNotice`. What comes back about letters of before counts no more.
    /// One that was lifted before stays as it is.
    #[graphql(directive = cost::apply(of_act()))]
    async fn lift_suppression(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: LiftSuppressionInput,
    ) -> Result<LiftSuppressionPayload> {
        answer(lift(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn lift(app: &AppState, viewer: &Viewer, input: LiftSuppressionInput) -> error::Result<Suppression> {
    viewer.signed_in()?;
    let id = must(Kind::Suppression, &input.suppression_id)?;
    lift_suppression(app, viewer, id, &input.note).await.map(Suppression)
}
