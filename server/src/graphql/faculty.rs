//! The faculty in the API.

mod input;
mod mutation;
mod object;
mod query;
mod write;

pub use input::FacultyFilter;
pub use mutation::FacultyMutation;
pub use object::FacultyMember;
pub use query::FacultyQuery;
