//! What is written about suppressed addresses in several places.

use entity::suppression::{Column, Entity, Model, Reason};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, DbErr, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::store::Transaction;
use entity::Instant;

/// The suppression that an address has for a reason, where it was not lifted.
///
/// # Errors
/// A failing database.
pub async fn standing(txn: &Transaction, email_key: &str, reason: Reason) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::EmailKey.eq(email_key))
        .filter(Column::Reason.eq(reason))
        .filter(Column::LiftedAt.is_null())
        .one(txn)
        .await
}

/// Somebody has read a letter at the address: what mail servers said of it holds no more. What its owner said,
/// and staff, stands.
///
/// # Errors
/// A failing database.
pub async fn is_read(txn: &Transaction, email_key: &str, now: Instant) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::LiftedAt, Expr::val(now))
        .filter(Column::EmailKey.eq(email_key))
        .filter(Column::Reason.is_in([Reason::HardBounce, Reason::SoftBounces]))
        .filter(Column::LiftedAt.is_null())
        .exec(txn)
        .await
        .map(drop)
}

/// A suppression for the audit trail.
pub fn on_record(row: &Model) -> Value {
    json!({
        "email": row.email,
        "scope": row.scope.to_value(),
        "reason": row.reason.to_value(),
        "note": row.note,
        "expiresAt": row.expires_at.map(|at| at.to_string()),
        "liftedAt": row.lifted_at.map(|at| at.to_string()),
    })
}
