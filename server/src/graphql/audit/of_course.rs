//! What the audit trail adds to a course.

use std::sync::Arc;

use async_graphql::{Context, Object};
use entity::audit::Column;
use sea_orm::{ColumnTrait, Condition};

use super::input::AuditFilter;
use super::object::AuditEntry;
use super::query::page_of;
use crate::catalogue::CoursePage;
use crate::graphql::directive::{cost, of_list};
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::keyset::{Page, Wanted};
use crate::viewer::Viewer;

/// What was done to a course.
#[derive(Clone, Debug)]
pub struct AuditOfCourse(pub Arc<CoursePage>);

#[Object]
impl AuditOfCourse {
    /// What was done to the course and everything of it, newest first; null for who does not run it.
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
            if !ctx.data::<Viewer>()?.runs_course(&self.0) {
                return Ok(None);
            }
            let scope = Condition::all().add(Column::CourseId.eq(self.0.course.id));
            page_of(ctx, scope, wanted, filter).await.map(Some)
        })
        .await
    }
}
