//! Stopping an announcement.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::object::Announcement;
use crate::action::stop_announcement::stop_announcement;
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// An announcement is not to go out.
#[derive(Clone, Debug, InputObject)]
pub struct StopAnnouncementInput {
    /// The announcement.
    announcement_id: ID,
}

payload! {
    /// What came of stopping an announcement.
    StopAnnouncementPayload {
        /// The announcement, stopped. Null where refused.
        announcement: Announcement,
    }
}

/// Stopping an announcement.
#[derive(Clone, Copy, Debug, Default)]
pub struct StopAnnouncementMutation;

#[Object]
impl StopAnnouncementMutation {
    /// Stops an announcement before it goes out; a draft is put away.
    #[graphql(directive = cost::apply(of_act()))]
    async fn stop_announcement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which announcement.")] input: StopAnnouncementInput,
    ) -> Result<StopAnnouncementPayload> {
        answer(stop(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn stop(app: &AppState, viewer: &Viewer, input: StopAnnouncementInput) -> error::Result<Announcement> {
    viewer.signed_in()?;
    let id = must(Kind::Announcement, &input.announcement_id)?;
    stop_announcement(app, viewer, id).await.map(Announcement::from)
}
