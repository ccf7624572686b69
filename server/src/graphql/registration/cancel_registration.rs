//! Cancelling a registration.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::object::Registration;
use crate::action::cancel_registration::{CancelRegistration, cancel_registration};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::input::OnceInput;
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// A registration is given up.
#[derive(Clone, Debug, InputObject)]
pub struct CancelRegistrationInput {
    /// The registration.
    registration_id: ID,
    /// So that a request sent twice acts once.
    #[graphql(flatten)]
    once: OnceInput,
}

payload! {
    /// What came of cancelling a registration.
    CancelRegistrationPayload {
        /// The registration, cancelled. Null where refused.
        registration: Registration,
    }
}

/// Cancelling a registration.
#[derive(Clone, Copy, Debug, Default)]
pub struct CancelRegistrationMutation;

#[Object]
impl CancelRegistrationMutation {
    /// Cancels a registration: the learner an own one until the course starts, staff any of a course that
    /// they run.
    #[graphql(directive = cost::apply(of_act()))]
    async fn cancel_registration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which registration.")] input: CancelRegistrationInput,
    ) -> Result<CancelRegistrationPayload> {
        answer(cancel(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn cancel(
    app: &AppState,
    viewer: &Viewer,
    input: CancelRegistrationInput,
) -> error::Result<Registration> {
    viewer.signed_in()?;
    let CancelRegistrationInput { registration_id, once } = input;
    let registration_id = must(Kind::Registration, &registration_id)?;
    let input = CancelRegistration { registration_id, idempotency_key: once.key() };
    cancel_registration(app, viewer, &input).await.map(Registration::from)
}
