//! Asking for sessions across courses.

use std::collections::HashMap;

use async_graphql::{Context, Object, Result};
use entity::session;
use sea_orm::sea_query::Order;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{Session, SessionFilter};
use crate::desk::Desk;
use crate::graphql::keyset::{Key, Page, Shape, Wanted};
use crate::graphql::refusal::OrOpaque;
use crate::viewer::Viewer;

/// The questions about sessions.
#[derive(Clone, Copy, Debug, Default)]
pub struct SessionQuery;

#[Object]
impl SessionQuery {
    /// Sessions of all courses that the viewer may see, earliest first.
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which sessions; all where nothing is said.")] filter: Option<SessionFilter>,
    ) -> Result<Page<Session>> {
        let (desk, viewer) = (ctx.data::<Desk>()?, ctx.data::<Viewer>()?);
        let wanted = Wanted::read(first, after, last, before)?.shaped("sessions", &[Shape::At, Shape::Id])?;
        let condition = filter.unwrap_or_default().condition(desk).await.or_opaque()?;
        let select = session::Entity::find().filter(session::Column::CourseId.in_subquery(viewer.visible_course_ids())).filter(condition);
        let total =
            if ctx.look_ahead().field("totalCount").exists() { Some(select.clone().count(&desk.db).await.or_opaque()?) } else { None };
        let columns = [(session::Column::StartsAt.into_expr(), Order::Asc), (session::Column::Id.into_expr(), Order::Asc)];
        let found = wanted.fetch(&desk.db, select, &columns).await.or_opaque()?;
        let mut ids: Vec<_> = found.rows.iter().map(|row| row.course_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let pages = desk.catalogue.pages(&desk.db, &ids).await.or_opaque()?;
        let pages: HashMap<_, _> = pages.into_iter().map(|page| (page.course.id, page)).collect();
        // A page may be a moment newer than the row: without the session, or no longer the viewer's to see.
        let found = found.filter_map(|row| {
            let page = pages.get(&row.course_id).filter(|page| viewer.sees_course(page))?;
            Some((vec![Key::At(row.starts_at), Key::Id(row.id)], Session::find(page, row.id)?))
        });
        Ok(found.connection(total, |edge| edge))
    }
}
