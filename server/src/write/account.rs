//! An account: found by its address, or entered; what it is called, and whether it still stands by itself.

use entity::{Refusal, learner};
use sea_orm::{ActiveValue, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use crate::app::AppState;
use crate::error;
use crate::listing::index;
use crate::store::Transaction;

/// Whose the address `email_key` is, in lower case: of an account that was merged into another, the other.
pub async fn known(db: &impl ConnectionTrait, email_key: &str) -> Result<Option<learner::Model>, DbErr> {
    let found = learner::Entity::find().filter(learner::Column::EmailKey.eq(email_key)).one(db).await?;
    kept(db, found).await
}

/// The account as it is now: of one that was merged into another, the other.
pub async fn kept(
    db: &impl ConnectionTrait,
    found: Option<learner::Model>,
) -> Result<Option<learner::Model>, DbErr> {
    match found.as_ref().and_then(|learner| learner.merged_into) {
        Some(id) => learner::Entity::find_by_id(id).one(db).await,
        None => Ok(found),
    }
}

/// The learner of `email`, who is entered where the address is new, and whether it was. `email_key` is the
/// address in lower case.
///
/// Two that enter one address at once get one learner: the second waits for the first at the unique key and
/// finds its row.
pub async fn enter_learner(
    txn: &Transaction,
    app: &AppState,
    email: &str,
    email_key: &str,
) -> Result<(learner::Model, bool), DbErr> {
    if let Some(learner) = known(txn, email_key).await? {
        return Ok((learner, false));
    }
    let now = app.nature.now();
    let id = app.nature.id();
    let row = learner::ActiveModel {
        id: ActiveValue::Set(id),
        email: ActiveValue::Set(email.to_owned()),
        email_key: ActiveValue::Set(email_key.to_owned()),
        name: ActiveValue::Set(None),
        credentials: ActiveValue::Set(None),
        profession: ActiveValue::Set(None),
        time_zone: ActiveValue::Set(None),
        calendar_rotation: ActiveValue::Set(0),
        merged_into: ActiveValue::Set(None),
        signed_in_at: ActiveValue::Set(None),
        created_at: ActiveValue::Set(now),
        updated_at: ActiveValue::Set(now),
    };
    learner::Entity::insert(row)
        .on_conflict_do_nothing_on([learner::Column::EmailKey])
        .exec_without_returning(txn)
        .await?;
    let learner = known(txn, email_key)
        .await?
        .ok_or_else(|| DbErr::RecordNotFound("the learner just entered".to_owned()))?;
    let entered = learner.id == id;
    if entered {
        index::learners(txn, &[id]).await?;
    }
    Ok((learner, entered))
}

/// A learner is called so from now on.
pub async fn take_name(txn: &Transaction, app: &AppState, learner_id: Uuid, name: &str) -> Result<(), DbErr> {
    let called = learner::ActiveModel { name: ActiveValue::Set(Some(name.to_owned())), ..Default::default() };
    let called = learner::ActiveModel { updated_at: ActiveValue::Set(app.nature.now()), ..called };
    learner::Entity::update_many().set(called).filter(learner::Column::Id.eq(learner_id)).exec(txn).await?;
    index::learners(txn, &[learner_id]).await.map(drop)
}

/// Refuses where one of these accounts was merged into another meanwhile. It is asked after rows that name
/// them were written: from then on a merge waits for us, and one that was before us is seen.
pub async fn must_not_be_merged(txn: &Transaction, learners: &[Uuid]) -> error::Result<()> {
    let merged = learner::Entity::find()
        .filter(learner::Column::Id.is_in(learners.iter().copied()))
        .filter(learner::Column::MergedInto.is_not_null())
        .count(txn)
        .await?;
    if merged > 0 { Err(Refusal::not_found("learner").into()) } else { Ok(()) }
}
