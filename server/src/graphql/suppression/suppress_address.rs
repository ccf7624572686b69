//! Suppressing an address.

use async_graphql::{Context, InputObject, Object, Result};

use super::object::{Suppression, SuppressionScope};
use crate::action::suppress_address::{SuppressAddress, suppress_address};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::DateTime;
use crate::viewer::Viewer;

/// Nothing, or less, is to be sent to an address.
#[derive(Clone, Debug, InputObject)]
pub struct SuppressAddressInput {
    /// The address.
    email: String,
    /// Which letters are kept back.
    scope: SuppressionScope,
    /// Why, for those who look at it later: one line, at most 500 characters.
    note: String,
    /// Until when; where it is absent or null, until it is lifted.
    expires_at: Option<DateTime>,
}

payload! {
    /// What came of suppressing an address.
    SuppressAddressPayload {
        /// The suppression. Null where refused.
        suppression: Suppression,
    }
}

/// Suppressing an address.
#[derive(Clone, Copy, Debug, Default)]
pub struct SuppressAddressMutation;

#[Object]
impl SuppressAddressMutation {
    /// Keeps letters back from an address with which somebody has registered for, or asked about, a course that
    /// the viewer runs; staff of all organizations and administrators, from any. What is due and not yet sent
    /// is kept back, too. Said again, it holds as said last.
    #[graphql(directive = cost::apply(of_act()))]
    async fn suppress_address(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which address, and what is kept back from it.")] input: SuppressAddressInput,
    ) -> Result<SuppressAddressPayload> {
        answer(suppress(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn suppress(
    app: &AppState,
    viewer: &Viewer,
    input: SuppressAddressInput,
) -> error::Result<Suppression> {
    let SuppressAddressInput { email, scope, note, expires_at } = input;
    let wanted =
        SuppressAddress { email, scope: scope.into(), note, expires_at: expires_at.map(|until| until.0) };
    suppress_address(app, viewer, &wanted).await.map(Suppression)
}
