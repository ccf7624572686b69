//! Asking for a series.

use async_graphql::{Context, Object, Result};
use entity::series::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::Series;
use crate::desk::Desk;
use crate::graphql::refusal::OrOpaque;
use crate::viewer::Viewer;

/// The questions about series.
#[derive(Clone, Copy, Debug, Default)]
pub struct SeriesQuery;

#[Object]
impl SeriesQuery {
    /// The series of this name; null where there is none that the viewer may see.
    async fn series(&self, ctx: &Context<'_>, #[graphql(desc = "Its unique name.")] slug: String) -> Result<Option<Series>> {
        let (desk, viewer) = (ctx.data::<Desk>()?, ctx.data::<Viewer>()?);
        let select = Entity::find().select_only().column(Column::Id).filter(Column::Slug.eq(slug)).filter(viewer.visible_series());
        let Some(id) = select.into_tuple().one(&desk.db).await.or_opaque()? else { return Ok(None) };
        Ok(desk.catalogue.serieses(&[id]).await.or_opaque()?.remove(&id).map(Series))
    }
}
