//! The catalogue: courses and all that stands on their pages.
//!
//! What is read goes through `page`, the read model: whole course pages in memory. What is written goes through [`crate::course_file`].

pub mod page;

pub(crate) use page::load;
pub use page::{Catalogue, CoursePage, CreditRow, DEFAULT_MEMORY, FacultyRow, Mark, SeriesRow, SessionRow, Sight, Source};
