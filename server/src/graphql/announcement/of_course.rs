//! Finding announcements. Whose they are is decided in SQL.

use std::sync::Arc;

use async_graphql::{Context, Object};
use entity::{announcement, course};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::object::Announcement;
use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::graphql::directive::{cost, of_list};
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::keyset::{Page, Shape, Sort, Wanted, total};
use crate::graphql::refusal::OrOpaque;
use crate::viewer::Viewer;

/// What was announced to the registrants of a course.
#[derive(Clone, Debug)]
pub struct AnnouncementsOfCourse(pub Arc<CoursePage>);

#[Object]
impl AnnouncementsOfCourse {
    /// What staff wrote to the registrants of the course, newest first, drafts included; null for who does
    /// not run the course.
    #[graphql(directive = cost::apply(of_list()))]
    async fn announcements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<Page<Announcement>> {
        nullable(async {
            let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
            if !viewer.runs_course(&self.0) {
                return Ok(None);
            }
            let select =
                announcement::Entity::find().filter(announcement::Column::CourseId.eq(self.0.course.id));
            let total = total(ctx, || select.clone()).await?;
            let sort = Sort::descending([
                (Expr::col((announcement::Entity, announcement::Column::CreatedAt)), Shape::At),
                (Expr::col((announcement::Entity, announcement::Column::Id)), Shape::Id),
            ]);
            let wanted =
                Wanted::read(first, after, last, before)?.shaped("course.announcements", &sort.shape())?;
            let slice = wanted.fetch(&app.db, select, &sort).await.or_opaque()?;
            Ok(Some(slice.map(Announcement::together).connection_of(total, |node| node)))
        })
        .await
    }
}

/// Those of the announcements with these ids that are of courses that the viewer runs: for `node` and
/// `nodes`.
pub async fn seen(app: &AppState, viewer: &Viewer, ids: Vec<Uuid>) -> Result<Vec<Announcement>, DbErr> {
    let Some(mine) = viewer.run_courses() else { return Ok(Vec::new()) };
    let mine = Query::select().column(course::Column::Id).from(course::Entity).cond_where(mine).take();
    let select = announcement::Entity::find().filter(announcement::Column::Id.is_in(ids));
    Ok(Announcement::together(
        select.filter(announcement::Column::CourseId.in_subquery(mine)).all(&app.db).await?,
    ))
}
