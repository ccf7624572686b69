//! What staff do with organizations.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use entity::organization;
use sea_orm::EntityTrait;

use super::Organization;
use crate::action::upsert_organization::upsert_organization;
use crate::app::AppState;
use crate::catalogue::draft::{Field, Mistakes, OrganizationChange, at};
use crate::error::{self, Fault};
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, seen};
use crate::graphql::input::Reader;
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::Url;
use crate::viewer::Viewer;

/// An organization: a new one, or changes to one. What is left out stays as it is; null takes away what may
/// be missing.
#[derive(Clone, Debug, InputObject)]
pub struct UpsertOrganizationInput {
    /// The organization; left out: a new one is entered, with a slug and a name.
    id: Option<ID>,
    /// The version of the organization that was looked at, `Organization.version` as it was read; needed
    /// where `id` is given.
    version: Option<i32>,
    /// Unique name for addresses and files: 1 to 100 small letters, digits, `-` and `_`. Only the whole
    /// office changes it.
    slug: Option<String>,
    /// Name as people read it; up to 300 characters.
    name: Option<String>,
    /// Home page: an address that begins with `https://`.
    url: MaybeUndefined<Url>,
}

payload! {
    /// What came of entering or changing an organization.
    UpsertOrganizationPayload {
        /// The organization as it stands now. Null where refused.
        organization: Organization,
    }
}

/// What staff do with organizations.
#[derive(Clone, Copy, Debug, Default)]
pub struct UpsertOrganizationMutation;

#[Object]
impl UpsertOrganizationMutation {
    /// Enters an organization, or changes what is said about one, on the pages of all courses at once. For
    /// the staff of the whole office; the staff of an organization change its name and its home page.
    #[graphql(directive = cost::apply(of_act()))]
    async fn upsert_organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which organization, and what is to be said.")] input: UpsertOrganizationInput,
    ) -> Result<UpsertOrganizationPayload> {
        answer(upsert(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn upsert(
    app: &AppState,
    viewer: &Viewer,
    input: UpsertOrganizationInput,
) -> error::Result<Organization> {
    viewer.signed_in()?;
    let which = seen(Kind::Organization, input.id.as_ref(), input.version)?;
    let id = upsert_organization(app, viewer, which, input.read()).await?;
    let row = organization::Entity::find_by_id(id).one(&app.db).await?;
    Ok(row
        .map(|row| Organization(Arc::new(row)))
        .ok_or_else(|| Fault::Stored(format!("organization {id} has gone")))?)
}

impl UpsertOrganizationInput {
    /// What is to be different, and what of it cannot be.
    fn read(self) -> (OrganizationChange, Mistakes) {
        let Self { id: _, version: _, slug, name, url } = self;
        let mut mistakes = Mistakes::default();
        let mut read = Reader::at(at![], &mut mistakes);
        let change = OrganizationChange {
            slug: read.some_text(Field::Slug, slug),
            name: read.some_text(Field::Name, name),
            url: read.patch_text(Field::Url, url.map_value(|url| url.0)),
        };
        (change, mistakes)
    }
}
