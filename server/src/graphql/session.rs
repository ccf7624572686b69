//! Sessions in the API: the rows of a course's agenda, answered from the course's page.

mod add_session;
mod details;
mod input;
mod object;
mod part;
mod query;
mod remove_session;
mod reorder_sessions;
mod update_session;
mod written;

use async_graphql::MergedObject;

pub use input::SessionFilter;
pub use object::{Session, SessionFaculty, SessionFacultyRole, SessionKind};
pub use query::SessionQuery;
use written::written;

/// What staff do with the sessions of a course. A change of time to a published course is told to whom it
/// concerns, ten minutes later.
#[derive(Clone, Copy, Debug, Default, MergedObject)]
pub struct SessionMutation(
    add_session::AddSessionMutation,
    update_session::UpdateSessionMutation,
    remove_session::RemoveSessionMutation,
    reorder_sessions::ReorderSessionsMutation,
);
