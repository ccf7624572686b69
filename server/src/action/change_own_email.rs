//! A learner changes the own address: a code goes to the new one, and nothing changes until it has come back. Then both are told.
//!
//! The code is a sign-in code in all but what it is good for: the same limits, the same proof of work, the same five tries, bound to the request that it
//! was sent for, and to the learner who asked. Whether an account has the new address is told to nobody who has not read its mail.

use entity::email::Address;
use entity::email_change::Cause;
use entity::{Refusal, learner};
use sea_orm::EntityTrait;
use serde_json::json;

use super::audit::{self, Act, Actor};
use super::change_email::{self, change_email};
use super::request_sign_in_code::{Requested, read_address, request_code};
use super::sign_in;
use crate::app::AppState;
use crate::error::{Fault, Result};
use crate::viewer::Viewer;

/// Sends a code to the address that is to become the viewer's; `proof` as for a sign-in code.
///
/// # Errors
/// Refused where nobody is signed in, to who works here, where the text is no address or the viewer's own, and as asking for a sign-in code is.
pub async fn request_email_change(app: &AppState, viewer: &Viewer, email: &str, proof: Option<&str>) -> Result<Requested> {
    let learner = may_change(viewer)?;
    if read_address(email)?.key() == learner.email_key {
        return Err(Refusal::invalid("This is your address already.", &["email"]).into());
    }
    request_code(app, &viewer.client_key(&app.key), email, proof, Some(learner.id)).await
}

/// Gives the viewer the address that the `code` was sent to, for the request of the name `request`; gives the learner as they are now. Whoever is
/// signed in stays so.
///
/// # Errors
/// Refused where nobody is signed in, to who works here, where the code is not the viewer's request's, and where another account has the address.
pub async fn change_own_email(app: &AppState, viewer: &Viewer, request: &str, code: &str) -> Result<learner::Model> {
    let learner = may_change(viewer)?;
    let asked = sign_in::matched(app, request, code, Some(learner.id)).await?;
    let address = Address::parse(&asked.email).map_err(|_| Fault::Stored(format!("the code {} was sent to no address", asked.id)))?;
    let txn = change_email::begin(app, learner, &address).await?;
    if !sign_in::use_code(&txn, &asked, app.nature.now()).await? {
        txn.rollback().await?;
        return Err(Refusal::SignInCodeInvalid.into());
    }
    let gone = || Fault::Stored(format!("learner {} has gone", learner.id));
    let before = learner::Entity::find_by_id(learner.id).one(&txn).await?.ok_or_else(gone)?;
    change_email(&txn, app, &before, &address, (Cause::Own, None)).await?;
    let after = learner::Entity::find_by_id(learner.id).one(&txn).await?.ok_or_else(gone)?;
    let act = Act {
        name: "changeEmail",
        subject_type: "learner",
        subject_id: after.id,
        course_id: None,
        before: Some(json!({ "email": before.email })),
        after: Some(json!({ "email": after.email })),
    };
    audit::record(&txn, app, Actor::Person(&before), act).await?;
    txn.commit().await?;
    app.wake.ring(&app.db).await;
    Ok(after)
}

/// Who is signed in, where it is nobody who works here: an account that opens the office is not to be had by a token that was left lying about.
fn may_change(viewer: &Viewer) -> Result<&learner::Model, Refusal> {
    let learner = viewer.signed_in()?;
    if viewer.is_staff() { Err(Refusal::EmailOfStaff) } else { Ok(learner) }
}
