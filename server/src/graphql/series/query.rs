//! Asking for a series.

use async_graphql::{Context, Object, Result};
use entity::series::{Column, Entity};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::Series;
use crate::app::AppState;
use crate::graphql::directive::{cost, of_list};
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::keyset::{Page, Shape, Sort, Wanted, total};
use crate::graphql::refusal::OrOpaque;
use crate::listing::Id;
use crate::viewer::Viewer;

/// The questions about series.
#[derive(Clone, Copy, Debug, Default)]
pub struct SeriesQuery;

#[Object]
impl SeriesQuery {
    /// The series of this name; null where there is none that the viewer may see.
    async fn series(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its unique name.")] slug: String,
    ) -> Nullable<Series> {
        nullable(async {
            let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
            let select = Entity::find()
                .select_only()
                .column(Column::Id)
                .filter(Column::Slug.eq(slug))
                .filter(viewer.visible_series());
            let Some(id) = select.into_tuple().one(&app.db).await.or_opaque()? else { return Ok(None) };
            Ok(app.catalogue.serieses(&app.db, &[id]).await.or_opaque()?.remove(&id).map(Series))
        })
        .await
    }

    /// Series by title: for staff all, to choose from; for everybody else those with a course that they may
    /// see.
    #[graphql(directive = cost::apply(of_list()))]
    async fn series_list(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Page<Series>> {
        let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
        let sort = Sort::ascending([
            (Expr::col((Entity, "title_key")), Shape::Text),
            (Column::Id.into_expr(), Shape::Id),
        ]);
        let wanted = Wanted::read(first, after, last, before)?.shaped("seriesList", &sort.shape())?;
        let select = Entity::find().filter(viewer.visible_series());
        let total = total(ctx, || select.clone()).await?;
        let found = wanted
            .fetch::<Id, _, _>(&app.db, select.select_only().column(Column::Id), &sort)
            .await
            .or_opaque()?;
        let ids: Vec<_> = found.rows.iter().map(|(_, row)| row.id).collect();
        let mut rows = app.catalogue.serieses(&app.db, &ids).await.or_opaque()?;
        Ok(found
            .filter_map(|(key, row)| Some((key, Series(rows.remove(&row.id)?))))
            .connection_of(total, |series| series))
    }
}
