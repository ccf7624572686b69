//! A learner in the API.

mod correct_learner;
mod merge_learners;

use async_graphql::{ID, Object};
use entity::learner;

use super::global_id::{Kind, global};
use super::profession::Profession;
use super::scalar::TimeZone;
pub use correct_learner::CorrectLearnerMutation;
pub use merge_learners::MergeLearnersMutation;

/// A learner, as the learner and staff see one.
#[derive(Clone, Debug)]
pub struct Learner(pub learner::Model);

/// A person with an account. Only the person and staff who run a course that the person registers for see it.
#[Object]
impl Learner {
    /// Global id.
    async fn id(&self) -> ID {
        global(Kind::Learner, self.0.id)
    }

    /// The address that letters go to.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// The name as it stands on letters and certificates; null until it is given.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Degrees and licences, such as `RN, MSN`; null where none are given.
    async fn credentials(&self) -> Option<&str> {
        self.0.credentials.as_deref()
    }

    /// The profession that is offered first when registering; null until it is given.
    async fn profession(&self) -> Option<Profession> {
        self.0.profession.map(Profession::from)
    }

    /// The learner's own time zone, in which letters tell times beside the course's; null where it is not
    /// given.
    async fn time_zone(&self) -> Option<TimeZone> {
        self.0.time_zone.clone().map(TimeZone)
    }
}
