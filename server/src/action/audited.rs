//! Leaving a trace of what staff do to registrations.

use entity::{Instant, audit, learner, registration};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel};
use serde_json::Value;

use crate::desk::Desk;

/// Notes, in the transaction that does it, that `actor` did `act` to `registration`: what changed, as it was and as it became.
pub async fn note(
    txn: &DatabaseTransaction,
    desk: &Desk,
    actor: &learner::Model,
    act: &str,
    registration: &registration::Model,
    (before, after): (Value, Value),
    at: Instant,
) -> Result<(), DbErr> {
    let row = audit::Model {
        id: desk.nature.id(),
        at,
        actor_id: Some(actor.id),
        actor: actor.email.clone(),
        act: act.to_owned(),
        subject_type: "registration".to_owned(),
        subject_id: registration.id,
        course_id: Some(registration.course_id),
        before: Some(before),
        after: Some(after),
    };
    audit::Entity::insert(row.into_active_model()).exec_without_returning(txn).await?;
    Ok(())
}
