//! What becomes of letters that fell due before a database was restored from a backup: whether they were sent
//! since the backup was made is not on record.

use std::collections::BTreeMap;

use entity::letter::{Letter, NotSentReason};
use entity::notice::{ActiveModel, Column, Entity, Status};
use entity::{Instant, notice};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveEnum, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

/// Letters of one kind that are open and fell due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fallen {
    /// How many.
    pub count: u64,
    /// When the first of them fell due.
    pub first: Instant,
    /// When the last of them did.
    pub last: Instant,
}

/// Letters that fell due up to `until` and have not come to their end.
fn open(until: Instant) -> Condition {
    notice::open().add(Column::DueAt.lte(until))
}

/// What fell due up to `until`, has not come to its end, and is of use at `now`, by its kind. What is of no
/// use any more lapses by itself. The sweep must have gone up to `until` before.
///
/// # Errors
/// Where the database fails.
pub async fn fallen_due(
    db: &impl ConnectionTrait,
    until: Instant,
    now: Instant,
) -> Result<BTreeMap<String, Fallen>, DbErr> {
    let of_use = Condition::any().add(Column::PointlessAt.is_null()).add(Column::PointlessAt.gt(now));
    let rows: Vec<(Letter, i64, Instant, Instant)> = Entity::find()
        .select_only()
        .column(Column::Letter)
        .column_as(Column::Id.count(), "count")
        .column_as(Column::DueAt.min(), "first")
        .column_as(Column::DueAt.max(), "last")
        .filter(open(until))
        .filter(of_use)
        .filter(notice::readable())
        .group_by(Column::Letter)
        .order_by_asc(Column::Letter)
        .into_tuple()
        .all(db)
        .await?;
    let named = |(letter, count, first, last): (Letter, i64, Instant, Instant)| {
        (letter.to_value(), Fallen { count: u64::try_from(count).unwrap_or(0), first, last })
    };
    Ok(rows.into_iter().map(named).collect())
}

/// Ends the letters of these kinds that fell due up to `until`: they count as sent. A worker that still holds
/// one changes nothing any more. Says how many there were.
///
/// # Errors
/// Where the database fails.
pub async fn count_as_sent(
    db: &impl ConnectionTrait,
    letters: &[Letter],
    until: Instant,
    now: Instant,
) -> Result<u64, DbErr> {
    let change = ActiveModel {
        status: Set(Status::Cancelled),
        reason: Set(Some(NotSentReason::CountedAsSent)),
        ready_at: Set(None),
        updated_at: Set(now),
        ..Default::default()
    };
    let ended = Entity::update_many()
        .set(change)
        .col_expr(Column::Fence, Expr::col(Column::Fence).add(1))
        .filter(open(until))
        .filter(Column::Letter.is_in(letters.iter().copied()))
        .exec(db)
        .await?;
    Ok(ended.rows_affected)
}
