//! Lists that hang on somebody or something: the courses of a person, the sessions of a person, the courses
//! of a series.
//!
//! However many owners a level has, a list of theirs is read in one statement: rows are numbered within each
//! owner's part and cut there. The list of a single one is read up to where its page ends.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::{Instant, course, course_faculty, session, session_faculty};
use sea_orm::sea_query::{
    Expr, ExprTrait, Func, Order, OverStatement, Query, SelectStatement, UnionType, WindowStatement,
};
use sea_orm::{ColumnTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::keyset::{Key, Shape, Slice, Sort, Wanted};
use super::refusal::OrOpaque;
use crate::app::AppState;
use crate::catalogue::CoursePage;
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
    /// Whether of each course no more is needed than its own row ([`super::course::head`]).
    pub heads: bool,
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

/// The columns of [`Found`], in order.
const FOUND: [&str; 4] = ["owner", "id", "course_id", "starts_at"];

/// Reads lists that hang on somebody or something, as far as the viewer may see what is in them.
#[derive(Debug)]
pub struct Owned {
    app: AppState,
    viewer: Viewer,
}

impl Owned {
    /// A loader for one request.
    pub fn new(app: &AppState, viewer: &Viewer) -> Self {
        Self { app: app.clone(), viewer: viewer.clone() }
    }

    async fn found(&self, list: List, wanted: &Wanted, owners: &[Uuid]) -> Result<Vec<Found>, DbErr> {
        let rows = match owners {
            [owner] => self.of_one(list, wanted, *owner),
            _ => {
                let (rows, owner, reading) = self.rows(source(list, owners), wanted);
                numbered(rows, owner, reading, wanted.reach())
            }
        };
        Found::find_by_statement(self.app.db.get_database_backend().build(&rows)).all(&self.app.db).await
    }

    /// The list of a single owner: read as far as its page goes, where an index has its order; to number the
    /// rows, all would be read. Where rows come in several ways, each is read so far, and the page is the
    /// first of what they have together.
    fn of_one(&self, list: List, wanted: &Wanted, owner: Uuid) -> SelectStatement {
        let sources = match list {
            List::CoursesOfMember => vec![courses_listing(owner), courses_with_a_part_of(owner)],
            List::SessionsOfMember | List::CoursesOfSeries => vec![source(list, &[owner])],
        };
        let pages = sources.into_iter().map(|source| {
            let (mut rows, _, reading) = self.rows(source, wanted);
            for (column, order) in reading {
                rows.order_by_expr(column, order);
            }
            rows.limit(wanted.reach()).take()
        });
        let all = |rows| Query::select().columns(FOUND).from_subquery(rows, "page").take();
        let mut together = pages
            .map(all)
            .reduce(|mut one, other| one.union(UnionType::Distinct, other).take())
            .unwrap_or_default();
        let sort = Sort::ascending([(Expr::col("starts_at"), Shape::At), (Expr::col("id"), Shape::Id)]);
        for (column, order) in wanted.reading(&sort) {
            together.order_by_expr(column, order);
        }
        together.limit(wanted.reach()).take()
    }

    /// The rows of a source that the viewer may see, between the cursors, with whose they are and the order
    /// in which they are read.
    fn rows(&self, source: Source, wanted: &Wanted) -> (SelectStatement, Expr, Vec<(Expr, Order)>) {
        let Source { mut rows, owner, id, starts_at } = source;
        let sort = Sort::ascending([(starts_at.clone(), Shape::At), (id.clone(), Shape::Id)]);
        let columns = [owner.clone(), id, course::Column::Id.into_expr(), starts_at];
        for (column, name) in columns.into_iter().zip(FOUND) {
            rows.expr_as(column, name);
        }
        rows.cond_where(self.viewer.visible_courses()).cond_where(wanted.bounds(&sort));
        (rows, owner, wanted.reading(&sort))
    }
}

/// The first `reach` of the rows of each owner.
fn numbered(
    mut rows: SelectStatement,
    owner: Expr,
    reading: Vec<(Expr, Order)>,
    reach: u64,
) -> SelectStatement {
    let mut place = WindowStatement::new();
    place.add_partition_by(owner);
    for (column, order) in reading {
        place.order_by_expr(column, order);
    }
    rows.expr_window_as(Func::cust("ROW_NUMBER"), place, "place");
    Query::select()
        .columns(FOUND)
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

/// By when a course is listed: its start, or the end of time.
fn course_starts_at() -> Expr {
    Expr::col((course::Entity, "starts_key"))
}

/// The courses that list this member of the faculty.
fn courses_listing(member: Uuid) -> Source {
    let mut rows = Query::select();
    rows.from(course_faculty::Entity)
        .inner_join(
            course::Entity,
            course::Column::Id.into_expr().eq(course_faculty::Column::CourseId.into_expr()),
        )
        .and_where(course_faculty::Column::FacultyMemberId.eq(member));
    let owner = course_faculty::Column::FacultyMemberId.into_expr();
    Source { rows, owner, id: course::Column::Id.into_expr(), starts_at: course_starts_at() }
}

/// The courses in whose sessions this member of the faculty has a part.
fn courses_with_a_part_of(member: Uuid) -> Source {
    let spoken = Query::select()
        .expr(session::Column::CourseId.into_expr())
        .from(session_faculty::Entity)
        .inner_join(
            session::Entity,
            session::Column::Id.into_expr().eq(session_faculty::Column::SessionId.into_expr()),
        )
        .and_where(session_faculty::Column::FacultyMemberId.eq(member))
        .take();
    let rows = Query::select().from(course::Entity).and_where(course::Column::Id.in_subquery(spoken)).take();
    Source {
        rows,
        owner: Expr::val(member),
        id: course::Column::Id.into_expr(),
        starts_at: course_starts_at(),
    }
}

fn source(list: List, owners: &[Uuid]) -> Source {
    let of = || owners.iter().copied();
    let mut rows = Query::select();
    match list {
        List::CoursesOfMember => {
            let spoken = Query::select()
                .expr_as(session_faculty::Column::FacultyMemberId.into_expr(), "owner")
                .expr_as(session::Column::CourseId.into_expr(), "course_id")
                .from(session_faculty::Entity)
                .inner_join(
                    session::Entity,
                    session::Column::Id.into_expr().eq(session_faculty::Column::SessionId.into_expr()),
                )
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
            rows.from_subquery(links, "link").inner_join(
                course::Entity,
                course::Column::Id.into_expr().eq(Expr::col(("link", "course_id"))),
            );
            Source {
                rows,
                owner: Expr::col(("link", "owner")),
                id: course::Column::Id.into_expr(),
                starts_at: course_starts_at(),
            }
        }
        List::SessionsOfMember => {
            rows.from(session_faculty::Entity)
                .inner_join(
                    session::Entity,
                    session::Column::Id.into_expr().eq(session_faculty::Column::SessionId.into_expr()),
                )
                .inner_join(
                    course::Entity,
                    course::Column::Id.into_expr().eq(session::Column::CourseId.into_expr()),
                )
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
            Source {
                rows,
                owner: course::Column::SeriesId.into_expr(),
                id: course::Column::Id.into_expr(),
                starts_at: course_starts_at(),
            }
        }
    }
}

impl Loader<Part> for Owned {
    type Value = Slice<(Found, Arc<CoursePage>)>;
    type Error = async_graphql::Error;

    async fn load(&self, parts: &[Part]) -> async_graphql::Result<HashMap<Part, Self::Value>> {
        // Parts of one level ask for the same page of the same list, so there is one group, and one
        // statement.
        let mut groups: HashMap<(List, &Wanted, bool), Vec<Uuid>> = HashMap::new();
        for part in parts {
            groups.entry((part.list, &part.wanted, part.heads)).or_default().push(part.owner);
        }
        let mut rows: HashMap<Part, Vec<Found>> = HashMap::new();
        for ((list, wanted, heads), owners) in groups {
            for found in self.found(list, wanted, &owners).await.or_opaque()? {
                rows.entry(Part { list, owner: found.owner, wanted: wanted.clone(), heads })
                    .or_default()
                    .push(found);
            }
        }
        let ids = |heads: bool| -> Vec<Uuid> {
            rows.iter()
                .filter(|(part, _)| part.heads == heads)
                .flat_map(|(_, found)| found)
                .map(|found| found.course_id)
                .collect()
        };
        // Whole pages first: what is in memory by then need not be read as a head.
        let whole = self.app.catalogue.pages_by_id(&self.app.db, &ids(false)).await.or_opaque()?;
        let heads = self.app.catalogue.heads(&self.app.db, &ids(true)).await.or_opaque()?;
        let mut slice = |part: &Part| {
            let pages = if part.heads { &heads } else { &whole };
            // A page may be a moment newer than the row, and no longer the viewer's to see.
            let seen = |found: Found| {
                Some((
                    found,
                    Arc::clone(pages.get(&found.course_id).filter(|page| self.viewer.sees_course(page))?),
                ))
            };
            part.wanted.cut(rows.remove(part).unwrap_or_default()).filter_map(seen)
        };
        Ok(parts.iter().map(|part| (part.clone(), slice(part))).collect())
    }
}
