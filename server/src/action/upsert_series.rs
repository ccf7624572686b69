//! Entering a series, and changing what is said about one.

use entity::refusal::Versioned;
use entity::{Refusal, course, series};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::draft::alone::{Seen, Wanted, must_be_free, must_say, put};
use crate::catalogue::draft::{Field, Mistakes, Path, Series, SeriesChange, Telling, changing, check};
use crate::catalogue::load;
use crate::error::Result;
use crate::viewer::{Reach, Viewer};

/// Changes a series; with none `seen`, enters a new one. `mistakes` are those of reading the change. Courses
/// of several organizations may belong to a series, so only the whole office does this. Returns its id.
///
/// # Errors
/// Refuses everybody else, a version that is no longer the series', every mistake, a slug that another one
/// has, and fewer parts than a course of the series needs.
pub async fn upsert_series(
    app: &AppState,
    viewer: &Viewer,
    seen: Option<Seen>,
    (change, mut mistakes): (SeriesChange, Mistakes),
) -> Result<Uuid> {
    viewer.signed_in()?;
    match viewer.reach() {
        Reach::Everything => {}
        Reach::Organizations(_) | Reach::Nothing => return Err(Refusal::Forbidden.into()),
    }
    changing(app, async |txn| {
        let mut old = None;
        if let Some(seen) = seen {
            let row = load::serieses(txn, std::iter::once(seen.id)).await?.remove(&seen.id);
            let row = row.ok_or_else(|| Refusal::not_found("series"))?;
            seen.is_current(Versioned::Series, row.series.version)?;
            old = Some(row);
        }
        let old = old.as_deref();
        let mut wanted = old.map(|row| Series::of(row, 1)).unwrap_or_default();
        if old.is_none() {
            must_say(
                &[
                    (Field::Slug, change.slug.is_some()),
                    (Field::Title, change.title.is_some()),
                    (Field::Length, change.length.is_some()),
                ],
                "A new series needs a slug, a title and a length.",
                &mut mistakes,
            );
        }
        change.put(&mut wanted);
        check::series(&wanted, &Path::default(), &mut mistakes);
        mistakes.none(&Telling::input())?;
        wanted.parts.sort_by_key(|part| part.position);
        let moved = old.is_none_or(|old| wanted.slug != old.series.slug);
        if moved {
            must_be_free::<series::Entity>(txn, series::Column::Slug, &wanted.slug).await?;
        }
        if let Some(old) = old.filter(|old| old.series.length > wanted.length) {
            let last = course::Entity::find()
                .select_only()
                .column(course::Column::SeriesPosition)
                .filter(course::Column::SeriesId.eq(old.series.id))
                .filter(course::Column::SeriesPosition.gt(wanted.length))
                .order_by_desc(course::Column::SeriesPosition);
            if let Some(position) = last.into_tuple::<i16>().one(txn).await? {
                let message =
                    format!("A course is part {position} of this series, so it cannot have fewer parts.");
                return Err(Refusal::invalid(message, &["length"]).into());
            }
        }
        put(app, txn, viewer, "upsertSeries", Wanted::Series(old, &wanted)).await
    })
    .await
}
