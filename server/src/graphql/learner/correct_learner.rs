//! Correcting what is known of a person.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::Learner;
use crate::action::correct_learner::{CorrectLearner, correct_learner};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// What is corrected of a person. A field that is left out or null stays as it is.
#[derive(Clone, Debug, InputObject)]
pub struct CorrectLearnerInput {
    /// Who: `Learner.id`.
    learner_id: ID,
    /// The name as it should stand on letters and certificates: one line, at most 200 characters.
    name: Option<String>,
    /// The e-mail address.
    email: Option<String>,
}

payload! {
    /// What came of correcting a person.
    CorrectLearnerPayload {
        /// The person, as corrected. Null where refused.
        learner: Learner,
    }
}

/// Correcting what is known of a person.
#[derive(Clone, Copy, Debug, Default)]
pub struct CorrectLearnerMutation;

#[Object]
impl CorrectLearnerMutation {
    /// Corrects the name or the e-mail address of somebody with a registration for a course that the viewer
    /// runs. Of a changed address both the old and the new one are told; the old one stays on record, and the
    /// person signs in anew with the new one. A name that takes the place of another is told with a
    /// registration, where there is one; a first name is told by no e-mail of its own. The address of who
    /// works here is changed by administrators alone, and that of who has registered for courses of others,
    /// too, by those who run them all (`FORBIDDEN`).
    #[graphql(directive = cost::apply(of_act()))]
    async fn correct_learner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and what is right.")] input: CorrectLearnerInput,
    ) -> Result<CorrectLearnerPayload> {
        answer(correct(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn correct(app: &AppState, viewer: &Viewer, input: CorrectLearnerInput) -> error::Result<Learner> {
    viewer.signed_in()?;
    let CorrectLearnerInput { learner_id, name, email } = input;
    let learner_id = must(Kind::Learner, &learner_id)?;
    correct_learner(app, viewer, &CorrectLearner { learner_id, name, email }).await.map(Learner)
}
