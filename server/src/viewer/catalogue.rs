//! What of the catalogue a viewer may see.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition};

use super::Viewer;

impl Viewer {
    /// The courses that the viewer may see, for a query over courses.
    pub fn visible_courses(&self) -> Condition {
        match self.run_courses() {
            Some(mine) => Condition::any().add(entity::course::visible_to_all()).add(mine),
            None => Condition::all().add(entity::course::visible_to_all()),
        }
    }

    /// The sessions that the viewer may see, for a query over them.
    pub fn visible_sessions(&self) -> Condition {
        use entity::{course, session};
        let theirs = course::Column::Id.into_expr().eq(session::Column::CourseId.into_expr());
        Condition::all().add(Expr::exists(self.one_of_their_courses().and_where(theirs).take()))
    }

    /// The members of the faculty that the viewer may see, for a query over them: whoever teaches in a course
    /// that the viewer may see; staff, who fill courses with them, see all.
    pub fn visible_faculty(&self) -> Condition {
        use entity::{course, course_faculty, faculty_member, session, session_faculty};
        if self.is_staff() {
            return Condition::all();
        }
        let (member, course) = (faculty_member::Column::Id.into_expr(), course::Column::Id.into_expr());
        let listed = self
            .one_of_their_courses()
            .inner_join(
                course_faculty::Entity,
                course_faculty::Column::CourseId.into_expr().eq(course.clone()),
            )
            .and_where(course_faculty::Column::FacultyMemberId.into_expr().eq(member.clone()))
            .take();
        let speaking = self
            .one_of_their_courses()
            .inner_join(session::Entity, session::Column::CourseId.into_expr().eq(course))
            .inner_join(
                session_faculty::Entity,
                session_faculty::Column::SessionId.into_expr().eq(session::Column::Id.into_expr()),
            )
            .and_where(session_faculty::Column::FacultyMemberId.into_expr().eq(member))
            .take();
        Condition::any().add(Expr::exists(listed)).add(Expr::exists(speaking))
    }

    /// The series that the viewer may see, for a query over them: those with a course that the viewer may
    /// see; staff see all.
    pub fn visible_series(&self) -> Condition {
        use entity::{course, series};
        if self.is_staff() {
            return Condition::all();
        }
        let of_it = course::Column::SeriesId.into_expr().eq(series::Column::Id.into_expr());
        Condition::all().add(Expr::exists(self.one_of_their_courses().and_where(of_it).take()))
    }

    /// The organizations that the viewer may see, for a query over them: those that stand behind a course
    /// that the viewer may see; staff see all.
    pub fn visible_organizations(&self) -> Condition {
        use entity::course_organization::{Column, Entity};
        use entity::{course, organization};
        if self.is_staff() {
            return Condition::all();
        }
        let named = self
            .one_of_their_courses()
            .inner_join(Entity, Column::CourseId.into_expr().eq(course::Column::Id.into_expr()))
            .and_where(Column::OrganizationId.into_expr().eq(organization::Column::Id.into_expr()))
            .take();
        Condition::all().add(Expr::exists(named))
    }

    /// Whether there is a course that the viewer may see, to be narrowed to those of something. Asked row by
    /// row, because a page needs a few rows, while all courses would have to be gone through to know
    /// beforehand.
    fn one_of_their_courses(&self) -> SelectStatement {
        Query::select()
            .expr(Expr::val(1))
            .from(entity::course::Entity)
            .cond_where(self.visible_courses())
            .take()
    }

    /// The ids of the courses that the viewer may see, for use within another query.
    pub fn visible_course_ids(&self) -> SelectStatement {
        Query::select()
            .column(entity::course::Column::Id)
            .from(entity::course::Entity)
            .cond_where(self.visible_courses())
            .take()
    }
}
