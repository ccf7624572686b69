//! What is reached from many courses at once.

use std::collections::HashMap;

use async_graphql::dataloader::{DataLoader, Loader};
use entity::registration;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::object::Registration;
use crate::app::AppState;
use crate::graphql::refusal::OrOpaque;
use crate::viewer::Viewer;

/// Puts what registrations load through into a request: as seen by `viewer`, and for this request alone.
pub fn loaders(request: async_graphql::Request, app: &AppState, viewer: &Viewer) -> async_graphql::Request {
    request.data(DataLoader::new(ViewerRegistrations::new(app, viewer), tokio::spawn))
}

/// The viewer's registration by course: the live one, or else the newest.
#[derive(Debug)]
pub struct ViewerRegistrations {
    app: AppState,
    learner_id: Option<Uuid>,
}

impl ViewerRegistrations {
    fn new(app: &AppState, viewer: &Viewer) -> Self {
        Self { app: app.clone(), learner_id: viewer.learner.as_ref().map(|learner| learner.id) }
    }
}

impl Loader<Uuid> for ViewerRegistrations {
    type Value = Registration;
    type Error = async_graphql::Error;

    async fn load(&self, keys: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, Self::Error> {
        use registration::Status;
        let Some(learner_id) = self.learner_id else { return Ok(HashMap::new()) };
        let mut rows = registration::Entity::find()
            .filter(registration::Column::LearnerId.eq(learner_id))
            .filter(registration::Column::CourseId.is_in(keys.to_vec()))
            .all(&self.app.db)
            .await
            .or_opaque()?;
        let now = self.app.nature.now();
        // The best comes last, and so stays in the map.
        rows.sort_by_key(|row| {
            let live = match row.status_at(now) {
                Status::Started | Status::Confirmed | Status::Waitlisted => true,
                Status::Cancelled | Status::Expired => false,
            };
            (live, row.started_at, row.id)
        });
        let best: HashMap<Uuid, registration::Model> =
            rows.into_iter().map(|row| (row.course_id, row)).collect();
        let (course_ids, best): (Vec<Uuid>, Vec<_>) = best.into_iter().unzip();
        Ok(course_ids.into_iter().zip(Registration::together(best)).collect())
    }
}
