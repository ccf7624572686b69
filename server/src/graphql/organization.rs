//! Organizations in the API.

use std::sync::Arc;

use async_graphql::{ID, Object};
use entity::organization;

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

    /// Home page, https.
    async fn url(&self) -> Option<Url> {
        self.0.url.clone().filter(|url| url.starts_with("https://")).map(Url)
    }
}
