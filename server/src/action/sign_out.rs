//! A learner signs out: on this device, or everywhere.

use entity::Refusal;

use crate::app::AppState;
use crate::error::Result;
use crate::viewer::Viewer;
use crate::write::sign_ins::end_tokens;

/// Ends the viewer's token, or with `everywhere` all of the learner's tokens; gives how many were ended.
///
/// # Errors
/// Refused where nobody is signed in.
pub async fn sign_out(app: &AppState, viewer: &Viewer, everywhere: bool) -> Result<u64> {
    let learner = viewer.signed_in()?;
    let token_id = viewer.token_id.ok_or(Refusal::Unauthenticated)?;
    let txn = app.begin().await?;
    let ended = end_tokens(&txn, learner.id, (!everywhere).then_some(token_id), app.nature.now()).await?;
    txn.commit().await?;
    Ok(ended)
}
