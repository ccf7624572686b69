//! Organizations, people and series: shared by courses, so that a change to them shows on other pages too.
//! Their rows are written here and nowhere else, whether a course speaks of them or somebody changes them by
//! themselves.

use entity::nature::Nature;
use entity::{faculty_member, organization, series, series_part, series_run};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{Ids, Writing, add, place, save};
use crate::catalogue::draft::showing::{Showing, showing, touch};
use crate::catalogue::draft::thing::Sort;
use crate::catalogue::draft::{FacultyMember, Organization, Series};
use crate::listing::index;
use crate::store::Transaction;

/// Writes what the draft says of shared things, and returns their ids.
pub async fn write(writing: &Writing<'_>) -> Result<Ids, DbErr> {
    let mut ids = Ids::default();
    for row in &writing.draft.organizations {
        let old = writing.shared.organizations.get(&row.slug);
        let id = old.map_or_else(|| writing.nature.id(), |old| old.id);
        ids.organizations.insert(row.slug.clone(), id);
        if writing.changes.names(Sort::Organization).any(|name| row.slug == name) {
            organization(writing.txn, id, old, row).await?;
        }
    }
    for row in &writing.draft.faculty {
        let old = writing.shared.faculty.get(&row.slug);
        let id = old.map_or_else(|| writing.nature.id(), |old| old.id);
        ids.faculty.insert(row.slug.clone(), id);
        if writing.changes.names(Sort::FacultyMember).any(|name| row.slug == name) {
            faculty_member(writing.txn, id, old, row).await?;
        }
    }
    if let Some(row) = &writing.draft.series {
        let old = writing.shared.series.as_deref().map(|old| &old.series);
        let id = old.map_or_else(|| writing.nature.id(), |old| old.id);
        ids.series = Some(id);
        if writing.changes.names(Sort::Series).next().is_some() {
            series(writing.txn, writing.nature, id, old, row).await?;
        }
    }
    Ok(ids)
}

/// Writes an organization's row, and counts its version up.
pub async fn organization(
    txn: &Transaction,
    id: Uuid,
    old: Option<&organization::Model>,
    row: &Organization,
) -> Result<(), DbErr> {
    let Organization { slug, name, url } = row.clone();
    let version = old.map_or(1, |old| old.version + 1);
    let new =
        organization::Model { id, slug: slug.into(), version, name: name.into(), url: url.map(Into::into) };
    save::<organization::Entity>(txn, old, new).await?;
    index::organizations(txn, &[id]).await.map(drop)
}

/// Writes a person's row, and counts its version up.
pub async fn faculty_member(
    txn: &Transaction,
    id: Uuid,
    old: Option<&faculty_member::Model>,
    row: &FacultyMember,
) -> Result<(), DbErr> {
    let FacultyMember { slug, name, role: _, credentials, title, affiliation, bio } = row.clone();
    let version = old.map_or(1, |old| old.version + 1);
    let new = faculty_member::Model {
        id,
        slug: slug.into(),
        version,
        name: name.into(),
        credentials: credentials.map(Into::into),
        title: title.map(Into::into),
        affiliation: affiliation.map(Into::into),
        bio: bio.map(Into::into),
    };
    save::<faculty_member::Entity>(txn, old, new).await?;
    index::faculty(txn, &[id]).await.map(drop)
}

/// Writes a series with its parts, and counts its version up.
pub async fn series(
    txn: &Transaction,
    nature: &dyn Nature,
    id: Uuid,
    old: Option<&series::Model>,
    row: &Series,
) -> Result<(), DbErr> {
    let new = series::Model {
        id,
        slug: row.slug.to_string(),
        version: old.map_or(1, |old| old.version + 1),
        title: row.title.to_string(),
        summary: row.summary.clone().map(Into::into),
        legacy_title: row.legacy.clone().map(Into::into),
        length: row.length,
    };
    save::<series::Entity>(txn, old, new).await?;
    index::serieses(txn, &[id]).await?;
    // Nothing points at parts and runs, so they are written anew; the runs go with their parts.
    series_part::Entity::delete_many().filter(series_part::Column::SeriesId.eq(id)).exec(txn).await?;
    let mut parts = Vec::new();
    let mut runs = Vec::new();
    for part in &row.parts {
        let part_id = nature.id();
        parts.push(series_part::Model {
            id: part_id,
            series_id: id,
            position: part.position,
            title: part.title.to_string(),
        });
        runs.extend(part.runs.iter().enumerate().map(|(index, run)| series_run::Model {
            id: nature.id(),
            series_part_id: part_id,
            position: place(index),
            month: run.month.to_string(),
            format: run.format,
        }));
    }
    add::<series_part::Entity>(txn, parts).await?;
    add::<series_run::Entity>(txn, runs).await
}

/// Counts up the version of every other course that shows something shared that has changed, and returns
/// them.
pub async fn touched(writing: &Writing<'_>) -> Result<Vec<Uuid>, DbErr> {
    let Writing { txn, now, shared, changes, .. } = writing;
    let changed = Showing {
        organizations: changes
            .names(Sort::Organization)
            .filter_map(|slug| shared.organizations.get(slug))
            .map(|row| row.id)
            .collect(),
        faculty: changes
            .names(Sort::FacultyMember)
            .filter_map(|slug| shared.faculty.get(slug))
            .map(|row| row.id)
            .collect(),
        series: changes
            .names(Sort::Series)
            .filter_map(|_| shared.series.as_ref())
            .map(|row| row.series.id)
            .collect(),
    };
    let mut others = showing(txn, &changed).await?;
    others.retain(|id| *id != writing.course_id);
    touch(txn, *now, &others).await?;
    Ok(others)
}
