//! Moving the own calendar.

use async_graphql::{Context, InputObject, Object, Result};

use crate::action::rotate_calendar_url::rotate_calendar_url;
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::Url;
use crate::graphql::viewer::Viewer;
use crate::viewer;

/// Which calendar moves: the viewer's own.
#[derive(Clone, Debug, Default, InputObject)]
pub struct RotateCalendarUrlInput {
    /// The address that is to end. Where it is given and is no longer the calendar's, the calendar has moved
    /// already and stays where it is, so that a request sent twice moves it once.
    replaces: Option<Url>,
}

payload! {
    /// What came of moving the calendar.
    RotateCalendarUrlPayload {
        /// The viewer, with the new address. Null where refused.
        viewer: Viewer,
    }
}

/// Moving the own calendar.
#[derive(Clone, Copy, Debug, Default)]
pub struct RotateCalendarUrlMutation;

#[Object]
impl RotateCalendarUrlMutation {
    /// Moves the viewer's own calendar to a new address that nobody can guess. Whoever has the old one finds
    /// nothing there any more, at once.
    #[graphql(directive = cost::apply(of_act()))]
    async fn rotate_calendar_url(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which address is to end.")] input: RotateCalendarUrlInput,
    ) -> Result<RotateCalendarUrlPayload> {
        answer(rotate(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn rotate(
    app: &AppState,
    viewer: &viewer::Viewer,
    input: RotateCalendarUrlInput,
) -> error::Result<Viewer> {
    let replaces = input.replaces.as_ref().map(|url| url.0.as_str());
    let learner = rotate_calendar_url(app, viewer, replaces).await?;
    let viewer = viewer::Viewer { learner: Some(learner.clone()), ..viewer.clone() };
    Ok(Viewer::new(learner, viewer))
}
