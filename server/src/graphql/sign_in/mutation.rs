//! Signing in, signing out, and changing the profile.

use async_graphql::{Context, Object, Result};

use super::{
    RequestSignInCodeInput, RequestSignInCodePayload, SignInInput, SignInPayload, SignOutInput,
    SignOutPayload, UpdateProfileInput, UpdateProfilePayload,
};
use crate::action::request_sign_in_code::request_sign_in_code;
use crate::action::sign_in::sign_in;
use crate::action::sign_out::sign_out;
use crate::action::update_profile::update_profile;
use crate::app::AppState;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::learner::Learner;
use crate::graphql::payload::answer;
use crate::viewer::Viewer;

/// What people do about who they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct SignInMutation;

#[Object]
impl SignInMutation {
    /// Sends a sign-in code to an address. The answer is the same whether or not the address has an account.
    /// A client can ask five times an hour for one address; where very many codes are asked for, a proof of
    /// work is needed.
    #[graphql(directive = cost::apply(of_act()))]
    async fn request_sign_in_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to send the code.")] input: RequestSignInCodeInput,
    ) -> Result<RequestSignInCodePayload> {
        let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
        let RequestSignInCodeInput { email, proof } = input;
        answer(
            request_sign_in_code(app, &viewer.client_key(&app.key), &email, proof.as_deref())
                .await
                .map(super::SignInRequest::from),
        )
    }

    /// Signs in with a code that came by mail. A code is good once, for ten minutes and five tries, and for
    /// the request that it was sent for; whoever comes for the first time gets an account.
    #[graphql(directive = cost::apply(of_act()))]
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request and its code.")] input: SignInInput,
    ) -> Result<SignInPayload> {
        let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
        answer(sign_in(app, viewer, &input.request_id, &input.code).await.map(super::SignedIn::from))
    }

    /// Signs out, here or everywhere.
    #[graphql(directive = cost::apply(of_act()))]
    async fn sign_out(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to sign out.")] input: SignOutInput,
    ) -> Result<SignOutPayload> {
        let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
        answer(sign_out(app, viewer, input.everywhere).await.map(super::SignedOut::from))
    }

    /// Changes the viewer's own profile.
    #[graphql(directive = cost::apply(of_act()))]
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateProfileInput,
    ) -> Result<UpdateProfilePayload> {
        let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
        answer(match viewer.signed_in().cloned().and_then(|_| input.read()) {
            Ok(changes) => update_profile(app, viewer, changes).await.map(Learner),
            Err(no) => Err(no.into()),
        })
    }
}
