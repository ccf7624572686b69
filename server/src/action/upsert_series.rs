//! Entering a series, and changing what is said about one.

use entity::refusal::Versioned;
use entity::{Refusal, course, series};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::load;
use crate::course_file::apart::{self, Seen, Wanted, put, taken};
use crate::course_file::format::Series;
use crate::course_file::{begin, settle, stored_series};
use crate::error::Result;
use crate::store::Transaction;
use crate::viewer::{Reach, Viewer};

/// Does with a series what `change` says; with none `seen`, with a new one of one part that says nothing yet. Courses of several
/// organizations may belong to a series, so only the whole office does this. Returns its id.
///
/// # Errors
/// Refuses everybody else, a version that is no longer the series', every mistake, a slug that another one has, and fewer parts than a course
/// of the series needs.
pub async fn upsert_series<F>(app: &AppState, viewer: &Viewer, seen: Option<Seen>, change: F) -> Result<Uuid>
where
    F: FnOnce(&mut Series) -> Result<(), Refusal> + Send,
{
    viewer.signed_in()?;
    match viewer.reach() {
        Reach::Everything => {}
        Reach::Organizations(_) | Reach::Nothing => return Err(Refusal::Forbidden.into()),
    }
    let txn = begin(app).await?;
    let done = write(app, &txn, viewer, seen, change).await;
    settle(app, txn, done).await
}

async fn write<F>(app: &AppState, txn: &Transaction, viewer: &Viewer, seen: Option<Seen>, change: F) -> Result<(Uuid, Option<Vec<Uuid>>)>
where
    F: FnOnce(&mut Series) -> Result<(), Refusal> + Send,
{
    let mut old = None;
    if let Some(seen) = seen {
        let row = load::serieses(txn, std::iter::once(seen.id)).await?.remove(&seen.id);
        let row = row.ok_or_else(|| Refusal::not_found("series"))?;
        seen.is_current(Versioned::Series, row.series.version)?;
        old = Some(row);
    }
    let old = old.as_deref();
    let blank =
        || Series { slug: String::new(), title: String::new(), summary: None, legacy: None, length: 1, position: 1, parts: Vec::new() };
    let mut wanted = old.map_or_else(blank, |row| stored_series(row, 1));
    change(&mut wanted)?;
    let wanted = apart::series(&wanted)?;
    let moved = old.is_none_or(|old| old.series.slug != wanted.slug);
    if moved && series::Entity::find().filter(series::Column::Slug.eq(wanted.slug.as_str())).one(txn).await?.is_some() {
        return Err(taken().into());
    }
    if let Some(old) = old.filter(|old| old.series.length > wanted.length) {
        let last = course::Entity::find()
            .select_only()
            .column(course::Column::SeriesPosition)
            .filter(course::Column::SeriesId.eq(old.series.id))
            .filter(course::Column::SeriesPosition.gt(wanted.length))
            .order_by_desc(course::Column::SeriesPosition);
        if let Some(position) = last.into_tuple::<i16>().one(txn).await? {
            let message = format!("A course is part {position} of this series, so it cannot have fewer parts.");
            return Err(Refusal::invalid(message, &["length"]).into());
        }
    }
    put(app, txn, viewer, "upsertSeries", Wanted::Series(old, &wanted)).await
}
