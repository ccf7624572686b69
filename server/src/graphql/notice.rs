//! Letters about a registration: those in the ledger, and those to come.

mod cancel_notice;
pub mod explain;
pub mod loader;
pub mod object;
pub mod of_course;
mod of_person;
pub mod planned;
pub mod query;
mod resend_notice;
pub mod tried;

use async_graphql::MergedObject;

pub use explain::ExplainQuery;
pub use loader::loaders;
pub use object::Notice;
pub use of_course::{LettersOfCourse, NoticeFilter, notices, page_of};
pub use of_person::{coming, page_at_hand};
pub use planned::{LearnerKind, PlannedLetter};

/// What staff do with single letters.
#[derive(Debug, Default, MergedObject)]
pub struct NoticeMutation(cancel_notice::CancelNoticeMutation, resend_notice::ResendNoticeMutation);
