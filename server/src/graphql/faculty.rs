//! The faculty in the API.

mod input;
mod merge_faculty_members;
mod object;
mod query;
mod set_course_faculty;
mod upsert_faculty_member;
mod written;

use async_graphql::MergedObject;

pub use input::FacultyFilter;
pub use object::FacultyMember;
pub use query::FacultyQuery;
use written::written;

/// What staff do with the faculty.
#[derive(Clone, Copy, Debug, Default, MergedObject)]
pub struct FacultyMutation(
    upsert_faculty_member::UpsertFacultyMemberMutation,
    merge_faculty_members::MergeFacultyMembersMutation,
    set_course_faculty::SetCourseFacultyMutation,
);
