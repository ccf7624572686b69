//! What people do with registrations.

use async_graphql::{Context, Object, Result};
use entity::{Refusal as Refused, registration};

use super::input::{CancelRegistrationInput, RecordPaymentInput, RegisterInput};
use super::object::Registration;
use crate::action::cancel_registration::cancel_registration;
use crate::action::record_payment::record_payment;
use crate::action::register::register;
use crate::action::submit_evaluation::submit_evaluation;
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::evaluation::input::SubmitEvaluationInput;
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

payload! {
    /// What came of registering.
    RegisterPayload {
        /// The registration: started, or confirmed where the course is free. Null where refused.
        registration: Registration,
    }
}

payload! {
    /// What came of recording a payment.
    RecordPaymentPayload {
        /// The registration: confirmed where it is now paid in full. Null where refused.
        registration: Registration,
    }
}

payload! {
    /// What came of cancelling a registration.
    CancelRegistrationPayload {
        /// The registration, cancelled. Null where refused.
        registration: Registration,
    }
}

payload! {
    /// What came of handing in an evaluation.
    SubmitEvaluationPayload {
        /// The registration, evaluated. Null where refused.
        registration: Registration,
    }
}

/// Runs an action on an input that may not be readable: who is not signed in is told that first.
async fn done<I, F>(
    ctx: &Context<'_>,
    input: Result<I, Refused>,
    act: impl FnOnce(AppState, Viewer, I) -> F,
) -> Result<error::Result<Registration>>
where
    F: Future<Output = error::Result<registration::Model>>,
{
    let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
    let read = viewer.signed_in().cloned().and(input);
    Ok(match read {
        Ok(input) => act(app.clone(), viewer.clone(), input).await.map(Registration::from),
        Err(no) => Err(no.into()),
    })
}

/// What people do with registrations.
#[derive(Clone, Copy, Debug, Default)]
pub struct RegistrationMutation;

#[Object]
impl RegistrationMutation {
    /// Registers the viewer for a course. A seat is held until the quote is paid or the hold ends; a free
    /// course is confirmed at once.
    #[graphql(directive = cost::apply(of_act()))]
    async fn register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which course, as what, in which track.")] input: RegisterInput,
    ) -> Result<RegisterPayload> {
        answer(
            done(ctx, input.read(), async |app, viewer, input| register(&app, &viewer, &input).await).await?,
        )
    }

    /// Records a payment for a registration of a course that the viewer runs. What is paid in full is
    /// confirmed. What counts is when the money was received: a quote that had lapsed by then is priced anew
    /// first. A hold that has ended is taken up again while seats are free; where none is, the payment is on
    /// record all the same, and the registration stays as it is.
    #[graphql(directive = cost::apply(of_act()))]
    async fn record_payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What came in, and for which registration.")] input: RecordPaymentInput,
    ) -> Result<RecordPaymentPayload> {
        answer(
            done(ctx, input.read(), async |app, viewer, input| record_payment(&app, &viewer, &input).await)
                .await?,
        )
    }

    /// Cancels a registration: the learner an own one until the course starts, staff any of a course that
    /// they run.
    #[graphql(directive = cost::apply(of_act()))]
    async fn cancel_registration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which registration.")] input: CancelRegistrationInput,
    ) -> Result<CancelRegistrationPayload> {
        answer(
            done(ctx, input.read(), async |app, viewer, input| {
                cancel_registration(&app, &viewer, &input).await
            })
            .await?,
        )
    }

    /// Hands in the evaluation of an own confirmed registration: once, from the end of the course to the
    /// evaluation deadline.
    #[graphql(directive = cost::apply(of_act()))]
    async fn submit_evaluation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The filled-in form.")] input: SubmitEvaluationInput,
    ) -> Result<SubmitEvaluationPayload> {
        answer(
            done(ctx, input.read(), async |app, viewer, input| {
                submit_evaluation(&app, &viewer, &input).await
            })
            .await?,
        )
    }
}
