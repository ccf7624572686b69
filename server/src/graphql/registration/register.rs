//! Registering.

use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::Refusal as Refused;
use entity::profession::Profession;

use super::object::Registration;
use crate::action::register::{Register, register};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::input::{OnceInput, track};
use crate::graphql::payload::{answer, payload};
use crate::graphql::vocabulary::coded;
use crate::viewer::Viewer;
use crate::write::mistakes::Mistakes;

/// Somebody registers for a course. The price follows from the profession and the day; nobody can name one.
#[derive(Clone, Debug, InputObject)]
pub struct RegisterInput {
    /// The course.
    course_id: ID,
    /// As what the learner takes part: the code of a profession, such as `nurse`. `Query.professions` has
    /// them all.
    profession_code: String,
    /// The track; required where the course has tracks.
    track_id: Option<ID>,
    /// The learner's name as it should stand on letters and certificates: one line, at most 200 characters.
    /// Ask for it where none is known; nobody is refused for the lack of it. Left out or empty, the name
    /// stays as it is.
    name: Option<String>,
    /// So that a request sent twice acts once.
    #[graphql(flatten)]
    once: OnceInput,
}

payload! {
    /// What came of registering.
    RegisterPayload {
        /// The registration: started, or confirmed where the course is free. Null where refused.
        registration: Registration,
    }
}

impl RegisterInput {
    fn read(self) -> std::result::Result<(Register, Mistakes), Refused> {
        let Self { course_id, profession_code, track_id, name, once } = self;
        let course_id = must(Kind::Course, &course_id)?;
        let mut mistakes = Mistakes::default();
        let profession = mistakes.note(coded(&profession_code, &["professionCode"]));
        let input = Register {
            course_id,
            profession: profession.unwrap_or(Profession::AlliedHealthOther),
            track_id: mistakes.read(track(track_id)),
            name,
            idempotency_key: once.key(),
        };
        Ok((input, mistakes))
    }
}

/// Registering.
#[derive(Clone, Copy, Debug, Default)]
pub struct RegisterMutation;

#[Object]
impl RegisterMutation {
    /// Registers the viewer for a course. A seat is held until the quote is paid or the hold ends; a free
    /// course is confirmed at once.
    #[graphql(directive = cost::apply(of_act()))]
    async fn register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which course, as what, in which track.")] input: RegisterInput,
    ) -> Result<RegisterPayload> {
        answer(begin(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn begin(app: &AppState, viewer: &Viewer, input: RegisterInput) -> error::Result<Registration> {
    viewer.signed_in()?;
    register(app, viewer, input.read()?).await.map(Registration::from)
}
