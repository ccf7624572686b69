//! Saying who directs and who belongs to the faculty of a course.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use entity::Refusal as Refused;

use crate::action::set_course_faculty::{SetCourseFaculty, set_course_faculty};
use crate::app::AppState;
use crate::error;
use crate::graphql::course::{self, Course};
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::input::named;
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// Who directs and who belongs to the faculty of a course.
#[derive(Clone, Debug, InputObject)]
pub struct SetCourseFacultyInput {
    /// The course.
    course_id: ID,
    /// The version of it that was looked at: `Course.version` as it was read.
    version: i32,
    /// The people, in the order of the course page; each once.
    faculty: Vec<CourseFacultyInput>,
}

/// Somebody's part in a course.
#[derive(Clone, Debug, InputObject)]
pub struct CourseFacultyInput {
    /// The person: an id, or a slug.
    member_id: ID,
    /// The part.
    role: CourseFacultyRole,
}

/// The part that a person has in a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::course_faculty::Role")]
pub enum CourseFacultyRole {
    /// Directs it.
    Director,
    /// Belongs to its faculty.
    Faculty,
}

payload! {
    /// What came of setting the faculty of a course.
    SetCourseFacultyPayload {
        /// The course as it stands now. Null where refused.
        course: Course,
    }
}

impl SetCourseFacultyInput {
    fn read(&self) -> std::result::Result<SetCourseFaculty, Refused> {
        let Self { course_id, version, faculty } = self;
        let course_id = must(Kind::Course, course_id)?;
        let part = |CourseFacultyInput { member_id, role }: &CourseFacultyInput| {
            (named(Kind::FacultyMember, member_id), (*role).into())
        };
        Ok(SetCourseFaculty { course_id, version: *version, faculty: faculty.iter().map(part).collect() })
    }
}

/// Saying who directs and who belongs to the faculty of a course.
#[derive(Clone, Copy, Debug, Default)]
pub struct SetCourseFacultyMutation;

#[Object]
impl SetCourseFacultyMutation {
    /// Says who directs and who belongs to the faculty of a course that the viewer runs. Whoever is left out
    /// and speaks in a session stays there as a guest.
    #[graphql(directive = cost::apply(of_act()))]
    async fn set_course_faculty(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which course, and its faculty.")] input: SetCourseFacultyInput,
    ) -> Result<SetCourseFacultyPayload> {
        answer(set(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn set(app: &AppState, viewer: &Viewer, input: SetCourseFacultyInput) -> error::Result<Course> {
    viewer.signed_in()?;
    course::written(app, &set_course_faculty(app, viewer, input.read()?).await?).await
}
