//! Staff register somebody.

use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::Refusal as Refused;
use entity::profession::Profession;

use super::object::Registration;
use crate::action::register_learner::{RegisterLearner, register_learner};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::input::{OnceInput, track};
use crate::graphql::payload::{answer, payload};
use crate::graphql::vocabulary::coded;
use crate::viewer::Viewer;
use crate::write::mistakes::Mistakes;

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
    /// So that a request sent twice acts once.
    #[graphql(flatten)]
    once: OnceInput,
}

payload! {
    /// What came of registering somebody.
    RegisterLearnerPayload {
        /// The registration: started, or confirmed where the course is free. Null where refused.
        registration: Registration,
    }
}

impl RegisterLearnerInput {
    fn read(self) -> std::result::Result<(RegisterLearner, Mistakes), Refused> {
        let Self { course_id, email, name, profession_code, track_id, once } = self;
        let course_id = must(Kind::Course, &course_id)?;
        let mut mistakes = Mistakes::default();
        let profession = mistakes.note(coded(&profession_code, &["professionCode"]));
        let input = RegisterLearner {
            course_id,
            email,
            name,
            profession: profession.unwrap_or(Profession::AlliedHealthOther),
            track_id: mistakes.read(track(track_id)),
            idempotency_key: once.key(),
        };
        Ok((input, mistakes))
    }
}

/// Staff register somebody.
#[derive(Clone, Copy, Debug, Default)]
pub struct RegisterLearnerMutation;

#[Object]
impl RegisterLearnerMutation {
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
    viewer.signed_in()?;
    register_learner(app, viewer, input.read()?).await.map(Registration::from)
}
