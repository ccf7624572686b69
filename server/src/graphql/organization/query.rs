//! Asking for organizations.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result};
use entity::organization::{Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::Organization;
use crate::app::AppState;
use crate::graphql::directive::{cost, max_length, of_list, of_search};
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::keyset::{Page, Shape, Sort, Wanted, total};
use crate::graphql::refusal::{OrOpaque, searched};
use crate::listing::search::ORGANIZATIONS;
use crate::viewer::Viewer;

/// Which organizations; all conditions that are given must be met.
#[derive(Clone, Debug, Default, InputObject)]
pub struct OrganizationFilter {
    /// Words, each of which must be, or begin, a word of the name; case, accents and signs do not matter. At
    /// most ten words and 200 characters.
    #[graphql(directive = max_length::apply(200, Some(10)), directive = cost::apply(of_search()))]
    text: Option<String>,
}

/// The questions about organizations.
#[derive(Clone, Copy, Debug, Default)]
pub struct OrganizationQuery;

#[Object]
impl OrganizationQuery {
    /// The organization of this name; null where there is none that the viewer may see.
    async fn organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its unique name.")] slug: String,
    ) -> Nullable<Organization> {
        nullable(async {
            let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
            let select = Entity::find().filter(Column::Slug.eq(slug)).filter(viewer.visible_organizations());
            Ok(select.one(&app.db).await.or_opaque()?.map(|row| Organization(Arc::new(row))))
        })
        .await
    }

    /// Organizations by name: for staff all, to choose from; for everybody else those that stand behind a
    /// course that they may see.
    #[graphql(directive = cost::apply(of_list()))]
    async fn organizations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which organizations; all where nothing is said.")] filter: Option<
            OrganizationFilter,
        >,
    ) -> Result<Page<Organization>> {
        let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
        let sort = Sort::ascending([
            (Expr::col((Entity, "name_key")), Shape::Text),
            (Column::Id.into_expr(), Shape::Id),
        ]);
        let wanted = Wanted::read(first, after, last, before)?.shaped("organizations", &sort.shape())?;
        let text = filter.unwrap_or_default().text;
        let found = searched(text)?.find(&app.db, ORGANIZATIONS, Column::Id.into_expr()).await.or_opaque()?;
        let select = Entity::find().filter(viewer.visible_organizations());
        let total = total(ctx, || select.clone().filter(found.count)).await?;
        let found =
            wanted.fetch::<Model, _, _>(&app.db, select.filter(found.page), &sort).await.or_opaque()?;
        Ok(found.connection_of(total, |row| Organization(Arc::new(row))))
    }
}
