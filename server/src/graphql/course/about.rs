//! What a course is said to be: where it is in its life, how it is taught, for whom, and what it teaches.

use async_graphql::{Enum, ID, SimpleObject};

use crate::graphql::directive::list_size;
use crate::graphql::profession::Profession;

/// Where a course is in its life. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::course::Status")]
pub enum CourseStatus {
    /// Being written; seen by the staff who run it alone.
    Draft,
    /// Announced to everybody.
    Published,
    /// Will not take place.
    Cancelled,
    /// Over, and kept for reference.
    Archived,
}

/// How a course is taught. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::course::Format")]
pub enum CourseFormat {
    /// Online, in real time.
    LiveOnline,
    /// In a room.
    InPerson,
    /// In a room and online at once.
    Hybrid,
}

/// Competencies that a course addresses, as one body defines them.
#[derive(Clone, Debug, SimpleObject)]
pub struct CompetencyGroup {
    /// The body that defines them, such as `Institute of Medicine`.
    pub(super) name: String,
    /// The competencies, in order.
    #[graphql(directive = list_size::apply(6))]
    pub(super) competencies: Vec<String>,
}

/// People for whom a course is made.
#[derive(Clone, Debug, SimpleObject)]
pub struct AudienceGroup {
    /// The group as the course page names it. Plain text.
    pub(super) name: String,
    /// As what its members register, and so what they pay.
    pub(super) profession: Profession,
}

/// What learners will be able to do after a course, with the id under which an evaluation rates it.
#[derive(Clone, Debug, SimpleObject)]
pub struct LearningObjective {
    /// Opaque id, for the input of an evaluation.
    pub(super) id: ID,
    /// The objective. Plain text.
    pub(super) text: String,
}
