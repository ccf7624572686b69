//! The audit trail in the API: who did what. It is read here and written by the actions; nothing changes it.

mod input;
mod object;
mod of_course;
pub mod query;

pub use object::AuditEntry;
pub use of_course::AuditOfCourse;
pub use query::AuditQuery;
