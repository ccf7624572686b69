//! Registrations: what a learner has, what it costs, and what becomes of it.

mod cancel_registration;
mod correct_registration;
pub mod input;
pub mod loader;
pub mod object;
pub mod of_course;
pub mod query;
pub mod quote;
mod record_payment;
mod register;
mod register_learner;
pub mod together;

use async_graphql::MergedObject;

pub use loader::loaders;
pub use object::Registration;
pub use of_course::RegistrationsOfCourse;
pub use query::{RegistrationQuery, seen};

/// What people do with registrations.
#[derive(Debug, Default, MergedObject)]
pub struct RegistrationMutation(
    register::RegisterMutation,
    register_learner::RegisterLearnerMutation,
    record_payment::RecordPaymentMutation,
    cancel_registration::CancelRegistrationMutation,
    correct_registration::CorrectRegistrationMutation,
);
