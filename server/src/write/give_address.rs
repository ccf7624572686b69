//! The address of a learner changes, whoever has it changed: what goes with the address, and what ends with
//! the old one.

use entity::email::Address;
use entity::email_change::Cause;
use entity::{Instant, Refusal, email_change, learner, unsubscription};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::code;
use super::turn::{self, Over};
use crate::app::AppState;
use crate::error::{Error, Result, breaks};
use crate::listing::index;
use crate::store::Transaction;
use crate::viewer::Viewer;

/// Begins a transaction in which `learner` may get the address `address`: nobody signs in with either of the
/// two meanwhile.
///
/// # Errors
/// Refused where the learner has got another address since it was read: whoever signs in with that one does
/// not wait for us.
pub async fn begin(app: &AppState, learner: &learner::Model, address: &Address) -> Result<Transaction> {
    let new_key = address.key();
    let mut keys = vec![learner.email_key.as_str(), new_key.as_str()];
    // In one order, so that nobody waits in a circle.
    keys.sort_unstable();
    keys.dedup();
    let over: Vec<Over<'_>> = keys.into_iter().map(Over::Address).collect();
    let txn = turn::begin(app, &over).await?;
    let same =
        learner::Entity::find_by_id(learner.id).filter(learner::Column::EmailKey.eq(&learner.email_key));
    if same.one(&txn).await?.is_none() {
        txn.rollback().await?;
        return Err(moved().into());
    }
    Ok(txn)
}

/// Holds accounts whose addresses are about to change, before it is asked whether they may: whoever is about to
/// write a row that names one of them waits, and who has written one is seen.
pub async fn hold(txn: &Transaction, learners: &[Uuid]) -> Result<(), DbErr> {
    let held = learner::Entity::find()
        .filter(learner::Column::Id.is_in(learners.iter().copied()))
        .order_by_asc(learner::Column::Id);
    held.lock_exclusive().all(txn).await.map(drop)
}

/// Refuses where one of these accounts goes by another address than it did when it was found. It is asked after
/// rows that name them were written: from then on nobody gives them another one.
pub async fn must_not_have_moved(txn: &Transaction, found: &[(Uuid, String)]) -> Result<()> {
    let now = learner::Entity::find()
        .filter(learner::Column::Id.is_in(found.iter().map(|(id, _)| *id)))
        .all(txn)
        .await?;
    let moved_on =
        |row: &learner::Model| found.iter().any(|(id, key)| *id == row.id && *key != row.email_key);
    if now.iter().any(moved_on) { Err(moved().into()) } else { Ok(()) }
}

/// An address was changed by somebody else a moment ago.
pub fn moved() -> Refusal {
    Refusal::invalid("The address of this account has just been changed. Please try again.", &[])
}

/// Gives `learner` the address `address`. The old one stays on record and is told, as the new one is; what
/// the person has had enough of goes along; codes that are on their way to the old address end, and so does
/// the calendar's address where the old one was wrong. `by` is the member of staff who changes it; none: the
/// learner. What differs in nothing but its spelling is no change that anybody is told of.
///
/// # Errors
/// Refused where another account has the address.
pub async fn give_address(
    txn: &Transaction,
    app: &AppState,
    learner: &learner::Model,
    address: &Address,
    (cause, by): (Cause, Option<Uuid>),
) -> Result<()> {
    let (email, email_key, now) = (address.as_sent(), address.key(), app.nature.now());
    let whose =
        learner::Entity::find().filter(learner::Column::EmailKey.eq(email_key.as_str())).one(txn).await?;
    let other = whose.filter(|other| other.id != learner.id);
    if let Some(other) = &other {
        if other.merged_into != Some(learner.id) {
            return Err(Refusal::EmailTaken.into());
        }
        // It is that of the person's other account, which was merged into this one: the two change places,
        // and the address is nobody's meanwhile.
        write(txn, other.id, (&other.email, &learner::Model::let_go_key(other.id)), now).await?;
    }
    let change = write(txn, learner.id, (&email, &email_key), now).await;
    change.map_err(|error| if taken(&error) { Error::from(Refusal::EmailTaken) } else { error.into() })?;
    if let Some(other) = &other {
        write(txn, other.id, (&learner.email, &learner.email_key), now).await?;
    }
    index::learners(txn, &[learner.id]).await?;
    if email_key == learner.email_key {
        return Ok(());
    }
    if cause == Cause::Corrected {
        // Whoever read the mail of the wrong address has that of the calendar from it.
        end_calendars(txn, learner.id).await?;
    }
    take_along(txn, &learner.email_key, &email_key).await?;
    code::end_codes(txn, &learner.email_key, now).await?;
    // An address of a merged account is as good for signing in as the own one, before and after.
    let cause = if other.is_some() { Cause::Exchanged } else { cause };
    let (old, new) = ((&learner.email, &learner.email_key), (&email, &email_key));
    tell(txn, app, learner.id, [old, new], (cause, by)).await?;
    Ok(())
}

/// Writes down that the address of `learner_id` became another, each given as mail is sent to it and as its
/// key; both are told.
pub async fn tell(
    txn: &Transaction,
    app: &AppState,
    learner_id: Uuid,
    [old, new]: [(&String, &String); 2],
    (cause, by): (Cause, Option<Uuid>),
) -> Result<(), DbErr> {
    let row = email_change::Model {
        id: app.nature.id(),
        learner_id,
        old_email: old.0.clone(),
        old_email_key: old.1.clone(),
        new_email: new.0.clone(),
        new_email_key: new.1.clone(),
        cause,
        changed_by: by,
        changed_at: app.nature.now(),
    };
    email_change::Entity::insert(row.into_active_model()).exec_without_returning(txn).await.map(drop)
}

/// The accounts that were merged into `learner_id` and whose addresses open it.
pub async fn others(db: &impl ConnectionTrait, learner_id: Uuid) -> Result<Vec<learner::Model>, DbErr> {
    let merged = learner::Entity::find().filter(learner::Column::MergedInto.eq(learner_id));
    let merged = merged.order_by_asc(learner::Column::EmailKey).all(db).await?;
    Ok(merged.into_iter().filter(learner::Model::is_reached).collect())
}

/// The address of `merged`, which was merged into `kept`, opens nothing from now on; whoever signs in with it
/// is somebody new. Both addresses are told.
pub async fn let_go(
    txn: &Transaction,
    app: &AppState,
    kept: &learner::Model,
    merged: &learner::Model,
    by: Option<Uuid>,
) -> Result<(), DbErr> {
    let now = app.nature.now();
    write(txn, merged.id, (&merged.email, &learner::Model::let_go_key(merged.id)), now).await?;
    code::end_codes(txn, &merged.email_key, now).await?;
    end_calendars(txn, merged.id).await?;
    let (old, new) = ((&merged.email, &merged.email_key), (&kept.email, &kept.email_key));
    tell(txn, app, kept.id, [old, new], (Cause::LetGo, by)).await
}

/// Ends the addresses of a learner's calendar: the account's own, and those of accounts that were merged into
/// it.
pub async fn end_calendars(txn: &Transaction, learner_id: Uuid) -> Result<(), DbErr> {
    use learner::Column;
    learner::Entity::update_many()
        .col_expr(Column::CalendarRotation, Expr::col(Column::CalendarRotation).add(1))
        .filter(Column::Id.eq(learner_id).or(Column::MergedInto.eq(learner_id)))
        .exec(txn)
        .await
        .map(drop)
}

async fn write(
    txn: &Transaction,
    id: Uuid,
    (email, email_key): (&str, &str),
    now: Instant,
) -> Result<(), DbErr> {
    let row = learner::ActiveModel {
        email: Set(email.to_owned()),
        email_key: Set(email_key.to_owned()),
        updated_at: Set(now),
        ..Default::default()
    };
    learner::Entity::update_many().set(row).filter(learner::Column::Id.eq(id)).exec(txn).await.map(drop)
}

/// What the old address has had enough of, the new one has, too.
pub async fn take_along(txn: &Transaction, old_key: &str, new_key: &str) -> Result<()> {
    use unsubscription::{Column, Entity, Model};
    let said = Entity::find().filter(Column::EmailKey.eq(old_key)).all(txn).await?;
    let rows: Vec<_> = said
        .into_iter()
        .map(|row| Model { email_key: new_key.to_owned(), ..row }.into_active_model())
        .collect();
    if !rows.is_empty() {
        let known = OnConflict::columns([Column::EmailKey, Column::Topic]).do_nothing().to_owned();
        Entity::insert_many(rows).on_conflict(known).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// Whether `error` says that another account has the address.
fn taken(error: &DbErr) -> bool {
    breaks(error, "learner_email_unique", "learner.email_key")
}

/// Who is signed in, where it is nobody who works here: an account that opens the office is not to be had by
/// a token that was left lying about.
pub fn may_change_own(viewer: &Viewer) -> Result<&learner::Model, Refusal> {
    let learner = viewer.signed_in()?;
    if viewer.is_staff() { Err(Refusal::EmailOfStaff) } else { Ok(learner) }
}

/// The address that a person typed into the field `email`.
pub fn read_address(email: &str) -> Result<Address, Refusal> {
    Address::parse(email)
        .map_err(|_| Refusal::invalid("Please enter an e-mail address, such as ada@example.org.", &["email"]))
}
