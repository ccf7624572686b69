//! Which courses, and in which order.

use async_graphql::{Enum, InputObject, Result};
use entity::course;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, Condition};

use super::{CourseFormat, CourseStatus};
use crate::app::AppState;
use crate::graphql::directive::{cost, max_length, of_search};
use crate::graphql::keyset::{Shape, Sort};
use crate::graphql::refusal::{OrOpaque, searched};
use crate::graphql::scalar::Date;
use crate::listing::condition::open_for_registration;
use crate::listing::search::COURSES;

/// Which courses; all conditions that are given must be met.
#[derive(Clone, Debug, Default, InputObject)]
pub struct CourseFilter {
    /// Words, each of which must be, or begin, a word of the title, the summary, a topic, a domain, or the
    /// name of somebody who teaches: `pall` finds `Palliative`, `liat` does not. Case, accents and signs do
    /// not matter: `jose` finds `José`. At most ten words and 200 characters.
    #[graphql(directive = max_length::apply(200, Some(10)), directive = cost::apply(of_search()))]
    text: Option<String>,
    /// How it is taught.
    format: Option<CourseFormat>,
    /// Where it is in its life.
    status: Option<CourseStatus>,
    /// Slug of the series that it belongs to.
    series: Option<String>,
    /// First day on or after this day, in the course's zone.
    starts_from: Option<Date>,
    /// First day on or before this day, in the course's zone.
    starts_to: Option<Date>,
    /// True: one can register now; false: one cannot. Whether a seat is free is another question.
    open_for_registration: Option<bool>,
}

/// In which order courses are listed. Courses that are equal in it keep an order of their own.
#[derive(Clone, Debug, InputObject)]
pub struct CourseOrder {
    /// By what.
    pub field: CourseOrderField,
    /// Which way.
    #[graphql(default)]
    pub direction: OrderDirection,
}

/// By what courses are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CourseOrderField {
    /// By the start of the first session; courses without sessions count as latest.
    StartsAt,
    /// By title, as a reader looks it up: whatever its case, accents and quotation marks.
    Title,
    /// By the last day of registration; courses without one count as latest.
    Deadline,
}

/// Which way a list is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// Smallest, earliest first.
    #[default]
    Asc,
    /// Largest, latest first.
    Desc,
}

/// Conditions for courses.
#[derive(Clone, Debug)]
pub(super) struct Filtered {
    /// For a page of them.
    pub page: Condition,
    /// For how many there are.
    pub count: Condition,
}

impl CourseFilter {
    /// The filter for a query over courses.
    ///
    /// # Errors
    /// A text that is too long; a failing database.
    pub(super) async fn condition(self, app: &AppState) -> Result<Filtered> {
        let Self { text, format, status, series, starts_from, starts_to, open_for_registration: open } = self;
        let found =
            searched(text)?.find(&app.db, COURSES, course::Column::Id.into_expr()).await.or_opaque()?;
        let mut all = Condition::all();
        if let Some(slug) = series {
            let named = Query::select()
                .column(entity::series::Column::Id)
                .from(entity::series::Entity)
                .and_where(entity::series::Column::Slug.eq(slug))
                .take();
            all = all.add(course::Column::SeriesId.in_subquery(named));
        }
        if let Some(open) = open {
            let condition = open_for_registration(&app.db, app.nature.now()).await.or_opaque()?;
            all = all.add(if open { condition } else { condition.not() });
        }
        let all = all
            .add_option(format.map(|format| course::Column::Format.eq(course::Format::from(format))))
            .add_option(status.map(|status| course::Column::Status.eq(course::Status::from(status))))
            .add_option(starts_from.map(|day| course::Column::StartsOn.gte(day.0)))
            .add_option(starts_to.map(|day| course::Column::StartsOn.lte(day.0)));
        Ok(Filtered { page: all.clone().add(found.page), count: all.add(found.count) })
    }
}

impl Default for CourseOrder {
    fn default() -> Self {
        Self { field: CourseOrderField::StartsAt, direction: OrderDirection::Asc }
    }
}

impl CourseOrder {
    /// The order, for a query over courses; the id makes it total.
    pub fn sort(&self) -> Sort {
        let column = match self.field {
            CourseOrderField::StartsAt => (Expr::col((course::Entity, "starts_key")), Shape::At),
            CourseOrderField::Title => (Expr::col((course::Entity, "title_key")), Shape::Text),
            CourseOrderField::Deadline => (Expr::col((course::Entity, "deadline_key")), Shape::On),
        };
        let descending = match self.direction {
            OrderDirection::Asc => false,
            OrderDirection::Desc => true,
        };
        Sort::ascending([column, (course::Column::Id.into_expr(), Shape::Id)]).turned(descending)
    }

    /// What its cursors say they come from.
    pub fn name(&self) -> &'static str {
        match self.field {
            CourseOrderField::StartsAt => "courses by STARTS_AT",
            CourseOrderField::Title => "courses by TITLE",
            CourseOrderField::Deadline => "courses by DEADLINE",
        }
    }
}
