//! What clients say to announce.

use async_graphql::{ID, InputObject};
use entity::Refusal;
use uuid::Uuid;

use crate::action::announce::Announce;
use crate::graphql::global_id::{self, Kind};
use crate::graphql::registration::object::RegistrationStatus;
use crate::graphql::scalar::Markdown;
use crate::graphql::vocabulary::coded_each;

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

impl AnnounceInput {
    /// The same, for the action.
    pub fn read(self) -> Result<Announce, Refusal> {
        let Self { course_id, subject, body, statuses, profession_codes, track_id } = self;
        let track = |id: ID| {
            global_id::of(Kind::Track, &id)
                .ok_or_else(|| Refusal::invalid("This course has no such track.", &["trackId"]))
        };
        Ok(Announce {
            course_id: global_id::of(Kind::Course, &course_id).ok_or_else(|| Refusal::not_found("course"))?,
            subject,
            body: body.0,
            statuses: statuses.into_iter().map(Into::into).collect(),
            professions: coded_each(&profession_codes, &["professionCodes"])?,
            track_id: track_id.map(track).transpose()?,
        })
    }
}

/// An announcement may go out.
#[derive(Clone, Debug, InputObject)]
pub struct ConfirmAnnouncementInput {
    /// The draft.
    announcement_id: ID,
    /// To how many people it goes, as the viewer has seen it; another number than it is now is refused.
    recipient_count: i32,
}

impl ConfirmAnnouncementInput {
    /// The same, for the action.
    pub fn read(self) -> Result<(Uuid, i32), Refusal> {
        let Self { announcement_id, recipient_count } = self;
        Ok((known(&announcement_id)?, recipient_count))
    }
}

/// An announcement is not to go out.
#[derive(Clone, Debug, InputObject)]
pub struct StopAnnouncementInput {
    /// The announcement.
    announcement_id: ID,
}

impl StopAnnouncementInput {
    /// The same, for the action.
    pub fn read(self) -> Result<Uuid, Refusal> {
        known(&self.announcement_id)
    }
}

fn known(id: &ID) -> Result<Uuid, Refusal> {
    global_id::of(Kind::Announcement, id).ok_or_else(|| Refusal::not_found("announcement"))
}
