//! Staff register somebody.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::input::known;
use super::object::Registration;
use crate::action::register_learner::{self, register_learner};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{self, Kind};
use crate::graphql::payload::{answer, payload};
use crate::graphql::vocabulary::coded;
use crate::viewer::Viewer;
use entity::Refusal;

/// Staff register somebody, who phones, say. The price follows from the profession and the day; nobody can
/// name one.
#[derive(Clone, Debug, InputObject)]
pub struct RegisterLearnerInput {
    /// The course.
    course_id: ID,
    /// The person's e-mail address, to which the letters go. Whoever is unknown gets an account, and signs in
    /// with a code as everybody does.
    email: String,
    /// The person's name as it should stand on letters and certificates: one line, at most 200 characters.
    /// Who has given one already keeps it.
    name: Option<String>,
    /// As what the person takes part: the code of a profession, such as `nurse`. `Query.professions` has them
    /// all.
    profession_code: String,
    /// The track; required where the course has tracks.
    track_id: Option<ID>,
    /// Chosen by the client, 1 to 255 visible ASCII characters. The same key with the same input acts once
    /// and gives the same answer for at least 30 days; with another input it is refused. A refusal keeps
    /// nothing: the key may be used again.
    idempotency_key: Option<String>,
}

payload! {
    /// What came of registering somebody.
    RegisterLearnerPayload {
        /// The registration: started, or confirmed where the course is free. Null where refused.
        registration: Registration,
    }
}

/// Staff register somebody.
#[derive(Clone, Copy, Debug, Default)]
pub struct RegisterLearner;

#[Object]
impl RegisterLearner {
    /// Registers somebody for a course that the viewer runs, by the same rules as `register`. The person gets
    /// the same letters, and who entered the registration is on record: `Registration.enteredBy`.
    #[graphql(directive = cost::apply(of_act()))]
    async fn register_learner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, for which course, as what, in which track.")] input: RegisterLearnerInput,
    ) -> Result<RegisterLearnerPayload> {
        answer(register(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn register(
    app: &AppState,
    viewer: &Viewer,
    input: RegisterLearnerInput,
) -> error::Result<Registration> {
    viewer
        .must_be_staff()
        .map_err(|no| if no == Refusal::Forbidden { Refusal::not_found("course") } else { no })?;
    let RegisterLearnerInput { course_id, email, name, profession_code, track_id, idempotency_key } = input;
    let track = |id: ID| {
        global_id::of(Kind::Track, &id)
            .ok_or_else(|| Refusal::invalid("This course has no such track.", &["trackId"]))
    };
    let input = register_learner::RegisterLearner {
        course_id: known(Kind::Course, &course_id, "course")?,
        email,
        name,
        profession: coded(&profession_code, &["professionCode"])?,
        track_id: track_id.map(track).transpose()?,
        idempotency_key,
    };
    register_learner(app, viewer, &input).await.map(Registration::from)
}
