//! Lists that hang on somebody or something: the courses of a person, the sessions of a person, the courses of a series.
//!
//! However many owners a level has, a list of theirs is read in one statement: rows are numbered within each owner's part and cut there. The list
//! of a single one is read up to where its page ends.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::{Instant, course, course_faculty, session, session_faculty};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Order, OverStatement, Query, SelectStatement, UnionType, WindowStatement};
use sea_orm::{ColumnTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::keyset::{Key, Shape, Slice, Sort, Wanted};
use super::refusal::OrOpaque;
use crate::catalogue::CoursePage;
use crate::desk::Desk;
use crate::viewer::Viewer;

/// What hangs on what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum List {
    /// Courses that a member of the faculty directs, is listed for, or speaks in.
    CoursesOfMember,
    /// Sessions in which a member of the faculty has a part.
    SessionsOfMember,
    /// Courses of a series.
    CoursesOfSeries,
}

/// A page of one owner's list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Part {
    /// Which list.
    pub list: List,
    /// Whose.
    pub owner: Uuid,
    /// Which page of it.
    pub wanted: Wanted,
}

/// A row of such a list.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct Found {
    owner: Uuid,
    /// The course or the session.
    pub id: Uuid,
    /// The course.
    pub course_id: Uuid,
    starts_at: Instant,
}

impl Found {
    /// Its sort key: start, then id.
    pub fn key(&self) -> Vec<Key> {
        vec![Key::At(self.starts_at), Key::Id(self.id)]
    }
}

/// Reads lists that hang on somebody or something, as far as the viewer may see what is in them.
#[derive(Debug)]
pub struct Owned {
    desk: Desk,
    viewer: Viewer,
}

impl Owned {
    /// A loader for one request.
    pub fn new(desk: &Desk, viewer: &Viewer) -> Self {
        Self { desk: desk.clone(), viewer: viewer.clone() }
    }

    async fn found(&self, list: List, wanted: &Wanted, owners: &[Uuid]) -> Result<Vec<Found>, DbErr> {
        let source = source(list, owners);
        let sort = Sort::ascending([(source.starts_at.clone(), Shape::At), (source.id.clone(), Shape::Id)]);
        let mut rows = source.rows;
        rows.expr_as(source.owner.clone(), "owner")
            .expr_as(source.id, "id")
            .expr_as(course::Column::Id.into_expr(), "course_id")
            .expr_as(source.starts_at, "starts_at")
            .cond_where(self.viewer.visible_courses())
            .cond_where(wanted.bounds(&sort));
        let reading = wanted.reading(&sort);
        let rows = match owners {
            // One list is read as far as its page goes, where an index has its order; to number the rows, all would be read.
            [_] => {
                for (column, order) in reading {
                    rows.order_by_expr(column, order);
                }
                rows.limit(wanted.reach()).take()
            }
            _ => numbered(rows, source.owner, reading, wanted.reach()),
        };
        Found::find_by_statement(self.desk.db.get_database_backend().build(&rows)).all(&self.desk.db).await
    }
}

/// The first `reach` of the rows of each owner.
fn numbered(mut rows: SelectStatement, owner: Expr, reading: Vec<(Expr, Order)>, reach: u64) -> SelectStatement {
    let mut place = WindowStatement::new();
    place.add_partition_by(owner);
    for (column, order) in reading {
        place.order_by_expr(column, order);
    }
    rows.expr_window_as(Func::cust("ROW_NUMBER"), place, "place");
    Query::select()
        .columns(["owner", "id", "course_id", "starts_at"])
        .from_subquery(rows, "ranked")
        .and_where(Expr::col("place").lte(i64::try_from(reach).unwrap_or(i64::MAX)))
        .order_by("owner", Order::Asc)
        .order_by("place", Order::Asc)
        .take()
}

/// Where the rows of a list come from, with the course joined in, and which expressions are what.
struct Source {
    rows: SelectStatement,
    owner: Expr,
    id: Expr,
    starts_at: Expr,
}

fn source(list: List, owners: &[Uuid]) -> Source {
    let of = || owners.iter().copied();
    let course_starts_at = || Expr::col((course::Entity, "starts_key"));
    let mut rows = Query::select();
    match list {
        List::CoursesOfMember => {
            let spoken = Query::select()
                .expr_as(session_faculty::Column::FacultyMemberId.into_expr(), "owner")
                .expr_as(session::Column::CourseId.into_expr(), "course_id")
                .from(session_faculty::Entity)
                .inner_join(session::Entity, session::Column::Id.into_expr().eq(session_faculty::Column::SessionId.into_expr()))
                .and_where(session_faculty::Column::FacultyMemberId.is_in(of()))
                .take();
            let links = Query::select()
                .expr_as(course_faculty::Column::FacultyMemberId.into_expr(), "owner")
                .expr_as(course_faculty::Column::CourseId.into_expr(), "course_id")
                .from(course_faculty::Entity)
                .and_where(course_faculty::Column::FacultyMemberId.is_in(of()))
                // Each course once, in how many ways ever somebody belongs to it.
                .union(UnionType::Distinct, spoken)
                .take();
            rows.from_subquery(links, "link")
                .inner_join(course::Entity, course::Column::Id.into_expr().eq(Expr::col(("link", "course_id"))));
            Source { rows, owner: Expr::col(("link", "owner")), id: course::Column::Id.into_expr(), starts_at: course_starts_at() }
        }
        List::SessionsOfMember => {
            rows.from(session_faculty::Entity)
                .inner_join(session::Entity, session::Column::Id.into_expr().eq(session_faculty::Column::SessionId.into_expr()))
                .inner_join(course::Entity, course::Column::Id.into_expr().eq(session::Column::CourseId.into_expr()))
                .and_where(session_faculty::Column::FacultyMemberId.is_in(of()));
            Source {
                rows,
                owner: session_faculty::Column::FacultyMemberId.into_expr(),
                id: session::Column::Id.into_expr(),
                starts_at: session::Column::StartsAt.into_expr(),
            }
        }
        List::CoursesOfSeries => {
            rows.from(course::Entity).and_where(course::Column::SeriesId.is_in(of()));
            Source { rows, owner: course::Column::SeriesId.into_expr(), id: course::Column::Id.into_expr(), starts_at: course_starts_at() }
        }
    }
}

impl Loader<Part> for Owned {
    type Value = Slice<(Found, Arc<CoursePage>)>;
    type Error = async_graphql::Error;

    async fn load(&self, parts: &[Part]) -> async_graphql::Result<HashMap<Part, Self::Value>> {
        // Parts of one level ask for the same page of the same list, so there is one group, and one statement.
        let mut groups: HashMap<(List, &Wanted), Vec<Uuid>> = HashMap::new();
        for part in parts {
            groups.entry((part.list, &part.wanted)).or_default().push(part.owner);
        }
        let mut rows: HashMap<Part, Vec<Found>> = HashMap::new();
        for ((list, wanted), owners) in groups {
            for found in self.found(list, wanted, &owners).await.or_opaque()? {
                rows.entry(Part { list, owner: found.owner, wanted: wanted.clone() }).or_default().push(found);
            }
        }
        let ids: Vec<Uuid> = rows.values().flatten().map(|found| found.course_id).collect();
        let pages = self.desk.catalogue.pages_by_id(&self.desk.db, &ids).await.or_opaque()?;
        // A page may be a moment newer than the row, and no longer the viewer's to see.
        let seen = |found: Found| Some((found, Arc::clone(pages.get(&found.course_id).filter(|page| self.viewer.sees_course(page))?)));
        Ok(parts.iter().map(|part| (part.clone(), part.wanted.cut(rows.remove(part).unwrap_or_default()).filter_map(seen))).collect())
    }
}
