//! Staff correct a registration.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use entity::Refusal as Refused;

use super::object::Registration;
use crate::action::correct_registration::{CorrectRegistration, Corrected, Price, correct_registration};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::input::track;
use crate::graphql::payload::{answer, payload};
use crate::graphql::vocabulary::coded;
use crate::viewer::Viewer;
use crate::write::mistakes::Mistakes;

/// What is corrected of a registration. A field that is left out or null stays as it is.
#[derive(Clone, Debug, InputObject)]
pub struct CorrectRegistrationInput {
    /// The registration.
    registration_id: ID,
    /// As what the person takes part: the code of a profession, such as `nurse`.
    profession_code: Option<String>,
    /// The track.
    track_id: Option<ID>,
}

/// What has become of a price. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Price")]
pub enum CorrectedPrice {
    /// Nothing that decides it was corrected.
    Untouched,
    /// What was not paid in full is priced anew, as of today; where what was paid is enough for it, the
    /// registration is confirmed.
    Anew,
    /// What is paid in full stands, whatever the corrected profession would pay.
    Kept,
}

/// A registration that was corrected.
#[derive(Clone, Debug, SimpleObject)]
pub struct CorrectedRegistration {
    /// The registration as it stands now.
    registration: Registration,
    /// What has become of its price.
    price: CorrectedPrice,
}

impl From<Corrected> for CorrectedRegistration {
    fn from(corrected: Corrected) -> Self {
        let Corrected { registration, price } = corrected;
        Self { registration: registration.into(), price: price.into() }
    }
}

payload! {
    /// What came of correcting a registration.
    CorrectRegistrationPayload {
        /// The registration, as corrected. Null where refused.
        corrected_registration: CorrectedRegistration,
    }
}

impl CorrectRegistrationInput {
    fn read(self) -> std::result::Result<(CorrectRegistration, Mistakes), Refused> {
        let Self { registration_id, profession_code, track_id } = self;
        let registration_id = must(Kind::Registration, &registration_id)?;
        let mut mistakes = Mistakes::default();
        let profession = profession_code.map(|code| coded(&code, &["professionCode"])).transpose();
        let profession = mistakes.read(profession);
        let track_id = mistakes.read(track(track_id));
        Ok((CorrectRegistration { registration_id, profession, track_id }, mistakes))
    }
}

/// Staff correct a registration.
#[derive(Clone, Copy, Debug, Default)]
pub struct CorrectRegistrationMutation;

#[Object]
impl CorrectRegistrationMutation {
    /// Corrects as what, or in which track, somebody takes part in a course that the viewer runs. The person
    /// is told. Another profession prices anew what is not paid in full; what is paid stands.
    #[graphql(directive = cost::apply(of_act()))]
    async fn correct_registration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which registration, and what is right.")] input: CorrectRegistrationInput,
    ) -> Result<CorrectRegistrationPayload> {
        answer(correct(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn correct(
    app: &AppState,
    viewer: &Viewer,
    input: CorrectRegistrationInput,
) -> error::Result<CorrectedRegistration> {
    viewer.signed_in()?;
    correct_registration(app, viewer, input.read()?).await.map(CorrectedRegistration::from)
}
