//! Changing courses: what staff say, written into a draft of the course.

pub mod change;
pub mod describe;
pub mod import;
pub mod life;
pub mod mutation;
pub mod offer;
pub mod terms;

pub use mutation::CourseMutation;
