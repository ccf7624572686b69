//! Organizations, people and series: shared by courses, so that a change to them shows on other pages too. Their rows are written here and
//! nowhere else, whether a course file speaks of them or somebody changes them by themselves.

use entity::nature::Nature;
use entity::{faculty_member, organization, series, series_part, series_run};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{Ground, Ids, add, place, save};
use crate::course_file::format::{FacultyMember, Organization, Series};
use crate::course_file::showing::{Shared, showing, touch};
use crate::course_file::things::Sort;
use crate::listing::index;
use crate::store::Transaction;

/// Writes what the file says of shared things, and returns their ids.
pub async fn write(ground: &Ground<'_>) -> Result<Ids, DbErr> {
    let mut ids = Ids::default();
    for row in &ground.file.organizations {
        let old = ground.shared.organizations.get(&row.slug);
        let id = old.map_or_else(|| ground.nature.id(), |old| old.id);
        ids.organizations.insert(row.slug.clone(), id);
        if ground.changes.names(Sort::Organization).any(|name| name == row.slug) {
            organization(ground.txn, id, old, row).await?;
        }
    }
    for row in &ground.file.faculty {
        let old = ground.shared.faculty.get(&row.slug);
        let id = old.map_or_else(|| ground.nature.id(), |old| old.id);
        ids.faculty.insert(row.slug.clone(), id);
        if ground.changes.names(Sort::FacultyMember).any(|name| name == row.slug) {
            faculty_member(ground.txn, id, old, row).await?;
        }
    }
    if let Some(row) = &ground.file.series {
        let old = ground.shared.series.as_deref().map(|old| &old.series);
        let id = old.map_or_else(|| ground.nature.id(), |old| old.id);
        ids.series = Some(id);
        if ground.changes.names(Sort::Series).next().is_some() {
            series(ground.txn, ground.nature, id, old, row).await?;
        }
    }
    Ok(ids)
}

/// Writes an organization's row, and counts its version up.
pub async fn organization(txn: &Transaction, id: Uuid, old: Option<&organization::Model>, row: &Organization) -> Result<(), DbErr> {
    let Organization { slug, name, url } = row.clone();
    let new = organization::Model { id, slug, version: old.map_or(1, |old| old.version + 1), name, url };
    save::<organization::Entity>(txn, old, new).await?;
    index::organizations(txn, &[id]).await.map(drop)
}

/// Writes a person's row, and counts its version up.
pub async fn faculty_member(txn: &Transaction, id: Uuid, old: Option<&faculty_member::Model>, row: &FacultyMember) -> Result<(), DbErr> {
    let FacultyMember { slug, name, role: _, credentials, title, affiliation, bio } = row.clone();
    let version = old.map_or(1, |old| old.version + 1);
    let new = faculty_member::Model { id, slug, version, name, credentials, title, affiliation, bio };
    save::<faculty_member::Entity>(txn, old, new).await?;
    index::faculty(txn, &[id]).await.map(drop)
}

/// Writes a series with its parts, and counts its version up.
pub async fn series(txn: &Transaction, nature: &dyn Nature, id: Uuid, old: Option<&series::Model>, row: &Series) -> Result<(), DbErr> {
    let new = series::Model {
        id,
        slug: row.slug.clone(),
        version: old.map_or(1, |old| old.version + 1),
        title: row.title.clone(),
        summary: row.summary.clone(),
        legacy_title: row.legacy.clone(),
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
        parts.push(series_part::Model { id: part_id, series_id: id, position: part.position, title: part.title.clone() });
        runs.extend(part.runs.iter().enumerate().map(|(index, run)| series_run::Model {
            id: nature.id(),
            series_part_id: part_id,
            position: place(index),
            month: run.month.clone(),
            format: run.format,
        }));
    }
    add::<series_part::Entity>(txn, parts).await?;
    add::<series_run::Entity>(txn, runs).await
}

/// Counts up the version of every other course that shows something shared that has changed, and returns them.
pub async fn touched(ground: &Ground<'_>) -> Result<Vec<Uuid>, DbErr> {
    let Ground { txn, now, shared, changes, .. } = ground;
    let changed = Shared {
        organizations: changes.names(Sort::Organization).filter_map(|slug| shared.organizations.get(slug)).map(|row| row.id).collect(),
        faculty: changes.names(Sort::FacultyMember).filter_map(|slug| shared.faculty.get(slug)).map(|row| row.id).collect(),
        series: changes.names(Sort::Series).filter_map(|_| shared.series.as_ref()).map(|row| row.series.id).collect(),
    };
    let mut others = showing(txn, &changed).await?;
    others.retain(|id| *id != ground.course_id);
    touch(txn, *now, &others).await?;
    Ok(others)
}
