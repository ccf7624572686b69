//! Evaluations: what learners say of a course when it is over. They unlock credit.

use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;

use crate::refusal::Refusal;
use crate::registration::{self, Status};
use crate::{Instant, course};

/// One evaluation; a registration has at most one.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "evaluation")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub registration_id: Uuid,
    /// When.
    pub submitted_at: Instant,
    /// Whether the learner perceived commercial bias (ACCME Standards for Integrity and Independence).
    pub bias_perceived: bool,
    /// What was perceived.
    pub bias_comment: Option<String>,
    /// Anything else. Plain text.
    pub comments: Option<String>,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// When the evaluations of these registrations were handed in, as pairs of a registration's id and a moment;
/// nothing of those that were not.
pub fn submitted(registration_ids: impl IntoIterator<Item = Uuid>) -> Select<Entity> {
    Entity::find()
        .select_only()
        .columns([Column::RegistrationId, Column::SubmittedAt])
        .filter(Column::RegistrationId.is_in(registration_ids))
}

/// What an evaluation is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The course is not over.
    NotOpen,
    /// It can be handed in.
    Open,
    /// Handed in.
    Submitted,
    /// Too late, or the course was cancelled.
    Closed,
}

/// What the evaluation of a confirmed registration is doing at `now`: it opens when the course ends and
/// closes with its deadline. There is none of a course that was cancelled.
pub fn state(course: &course::Model, submitted: bool, now: Instant) -> State {
    if submitted {
        State::Submitted
    } else if course.is_cancelled() {
        State::Closed
    } else if now < course.last_instant() {
        State::NotOpen
    } else if now < course.evaluation_closes_at() {
        State::Open
    } else {
        State::Closed
    }
}

/// Whether the evaluation of this registration can be handed in at `now`.
pub fn may_submit(
    course: &course::Model,
    registration: &registration::Model,
    submitted: bool,
    now: Instant,
) -> Result<(), Refusal> {
    match (registration.status_at(now), state(course, submitted, now)) {
        (Status::Started | Status::Waitlisted | Status::Cancelled | Status::Expired, _) => {
            Err(Refusal::NotConfirmed)
        }
        (Status::Confirmed, State::Closed) if course.is_cancelled() => Err(Refusal::CourseCancelled),
        (Status::Confirmed, State::NotOpen) => Err(Refusal::EvaluationNotOpen),
        (Status::Confirmed, State::Closed) => Err(Refusal::EvaluationClosed),
        (Status::Confirmed, State::Submitted) => Err(Refusal::EvaluationAlreadySubmitted),
        (Status::Confirmed, State::Open) => Ok(()),
    }
}
