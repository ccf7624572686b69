//! Asking for the faculty.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use entity::faculty_member::{Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{FacultyFilter, FacultyMember};
use crate::app::AppState;
use crate::graphql::directive::{cost, of_list};
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::keyset::{Page, Shape, Sort, Wanted, total};
use crate::graphql::refusal::{OrOpaque, searched};
use crate::listing::search::FACULTY;
use crate::viewer::Viewer;

/// The questions about the faculty.
#[derive(Clone, Copy, Debug, Default)]
pub struct FacultyQuery;

#[Object]
impl FacultyQuery {
    /// The member of the faculty of this name; null where there is none that the viewer may see.
    #[graphql(directive = cost::apply(of_list()))]
    async fn faculty_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person's unique name in addresses.")] slug: String,
    ) -> Nullable<FacultyMember> {
        nullable(async {
            let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
            let select = Entity::find().filter(Column::Slug.eq(slug)).filter(viewer.visible_faculty());
            Ok(select.one(&app.db).await.or_opaque()?.map(|row| FacultyMember(Arc::new(row))))
        })
        .await
    }

    /// Everybody who teaches in a course that the viewer may see, by name.
    #[graphql(directive = cost::apply(of_list()))]
    async fn faculty(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which members; all where nothing is said.")] filter: Option<FacultyFilter>,
    ) -> Result<Page<FacultyMember>> {
        let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
        let sort = Sort::ascending([
            (Expr::col((Entity, "name_key")), Shape::Text),
            (Column::Id.into_expr(), Shape::Id),
        ]);
        let wanted = Wanted::read(first, after, last, before)?.shaped("faculty", &sort.shape())?;
        let text = filter.unwrap_or_default().text;
        let found = searched(text)?.find(&app.db, FACULTY, Column::Id.into_expr()).await.or_opaque()?;
        let select = Entity::find().filter(viewer.visible_faculty());
        let total = total(ctx, || select.clone().filter(found.count)).await?;
        let found =
            wanted.fetch::<Model, _, _>(&app.db, select.filter(found.page), &sort).await.or_opaque()?;
        Ok(found.connection_of(total, |row| FacultyMember(Arc::new(row))))
    }
}
