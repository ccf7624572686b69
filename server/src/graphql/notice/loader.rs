//! Notices of many registrations in one statement.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::{notice, registration};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::desk::Desk;
use crate::graphql::refusal::OrOpaque;
use crate::viewer::Viewer;

/// Notices by registration, in the order in which they were entered.
#[derive(Debug)]
pub struct NoticesOf(pub DatabaseConnection);

impl Loader<Uuid> for NoticesOf {
    type Value = Arc<Vec<notice::Model>>;
    type Error = async_graphql::Error;

    async fn load(&self, keys: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, Self::Error> {
        let rows = notice::Entity::find()
            .filter(notice::Column::RegistrationId.is_in(keys.to_vec()))
            .order_by_asc(notice::Column::Id)
            .all(&self.0)
            .await
            .or_opaque()?;
        let mut of: HashMap<Uuid, Vec<notice::Model>> = HashMap::new();
        for row in rows {
            if let Some(registration_id) = row.registration_id {
                of.entry(registration_id).or_default().push(row);
            }
        }
        Ok(of.into_iter().map(|(id, rows)| (id, Arc::new(rows))).collect())
    }
}

/// Those of the notices with these ids that are about a registration that the viewer may see: for `node` and `nodes`.
pub async fn seen(desk: &Desk, viewer: &Viewer, ids: Vec<Uuid>) -> Result<Vec<notice::Model>, DbErr> {
    let visible =
        Query::select().column(registration::Column::Id).from(registration::Entity).cond_where(viewer.visible_registrations()).take();
    notice::Entity::find()
        .filter(notice::Column::Id.is_in(ids))
        .filter(notice::Column::RegistrationId.in_subquery(visible))
        .all(&desk.db)
        .await
}
