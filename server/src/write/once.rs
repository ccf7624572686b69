//! A request that comes twice acts once, and a transaction that lost a race is tried again as a whole.
//!
//! What was done is kept in the transaction that does it, so either both are there or neither. A refusal
//! changes nothing, so nothing of it is kept: once its reason is gone, the same request may be sent again
//! under the same key. Whoever loses the race for a key reads the winner's answer.

use entity::{Instant, Refusal, idempotency, secret};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, RuntimeErr, sqlx,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::account::must_not_be_merged;
use crate::app::AppState;
use crate::error::{Error, Fault, Result, breaks};
use crate::store::Transaction;

/// How often an act is tried when it loses a race.
const TRIES: usize = 6;

/// One request of one person, which acts once however often it comes.
#[derive(Clone, Debug)]
pub struct Once {
    learner_id: Uuid,
    operation: &'static str,
    input_hash: String,
    key: Option<String>,
}

/// When a request was acted upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acted {
    /// Just now.
    Now,
    /// When it came before.
    Before,
}

/// What is kept of an answer: the thing by its id, because it is read fresh when it is asked for again.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kept {
    Done(Uuid),
    /// What the release before kept of a refusal. It counts for nothing.
    Refused(serde_json::Value),
}

impl Once {
    /// The request `operation` of `learner_id` with this `key`, if any. `input` must be written the same
    /// whenever it is the same, without the key itself.
    ///
    /// # Errors
    /// A key that is empty, longer than 255 characters, or has others than visible ASCII ones.
    pub fn new(
        learner_id: Uuid,
        operation: &'static str,
        key: Option<&str>,
        input: &impl Serialize,
    ) -> Result<Self> {
        well_formed(key)?;
        let written =
            serde_json::to_string(&(operation, input)).map_err(|error| Fault::Stored(error.to_string()))?;
        Ok(Self {
            learner_id,
            operation,
            input_hash: secret::fingerprint(&written),
            key: key.map(str::to_owned),
        })
    }

    /// Acts, unless it was done before; tries again what lost a race. Whether it acted is told with the id of
    /// the thing, because what was done before is nobody's news.
    ///
    /// `attempt` is one transaction from its beginning to its commit, and calls [`Self::keep`] just before
    /// the commit.
    pub async fn act<F>(&self, app: &AppState, attempt: impl Fn() -> F) -> Result<(Uuid, Acted)>
    where
        F: Future<Output = Result<Uuid>>,
    {
        let mut tries = 0;
        loop {
            tries += 1;
            if let Some(known) = self.known(&app.db, app.nature.now()).await? {
                return Ok((known, Acted::Before));
            }
            match attempt().await {
                Err(Error::Fault(Fault::Database(error))) if tries < TRIES && lost_a_race(&error) => {
                    tracing::debug!(%error, operation = self.operation, "a transaction lost a race and is tried again");
                }
                // Whoever lost the race against the same request may be refused for what that one did; then
                // it counts.
                Err(Error::Refused(refusal)) if self.key.is_some() => {
                    return match self.known(&app.db, app.nature.now()).await? {
                        Some(known) => Ok((known, Acted::Before)),
                        None => Err(refusal.into()),
                    };
                }
                ended => return ended.map(|id| (id, Acted::Now)),
            }
        }
    }

    /// What was done before, if it was; what is older than we promise to keep it counts no more.
    async fn known(&self, db: &impl ConnectionTrait, now: Instant) -> Result<Option<Uuid>> {
        let Some(key) = &self.key else { return Ok(None) };
        let row = idempotency::Entity::find()
            .filter(idempotency::Column::LearnerId.eq(self.learner_id))
            .filter(idempotency::Column::IdempotencyKey.eq(key))
            .filter(idempotency::Column::CreatedAt.gt(too_old(now)))
            .one(db)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let kept: Kept =
            serde_json::from_value(row.answer).map_err(|error| Fault::Stored(error.to_string()))?;
        match kept {
            Kept::Done(_) if row.input_hash != self.input_hash => Err(Refusal::IdempotencyKeyReused.into()),
            Kept::Done(id) => Ok(Some(id)),
            Kept::Refused(_) => {
                // It makes room for what will be done.
                idempotency::Entity::delete_by_id(row.id).exec(db).await?;
                Ok(None)
            }
        }
    }

    /// Keeps, together with what the transaction writes, that the answer is the thing with this id. Whoever
    /// asks must not have been merged into somebody else meanwhile.
    pub async fn keep(&self, txn: &Transaction, app: &AppState, id: Uuid) -> Result<(), Error> {
        if let Some(key) = &self.key {
            self.remember(key, txn, app, id).await?;
        }
        must_not_be_merged(txn, &[self.learner_id]).await
    }

    async fn remember(&self, key: &str, txn: &Transaction, app: &AppState, id: Uuid) -> Result<(), Error> {
        let now = app.nature.now();
        // A key that has outlived our promise can be used anew. The rest is taken away by the steward.
        idempotency::Entity::delete_many()
            .filter(idempotency::Column::LearnerId.eq(self.learner_id))
            .filter(idempotency::Column::IdempotencyKey.eq(key))
            .filter(idempotency::Column::CreatedAt.lte(too_old(now)))
            .exec(txn)
            .await?;
        let row = idempotency::Model {
            id: app.nature.id(),
            learner_id: self.learner_id,
            idempotency_key: key.to_owned(),
            operation: self.operation.to_owned(),
            input_hash: self.input_hash.clone(),
            answer: serde_json::to_value(Kept::Done(id)).map_err(|error| DbErr::Json(error.to_string()))?,
            created_at: now,
        };
        idempotency::Entity::insert(row.into_active_model()).exec_without_returning(txn).await?;
        Ok(())
    }
}

/// Does what has no key, as a transaction from its beginning to its commit; tries again what lost a race.
pub async fn tried<T, F>(operation: &'static str, attempt: impl Fn() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    for _ in 1..TRIES {
        match attempt().await {
            Err(Error::Fault(Fault::Database(error))) if lost_a_race(&error) => {
                tracing::debug!(%error, operation, "a transaction lost a race and is tried again");
            }
            ended => return ended,
        }
    }
    attempt().await
}

/// Whether the key, if any, is one.
///
/// # Errors
/// A key that is empty, longer than 255 characters, or has others than visible ASCII ones.
pub fn well_formed(key: Option<&str>) -> Result<(), Refusal> {
    let visible =
        |key: &str| (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    if key.is_none_or(visible) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "An idempotency key has 1 to 255 letters, digits and signs, without spaces.",
        &["idempotencyKey"],
    ))
}

fn too_old(now: Instant) -> Instant {
    now.plus_seconds(-idempotency::KEPT_DAYS * 86_400)
}

/// Whether another transaction was in the way, so that the same act may end otherwise when tried again: a
/// serialization failure, a deadlock, the same key used at the same time, or a registration code drawn twice.
fn lost_a_race(error: &DbErr) -> bool {
    let code = match error {
        DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error))
        | DbErr::Conn(RuntimeErr::SqlxError(error)) => match error.as_ref() {
            sqlx::Error::Database(error) => error.code(),
            _ => None,
        },
        _ => None,
    };
    code.is_some_and(|code| matches!(code.as_ref(), "40001" | "40P01"))
        || breaks(error, "idempotency_key_unique", "idempotency.learner_id, idempotency.idempotency_key")
        || breaks(error, "registration_code_unique", "registration.code")
}
