//! A proof of work is spent: each counts once, whatever it is handed in with.

use entity::{Instant, Refusal, idempotency, spent_proof};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::error::{Error, Result, breaks};
use crate::store::Transaction;

/// Writes down that a proof is spent; whoever hands in the same one at the same time loses the race for its
/// row.
///
/// # Errors
/// Refused where it was spent before.
pub async fn spend_proof(txn: &Transaction, row: spent_proof::Model) -> Result<()> {
    // A key that has outlived our promise can be used anew. The rest is taken away by the steward.
    spent_proof::Entity::delete_many()
        .filter(spent_proof::Column::EmailKey.eq(&row.email_key))
        .filter(spent_proof::Column::SpentAt.lte(too_old(row.spent_at)))
        .exec(txn)
        .await?;
    spent_proof::Entity::insert(row.into_active_model()).exec_without_returning(txn).await.map_err(
        |error| {
            let twice = breaks(&error, "spent_proof_pk", "spent_proof.challenge");
            if twice { Error::from(Refusal::HumanCheckFailed) } else { error.into() }
        },
    )?;
    Ok(())
}

/// Up to when a row has outlived the promise to remember an idempotency key.
pub fn too_old(now: Instant) -> Instant {
    now.plus_seconds(-idempotency::KEPT_DAYS * 86_400)
}
