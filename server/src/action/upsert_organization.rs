//! Entering an organization, and changing what is said about one.

use entity::refusal::Versioned;
use entity::{Refusal, organization};
use sea_orm::{EntityTrait, QuerySelect};
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::draft::alone::{Seen, Wanted, must_be_free, must_say, put};
use crate::catalogue::draft::{Field, Mistakes, Organization, OrganizationChange, Telling, changing};
use crate::error::Result;
use crate::viewer::{Reach, Viewer};

/// Changes an organization; with none `seen`, enters a new one. `mistakes` are those of reading the change.
/// The whole office may do it, and the staff of the organization itself, who leave its slug alone. Returns
/// its id.
///
/// # Errors
/// Refuses everybody else, a version that is no longer the organization's, every mistake, and a slug that
/// another one has.
pub async fn upsert_organization(
    app: &AppState,
    viewer: &Viewer,
    seen: Option<Seen>,
    (change, mut mistakes): (OrganizationChange, Mistakes),
) -> Result<Uuid> {
    viewer.signed_in()?;
    changing(app, async |txn| {
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
        let mut wanted = old.as_ref().map(Organization::of).unwrap_or_default();
        if old.is_none() {
            must_say(
                &[(Field::Slug, change.slug.is_some()), (Field::Name, change.name.is_some())],
                "A new organization needs a slug and a name.",
                &mut mistakes,
            );
        }
        change.put(&mut wanted);
        mistakes.none(&Telling::input())?;
        if old.as_ref().is_none_or(|old| wanted.slug != old.slug) {
            if !whole_office {
                let message = "The slug of an organization stands in addresses and files, so only the whole office can change it.";
                return Err(Refusal::invalid(message, &["slug"]).into());
            }
            must_be_free::<organization::Entity>(txn, organization::Column::Slug, &wanted.slug).await?;
        }
        put(app, txn, viewer, "upsertOrganization", Wanted::Organization(old.as_ref(), &wanted)).await
    })
    .await
}
