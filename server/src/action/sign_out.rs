//! A learner signs out: on this device, or everywhere.

use entity::access_token::{Column, Entity};
use entity::{Instant, Refusal};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::app::AppState;
use crate::error::Result;
use crate::store::Transaction;
use crate::viewer::Viewer;

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

/// Ends the tokens of a learner that are good at `now`, or the one of them that is named; gives how many were
/// ended.
pub(super) async fn end_tokens(
    txn: &Transaction,
    learner_id: Uuid,
    only: Option<Uuid>,
    now: Instant,
) -> Result<u64, DbErr> {
    let mut ending = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::val(now))
        .filter(Column::LearnerId.eq(learner_id))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(now));
    if let Some(only) = only {
        ending = ending.filter(Column::Id.eq(only));
    }
    Ok(ending.exec(txn).await?.rows_affected)
}
