//! Which courses show a shared thing, and that their pages are new when it changes.

use std::collections::BTreeSet;

use entity::{Instant, course, course_faculty, course_organization, session, session_faculty};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use uuid::Uuid;

use crate::store::Transaction;

/// Things that courses share, by id.
#[derive(Clone, Debug, Default)]
pub struct Showing {
    /// Organizations.
    pub organizations: Vec<Uuid>,
    /// People.
    pub faculty: Vec<Uuid>,
    /// Series.
    pub series: Vec<Uuid>,
}

/// The courses that show one of these things, each once; what nobody asks about costs no statement.
pub async fn showing(txn: &Transaction, shared: &Showing) -> Result<Vec<Uuid>, DbErr> {
    let Showing { organizations, faculty, series } = shared;
    let mut found: BTreeSet<Uuid> = BTreeSet::new();
    if !organizations.is_empty() {
        let by_organization = course_organization::Entity::find()
            .select_only()
            .column(course_organization::Column::CourseId)
            .filter(course_organization::Column::OrganizationId.is_in(organizations.iter().copied()));
        found.extend(by_organization.into_tuple::<Uuid>().all(txn).await?);
    }
    if !faculty.is_empty() {
        let by_member = course_faculty::Entity::find()
            .select_only()
            .column(course_faculty::Column::CourseId)
            .filter(course_faculty::Column::FacultyMemberId.is_in(faculty.iter().copied()));
        found.extend(by_member.into_tuple::<Uuid>().all(txn).await?);
        let spoken = session_faculty::Entity::find()
            .select_only()
            .column(session_faculty::Column::SessionId)
            .filter(session_faculty::Column::FacultyMemberId.is_in(faculty.iter().copied()));
        let by_session = session::Entity::find()
            .select_only()
            .column(session::Column::CourseId)
            .distinct()
            .filter(session::Column::Id.in_subquery(spoken.into_query()));
        found.extend(by_session.into_tuple::<Uuid>().all(txn).await?);
    }
    if !series.is_empty() {
        let by_series = course::Entity::find()
            .select_only()
            .column(course::Column::Id)
            .filter(course::Column::SeriesId.is_in(series.iter().copied()));
        found.extend(by_series.into_tuple::<Uuid>().all(txn).await?);
    }
    Ok(found.into_iter().collect())
}

/// Counts up the versions of these courses, so that nobody trusts the pages that they remember.
pub async fn touch(txn: &Transaction, now: Instant, courses: &[Uuid]) -> Result<(), DbErr> {
    if courses.is_empty() {
        return Ok(());
    }
    course::Entity::update_many()
        .col_expr(course::Column::Version, Expr::col(course::Column::Version).add(1))
        .col_expr(course::Column::UpdatedAt, Expr::value(now))
        .filter(course::Column::Id.is_in(courses.iter().copied()))
        .exec(txn)
        .await?;
    Ok(())
}
