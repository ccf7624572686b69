//! Asking for another address.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use crate::action::request_email_change::{Requested, request_email_change};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::DateTime;
use crate::viewer::Viewer;

/// An address that is to become the viewer's.
#[derive(Clone, Debug, InputObject)]
pub struct RequestEmailChangeInput {
    /// The new e-mail address, to which a code goes.
    email: String,
    /// A solved challenge in base64, as for `requestSignInCode`.
    proof: Option<String>,
}

/// A request to change the own address; a code is on its way to the new one. Nothing has changed yet.
#[derive(Clone, Debug, SimpleObject)]
pub struct EmailChangeRequest {
    /// The name of the request, to be handed in with the code.
    id: ID,
    /// The address that the code is sent to.
    email: String,
    /// From when on the code is no longer good.
    expires_at: DateTime,
}

impl From<Requested> for EmailChangeRequest {
    fn from(requested: Requested) -> Self {
        let Requested { id, email, expires_at } = requested;
        Self { id: ID(id), email, expires_at: DateTime(expires_at) }
    }
}

payload! {
    /// What came of asking for another address.
    RequestEmailChangePayload {
        /// A code is on its way to the new address. Null where refused.
        email_change_request: EmailChangeRequest,
    }
}

/// Asking for another address.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestEmailChangeMutation;

#[Object]
impl RequestEmailChangeMutation {
    /// Sends a code to the address that is to become the viewer's. The answer is the same whether or not the
    /// address has an account, and the limits are those of `requestSignInCode`. Who works here asks an
    /// administrator instead (`correctLearner`).
    #[graphql(directive = cost::apply(of_act()))]
    async fn request_email_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new address.")] input: RequestEmailChangeInput,
    ) -> Result<RequestEmailChangePayload> {
        answer(request(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn request(
    app: &AppState,
    viewer: &Viewer,
    input: RequestEmailChangeInput,
) -> error::Result<EmailChangeRequest> {
    let RequestEmailChangeInput { email, proof } = input;
    request_email_change(app, viewer, &email, proof.as_deref()).await.map(EmailChangeRequest::from)
}
