//! Letters about a registration: those in the ledger, and those to come.

pub mod object;
pub mod of_course;
pub mod planned;
pub mod query;

pub use object::Notice;
pub use of_course::{LearnerKind, LettersOfCourse};
pub use planned::PlannedLetter;
