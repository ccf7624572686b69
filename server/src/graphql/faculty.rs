//! The faculty in the API.

mod input;
mod object;
mod query;

pub use input::FacultyFilter;
pub use object::FacultyMember;
pub use query::FacultyQuery;
