//! Letters about a registration: those in the ledger, and those to come.

pub mod explain;
pub mod loader;
pub mod mutation;
pub mod object;
pub mod of_course;
pub mod planned;
pub mod query;

pub use explain::ExplainQuery;
pub use loader::loaders;
pub use mutation::NoticeMutation;
pub use object::Notice;
pub use of_course::{LearnerKind, LettersOfCourse, NoticeFilter, notices, page_of};
pub use planned::PlannedLetter;
