//! A learner signs out: on this device, or everywhere.

use entity::Refusal;
use entity::access_token::{Column, Entity};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::app::AppState;
use crate::error::Result;
use crate::viewer::Viewer;

/// Ends the viewer's token, or with `everywhere` all of the learner's tokens; gives how many were ended.
///
/// # Errors
/// Refused where nobody is signed in.
pub async fn sign_out(app: &AppState, viewer: &Viewer, everywhere: bool) -> Result<u64> {
    let learner = viewer.signed_in()?;
    let token_id = viewer.token_id.ok_or(Refusal::Unauthenticated)?;
    let txn = app.begin().await?;
    let now = app.nature.now();
    let mut ending = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::val(now))
        .filter(Column::LearnerId.eq(learner.id))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(now));
    if !everywhere {
        ending = ending.filter(Column::Id.eq(token_id));
    }
    let ended = ending.exec(&txn).await?.rows_affected;
    txn.commit().await?;
    Ok(ended)
}
