//! Staff correct a registration.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use entity::Refusal;

use super::input::known;
use super::object::Registration;
use crate::action::correct_registration::{self, Corrected, Price, correct_registration};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{self, Kind};
use crate::graphql::payload::{answer, payload};
use crate::graphql::vocabulary::coded;
use crate::viewer::Viewer;

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

/// Staff correct a registration.
#[derive(Clone, Copy, Debug, Default)]
pub struct CorrectRegistration;

#[Object]
impl CorrectRegistration {
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
    viewer
        .must_be_staff()
        .map_err(|no| if no == Refusal::Forbidden { Refusal::not_found("registration") } else { no })?;
    let CorrectRegistrationInput { registration_id, profession_code, track_id } = input;
    let track = |id: ID| {
        global_id::of(Kind::Track, &id)
            .ok_or_else(|| Refusal::invalid("This course has no such track.", &["trackId"]))
    };
    let input = correct_registration::CorrectRegistration {
        registration_id: known(Kind::Registration, &registration_id, "registration")?,
        profession: profession_code.map(|code| coded(&code, &["professionCode"])).transpose()?,
        track_id: track_id.map(track).transpose()?,
    };
    correct_registration(app, viewer, &input).await.map(CorrectedRegistration::from)
}
