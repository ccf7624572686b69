//! Confirming an announcement.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::object::Announcement;
use crate::action::confirm_announcement::confirm_announcement;
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// An announcement may go out.
#[derive(Clone, Debug, InputObject)]
pub struct ConfirmAnnouncementInput {
    /// The draft.
    announcement_id: ID,
    /// To how many people it goes, as the viewer has seen it; another number than it is now is refused.
    recipient_count: i32,
}

payload! {
    /// What came of confirming an announcement.
    ConfirmAnnouncementPayload {
        /// The announcement; it goes out at `dueAt`. Null where refused.
        announcement: Announcement,
    }
}

/// Confirming an announcement.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConfirmAnnouncementMutation;

#[Object]
impl ConfirmAnnouncementMutation {
    /// Lets a draft go out, ten minutes from now, if it goes to as many people as the viewer has seen. Until
    /// then it can be stopped.
    #[graphql(directive = cost::apply(of_act()))]
    async fn confirm_announcement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which draft, and to how many people.")] input: ConfirmAnnouncementInput,
    ) -> Result<ConfirmAnnouncementPayload> {
        answer(confirm(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn confirm(
    app: &AppState,
    viewer: &Viewer,
    input: ConfirmAnnouncementInput,
) -> error::Result<Announcement> {
    viewer.signed_in()?;
    let ConfirmAnnouncementInput { announcement_id, recipient_count } = input;
    let id = must(Kind::Announcement, &announcement_id)?;
    confirm_announcement(app, viewer, id, recipient_count).await.map(Announcement::from)
}
