//! Entering an organization, and changing what is said about one.

use entity::refusal::Versioned;
use entity::{Refusal, organization};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::app::AppState;
use crate::course_file::apart::{self, Seen, Wanted, put, taken};
use crate::course_file::format::Organization;
use crate::course_file::{begin, settle, stored_organization};
use crate::error::Result;
use crate::store::Transaction;
use crate::viewer::{Reach, Viewer};

/// Does with an organization what `change` says; with none `seen`, with a new one that says nothing yet. The whole office may do it, and the
/// staff of the organization itself, who leave its slug alone. Returns its id.
///
/// # Errors
/// Refuses everybody else, a version that is no longer the organization's, every mistake, and a slug that another one has.
pub async fn upsert_organization<F>(app: &AppState, viewer: &Viewer, seen: Option<Seen>, change: F) -> Result<Uuid>
where
    F: FnOnce(&mut Organization) -> Result<(), Refusal> + Send,
{
    viewer.signed_in()?;
    let txn = begin(app).await?;
    let done = write(app, &txn, viewer, seen, change).await;
    settle(app, txn, done).await
}

async fn write<F>(app: &AppState, txn: &Transaction, viewer: &Viewer, seen: Option<Seen>, change: F) -> Result<(Uuid, Option<Vec<Uuid>>)>
where
    F: FnOnce(&mut Organization) -> Result<(), Refusal> + Send,
{
    let whole_office = match (viewer.reach(), seen) {
        (Reach::Everything, _) => true,
        (Reach::Organizations(mine), Some(seen)) if mine.contains(&seen.id) => false,
        (Reach::Organizations(_) | Reach::Nothing, _) => return Err(Refusal::Forbidden.into()),
    };
    let mut old = None;
    if let Some(seen) = seen {
        let row = organization::Entity::find_by_id(seen.id).lock_exclusive().one(txn).await?;
        let row = row.ok_or_else(|| Refusal::not_found("organization"))?;
        seen.is_current(Versioned::Organization, row.version)?;
        old = Some(row);
    }
    let blank = || Organization { slug: String::new(), name: String::new(), url: None };
    let mut wanted = old.as_ref().map_or_else(blank, stored_organization);
    change(&mut wanted)?;
    let wanted = apart::organization(&wanted)?;
    if old.as_ref().is_none_or(|old| old.slug != wanted.slug) {
        if !whole_office {
            let message = "The slug of an organization stands in addresses and files, so only the whole office can change it.";
            return Err(Refusal::invalid(message, &["slug"]).into());
        }
        if organization::Entity::find().filter(organization::Column::Slug.eq(wanted.slug.as_str())).one(txn).await?.is_some() {
            return Err(taken().into());
        }
    }
    put(app, txn, viewer, "upsertOrganization", Wanted::Organization(old.as_ref(), &wanted)).await
}
