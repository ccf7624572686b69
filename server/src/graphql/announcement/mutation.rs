//! What staff do with announcements.

use async_graphql::{Context, Object, Result};
use entity::Refusal as Refused;

use super::input::{AnnounceInput, ConfirmAnnouncementInput, StopAnnouncementInput};
use super::object::Announcement;
use crate::action::announce::announce;
use crate::action::confirm_announcement::confirm_announcement;
use crate::action::stop_announcement::stop_announcement;
use crate::app::AppState;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

payload! {
    /// What came of drafting an announcement.
    AnnouncePayload {
        /// The draft; it reaches nobody until it is confirmed. Null where refused.
        announcement: Announcement,
    }
}

payload! {
    /// What came of confirming an announcement.
    ConfirmAnnouncementPayload {
        /// The announcement; it goes out at `dueAt`. Null where refused.
        announcement: Announcement,
    }
}

payload! {
    /// What came of stopping an announcement.
    StopAnnouncementPayload {
        /// The announcement, stopped. Null where refused.
        announcement: Announcement,
    }
}

/// What staff do with announcements.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnnouncementMutation;

/// What of an input can be read, where somebody is signed in: who is not is told that first.
fn read<T>(
    ctx: &Context<'_>,
    input: std::result::Result<T, Refused>,
) -> Result<(AppState, Viewer, std::result::Result<T, Refused>)> {
    let (app, viewer) = (ctx.data::<AppState>()?.clone(), ctx.data::<Viewer>()?.clone());
    let input = viewer.signed_in().cloned().and(input);
    Ok((app, viewer, input))
}

#[Object]
impl AnnouncementMutation {
    /// Drafts an announcement to the registrants of a course that the viewer runs. The answer says to how
    /// many people it would go; it goes to nobody before `confirmAnnouncement`.
    #[graphql(directive = cost::apply(of_act()))]
    async fn announce(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to say, and to whom.")] input: AnnounceInput,
    ) -> Result<AnnouncePayload> {
        let (app, viewer, input) = read(ctx, input.read())?;
        answer(match input {
            Ok(input) => announce(&app, &viewer, input).await.map(Announcement::from),
            Err(no) => Err(no.into()),
        })
    }

    /// Lets a draft go out, ten minutes from now, if it goes to as many people as the viewer has seen. Until
    /// then it can be stopped.
    #[graphql(directive = cost::apply(of_act()))]
    async fn confirm_announcement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which draft, and to how many people.")] input: ConfirmAnnouncementInput,
    ) -> Result<ConfirmAnnouncementPayload> {
        let (app, viewer, input) = read(ctx, input.read())?;
        answer(match input {
            Ok((id, count)) => confirm_announcement(&app, &viewer, id, count).await.map(Announcement::from),
            Err(no) => Err(no.into()),
        })
    }

    /// Stops an announcement before it goes out; a draft is put away.
    #[graphql(directive = cost::apply(of_act()))]
    async fn stop_announcement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which announcement.")] input: StopAnnouncementInput,
    ) -> Result<StopAnnouncementPayload> {
        let (app, viewer, input) = read(ctx, input.read())?;
        answer(match input {
            Ok(id) => stop_announcement(&app, &viewer, id).await.map(Announcement::from),
            Err(no) => Err(no.into()),
        })
    }
}
