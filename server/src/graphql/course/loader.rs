//! What a level of courses needs beyond their pages, in one statement each.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use entity::registration;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue;
use crate::graphql::refusal::OrOpaque;
use crate::provenance::Provenance;
use crate::viewer::Viewer;

/// How many seats of a course are taken or held now, by the course's id; a course of which none is taken has
/// no entry.
#[derive(Debug)]
pub struct Taken {
    app: AppState,
    provenance: Provenance,
}

impl Taken {
    /// A loader for one request.
    pub fn new(app: &AppState, viewer: &Viewer) -> Self {
        Self { app: app.clone(), provenance: viewer.provenance.clone() }
    }
}

impl Loader<Uuid> for Taken {
    type Value = catalogue::Taken;
    type Error = async_graphql::Error;

    async fn load(&self, course_ids: &[Uuid]) -> async_graphql::Result<HashMap<Uuid, catalogue::Taken>> {
        let now = self.provenance.now_for_seats(&self.app);
        let taken = catalogue::taken(&self.app.db, course_ids, now).await.or_opaque()?;
        for id in course_ids {
            self.provenance.counted(*id, taken.get(id).copied().unwrap_or_default());
        }
        Ok(taken)
    }
}

/// Which courses the viewer is confirmed for, by the course's id; the others have no entry.
#[derive(Debug)]
pub struct Confirmed {
    app: AppState,
    learner_id: Option<Uuid>,
    provenance: Provenance,
}

impl Confirmed {
    /// A loader for one request.
    pub fn new(app: &AppState, viewer: &Viewer) -> Self {
        let learner_id = viewer.learner.as_ref().map(|learner| learner.id);
        Self { app: app.clone(), learner_id, provenance: viewer.provenance.clone() }
    }
}

impl Loader<Uuid> for Confirmed {
    type Value = ();
    type Error = async_graphql::Error;

    async fn load(&self, course_ids: &[Uuid]) -> async_graphql::Result<HashMap<Uuid, ()>> {
        self.provenance.is_personal();
        let Some(learner_id) = self.learner_id else { return Ok(HashMap::new()) };
        let confirmed: Vec<Uuid> = registration::Entity::find()
            .select_only()
            .column(registration::Column::CourseId)
            .filter(registration::Column::LearnerId.eq(learner_id))
            .filter(registration::Column::CourseId.is_in(course_ids.iter().copied()))
            .filter(registration::Column::Status.eq(registration::Status::Confirmed))
            .into_tuple()
            .all(&self.app.db)
            .await
            .or_opaque()?;
        Ok(confirmed.into_iter().map(|id| (id, ())).collect())
    }
}
