//! A learner changes the own address: the code that went to the new one has come back
//! ([`super::request_email_change`]). Now both are told.

use entity::email::Address;
use entity::email_change::Cause;
use entity::{Refusal, learner};
use sea_orm::EntityTrait;
use serde_json::json;

use crate::app::AppState;
use crate::error::{Fault, Result};
use crate::viewer::Viewer;
use crate::write::audit::{self, Act, Actor};
use crate::write::code;
use crate::write::give_address::may_change_own;
use crate::write::give_address::{self, give_address};

/// Gives the viewer the address that the `code` was sent to, for the request of the name `request`; gives the
/// learner as they are now. Whoever is signed in stays so.
///
/// # Errors
/// Refused where nobody is signed in, to who works here, where the code is not the viewer's request's, and
/// where another account has the address.
pub async fn change_email(
    app: &AppState,
    viewer: &Viewer,
    request: &str,
    code: &str,
) -> Result<learner::Model> {
    let learner = may_change_own(viewer)?;
    let asked = code::matched(app, request, code, Some(learner.id)).await?;
    let address = Address::parse(&asked.email)
        .map_err(|_| Fault::Stored(format!("the code {} was sent to no address", asked.id)))?;
    let txn = give_address::begin(app, learner, &address).await?;
    if !code::use_code(&txn, &asked, app.nature.now()).await? {
        txn.rollback().await?;
        return Err(Refusal::SignInCodeInvalid.into());
    }
    let gone = || Fault::Stored(format!("learner {} has gone", learner.id));
    let before = learner::Entity::find_by_id(learner.id).one(&txn).await?.ok_or_else(gone)?;
    give_address(&txn, app, &before, &address, (Cause::Own, None)).await?;
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
