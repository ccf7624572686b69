//! Asking for a sign-in code.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use crate::action::request_sign_in_code::{Requested, request_sign_in_code};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::DateTime;
use crate::viewer::Viewer;

/// Where to send a sign-in code.
#[derive(Clone, Debug, InputObject)]
pub struct RequestSignInCodeInput {
    /// The person's e-mail address.
    email: String,
    /// A solved challenge in base64, as the ALTCHA widget gives it: where an earlier try was refused with
    /// `HUMAN_CHECK_REQUIRED` and a `challenge`. Each counts once.
    proof: Option<String>,
}

/// A request for a sign-in code, which is on its way; the same whether or not the address has an account.
#[derive(Clone, Debug, SimpleObject)]
pub struct SignInRequest {
    /// The name of the request, to be handed in with the code that was sent for it. It is told to whoever
    /// asked, and to nobody else.
    id: ID,
    /// The address that the code is sent to.
    email: String,
    /// From when on the code is no longer good.
    expires_at: DateTime,
}

impl From<Requested> for SignInRequest {
    fn from(requested: Requested) -> Self {
        let Requested { id, email, expires_at } = requested;
        Self { id: ID(id), email, expires_at: DateTime(expires_at) }
    }
}

payload! {
    /// The end of `requestSignInCode`.
    RequestSignInCodePayload {
        /// A code is on its way. Null where refused.
        sign_in_request: SignInRequest,
    }
}

/// Asking for a sign-in code.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestSignInCodeMutation;

#[Object]
impl RequestSignInCodeMutation {
    /// Sends a sign-in code to an address. The answer is the same whether or not the address has an account.
    /// A client can ask five times an hour for one address; where very many codes are asked for, a proof of
    /// work is needed.
    #[graphql(directive = cost::apply(of_act()))]
    async fn request_sign_in_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to send the code.")] input: RequestSignInCodeInput,
    ) -> Result<RequestSignInCodePayload> {
        answer(request(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn request(
    app: &AppState,
    viewer: &Viewer,
    input: RequestSignInCodeInput,
) -> error::Result<SignInRequest> {
    let RequestSignInCodeInput { email, proof } = input;
    let client = viewer.client_key(&app.key);
    request_sign_in_code(app, &client, &email, proof.as_deref()).await.map(SignInRequest::from)
}
