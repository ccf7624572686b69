//! A series as the API shows it.

use std::sync::Arc;

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, ID, Object, Result, SimpleObject};

use crate::catalogue::{CoursePage, SeriesRow};
use crate::graphql::course::head::is_of_heads;
use crate::graphql::course::{Course, CourseFormat};
use crate::graphql::directive::{cost, list_size, of_list};
use crate::graphql::global_id::{Kind, global};
use crate::graphql::keyset::{Page, Shape, Wanted};
use crate::graphql::owned::{List, Owned, Part};
use crate::graphql::scalar::Markdown;

/// A series of courses that build on one another.
#[derive(Clone, Debug)]
pub struct Series(pub Arc<SeriesRow>);

/// A part of a series, whether or not there is a course for it here.
#[derive(Clone, Debug, SimpleObject)]
pub struct SeriesPart {
    /// Place in the series, from 1.
    position: i32,
    /// Name of the part. Plain text.
    title: String,
    /// Occasions on which the part was or will be taught elsewhere, in order.
    #[graphql(directive = list_size::apply(4))]
    runs: Vec<SeriesRun>,
}

/// An occasion on which a part of a series was or will be taught elsewhere.
#[derive(Clone, Debug, SimpleObject)]
pub struct SeriesRun {
    /// Year and month, `YYYY-MM`.
    month: String,
    /// How it was taught.
    format: CourseFormat,
}

/// The place of a course in its series.
#[derive(Clone, Debug, SimpleObject)]
pub struct SeriesPlacement {
    /// The series.
    series: Series,
    /// Which part the course is, from 1.
    position: i32,
    /// How many parts the series has.
    of: i32,
}

impl SeriesPlacement {
    /// The place of a course; none where it stands alone.
    pub fn in_series(page: &CoursePage) -> Option<Self> {
        let series = Arc::clone(page.series.as_ref()?);
        Some(Self {
            position: page.course.series_position?.into(),
            of: series.series.length.into(),
            series: Series(series),
        })
    }
}

/// A series of courses that build on one another.
#[Object]
impl Series {
    /// Opaque id, unique across types.
    pub async fn id(&self) -> ID {
        global(Kind::Series, self.0.series.id)
    }

    /// Unique, stable name for addresses and files.
    async fn slug(&self) -> &str {
        &self.0.series.slug
    }

    /// Counted up with every change to what is said here. An edit names the version it saw.
    async fn version(&self) -> i32 {
        self.0.series.version
    }

    /// Name as people read it. Plain text.
    async fn title(&self) -> &str {
        &self.0.series.title
    }

    /// What the series is about, and whether its parts require one another; null where nothing is said.
    async fn summary(&self) -> Option<Markdown> {
        self.0.series.summary.clone().map(Markdown)
    }

    /// The earlier programme that the series takes the place of; null where there is none. Plain text.
    async fn legacy_title(&self) -> Option<&str> {
        self.0.series.legacy_title.as_deref()
    }

    /// How many parts the series has.
    async fn length(&self) -> i32 {
        self.0.series.length.into()
    }

    /// What is known of its parts, in order.
    #[graphql(directive = list_size::apply(6))]
    async fn parts(&self) -> Vec<SeriesPart> {
        let part = |(part, runs): &(entity::series_part::Model, Vec<entity::series_run::Model>)| SeriesPart {
            position: part.position.into(),
            title: part.title.clone(),
            runs: runs
                .iter()
                .map(|run| SeriesRun { month: run.month.clone(), format: run.format.into() })
                .collect(),
        };
        self.0.parts.iter().map(part).collect()
    }

    /// Courses of the series that the viewer may see, earliest first.
    #[graphql(directive = cost::apply(of_list()))]
    async fn courses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Page<Course>> {
        let wanted =
            Wanted::read(first, after, last, before)?.shaped("series.courses", &[Shape::At, Shape::Id])?;
        let part = Part {
            list: List::CoursesOfSeries,
            owner: self.0.series.id,
            wanted,
            heads: is_of_heads(ctx.field()),
        };
        let found = ctx.data::<DataLoader<Owned>>()?.load_one(part).await?.unwrap_or_default();
        Ok(found.connection(None, |(found, page)| (found.key(), Course::new(page))))
    }
}
