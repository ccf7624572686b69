//! Registrations: what a learner has, what it costs, and what becomes of it.

mod correct_registration;
pub mod input;
pub mod loader;
pub mod mutation;
pub mod object;
pub mod of_course;
pub mod query;
pub mod quote;
mod register_learner;
pub mod together;

pub use correct_registration::CorrectRegistration;
pub use loader::loaders;
pub use mutation::RegistrationMutation;
pub use object::Registration;
pub use of_course::RegistrationsOfCourse;
pub use query::{RegistrationQuery, seen};
pub use register_learner::RegisterLearner;
