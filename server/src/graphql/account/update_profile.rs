//! Changing the profile.

use async_graphql::{Context, InputObject, Object, Result};

use crate::action::update_profile::{Changes, update_profile};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::learner::Learner;
use crate::graphql::payload::{answer, payload};
use crate::graphql::vocabulary::coded;
use crate::viewer::Viewer;
use crate::write::mistakes::Mistakes;

/// What to change in the profile. A field that is absent or null stays as it is.
#[derive(Clone, Debug, InputObject)]
pub struct UpdateProfileInput {
    /// The name as it should stand on letters and certificates: one line, at most 200 characters. An empty
    /// text clears it.
    name: Option<String>,
    /// Degrees and licences: one line, at most 200 characters. An empty text clears them.
    credentials: Option<String>,
    /// The code of the profession, such as `nurse`. It can be changed, not cleared.
    profession_code: Option<String>,
    /// The person's own time zone, an IANA name such as `Asia/Tokyo`. An empty text clears it.
    time_zone: Option<String>,
}

payload! {
    /// The end of `updateProfile`.
    UpdateProfilePayload {
        /// The learner, as changed. Null where refused.
        learner: Learner,
    }
}

impl UpdateProfileInput {
    fn read(self) -> (Changes, Mistakes) {
        let Self { name, credentials, profession_code, time_zone } = self;
        let mut mistakes = Mistakes::default();
        let profession = profession_code.map(|code| coded(&code, &["professionCode"])).transpose();
        let profession = mistakes.read(profession);
        (Changes { name, credentials, profession, time_zone }, mistakes)
    }
}

/// Changing the profile.
#[derive(Clone, Copy, Debug, Default)]
pub struct UpdateProfileMutation;

#[Object]
impl UpdateProfileMutation {
    /// Changes the viewer's own profile.
    #[graphql(directive = cost::apply(of_act()))]
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateProfileInput,
    ) -> Result<UpdateProfilePayload> {
        answer(update(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn update(app: &AppState, viewer: &Viewer, input: UpdateProfileInput) -> error::Result<Learner> {
    update_profile(app, viewer, input.read()).await.map(Learner)
}
