//! Which courses, and in which order.

use async_graphql::{Enum, InputObject, Result};
use entity::{course, course_faculty, course_tag, faculty_member, session, session_faculty};
use sea_orm::sea_query::{Expr, Func, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, DbBackend};

use super::condition::{far, open_for_registration};
use super::search::{contains, words};
use super::{CourseFormat, CourseStatus};
use crate::desk::Desk;
use crate::graphql::directive::max_length;
use crate::graphql::keyset::{Key, Shape};
use crate::graphql::refusal::OrOpaque;
use crate::graphql::scalar::Date;

/// Which courses; all conditions that are given must be met.
#[derive(Clone, Debug, Default, InputObject)]
pub struct CourseFilter {
    /// Words, in whatever case, each of which must be found in the title, the summary, a topic, a domain, or the name of somebody who teaches.
    /// At most ten words and 200 characters.
    #[graphql(directive = max_length::apply(200, Some(10)))]
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
    /// By title.
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

impl CourseFilter {
    /// The filter for a query over courses.
    ///
    /// # Errors
    /// A text that is too long; a failing database.
    pub async fn condition(self, desk: &Desk) -> Result<Condition> {
        let Self { text, format, status, series, starts_from, starts_to, open_for_registration: open } = self;
        let mut all = Condition::all();
        for word in words(text.as_deref().unwrap_or_default())? {
            all = all.add(mentions(word, desk.db.get_database_backend()));
        }
        if let Some(slug) = series {
            let named = Query::select()
                .column(entity::series::Column::Id)
                .from(entity::series::Entity)
                .and_where(entity::series::Column::Slug.eq(slug))
                .take();
            all = all.add(course::Column::SeriesId.in_subquery(named));
        }
        if let Some(open) = open {
            let condition = open_for_registration(&desk.db, desk.nature.now()).await.or_opaque()?;
            all = all.add(if open { condition } else { condition.not() });
        }
        Ok(all
            .add_option(format.map(|format| course::Column::Format.eq(course::Format::from(format))))
            .add_option(status.map(|status| course::Column::Status.eq(course::Status::from(status))))
            .add_option(starts_from.map(|day| course::Column::StartsOn.gte(day.0)))
            .add_option(starts_to.map(|day| course::Column::StartsOn.lte(day.0))))
    }
}

/// Courses that mention `word`.
fn mentions(word: &str, backend: DbBackend) -> Condition {
    let tagged = Query::select()
        .column(course_tag::Column::CourseId)
        .from(course_tag::Entity)
        .and_where(contains(course_tag::Column::Name.into_expr(), word, backend))
        .take();
    let listed = Query::select()
        .column(course_faculty::Column::CourseId)
        .from(course_faculty::Entity)
        .and_where(course_faculty::Column::FacultyMemberId.in_subquery(named(word, backend)))
        .take();
    let spoken = Query::select()
        .column(session_faculty::Column::SessionId)
        .from(session_faculty::Entity)
        .and_where(session_faculty::Column::FacultyMemberId.in_subquery(named(word, backend)))
        .take();
    let speaking =
        Query::select().column(session::Column::CourseId).from(session::Entity).and_where(session::Column::Id.in_subquery(spoken)).take();
    Condition::any()
        .add(contains(course::Column::Title.into_expr(), word, backend))
        .add(contains(course::Column::Summary.into_expr(), word, backend))
        .add(course::Column::Id.in_subquery(tagged))
        .add(course::Column::Id.in_subquery(listed))
        .add(course::Column::Id.in_subquery(speaking))
}

/// The ids of the members of the faculty in whose name `word` is found.
fn named(word: &str, backend: DbBackend) -> SelectStatement {
    Query::select()
        .column(faculty_member::Column::Id)
        .from(faculty_member::Entity)
        .and_where(contains(faculty_member::Column::Name.into_expr(), word, backend))
        .take()
}

impl Default for CourseOrder {
    fn default() -> Self {
        Self { field: CourseOrderField::StartsAt, direction: OrderDirection::Asc }
    }
}

impl CourseOrder {
    /// The columns that courses are ordered by; the id makes the order total.
    pub fn columns(&self) -> [(Expr, Order); 2] {
        let order = match self.direction {
            OrderDirection::Asc => Order::Asc,
            OrderDirection::Desc => Order::Desc,
        };
        let column = match self.field {
            CourseOrderField::StartsAt => Func::coalesce([course::Column::StartsAt.into_expr(), Expr::val(far())]).into(),
            CourseOrderField::Title => course::Column::Title.into_expr(),
            CourseOrderField::Deadline => Func::coalesce([course::Column::RegistrationDeadlineOn.into_expr(), Expr::val(far_day())]).into(),
        };
        [(column, order.clone()), (course::Column::Id.into_expr(), order)]
    }

    /// What its cursors say they come from.
    pub fn name(&self) -> &'static str {
        match self.field {
            CourseOrderField::StartsAt => "courses by start",
            CourseOrderField::Title => "courses by title",
            CourseOrderField::Deadline => "courses by deadline",
        }
    }

    /// What its cursors look like.
    pub fn shape(&self) -> [Shape; 2] {
        match self.field {
            CourseOrderField::StartsAt => [Shape::At, Shape::Id],
            CourseOrderField::Title => [Shape::Text, Shape::Id],
            CourseOrderField::Deadline => [Shape::On, Shape::Id],
        }
    }

    /// The sort key of a course.
    pub fn key(&self, row: &course::Model) -> Vec<Key> {
        let key = match self.field {
            CourseOrderField::StartsAt => Key::At(row.starts_at.unwrap_or_else(far)),
            CourseOrderField::Title => Key::Text(row.title.clone()),
            CourseOrderField::Deadline => Key::On(row.registration_deadline_on.unwrap_or_else(far_day)),
        };
        vec![key, Key::Id(row.id)]
    }
}

/// Stands for «no day» in an order by days: later than any real one.
fn far_day() -> entity::LocalDate {
    entity::LocalDate(jiff::civil::Date::constant(9999, 12, 30))
}
