//! What belongs to what: the tracks and the speakers of sessions, and the faculty of courses, in one
//! statement.

use entity::{course_faculty, session, session_faculty, session_track};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

/// What belongs to what, in order.
#[derive(Debug, Default)]
pub(super) struct Links {
    pub(super) session_tracks: Vec<session_track::Model>,
    pub(super) session_faculty: Vec<session_faculty::Model>,
    pub(super) course_faculty: Vec<course_faculty::Model>,
}

/// Which kind of link it is.
const TRACK_OF_SESSION: i32 = 1;
const FACULTY_OF_SESSION: i32 = 2;
const FACULTY_OF_COURSE: i32 = 3;

/// A link of any of these kinds.
#[derive(Debug, FromQueryResult)]
struct Link {
    list: i32,
    /// The session, or the course.
    owner: Uuid,
    /// The track, or the member of the faculty.
    member: Uuid,
    role: Option<String>,
    position: Option<i16>,
}

/// The links of one kind: its owner, its member, and, where they have any, role and place.
fn select(list: i32, owner: Expr, member: Expr, rest: Option<(Expr, Expr)>) -> SelectStatement {
    let (role, position) = rest.unwrap_or_else(|| (Expr::cust("null"), Expr::cust("null")));
    Query::select()
        .expr_as(Expr::cust(list.to_string()), "list")
        .expr_as(owner, "owner")
        .expr_as(member, "member")
        .expr_as(role.cast_as(Alias::new("text")), "role")
        .expr_as(position.cast_as(Alias::new("smallint")), "position")
        .take()
}

/// The links of these courses and their sessions, as one statement.
fn statement(ids: &[Uuid]) -> SelectStatement {
    // The links of all sessions are found through their courses, so that the statement does not grow with the
    // agenda.
    let of_courses = || session::Column::CourseId.is_in(ids.iter().copied());
    let tracks = {
        use session_track::{Column, Entity};
        select(TRACK_OF_SESSION, Column::SessionId.into_expr(), Column::TrackId.into_expr(), None)
            .from(Entity)
            .inner_join(session::Entity, session::Column::Id.into_expr().eq(Column::SessionId.into_expr()))
            .and_where(of_courses())
            .take()
    };
    let speakers = {
        use session_faculty::{Column, Entity};
        let rest = (Column::Role.into_expr(), Column::Position.into_expr());
        select(
            FACULTY_OF_SESSION,
            Column::SessionId.into_expr(),
            Column::FacultyMemberId.into_expr(),
            Some(rest),
        )
        .from(Entity)
        .inner_join(session::Entity, session::Column::Id.into_expr().eq(Column::SessionId.into_expr()))
        .and_where(of_courses())
        .take()
    };
    let faculty = {
        use course_faculty::{Column, Entity};
        let rest = (Column::Role.into_expr(), Column::Position.into_expr());
        select(
            FACULTY_OF_COURSE,
            Column::CourseId.into_expr(),
            Column::FacultyMemberId.into_expr(),
            Some(rest),
        )
        .from(Entity)
        .and_where(Column::CourseId.is_in(ids.iter().copied()))
        .take()
    };
    let mut all = tracks;
    all.union(UnionType::All, speakers).union(UnionType::All, faculty);
    all
}

impl Links {
    /// The links of these courses and their sessions; one statement.
    pub(super) async fn read<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<Self, DbErr> {
        let rows = db.query_all(&statement(ids)).await?;
        let mut found =
            rows.iter().map(|row| Link::from_query_result(row, "")).collect::<Result<Vec<_>, _>>()?;
        found.sort_by_key(|link| (link.list, link.position));
        let mut links = Self::default();
        for Link { list, owner, member, role, position } in found {
            let (role, position) = (role.unwrap_or_default(), position.unwrap_or_default());
            match list {
                TRACK_OF_SESSION => {
                    links.session_tracks.push(session_track::Model { session_id: owner, track_id: member })
                }
                FACULTY_OF_SESSION => {
                    let role = session_faculty::Role::try_from_value(&role)?;
                    links.session_faculty.push(session_faculty::Model {
                        session_id: owner,
                        faculty_member_id: member,
                        role,
                        position,
                    });
                }
                FACULTY_OF_COURSE => {
                    let role = course_faculty::Role::try_from_value(&role)?;
                    links.course_faculty.push(course_faculty::Model {
                        course_id: owner,
                        faculty_member_id: member,
                        role,
                        position,
                    });
                }
                _ => return Err(DbErr::Type(format!("a link of list {list}"))),
            }
        }
        Ok(links)
    }
}
