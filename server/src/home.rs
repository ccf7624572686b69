//! Where the database lives, looked at when a process begins and every half minute: one that is in another
//! place than it was, as after a restore, holds the e-mails back until somebody has said what becomes of those
//! that fell due since.

use std::time::Duration;

use entity::Instant;
use entity::home::{ActiveModel, Column, Entity, HeldFor, ID, Model, Place};
use entity::nature::SharedNature;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, Statement, TryGetable,
};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::store::Database;

/// The time between two looks.
const TICK: Duration = Duration::from_secs(30);

/// Looks where the database lives, and notes it. One that is in another place than it was holds the e-mails
/// from `now` on; says whether it has just begun to.
///
/// # Errors
/// Where the database does not answer.
pub async fn look(db: &Database, now: Instant) -> Result<bool, DbErr> {
    let place = place(db).await;
    let Some(row) = Entity::find_by_id(ID).one(db).await? else {
        enter(db, place, now).await?;
        return Ok(false);
    };
    let known = row.place();
    // A copy that nobody has looked at since it was made.
    let is_copy = row.held_for == Some(HeldFor::Backup) && row.held_at == row.backed_up_at;
    let begins = is_copy || known.is_left_for(&place) && row.held_at.is_none();
    let place = place.or(known.clone());
    if place == known && !begins {
        return Ok(false);
    }
    let mut change = ActiveModel {
        system_identifier: Set(place.system_identifier),
        timeline: Set(place.timeline),
        database_oid: Set(place.database_oid),
        updated_at: Set(now),
        ..Default::default()
    };
    if begins {
        change.held_at = Set(Some(now));
        change.held_for = Set(Some(if is_copy { HeldFor::Backup } else { HeldFor::Moved }));
    }
    // Of several processes that look at once, each writes the same.
    Entity::update_many().set(change).filter(Column::Id.eq(ID)).exec(db).await?;
    if begins {
        tracing::error!(
            "this database was restored: no e-mails are sent until `lectern restored` is told what becomes of those that fell due"
        );
    }
    Ok(begins)
}

/// Looks every half minute until `stop`: the server at the other end of the same address may be another one.
/// On SQLite there is nothing to see.
pub async fn watch(db: Database, nature: SharedNature, stop: CancellationToken) {
    if db.get_database_backend() != DbBackend::Postgres {
        return;
    }
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if let Err(error) = look(&db, nature.now()).await {
            tracing::debug!(%error, "the database does not say where it lives");
        }
    }
}

/// Holds e-mails, where they are not held yet, and tells the row.
///
/// # Errors
/// Where the database does not answer.
pub async fn hold(db: &Database, now: Instant) -> Result<Model, DbErr> {
    look(db, now).await?;
    let held = ActiveModel {
        held_at: Set(Some(now)),
        held_for: Set(Some(HeldFor::Command)),
        updated_at: Set(now),
        ..Default::default()
    };
    Entity::update_many().set(held).filter(Column::HeldAt.is_null()).exec(db).await?;
    let row = Entity::find_by_id(ID).one(db).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("where the database lives".to_owned()))
}

/// Lets e-mails go again.
///
/// # Errors
/// Where the database does not answer.
pub async fn release(db: &impl ConnectionTrait, now: Instant) -> Result<(), DbErr> {
    let free = ActiveModel {
        held_at: Set(None),
        held_for: Set(None),
        backed_up_at: Set(None),
        updated_at: Set(now),
        ..Default::default()
    };
    Entity::update_many().set(free).filter(entity::home::held()).exec(db).await.map(drop)
}

async fn enter(db: &Database, place: Place, now: Instant) -> Result<(), DbErr> {
    let row = Model {
        id: ID,
        system_identifier: place.system_identifier,
        timeline: place.timeline,
        database_oid: place.database_oid,
        held_at: None,
        held_for: None,
        backed_up_at: None,
        updated_at: now,
    };
    // Another process may have been quicker.
    Entity::insert(row.into_active_model())
        .on_conflict(OnConflict::column(Column::Id).do_nothing().to_owned())
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// Where the database is, as far as it says so: a role may not be allowed to ask everything.
async fn place(db: &Database) -> Place {
    if db.get_database_backend() != DbBackend::Postgres {
        return Place::default();
    }
    Place {
        system_identifier: told(db, "select system_identifier::text from pg_control_system()").await,
        timeline: told(db, "select timeline_id::bigint from pg_control_checkpoint()").await,
        database_oid: told(db, "select oid::bigint from pg_database where datname = current_database()")
            .await,
    }
}

async fn told<T: TryGetable>(db: &Database, question: &str) -> Option<T> {
    match db.query_one_raw(Statement::from_string(DbBackend::Postgres, question)).await {
        Ok(row) => row?.try_get_by_index(0).ok(),
        Err(error) => {
            tracing::debug!(%error, "the database does not say where it lives");
            None
        }
    }
}
