//! Asking for a series.

use async_graphql::{Context, Object, Result};
use entity::series::{Column, Entity};
use sea_orm::sea_query::Order;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};

use super::Series;
use crate::desk::Desk;
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::keyset::{Key, Page, Shape, Wanted};
use crate::graphql::refusal::OrOpaque;
use crate::viewer::Viewer;

/// The questions about series.
#[derive(Clone, Copy, Debug, Default)]
pub struct SeriesQuery;

#[Object]
impl SeriesQuery {
    /// The series of this name; null where there is none that the viewer may see.
    async fn series(&self, ctx: &Context<'_>, #[graphql(desc = "Its unique name.")] slug: String) -> Nullable<Series> {
        let found = async {
            let (desk, viewer) = (ctx.data::<Desk>()?, ctx.data::<Viewer>()?);
            let select = Entity::find().select_only().column(Column::Id).filter(Column::Slug.eq(slug)).filter(viewer.visible_series());
            let Some(id) = select.into_tuple().one(&desk.db).await.or_opaque()? else { return Ok(None) };
            Ok(desk.catalogue.serieses(&desk.db, &[id]).await.or_opaque()?.remove(&id).map(Series))
        };
        nullable(found.await)
    }

    /// Series by title: for staff all, to choose from; for everybody else those with a course that they may see.
    async fn series_list(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Page<Series>> {
        let (desk, viewer) = (ctx.data::<Desk>()?, ctx.data::<Viewer>()?);
        let wanted = Wanted::read(first, after, last, before)?.shaped("seriesList", &[Shape::Text, Shape::Id])?;
        let select = Entity::find().filter(viewer.visible_series());
        let total =
            if ctx.look_ahead().field("totalCount").exists() { Some(select.clone().count(&desk.db).await.or_opaque()?) } else { None };
        let columns = [(Column::Title.into_expr(), Order::Asc), (Column::Id.into_expr(), Order::Asc)];
        let found = wanted.fetch(&desk.db, select, &columns).await.or_opaque()?;
        let ids: Vec<_> = found.rows.iter().map(|row| row.id).collect();
        let mut rows = desk.catalogue.serieses(&desk.db, &ids).await.or_opaque()?;
        let found = found.filter_map(|row| Some((vec![Key::Text(row.title), Key::Id(row.id)], Series(rows.remove(&row.id)?))));
        Ok(found.connection(total, |edge| edge))
    }
}
