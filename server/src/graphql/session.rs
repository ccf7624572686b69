//! Sessions in the API: the rows of a course's agenda, answered from the course's page.

mod edit;
mod input;
mod object;
mod query;

pub use edit::SessionMutation;
pub use input::SessionFilter;
pub use object::{Session, SessionFaculty, SessionFacultyRole, SessionKind};
pub use query::SessionQuery;
