//! Registrations: what a learner has, what it costs, and what becomes of it.

pub mod input;
pub mod loader;
pub mod mutation;
pub mod object;
pub mod of_course;
pub mod query;
pub mod quote;
pub mod together;

pub use loader::loaders;
pub use mutation::RegistrationMutation;
pub use object::Registration;
pub use of_course::RegistrationsOfCourse;
pub use query::{RegistrationQuery, seen};
