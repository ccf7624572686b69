//! Placeholder: written on the branch `catalogue`.

use std::sync::Arc;

use async_graphql::{ID, Object};

use crate::catalogue::CoursePage;
use crate::graphql::global_id::{Kind, global};

/// A session.
#[derive(Clone, Debug)]
pub struct Session {
    /// The page it stands on.
    pub page: Arc<CoursePage>,
    /// Its place there.
    pub index: usize,
}

#[Object]
impl Session {
    /// Opaque id.
    async fn id(&self) -> Option<ID> {
        self.page.sessions.get(self.index).map(|row| global(Kind::Session, row.session.id))
    }
}
