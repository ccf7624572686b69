//! Handing in an evaluation: the form as a client fills it in.

use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::Refusal as Refused;
use uuid::Uuid;

use crate::action::submit_evaluation::{
    ObjectiveRating, SessionRating, SpeakerRating, SubmitEvaluation, submit_evaluation,
};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must, of};
use crate::graphql::input::OnceInput;
use crate::graphql::payload::{answer, payload};
use crate::graphql::registration::Registration;
use crate::viewer::Viewer;

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
    /// So that a request sent twice acts once.
    #[graphql(flatten)]
    once: OnceInput,
}

payload! {
    /// What came of handing in an evaluation.
    SubmitEvaluationPayload {
        /// The registration, evaluated. Null where refused.
        registration: Registration,
    }
}

/// The row that an id names; one of another kind names none, and is told as what nobody can rate.
fn named(kind: Kind, id: &ID) -> Uuid {
    of(kind, id).unwrap_or_else(Uuid::nil)
}

impl SubmitEvaluationInput {
    fn read(self) -> std::result::Result<SubmitEvaluation, Refused> {
        let Self {
            registration_id,
            objective_ratings,
            session_ratings,
            bias_perceived,
            bias_comment,
            comments,
            once,
        } = self;
        let objective = |ObjectiveRatingInput { objective_id, rating }| ObjectiveRating {
            objective_id: named(Kind::Objective, &objective_id),
            rating,
        };
        Ok(SubmitEvaluation {
            registration_id: must(Kind::Registration, &registration_id)?,
            objective_ratings: objective_ratings.into_iter().map(objective).collect(),
            session_ratings: session_ratings.into_iter().map(SessionRatingInput::read).collect(),
            bias_perceived,
            bias_comment,
            comments,
            idempotency_key: once.key(),
        })
    }
}

impl SessionRatingInput {
    fn read(self) -> SessionRating {
        let Self { session_id, rating, speakers } = self;
        let speaker = |SpeakerRatingInput { faculty_member_id, rating }| SpeakerRating {
            faculty_member_id: named(Kind::FacultyMember, &faculty_member_id),
            rating,
        };
        SessionRating {
            session_id: named(Kind::Session, &session_id),
            rating,
            speakers: speakers.into_iter().map(speaker).collect(),
        }
    }
}

/// Handing in an evaluation.
#[derive(Clone, Copy, Debug, Default)]
pub struct SubmitEvaluationMutation;

#[Object]
impl SubmitEvaluationMutation {
    /// Hands in the evaluation of an own confirmed registration: once, from the end of the course to the
    /// evaluation deadline.
    #[graphql(directive = cost::apply(of_act()))]
    async fn submit_evaluation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The filled-in form.")] input: SubmitEvaluationInput,
    ) -> Result<SubmitEvaluationPayload> {
        answer(submit(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn submit(
    app: &AppState,
    viewer: &Viewer,
    input: SubmitEvaluationInput,
) -> error::Result<Registration> {
    viewer.signed_in()?;
    submit_evaluation(app, viewer, &input.read()?).await.map(Registration::from)
}
