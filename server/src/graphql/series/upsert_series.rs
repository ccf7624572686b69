//! What staff do with series.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};

use super::Series;
use crate::action::upsert_series::upsert_series;
use crate::app::AppState;
use crate::catalogue::draft::{Field, Mistakes, Part, Run, SeriesChange, at, number};
use crate::error::{self, Fault};
use crate::graphql::course::CourseFormat;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, seen};
use crate::graphql::input::Reader;
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::Markdown;
use crate::viewer::Viewer;

/// A series: a new one, or changes to one. What is left out stays as it is; null takes away what may be
/// missing.
#[derive(Clone, Debug, InputObject)]
pub struct UpsertSeriesInput {
    /// The series; left out: a new one is entered, with a slug, a title and a length.
    id: Option<ID>,
    /// The version of the series that was looked at, `Series.version` as it was read; needed where `id` is
    /// given.
    version: Option<i32>,
    /// Unique name for addresses and files: 1 to 100 small letters, digits, `-` and `_`. Another slug is
    /// another address.
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
pub struct UpsertSeriesMutation;

#[Object]
impl UpsertSeriesMutation {
    /// Enters a series, or changes what is said about one, on the pages of all its courses at once. For the
    /// staff of the whole office.
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
    let which = seen(Kind::Series, input.id.as_ref(), input.version)?;
    let id = upsert_series(app, viewer, which, input.read()).await?;
    let found = app.catalogue.serieses(&app.db, &[id]).await?.remove(&id);
    Ok(found.map(Series).ok_or_else(|| Fault::Stored(format!("series {id} has gone")))?)
}

impl UpsertSeriesInput {
    /// What is to be different, and what of it cannot be.
    fn read(self) -> (SeriesChange, Mistakes) {
        let Self { id: _, version: _, slug, title, summary, legacy_title, length, parts } = self;
        let mut mistakes = Mistakes::default();
        let mut read = Reader::at(at![], &mut mistakes);
        let change = SeriesChange {
            slug: read.some_text(Field::Slug, slug),
            title: read.some_text(Field::Title, title),
            summary: read.patch_text(Field::Summary, summary.map_value(|text| text.0)),
            legacy: read.patch_text(Field::Legacy, legacy_title),
            length: length
                .and_then(|length| read.value(Field::Length, number::whole(&number::PARTS, length.into()))),
            parts: read.list(Field::Parts, parts, SeriesPartInput::read),
        };
        (change, mistakes)
    }
}

impl SeriesPartInput {
    fn read(mut read: Reader<'_>, said: Self) -> Part {
        let Self { position, title, runs } = said;
        Part {
            position: read
                .value(Field::Position, number::whole(&number::PARTS, position.into()))
                .unwrap_or(1),
            title: read.text(Field::Title, &title),
            runs: read
                .list(Field::Runs, MaybeUndefined::Value(runs), SeriesRunInput::read)
                .unwrap_or_default(),
        }
    }
}

impl SeriesRunInput {
    fn read(mut read: Reader<'_>, said: Self) -> Run {
        let Self { month, format } = said;
        Run { month: read.text(Field::Month, &month), format: format.into() }
    }
}
