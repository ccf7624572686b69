//! Claiming: how one worker, and only one, gets a notice into its hands.

use entity::{Instant, notice};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, Statement};

/// One statement on both databases, which is a transaction of its own. A claim takes over what another worker let go: `sending` is left standing, so that a lost answer is seen,
/// and each time a claimed notice has to be taken over counts as a crash of the worker that held it.
const CLAIM: &str = "
with taken as materialized (
    select id from notice where ready_at is not null and ready_at <= $1 order by priority, ready_at limit $2 {lock}
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

/// Takes up to `most` notices that are ready at `now` for `worker`, the most urgent first.
pub async fn claim(db: &impl ConnectionTrait, worker: &str, most: u32, now: Instant) -> Result<Vec<notice::Model>, DbErr> {
    let backend = db.get_database_backend();
    let lock = if backend == DbBackend::Postgres { "for update skip locked" } else { "" };
    let lease = now.plus_seconds(notice::LEASE_SECONDS);
    let values = [now.into(), i64::from(most).into(), worker.into(), lease.into()];
    let statement = Statement::from_sql_and_values(backend, CLAIM.replace("{lock}", lock), values);
    let mut claimed = notice::Entity::find().from_raw_sql(statement).all(db).await?;
    claimed.sort_by_key(|notice| (notice.priority, notice.due_at, notice.id));
    Ok(claimed)
}

/// Puts a claimed notice back that nobody has begun with; says whether it was still ours. One that was taken over while sending is left to
/// the next taker, who judges what was lost.
pub async fn put_back(db: &impl ConnectionTrait, notice: &notice::Model, now: Instant) -> Result<bool, DbErr> {
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
        .set(ActiveModel { status: Set(status), ready_at: Set(Some(now)), updated_at: Set(now), ..Default::default() })
        .filter(Column::Id.eq(notice.id))
        .filter(Column::Fence.eq(notice.fence))
        .filter(Column::Status.is_in([Status::Claimed, Status::Sending]))
        .exec(db)
        .await?;
    Ok(result.rows_affected == 1)
}
