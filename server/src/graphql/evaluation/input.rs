//! The evaluation form as a client fills it in.

use async_graphql::{ID, InputObject};
use entity::Refusal;
use uuid::Uuid;

use crate::action::submit_evaluation::{ObjectiveRating, SessionRating, SpeakerRating, SubmitEvaluation};
use crate::graphql::global_id::{self, Kind};

/// A rating of a learning objective.
#[derive(Clone, Debug, InputObject)]
pub struct ObjectiveRatingInput {
    /// The objective, as `Course.learningObjectives` names it.
    objective_id: ID,
    /// How far it was met, from 1 (not at all) to 5 (fully).
    rating: i32,
}

/// A rating of a session that the learner attended.
#[derive(Clone, Debug, InputObject)]
pub struct SessionRatingInput {
    /// The session: one that teaches and belongs to the learner's track, or to all.
    session_id: ID,
    /// From 1 (poor) to 5 (excellent).
    rating: i32,
    /// Ratings of those who speak in it.
    #[graphql(default)]
    speakers: Vec<SpeakerRatingInput>,
}

/// A rating of a speaker in a session.
#[derive(Clone, Debug, InputObject)]
pub struct SpeakerRatingInput {
    /// The speaker.
    faculty_member_id: ID,
    /// From 1 (poor) to 5 (excellent).
    rating: i32,
}

/// The evaluation of a course by somebody who took part.
#[derive(Clone, Debug, InputObject)]
pub struct SubmitEvaluationInput {
    /// The learner's own confirmed registration.
    registration_id: ID,
    /// A rating of every objective of the course, each once.
    objective_ratings: Vec<ObjectiveRatingInput>,
    /// Ratings of the sessions that the learner attended, each at most once.
    #[graphql(default)]
    session_ratings: Vec<SessionRatingInput>,
    /// Whether the learner perceived commercial bias.
    bias_perceived: bool,
    /// What was perceived, up to 10,000 characters.
    bias_comment: Option<String>,
    /// Anything else, up to 10,000 characters.
    comments: Option<String>,
    /// Chosen by the client, 1 to 255 visible ASCII characters. The same key with the same input acts once
    /// and gives the same answer for at least 30 days; with another input it is refused. A refusal keeps
    /// nothing: the key may be used again.
    idempotency_key: Option<String>,
}

/// The row that `id` names; an id of another kind is a mistake at the field that `path` leads to.
fn named(kind: Kind, id: &ID, message: &str, path: &[&str]) -> Result<Uuid, Refusal> {
    global_id::of(kind, id).ok_or_else(|| Refusal::invalid(message, path))
}

impl SubmitEvaluationInput {
    /// The same, for the action.
    pub fn read(self) -> Result<SubmitEvaluation, Refusal> {
        let Self {
            registration_id,
            objective_ratings,
            session_ratings,
            bias_perceived,
            bias_comment,
            comments,
            idempotency_key,
        } = self;
        let registration_id = global_id::of(Kind::Registration, &registration_id)
            .ok_or_else(|| Refusal::not_found("registration"))?;
        let objective_ratings = objective_ratings.iter().enumerate().map(|(place, one)| {
            let path = ["objectiveRatings", &place.to_string(), "objectiveId"];
            let objective_id =
                named(Kind::Objective, &one.objective_id, "This course has no such objective.", &path)?;
            Ok(ObjectiveRating { objective_id, rating: one.rating })
        });
        let session_ratings =
            session_ratings.into_iter().enumerate().map(|(place, one)| one.read(&place.to_string()));
        Ok(SubmitEvaluation {
            registration_id,
            objective_ratings: objective_ratings.collect::<Result<_, Refusal>>()?,
            session_ratings: session_ratings.collect::<Result<_, Refusal>>()?,
            bias_perceived,
            bias_comment,
            comments,
            idempotency_key,
        })
    }
}

impl SessionRatingInput {
    fn read(self, place: &str) -> Result<SessionRating, Refusal> {
        let Self { session_id, rating, speakers } = self;
        let path = ["sessionRatings", place, "sessionId"];
        let session_id =
            named(Kind::Session, &session_id, "There is no such session for you to rate.", &path)?;
        let speakers = speakers.iter().enumerate().map(|(spot, one)| {
            let path = ["sessionRatings", place, "speakers", &spot.to_string(), "facultyMemberId"];
            let message = "This person does not speak in the session.";
            let faculty_member_id = named(Kind::FacultyMember, &one.faculty_member_id, message, &path)?;
            Ok(SpeakerRating { faculty_member_id, rating: one.rating })
        });
        Ok(SessionRating { session_id, rating, speakers: speakers.collect::<Result<_, Refusal>>()? })
    }
}
