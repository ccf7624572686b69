//! Placeholder: written on the branch `catalogue`.

use std::sync::Arc;

use async_graphql::{ID, Object};

use crate::graphql::global_id::{Kind, global};

/// A track.
#[derive(Clone, Debug)]
pub struct Track(pub Arc<entity::track::Model>);

#[Object]
impl Track {
    /// Opaque id.
    async fn id(&self) -> ID {
        global(Kind::Track, self.0.id)
    }
}
