//! Organizations in the API.

mod query;
mod upsert_organization;

use std::sync::Arc;

use async_graphql::{ID, Object};
use entity::organization;

pub use query::OrganizationQuery;
pub use upsert_organization::UpsertOrganizationMutation;

use super::global_id::{Kind, global};
use super::scalar::Url;

/// An organization that offers courses, or accredits them.
#[derive(Clone, Debug)]
pub struct Organization(pub Arc<organization::Model>);

/// An organization that offers courses, or accredits them.
#[Object]
impl Organization {
    /// Opaque id, unique across types.
    pub async fn id(&self) -> ID {
        global(Kind::Organization, self.0.id)
    }

    /// Unique, stable name for addresses and files.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Name as people read it. Plain text.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Counted up with every change to what is said here. An edit names the version it saw.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Home page, https; null where none is known.
    async fn url(&self) -> Option<Url> {
        self.0.url.clone().filter(|url| url.starts_with("https://")).map(Url)
    }
}
