//! Letters before they are sent: one, or all of a course's life.

pub mod input;
pub mod letter;
pub mod query;
pub mod rehearsal;

pub use query::PreviewQuery;
pub use rehearsal::RehearsalOfCourse;
