//! What staff do with series.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use entity::Refusal as Refused;

use super::Series;
use crate::action::upsert_series::upsert_series;
use crate::app::AppState;
use crate::course_file::format;
use crate::error::{self, Fault};
use crate::graphql::course::CourseFormat;
use crate::graphql::course::edit::describe::{set, set_list};
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, seen};
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::Markdown;
use crate::viewer::Viewer;

/// A series: a new one, or changes to one. What is left out stays as it is; null takes away what may be missing.
#[derive(Clone, Debug, InputObject)]
pub struct UpsertSeriesInput {
    /// The series; left out: a new one is entered, with a slug, a title and a length.
    id: Option<ID>,
    /// The version of the series that was looked at, `Series.version` as it was read; needed where `id` is given.
    version: Option<i32>,
    /// Unique name for addresses and files: 1 to 100 small letters, digits, `-` and `_`. Another slug is another address.
    slug: Option<String>,
    /// Name as people read it; up to 300 characters.
    title: Option<String>,
    /// What the series is about, and whether its parts require one another; up to 20,000 characters.
    summary: MaybeUndefined<Markdown>,
    /// The earlier programme that the series takes the place of; up to 300 characters.
    legacy_title: MaybeUndefined<String>,
    /// How many parts the series has, 1 to 50; not fewer than its courses need.
    length: Option<i32>,
    /// What is known of its parts, in any order; each place once. The list replaces the whole list.
    parts: MaybeUndefined<Vec<SeriesPartInput>>,
}

/// A part of a series.
#[derive(Clone, Debug, InputObject)]
pub struct SeriesPartInput {
    /// Place in the series, from 1.
    position: i32,
    /// Name of the part; up to 300 characters.
    title: String,
    /// Occasions on which the part was or will be taught elsewhere, in order.
    #[graphql(default)]
    runs: Vec<SeriesRunInput>,
}

/// An occasion on which a part of a series was or will be taught elsewhere.
#[derive(Clone, Debug, InputObject)]
pub struct SeriesRunInput {
    /// Year and month, `YYYY-MM`.
    month: String,
    /// How it was taught.
    format: CourseFormat,
}

payload! {
    /// What came of entering or changing a series.
    UpsertSeriesPayload {
        /// The series as it stands now. Null where refused.
        series: Series,
    }
}

/// What staff do with series.
#[derive(Clone, Copy, Debug, Default)]
pub struct SeriesMutation;

#[Object]
impl SeriesMutation {
    /// Enters a series, or changes what is said about one, on the pages of all its courses at once. For the staff of the whole office.
    #[graphql(directive = cost::apply(of_act()))]
    async fn upsert_series(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which series, and what is to be said.")] input: UpsertSeriesInput,
    ) -> Result<UpsertSeriesPayload> {
        answer(upsert(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn upsert(app: &AppState, viewer: &Viewer, input: UpsertSeriesInput) -> error::Result<Series> {
    viewer.signed_in()?;
    let which = seen(Kind::Series, input.id.as_ref(), input.version, "series")?;
    let id = upsert_series(app, viewer, which, |row| input.write(row)).await?;
    let found = app.catalogue.serieses(&app.db, &[id]).await?.remove(&id);
    Ok(found.map(Series).ok_or_else(|| Fault::Stored(format!("series {id} has gone")))?)
}

/// A number of parts, or a place among them.
fn number(number: i32, path: &[&str]) -> Result<i16, Refused> {
    i16::try_from(number).map_err(|_| Refused::invalid("A series has 1 to 50 parts.", path))
}

impl UpsertSeriesInput {
    fn write(self, row: &mut format::Series) -> Result<(), Refused> {
        let Self { id, version: _, slug, title, summary, legacy_title, length, parts } = self;
        for (field, missing) in [("slug", slug.is_none()), ("title", title.is_none()), ("length", length.is_none())] {
            if id.is_none() && missing {
                return Err(Refused::invalid("A new series needs a slug, a title and a length.", &[field]));
            }
        }
        row.slug = slug.unwrap_or_else(|| row.slug.clone());
        row.title = title.unwrap_or_else(|| row.title.clone());
        set(&mut row.summary, summary, |text| text.0);
        set(&mut row.legacy, legacy_title, |text| text);
        if let Some(length) = length {
            row.length = number(length, &["length"])?;
        }
        if let MaybeUndefined::Value(parts) = &parts {
            for (index, part) in parts.iter().enumerate() {
                number(part.position, &["parts", &index.to_string(), "position"])?;
            }
        }
        let run = |run: SeriesRunInput| format::Run { month: run.month, format: run.format.into() };
        set_list(&mut row.parts, parts, |part| format::Part {
            // Checked above; a place that does not exist would be refused.
            position: i16::try_from(part.position).unwrap_or(i16::MAX),
            title: part.title,
            runs: part.runs.into_iter().map(run).collect(),
        });
        Ok(())
    }
}
