//! Organizations, people and series: shared by courses, so that a change to them shows on other pages too.

use std::collections::BTreeSet;

use entity::{
    course, course_faculty, course_organization, faculty_member, organization, series, series_part, series_run, session, session_faculty,
};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::{Ground, Ids, add, place, save};
use crate::course_file::things::Sort;

/// Writes what the file says of shared things, and returns their ids.
pub async fn write(ground: &Ground<'_>) -> Result<Ids, DbErr> {
    let mut ids = Ids::default();
    for row in &ground.file.organizations {
        let old = ground.shared.organizations.get(&row.slug);
        let id = old.map_or_else(|| ground.nature.id(), |old| old.id);
        ids.organizations.insert(row.slug.clone(), id);
        if ground.changes.names(Sort::Organization).any(|name| name == row.slug) {
            let new = organization::Model {
                id,
                slug: row.slug.clone(),
                version: old.map_or(1, |old| old.version + 1),
                name: row.name.clone(),
                url: row.url.clone(),
            };
            save::<organization::Entity>(ground.tx, old, new).await?;
        }
    }
    for row in &ground.file.faculty {
        let old = ground.shared.faculty.get(&row.slug);
        let id = old.map_or_else(|| ground.nature.id(), |old| old.id);
        ids.faculty.insert(row.slug.clone(), id);
        if ground.changes.names(Sort::FacultyMember).any(|name| name == row.slug) {
            let new = faculty_member::Model {
                id,
                slug: row.slug.clone(),
                version: old.map_or(1, |old| old.version + 1),
                name: row.name.clone(),
                credentials: row.credentials.clone(),
                title: row.title.clone(),
                affiliation: row.affiliation.clone(),
                bio: row.bio.clone(),
            };
            save::<faculty_member::Entity>(ground.tx, old, new).await?;
        }
    }
    ids.series = one_series(ground).await?;
    Ok(ids)
}

async fn one_series(ground: &Ground<'_>) -> Result<Option<Uuid>, DbErr> {
    let Some(row) = &ground.file.series else { return Ok(None) };
    let old = ground.shared.series.as_deref();
    let id = old.map_or_else(|| ground.nature.id(), |old| old.series.id);
    if ground.changes.names(Sort::Series).next().is_none() {
        return Ok(Some(id));
    }
    let new = series::Model {
        id,
        slug: row.slug.clone(),
        version: old.map_or(1, |old| old.series.version + 1),
        title: row.title.clone(),
        summary: row.summary.clone(),
        legacy_title: row.legacy.clone(),
        length: row.length,
    };
    save::<series::Entity>(ground.tx, old.map(|old| &old.series), new).await?;
    // Nothing points at parts and runs, so they are written anew; the runs go with their parts.
    series_part::Entity::delete_many().filter(series_part::Column::SeriesId.eq(id)).exec(ground.tx).await?;
    let mut parts = Vec::new();
    let mut runs = Vec::new();
    for part in &row.parts {
        let part_id = ground.nature.id();
        parts.push(series_part::Model { id: part_id, series_id: id, position: part.position, title: part.title.clone() });
        runs.extend(part.runs.iter().enumerate().map(|(index, run)| series_run::Model {
            id: ground.nature.id(),
            series_part_id: part_id,
            position: place(index),
            month: run.month.clone(),
            format: run.format,
        }));
    }
    add::<series_part::Entity>(ground.tx, parts).await?;
    add::<series_run::Entity>(ground.tx, runs).await?;
    Ok(Some(id))
}

/// Counts up the version of every other course that shows something shared that has changed, and returns them.
pub async fn touched(ground: &Ground<'_>) -> Result<Vec<Uuid>, DbErr> {
    let organizations = ground.changes.names(Sort::Organization).filter_map(|slug| ground.shared.organizations.get(slug)).map(|row| row.id);
    let members: Vec<Uuid> =
        ground.changes.names(Sort::FacultyMember).filter_map(|slug| ground.shared.faculty.get(slug)).map(|row| row.id).collect();
    let changed_series = ground.changes.names(Sort::Series).filter_map(|_| ground.shared.series.as_ref()).map(|row| row.series.id);
    let mut found: BTreeSet<Uuid> = BTreeSet::new();
    let by_organization = course_organization::Entity::find()
        .select_only()
        .column(course_organization::Column::CourseId)
        .filter(course_organization::Column::OrganizationId.is_in(organizations));
    found.extend(by_organization.into_tuple::<Uuid>().all(ground.tx).await?);
    let by_member = course_faculty::Entity::find()
        .select_only()
        .column(course_faculty::Column::CourseId)
        .filter(course_faculty::Column::FacultyMemberId.is_in(members.iter().copied()));
    found.extend(by_member.into_tuple::<Uuid>().all(ground.tx).await?);
    let spoken = session_faculty::Entity::find()
        .select_only()
        .column(session_faculty::Column::SessionId)
        .filter(session_faculty::Column::FacultyMemberId.is_in(members));
    let by_session = session::Entity::find()
        .select_only()
        .column(session::Column::CourseId)
        .filter(session::Column::Id.in_subquery(spoken.into_query()));
    found.extend(by_session.into_tuple::<Uuid>().all(ground.tx).await?);
    let by_series = course::Entity::find().select_only().column(course::Column::Id).filter(course::Column::SeriesId.is_in(changed_series));
    found.extend(by_series.into_tuple::<Uuid>().all(ground.tx).await?);
    found.remove(&ground.course_id);
    let others: Vec<Uuid> = found.into_iter().collect();
    if !others.is_empty() {
        course::Entity::update_many()
            .col_expr(course::Column::Version, Expr::col(course::Column::Version).add(1))
            .col_expr(course::Column::UpdatedAt, Expr::value(ground.now))
            .filter(course::Column::Id.is_in(others.iter().copied()))
            .exec(ground.tx)
            .await?;
    }
    Ok(others)
}
