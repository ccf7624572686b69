//! What a level of courses needs beyond their pages, in one statement each.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use entity::registration;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::desk::Desk;
use crate::graphql::refusal::OrOpaque;
use crate::viewer::Viewer;

/// How many seats of a course are taken or held now, by the course's id; a course of which none is taken has no entry.
#[derive(Debug)]
pub struct Taken {
    desk: Desk,
}

impl Taken {
    /// A loader for one request.
    pub fn new(desk: &Desk) -> Self {
        Self { desk: desk.clone() }
    }
}

impl Loader<Uuid> for Taken {
    type Value = i64;
    type Error = async_graphql::Error;

    async fn load(&self, course_ids: &[Uuid]) -> async_graphql::Result<HashMap<Uuid, i64>> {
        let counts: Vec<(Uuid, i64)> = registration::Entity::find()
            .select_only()
            .column(registration::Column::CourseId)
            .column_as(registration::Column::Id.count(), "taken")
            .filter(registration::Column::CourseId.is_in(course_ids.iter().copied()))
            .filter(registration::seated(self.desk.nature.now()))
            .group_by(registration::Column::CourseId)
            .into_tuple()
            .all(&self.desk.db)
            .await
            .or_opaque()?;
        Ok(counts.into_iter().collect())
    }
}

/// Which courses the viewer is confirmed for, by the course's id; the others have no entry.
#[derive(Debug)]
pub struct Confirmed {
    desk: Desk,
    learner_id: Option<Uuid>,
}

impl Confirmed {
    /// A loader for one request.
    pub fn new(desk: &Desk, viewer: &Viewer) -> Self {
        Self { desk: desk.clone(), learner_id: viewer.learner.as_ref().map(|learner| learner.id) }
    }
}

impl Loader<Uuid> for Confirmed {
    type Value = ();
    type Error = async_graphql::Error;

    async fn load(&self, course_ids: &[Uuid]) -> async_graphql::Result<HashMap<Uuid, ()>> {
        let Some(learner_id) = self.learner_id else { return Ok(HashMap::new()) };
        let confirmed: Vec<Uuid> = registration::Entity::find()
            .select_only()
            .column(registration::Column::CourseId)
            .filter(registration::Column::LearnerId.eq(learner_id))
            .filter(registration::Column::CourseId.is_in(course_ids.iter().copied()))
            .filter(registration::Column::Status.eq(registration::Status::Confirmed))
            .into_tuple()
            .all(&self.desk.db)
            .await
            .or_opaque()?;
        Ok(confirmed.into_iter().map(|id| (id, ())).collect())
    }
}
