//! Handing in an evaluation: once, and only while it is open.

mod form;

use entity::{Refusal, evaluation, evaluation_rating, registration};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter,
};
use serde::Serialize;
use uuid::Uuid;

use crate::app::AppState;
use crate::error::{Error, Result, breaks};
use crate::viewer::Viewer;
use crate::write::mistakes::Mistakes;
use crate::write::once::Once;
use crate::write::{free_text, registering, seats};
pub use form::{ObjectiveRating, SessionRating, SpeakerRating};

/// The longest comment, in characters.
const LONGEST_COMMENT: usize = 10_000;

/// An evaluation as a learner fills it in.
#[derive(Clone, Debug, Serialize)]
pub struct SubmitEvaluation {
    /// Whose.
    pub registration_id: Uuid,
    /// A rating of every objective.
    pub objective_ratings: Vec<ObjectiveRating>,
    /// Ratings of the sessions that the learner attended.
    pub session_ratings: Vec<SessionRating>,
    /// Whether the learner perceived commercial bias.
    pub bias_perceived: bool,
    /// What was perceived.
    pub bias_comment: Option<String>,
    /// Anything else.
    pub comments: Option<String>,
    /// Chosen by the client, so that a request sent twice acts once.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Hands in the evaluation of one of the viewer's own registrations.
pub async fn submit_evaluation(
    app: &AppState,
    viewer: &Viewer,
    input: &SubmitEvaluation,
) -> Result<registration::Model> {
    let learner = viewer.signed_in()?;
    let once = Once::new(learner.id, "submitEvaluation", input.idempotency_key.as_deref(), input)?;
    let mut mistakes = Mistakes::default();
    let bias_comment = free_text::read(input.bias_comment.as_deref(), LONGEST_COMMENT, "biasComment");
    let comments = free_text::read(input.comments.as_deref(), LONGEST_COMMENT, "comments");
    let words = Words { bias_comment: mistakes.read(bias_comment), comments: mistakes.read(comments) };
    let done = once.act(app, || attempt(app, learner.id, input, (&words, &mistakes), &once)).await?;
    registering::told(app, done).await
}

struct Words {
    bias_comment: Option<String>,
    comments: Option<String>,
}

async fn attempt(
    app: &AppState,
    learner_id: Uuid,
    input: &SubmitEvaluation,
    (words, mistakes): (&Words, &Mistakes),
    once: &Once,
) -> Result<Uuid> {
    let unknown = || Refusal::not_found("registration");
    let own = registration::Entity::find_by_id(input.registration_id)
        .filter(registration::Column::LearnerId.eq(learner_id));
    let course_id = own.clone().one(&app.db).await?.ok_or_else(unknown)?.course_id;
    // The page is read before the transaction begins, so that nobody waits for it.
    let page = app.catalogue.page(&app.db, course_id).await?.ok_or_else(unknown)?;

    let txn = app.begin().await?;
    let registration = seats::lock_registration(&txn, input.registration_id).await?;
    let now = app.nature.now();
    let before = evaluation::Entity::find()
        .filter(evaluation::Column::RegistrationId.eq(registration.id))
        .count(&txn)
        .await?;
    evaluation::may_submit(&page.course, &registration, before > 0, now)?;
    let row = evaluation::Model {
        id: app.nature.id(),
        registration_id: registration.id,
        submitted_at: now,
        bias_perceived: input.bias_perceived,
        bias_comment: words.bias_comment.clone(),
        comments: words.comments.clone(),
    };
    let ratings = (input.objective_ratings.as_slice(), input.session_ratings.as_slice());
    let ratings = form::rows(&page, &registration, ratings, row.id, || app.nature.id());
    let mut mistakes = mistakes.clone();
    let ratings = mistakes.read(ratings);
    mistakes.none()?;

    evaluation::Entity::insert(row.into_active_model()).exec_without_returning(&txn).await.map_err(
        |error| {
            let twice = breaks(&error, "evaluation_once", "evaluation.registration_id");
            if twice { Error::from(Refusal::EvaluationAlreadySubmitted) } else { error.into() }
        },
    )?;
    if !ratings.is_empty() {
        let ratings = ratings.into_iter().map(IntoActiveModel::into_active_model);
        evaluation_rating::Entity::insert_many(ratings).exec_without_returning(&txn).await?;
    }
    let changed = registration::ActiveModel {
        updated_at: Set(registration.changed_at(now)),
        ..registration.clone().into_active_model()
    };
    changed.update(&txn).await?;
    once.keep(&txn, app, registration.id).await?;
    txn.commit().await?;
    Ok(registration.id)
}
