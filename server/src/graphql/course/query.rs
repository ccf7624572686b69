//! Asking for courses.

use async_graphql::{Context, Object, Result};
use entity::course;
use sea_orm::{EntityTrait, QueryFilter, QuerySelect};

use super::head::is_of_heads;
use super::input::Filtered;
use super::{Course, CourseFilter, CourseOrder};
use crate::app::AppState;
use crate::graphql::directive::{cost, of_list};
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::keyset::{Page, Wanted, total};
use crate::graphql::refusal::OrOpaque;
use crate::listing::Id;
use crate::viewer::Viewer;

/// The questions about courses.
#[derive(Clone, Copy, Debug, Default)]
pub struct CourseQuery;

#[Object]
impl CourseQuery {
    /// The course of this name; null where there is none that the viewer may see.
    async fn course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its unique name.")] slug: String,
    ) -> Nullable<Course> {
        nullable(async {
            let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
            let page = app.catalogue.page_by_slug(&app.db, &slug).await.or_opaque()?;
            Ok(page.filter(|page| viewer.sees_course(page)).map(Course::new))
        })
        .await
    }

    /// Courses that the viewer may see; drafts are seen by the staff who run them alone.
    #[graphql(directive = cost::apply(of_list()))]
    #[allow(
        clippy::too_many_arguments,
        reason = "the arguments of a connection are given by its specification"
    )]
    async fn courses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which courses; all where nothing is said.")] filter: Option<CourseFilter>,
        #[graphql(desc = "In which order; by start, earliest first, where nothing is said.")]
        order_by: Option<CourseOrder>,
    ) -> Result<Page<Course>> {
        let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
        let order = order_by.unwrap_or_default();
        let sort = order.sort();
        let wanted = Wanted::read(first, after, last, before)?.shaped(order.name(), &sort.shape())?;
        let Filtered { page, count } = filter.unwrap_or_default().condition(app).await?;
        let select =
            course::Entity::find().select_only().column(course::Column::Id).filter(viewer.visible_courses());
        let total = total(ctx, || select.clone().filter(count)).await?;
        let found = wanted.fetch::<Id, _, _>(&app.db, select.filter(page), &sort).await.or_opaque()?;
        let ids: Vec<_> = found.rows.iter().map(|(_, row)| row.id).collect();
        let pages = if is_of_heads(ctx.field()) {
            app.catalogue.heads(&app.db, &ids).await
        } else {
            app.catalogue.pages_by_id(&app.db, &ids).await
        };
        let mut pages = pages.or_opaque()?;
        // A page may be a moment newer than the row, and no longer the viewer's to see.
        let found = found.filter_map(|(key, row)| {
            Some((key, pages.remove(&row.id).filter(|page| viewer.sees_course(page))?))
        });
        Ok(found.connection_of(total, Course::new))
    }
}
