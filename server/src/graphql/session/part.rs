//! Who has a part in a session, as staff say it.

use async_graphql::{ID, InputObject};
use entity::session_faculty;

use super::SessionFacultyRole;
use crate::catalogue::draft::Name;
use crate::graphql::global_id::Kind;
use crate::graphql::input::named;

/// Somebody's part in a session.
#[derive(Clone, Debug, InputObject)]
pub struct SessionFacultyInput {
    /// The person: an id, or a slug. Somebody whom the course does not list becomes a guest.
    member_id: ID,
    /// The part; left out: speaks.
    role: Option<SessionFacultyRole>,
}

/// The people, each with their part.
pub fn parts(faculty: Vec<SessionFacultyInput>) -> Vec<(Name, session_faculty::Role)> {
    let part = |SessionFacultyInput { member_id, role }| {
        (named(Kind::FacultyMember, &member_id), role.unwrap_or(SessionFacultyRole::Speaker).into())
    };
    faculty.into_iter().map(part).collect()
}
