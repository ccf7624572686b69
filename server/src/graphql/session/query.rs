//! Asking for sessions across courses.

use async_graphql::{Context, Object, Result};
use entity::session::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{Session, SessionFilter};
use crate::app::AppState;
use crate::graphql::directive::{cost, of_list};
use crate::graphql::keyset::{Page, Shape, Sort, Wanted, total};
use crate::graphql::refusal::OrOpaque;
use crate::viewer::Viewer;

/// Where to find a session.
#[derive(Clone, Copy, Debug, FromQueryResult)]
struct Found {
    id: Uuid,
    course_id: Uuid,
}

/// The questions about sessions.
#[derive(Clone, Copy, Debug, Default)]
pub struct SessionQuery;

#[Object]
impl SessionQuery {
    /// Sessions of all courses that the viewer may see, earliest first.
    #[graphql(directive = cost::apply(of_list()))]
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which sessions; all where nothing is said.")] filter: Option<SessionFilter>,
    ) -> Result<Page<Session>> {
        let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
        let sort =
            Sort::ascending([(Column::StartsAt.into_expr(), Shape::At), (Column::Id.into_expr(), Shape::Id)]);
        let wanted = Wanted::read(first, after, last, before)?.shaped("sessions", &sort.shape())?;
        let condition = filter.unwrap_or_default().condition(app).await.or_opaque()?;
        let select = Entity::find().filter(viewer.visible_sessions()).filter(condition);
        let total = total(ctx, || select.clone()).await?;
        let found = wanted
            .fetch::<Found, _, _>(
                &app.db,
                select.select_only().columns([Column::Id, Column::CourseId]),
                &sort,
            )
            .await
            .or_opaque()?;
        let ids: Vec<_> = found.rows.iter().map(|(_, row)| row.course_id).collect();
        let pages = app.catalogue.pages_by_id(&app.db, &ids).await.or_opaque()?;
        // A page may be a moment newer than the row: without the session, or no longer the viewer's to see.
        let found = found.filter_map(|(key, row)| {
            let page = pages.get(&row.course_id).filter(|page| viewer.sees_course(page))?;
            Some((key, Session::find(page, row.id)?))
        });
        Ok(found.connection_of(total, |session| session))
    }
}
