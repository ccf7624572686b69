//! Claiming: how one worker, and only one, gets a notice into its hands.

use entity::letter::NotSentReason;
use entity::{Instant, notice};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult,
    QueryFilter, QueryResult, Statement,
};
use uuid::Uuid;

use crate::{Store, may_write};

/// One statement on both databases, which is a transaction of its own. A claim takes over what another worker
/// let go: `sending` is left standing, so that a lost answer is seen, and each time a claimed notice has to
/// be taken over counts as a crash of the worker that held it.
const CLAIM: &str = "
with taken as materialized (
    select id from notice where ready_at is not null and ready_at <= $1{which} order by priority, ready_at limit $2 {lock}
)
update notice set
    crashes = crashes + case when status = 'claimed' then 1 else 0 end,
    status = case when status = 'sending' then 'sending' else 'claimed' end,
    fence = fence + 1,
    claimed_by = $3,
    ready_at = $4,
    updated_at = $1
where id in (select id from taken)
returning *";

/// Which notices are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Any.
    Any,
    /// Those alone that somebody waits for at this moment, such as sign-in codes.
    Awaited,
}

/// Takes up to `most` notices that are ready at `now` for `worker`, the most urgent first. One that this
/// version cannot read, because another one wrote it or a hand did, is set aside: it costs itself alone. Once
/// a newer release has changed the schema, nothing is taken: it is for that one. Nor is it while letters are
/// held.
pub async fn claim(
    db: &impl Store,
    worker: &str,
    most: u32,
    now: Instant,
) -> Result<Vec<notice::Model>, DbErr> {
    claim_of(db, worker, Wanted::Any, most, now).await
}

/// The same, of those that are wanted.
pub async fn claim_of(
    db: &impl Store,
    worker: &str,
    wanted: Wanted,
    most: u32,
    now: Instant,
) -> Result<Vec<notice::Model>, DbErr> {
    if !db.may_send().await? {
        // Why is told: of a newer release here, of what is held by the survey.
        may_write(db).await?;
        return Ok(Vec::new());
    }
    let backend = db.get_database_backend();
    let lock = if backend == DbBackend::Postgres { "for update skip locked" } else { "" };
    let lease = now.plus_seconds(notice::LEASE_SECONDS);
    let values = [now.into(), i64::from(most).into(), worker.into(), lease.into()];
    let awaited = notice::AWAITED.map(|place| place.to_string()).join(", ");
    let which = match wanted {
        Wanted::Any => String::new(),
        Wanted::Awaited => format!(" and priority in ({awaited})"),
    };
    let sql = CLAIM.replace("{lock}", lock).replace("{which}", &which);
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let mut claimed = Vec::new();
    for row in db.query_all_raw(statement).await? {
        match notice::Model::from_query_result(&row, "") {
            Ok(notice) => claimed.push(notice),
            Err(error) => set_aside(db, &row, &error, now).await?,
        }
    }
    claimed.sort_by_key(|notice| (notice.priority, notice.due_at, notice.id));
    Ok(claimed)
}

async fn set_aside(
    db: &impl ConnectionTrait,
    row: &QueryResult,
    unreadable: &DbErr,
    now: Instant,
) -> Result<(), DbErr> {
    use notice::{ActiveModel, Column, Entity, Status};
    let id: Uuid = row.try_get("", "id")?;
    tracing::error!(notice = %id, error = %unreadable, "a letter in the queue cannot be read by this version, and was set aside");
    let aside = ActiveModel {
        status: Set(Status::Quarantined),
        reason: Set(Some(NotSentReason::CannotBeWritten)),
        ready_at: Set(None),
        updated_at: Set(now),
        ..Default::default()
    };
    Entity::update_many().set(aside).filter(Column::Id.eq(id)).exec(db).await.map(drop)
}

/// Puts a claimed notice back that nobody has begun with; says whether it was still ours. One that was taken
/// over while sending is left to the next taker, who judges what was lost.
pub async fn put_back(
    db: &impl ConnectionTrait,
    notice: &notice::Model,
    now: Instant,
) -> Result<bool, DbErr> {
    use notice::{ActiveModel, Column, Entity, Status};
    let status = match notice.status {
        Status::Sending => Status::Sending,
        Status::Planned
        | Status::Claimed
        | Status::Sent
        | Status::Retry
        | Status::Failed
        | Status::Unknown
        | Status::Lapsed
        | Status::Cancelled
        | Status::Quarantined => notice.waiting(),
    };
    let result = Entity::update_many()
        .set(ActiveModel {
            status: Set(status),
            ready_at: Set(Some(now)),
            updated_at: Set(now),
            ..Default::default()
        })
        .filter(Column::Id.eq(notice.id))
        .filter(Column::Fence.eq(notice.fence))
        .filter(Column::Status.is_in([Status::Claimed, Status::Sending]))
        .exec(db)
        .await?;
    Ok(result.rows_affected == 1)
}
