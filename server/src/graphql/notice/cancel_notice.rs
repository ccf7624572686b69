//! Stopping a letter.

use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::Refusal as Refused;

use super::object::Notice;
use super::planned::PlannedLetter;
use crate::action::cancel_notice::{Stopped, Which, cancel_notice};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// A letter is not to be sent: one of the ledger by `noticeId`, or one that may still lie ahead by the other
/// three.
#[derive(Clone, Debug, InputObject)]
pub struct CancelNoticeInput {
    /// The letter in the ledger.
    notice_id: Option<ID>,
    /// The registration that the letter is about.
    registration_id: Option<ID>,
    /// The name of the rule that calls for it, as `PlannedLetter.rule` has it.
    rule: Option<String>,
    /// Which time the rule speaks, as `PlannedLetter.occurrence` has it.
    occurrence: Option<String>,
}

payload! {
    /// What came of stopping a letter.
    CancelNoticePayload {
        /// The letter in the ledger; the worker ends it, if it does not find it sent. Null where refused, and
        /// where the letter still lies ahead.
        notice: Notice
        |
        /// The letter that will not be sent when its moment comes. Null where refused, and where the letter
        /// is in the ledger.
        planned_letter: PlannedLetter
    }
}

impl CancelNoticeInput {
    fn read(self) -> std::result::Result<Which, Refused> {
        let Self { notice_id, registration_id, rule, occurrence } = self;
        match (notice_id, registration_id, rule, occurrence) {
            (Some(id), None, None, None) => Ok(Which::Noticed(must(Kind::Notice, &id)?)),
            (None, Some(id), Some(rule), Some(occurrence)) => {
                Ok(Which::Planned { registration_id: must(Kind::Registration, &id)?, rule, occurrence })
            }
            (_, _, _, _) => Err(Refused::invalid(
                "Give either noticeId, or registrationId, rule and occurrence.",
                &["noticeId"],
            )),
        }
    }
}

/// Stopping a letter.
#[derive(Clone, Copy, Debug, Default)]
pub struct CancelNoticeMutation;

#[Object]
impl CancelNoticeMutation {
    /// Stops a letter about a registration for, or an enquiry about, a course that the viewer runs, as long
    /// as it was not handed over. A letter that still lies ahead can be stopped, too.
    #[graphql(directive = cost::apply(of_act()))]
    async fn cancel_notice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which letter.")] input: CancelNoticeInput,
    ) -> Result<CancelNoticePayload> {
        answer(stop(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn stop(
    app: &AppState,
    viewer: &Viewer,
    input: CancelNoticeInput,
) -> error::Result<CancelNoticePayload> {
    viewer.signed_in()?;
    match cancel_notice(app, viewer, input.read()?).await? {
        Stopped::Noticed(row) => Ok(Notice { row, staff: true }.into()),
        Stopped::Planned(planned, course_id) => {
            let page = app.catalogue.page(&app.db, course_id).await?;
            let zone = page.map_or_else(entity::Zone::utc, |page| page.course.time_zone.clone());
            Ok(PlannedLetter::new(*planned, 1, zone).into())
        }
    }
}
