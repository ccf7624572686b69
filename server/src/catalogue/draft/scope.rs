//! What a person may write into the catalogue. What belongs to several courses is nobody's alone: staff of
//! one organization change what is theirs, and use what is there.

use std::collections::HashSet;

use entity::{Refusal, course, course_organization, session};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::apply::Shared;
use super::diff::Changes;
use super::mistake::Telling;
use super::open::Open;
use super::path::at;
use super::text::Slug;
use super::thing::Sort;
use crate::app::AppState;
use crate::error::Result;
use crate::viewer::{Reach, Viewer};

/// Refuses what is not the viewer's to write. A course that the viewer does not run is one that is not there:
/// all that is told is that its name is taken.
pub async fn may_write(open: &Open<'_>, viewer: &Viewer, shared: &Shared, changes: &Changes) -> Result<()> {
    let Open { draft, telling, txn, .. } = open;
    viewer.signed_in()?;
    let mine: HashSet<Uuid> = match viewer.reach() {
        Reach::Nothing => return Err(Refusal::Forbidden.into()),
        Reach::Everything => return Ok(()),
        Reach::Organizations(mine) => mine.into_iter().collect(),
    };
    if open.page.as_ref().is_some_and(|page| !viewer.runs_course(page)) {
        return Err(taken(telling).into());
    }
    let runs = |slug: &Slug| shared.organizations.get(slug).is_some_and(|row| mine.contains(&row.id));
    if !draft.course.offered_by.iter().any(runs) {
        let message = "An organization that you run must be among those that offer the course.";
        return Err(telling.refusal(&at![Course, OfferedBy], message).into());
    }
    for (index, row) in draft.organizations.iter().enumerate() {
        let changed = changes.names(Sort::Organization).any(|name| row.slug == name);
        if changed && shared.organizations.contains_key(&row.slug) && !runs(&row.slug) {
            let message = format!("Only the staff of {} can change what is said about it.", row.slug);
            return Err(telling.refusal(&at![Organizations, index], message).into());
        }
    }
    if let Some(series) = shared.series.as_ref().filter(|_| changes.names(Sort::Series).next().is_some()) {
        let offered = course_organization::Entity::find()
            .select_only()
            .column(course_organization::Column::CourseId)
            .filter(course_organization::Column::Role.eq(course_organization::Role::OfferedBy))
            .filter(course_organization::Column::OrganizationId.is_in(mine))
            .into_query();
        let not_mine = Condition::all().not().add(course::Column::Id.in_subquery(offered));
        let used = course::Entity::find()
            .filter(course::Column::SeriesId.eq(series.series.id))
            .filter(not_mine)
            .count(txn)
            .await?;
        if used > 0 {
            let message = "Courses that you do not run belong to this series, so only the whole office can change what is said about it.";
            return Err(telling.refusal(&at![Series], message).into());
        }
    }
    Ok(())
}

/// The course of a session, where it is the viewer's to run.
///
/// # Errors
/// Refuses who is not signed in, and every other session, as though it did not exist.
pub async fn course_of_session(app: &AppState, viewer: &Viewer, session_id: Uuid) -> Result<Uuid> {
    viewer.signed_in()?;
    let no_such = || Refusal::not_found("session");
    let mine = viewer.run_courses().ok_or_else(no_such)?;
    let mine = course::Entity::find().select_only().column(course::Column::Id).filter(mine);
    let found = session::Entity::find_by_id(session_id)
        .select_only()
        .column(session::Column::CourseId)
        .filter(session::Column::CourseId.in_subquery(mine.into_query()));
    Ok(found.into_tuple().one(&app.db).await?.ok_or_else(no_such)?)
}

/// A name that another course has.
pub fn taken(telling: &Telling) -> Refusal {
    telling.refusal(&at![Course, Slug], "This slug is taken.")
}
