//! Things that are shown together, such as those of a page: what they need beside their own rows is read by
//! the first that asks, for all of them.

use std::collections::HashMap;

use async_graphql::{Context, Result};
use sea_orm::DbErr;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::refusal::OrOpaque;
use crate::app::AppState;
use crate::error::Fault;

/// Something known by the id of what it belongs to, once it is read.
pub type Read<T> = OnceCell<HashMap<Uuid, T>>;

/// What is in `cell`, read by the first who asks.
///
/// # Errors
/// Faults of the database, as clients see them.
pub async fn read<'a, 'c, T, F>(
    ctx: &'c Context<'_>,
    cell: &'a Read<T>,
    load: impl FnOnce(&'c AppState) -> F,
) -> Result<&'a HashMap<Uuid, T>>
where
    F: Future<Output = Result<HashMap<Uuid, T>, DbErr>>,
{
    let app = ctx.data::<AppState>()?;
    cell.get_or_try_init(|| load(app)).await.or_opaque()
}

/// What a row points at, and so must be there.
///
/// # Errors
/// Where it is not: a fault.
pub fn there<T>(found: Option<T>, what: &str, id: Uuid) -> Result<T> {
    found.ok_or_else(|| Fault::Stored(format!("there is no {what} {id}"))).or_opaque()
}

/// Each once, in order.
pub fn once<T: Ord>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.into_iter().collect();
    all.sort_unstable();
    all.dedup();
    all
}
