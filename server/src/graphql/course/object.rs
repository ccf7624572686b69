//! Placeholder: written on the branch `catalogue`.

use std::sync::Arc;

use async_graphql::{ID, Object};

use crate::catalogue::CoursePage;
use crate::graphql::global_id::{Kind, global};

/// A course.
#[derive(Clone, Debug)]
pub struct Course(pub Arc<CoursePage>);

#[Object]
impl Course {
    /// Opaque id.
    async fn id(&self) -> ID {
        global(Kind::Course, self.0.course.id)
    }
}
