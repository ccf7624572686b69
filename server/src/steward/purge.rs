//! What has served its time is taken away, by age and in small bites, so that nobody waits for it: a bite of
//! each kind a round, each a transaction of its own. What is kept for how long is told to operators in
//! README.md, "What is kept, and for how long".

use entity::{
    Instant, access_token, bounce, export_ticket, file, idempotency, registration_import, sign_in_code,
    spent_proof, suppression,
};
use sea_orm::sea_query::{IntoCondition, Query};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, Iterable, PrimaryKeyToColumn, QueryFilter};

use crate::app::AppState;
use crate::error::Result;

/// The most rows of a kind that a bite takes.
pub const BITE: u64 = 500;
/// The most files: with their pieces they may have 20 MB each.
const FILES: u64 = 2;

/// Days for which a sign-in code is kept, with the letter that it went out in: as long as somebody may ask
/// what became of it.
pub const SIGN_IN_CODE_DAYS: i64 = 7;
/// Days for which a token that has ended is told from one that never was.
pub const ENDED_TOKEN_DAYS: i64 = 30;
/// Days for which a spent proof of work is kept that goes with no key: longer than any challenge lives and
/// any limit looks back.
const PROOF_DAYS: i64 = 1;
/// Days for which the verdicts on a roster are kept: a day longer than the key under which they are asked for
/// again.
pub const IMPORT_DAYS: i64 = idempotency::KEPT_DAYS + 1;

/// Days for which staff see what was kept back from an address and why, after it has ended.
pub const ENDED_SUPPRESSION_DAYS: i64 = 365;

/// Takes one bite of each kind; returns how many rows have gone.
///
/// # Errors
/// Where the database fails; what has gone by then is gone.
pub async fn bite(app: &AppState) -> Result<u64> {
    let now = app.nature.now();
    let mut gone = 0;
    gone += take::<sign_in_code::Entity>(
        app,
        sign_in_code::Column::CreatedAt.lte(days_ago(now, SIGN_IN_CODE_DAYS)),
        BITE,
    )
    .await?;
    gone += take::<access_token::Entity>(app, ended_tokens(now), BITE).await?;
    gone += take::<export_ticket::Entity>(app, export_ticket::Column::ExpiresAt.lte(now), BITE).await?;
    gone += take::<spent_proof::Entity>(app, spent_proofs(now), BITE).await?;
    gone += take::<idempotency::Entity>(
        app,
        idempotency::Column::CreatedAt.lte(days_ago(now, idempotency::KEPT_DAYS)),
        BITE,
    )
    .await?;
    gone += take::<registration_import::Entity>(
        app,
        registration_import::Column::CreatedAt.lte(days_ago(now, IMPORT_DAYS)),
        BITE,
    )
    .await?;
    gone +=
        take::<bounce::Entity>(app, bounce::Column::At.lte(days_ago(now, bounce::KEPT_DAYS)), BITE).await?;
    gone += take::<suppression::Entity>(app, ended_suppressions(now), BITE).await?;
    gone += take::<file::Entity>(app, files(now), FILES).await?;
    Ok(gone)
}

fn days_ago(now: Instant, days: i64) -> Instant {
    now.plus_seconds(-days * 86_400)
}

/// However a suppression has ended.
fn ended_suppressions(now: Instant) -> Condition {
    use suppression::Column;
    let long_ago = days_ago(now, ENDED_SUPPRESSION_DAYS);
    Condition::any().add(Column::LiftedAt.lte(long_ago)).add(Column::ExpiresAt.lte(long_ago))
}

/// However a token has ended: signed out, too old, or not used for too long.
fn ended_tokens(now: Instant) -> Condition {
    use access_token::Column;
    let long_ago = days_ago(now, ENDED_TOKEN_DAYS);
    Condition::any()
        .add(Column::RevokedAt.lte(long_ago))
        .add(Column::ExpiresAt.lte(long_ago))
        .add(Column::LastUsedAt.lte(days_ago(long_ago, access_token::IDLE_DAYS)))
}

/// A proof that goes with a key is the memory of what was asked under it.
fn spent_proofs(now: Instant) -> Condition {
    use spent_proof::Column;
    let forgotten = Condition::any()
        .add(Column::IdempotencyKey.is_null())
        .add(Column::SpentAt.lte(days_ago(now, idempotency::KEPT_DAYS)));
    Condition::all().add(Column::SpentAt.lte(days_ago(now, PROOF_DAYS))).add(forgotten)
}

/// Files that are old enough, and what has never become one.
fn files(now: Instant) -> Condition {
    use file::Column;
    let never_whole = Condition::all()
        .add(Column::Whole.eq(false))
        .add(Column::CreatedAt.lte(now.plus_seconds(-file::HALF_KEPT_HOURS * 3_600)));
    Condition::any().add(Column::CreatedAt.lte(days_ago(now, file::KEPT_DAYS))).add(never_whole)
}

/// Deletes at most `most` rows for which `past` holds.
async fn take<E: EntityTrait>(app: &AppState, past: impl IntoCondition, most: u64) -> Result<u64, DbErr> {
    let Some(key) = E::PrimaryKey::iter().next().map(PrimaryKeyToColumn::into_column) else { return Ok(0) };
    let chosen = Query::select().column(key).from(E::default()).cond_where(past).limit(most).take();
    let txn = app.begin().await?;
    let gone = E::delete_many().filter(key.in_subquery(chosen)).exec(&txn).await?.rows_affected;
    txn.commit().await?;
    Ok(gone)
}
