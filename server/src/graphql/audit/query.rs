//! Finding acts. Who may see which is decided in SQL.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use entity::audit::{Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::input::AuditFilter;
use super::object::AuditEntry;
use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::graphql::directive::{cost, of_list};
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::keyset::{Page, Shape, Sort, Wanted, total};
use crate::graphql::refusal::OrOpaque;
use crate::viewer::Viewer;

/// Questions about what was done.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// What was done in the office, newest first: to the courses that the viewer runs, and, for staff of all
    /// organizations and administrators, everything else too. Null for who is not staff.
    #[graphql(directive = cost::apply(of_list()))]
    async fn audit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which acts; all where it is not given.")] filter: Option<AuditFilter>,
    ) -> Nullable<Page<AuditEntry>> {
        nullable(async {
            let wanted = Wanted::read(first, after, last, before)?;
            match ctx.data::<Viewer>()?.run_audit() {
                Some(scope) => page_of(ctx, scope, wanted, filter).await.map(Some),
                None => Ok(None),
            }
        })
        .await
    }
}

/// A page of the acts within `scope`, newest first.
pub(super) async fn page_of(
    ctx: &Context<'_>,
    scope: Condition,
    wanted: Wanted,
    filter: Option<AuditFilter>,
) -> Result<Page<AuditEntry>> {
    let app = ctx.data::<AppState>()?;
    let filter = filter.unwrap_or_default().condition(app.db.get_database_backend())?;
    let select = Entity::find().filter(scope).filter(filter);
    // Counted only for who asks.
    let total = total(ctx, || select.clone()).await?;
    let sort = Sort::descending([
        (Expr::col((Entity, Column::At)), Shape::At),
        (Expr::col((Entity, Column::Id)), Shape::Id),
    ]);
    let slice = wanted
        .shaped("audit", &sort.shape())?
        .fetch::<Model, _, _>(&app.db, select, &sort)
        .await
        .or_opaque()?;
    let pages = pages(app, slice.rows.iter().map(|(_, row)| row)).await.or_opaque()?;
    Ok(slice.connection_of(total, |row| with_page(&pages, row)))
}

/// Those of the acts with these ids that the viewer may see: for `node` and `nodes`.
pub async fn seen(
    app: &AppState,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> std::result::Result<Vec<AuditEntry>, DbErr> {
    let Some(scope) = viewer.run_audit() else { return Ok(Vec::new()) };
    let rows = Entity::find().filter(Column::Id.is_in(ids)).filter(scope).all(&app.db).await?;
    let pages = pages(app, rows.iter()).await?;
    Ok(rows.into_iter().map(|row| with_page(&pages, row)).collect())
}

fn with_page(pages: &HashMap<Uuid, Arc<CoursePage>>, row: Model) -> AuditEntry {
    let page = row.course_id.and_then(|id| pages.get(&id)).cloned();
    AuditEntry::new(row, page)
}

/// The pages of the courses of these acts. Whoever sees an act runs its course.
async fn pages(
    app: &AppState,
    rows: impl Iterator<Item = &Model>,
) -> std::result::Result<HashMap<Uuid, Arc<CoursePage>>, DbErr> {
    let ids: Vec<Uuid> = rows.filter_map(|row| row.course_id).collect();
    app.catalogue.pages_by_id(&app.db, &ids).await
}
