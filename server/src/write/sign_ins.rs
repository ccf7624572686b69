//! What lets somebody in without a new sign-in, and how it is ended: tokens, codes that are on their way, and
//! the addresses of files that the person has taken out. Every process asks for a token's row each time, so
//! all of them know at once.

use entity::access_token::{Column, Entity};
use entity::{Instant, export_ticket, learner};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::code;
use crate::app::AppState;
use crate::error::Result;
use crate::store::Transaction;

/// Ends everything by which the learner is let in without a new sign-in; gives how many tokens that were.
pub async fn end_all(txn: &Transaction, app: &AppState, learner: &learner::Model) -> Result<u64> {
    let now = app.nature.now();
    let tokens = end_tokens(txn, learner.id, None, now).await?;
    code::end_codes(txn, &learner.email_key, now).await?;
    export_ticket::Entity::delete_many()
        .filter(export_ticket::Column::LearnerId.eq(learner.id))
        .exec(txn)
        .await?;
    Ok(tokens)
}

/// Ends the tokens of a learner that are good at `now`, or the one of them that is named; gives how many were
/// ended.
pub async fn end_tokens(
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
