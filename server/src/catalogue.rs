//! The catalogue: courses and all that stands on their pages.
//!
//! What is read goes through `page`, the read model: whole course pages in memory. What is written goes
//! through [`draft`], the write model.

pub mod draft;
mod edition;
pub mod page;
mod seats;

pub use edition::{Edition, Look};
pub(crate) use page::load;
pub use page::{
    Catalogue, CoursePage, CreditRow, DEFAULT_MEMORY, FacultyRow, Mark, SeriesRow, SessionRow, Sight, Source,
};
pub use seats::{Taken, taken};

/// For how long what was seen of the database is trusted without another look, in microseconds: others'
/// changes show within a second, even where nothing was heard of them.
const TRUST_MICROS: i64 = 500_000;
