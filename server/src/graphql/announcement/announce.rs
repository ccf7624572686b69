//! Drafting an announcement.

use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::Refusal as Refused;

use super::object::Announcement;
use crate::action::announce::{Announce, announce};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::input::track;
use crate::graphql::payload::{answer, payload};
use crate::graphql::registration::object::RegistrationStatus;
use crate::graphql::scalar::Markdown;
use crate::graphql::vocabulary::coded_each;
use crate::viewer::Viewer;
use crate::write::mistakes::Mistakes;

/// Staff write to the registrants of a course.
#[derive(Clone, Debug, InputObject)]
pub struct AnnounceInput {
    /// The course.
    course_id: ID,
    /// One line of plain text, up to 200 characters.
    subject: String,
    /// What it says, up to 20,000 characters.
    body: Markdown,
    /// To people whose registration is in one of these states when it goes out: `STARTED`, `CONFIRMED`,
    /// `WAITLISTED`.
    #[graphql(default_with = "vec![RegistrationStatus::Confirmed]")]
    statuses: Vec<RegistrationStatus>,
    /// To people of these professions alone: codes, such as `nurse`; empty: to all.
    #[graphql(default)]
    profession_codes: Vec<String>,
    /// To people in this track, and those who have chosen none; null: to all.
    track_id: Option<ID>,
}

payload! {
    /// What came of drafting an announcement.
    AnnouncePayload {
        /// The draft; it reaches nobody until it is confirmed. Null where refused.
        announcement: Announcement,
    }
}

impl AnnounceInput {
    fn read(self) -> std::result::Result<(Announce, Mistakes), Refused> {
        let Self { course_id, subject, body, statuses, profession_codes, track_id } = self;
        let course_id = must(Kind::Course, &course_id)?;
        let mut mistakes = Mistakes::default();
        let input = Announce {
            course_id,
            subject,
            body: body.0,
            statuses: statuses.into_iter().map(Into::into).collect(),
            professions: mistakes.read(coded_each(&profession_codes, &["professionCodes"])),
            track_id: mistakes.read(track(track_id)),
        };
        Ok((input, mistakes))
    }
}

/// Drafting an announcement.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnnounceMutation;

#[Object]
impl AnnounceMutation {
    /// Drafts an announcement to the registrants of a course that the viewer runs. The answer says to how
    /// many people it would go; it goes to nobody before `confirmAnnouncement`.
    #[graphql(directive = cost::apply(of_act()))]
    async fn announce(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to say, and to whom.")] input: AnnounceInput,
    ) -> Result<AnnouncePayload> {
        answer(draft(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn draft(app: &AppState, viewer: &Viewer, input: AnnounceInput) -> error::Result<Announcement> {
    viewer.signed_in()?;
    announce(app, viewer, input.read()?).await.map(Announcement::from)
}
