//! The learner of an address: found, or entered.

use entity::learner;
use sea_orm::{ActiveValue, ColumnTrait, DbErr, EntityTrait, QueryFilter};

use crate::app::AppState;
use crate::listing::index;
use crate::store::Transaction;

/// The learner of `email`, who is entered where the address is new, and whether it was. `email_key` is the address in lower case.
///
/// Two that enter one address at once get one learner: the second waits for the first at the unique key and finds its row.
pub async fn enter_learner(txn: &Transaction, app: &AppState, email: &str, email_key: &str) -> Result<(learner::Model, bool), DbErr> {
    let known = || learner::Entity::find().filter(learner::Column::EmailKey.eq(email_key));
    if let Some(learner) = known().one(txn).await? {
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
        created_at: ActiveValue::Set(now),
        updated_at: ActiveValue::Set(now),
    };
    learner::Entity::insert(row).on_conflict_do_nothing_on([learner::Column::EmailKey]).exec_without_returning(txn).await?;
    let learner = known().one(txn).await?.ok_or_else(|| DbErr::RecordNotFound("the learner just entered".to_owned()))?;
    let entered = learner.id == id;
    if entered {
        index::learners(txn, &[id]).await?;
    }
    Ok((learner, entered))
}
