//! Tracks in the API.

mod set_tracks;

use std::sync::Arc;

use async_graphql::{ID, Object};
use entity::track;

pub use set_tracks::SetTracksMutation;

use super::global_id::{Kind, global};

/// One of the parallel tracks of a course, such as adult and pediatric.
#[derive(Clone, Debug)]
pub struct Track(pub Arc<track::Model>);

/// One of the parallel tracks of a course, such as adult and pediatric.
#[Object]
impl Track {
    /// Opaque id, unique across types.
    pub async fn id(&self) -> ID {
        global(Kind::Track, self.0.id)
    }

    /// Stable name within the course.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Name as people read it. Plain text.
    async fn name(&self) -> &str {
        &self.0.name
    }
}
