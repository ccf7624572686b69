//! Changing courses: what staff say, turned into changes of the course as a file value.

pub mod at;
pub mod change;
pub mod describe;
pub mod import;
pub mod life;
pub mod mutation;
pub mod offer;
pub mod terms;

pub use mutation::CourseMutation;
