//! Steering single letters: not this one; this one again.

use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::Refusal as Refused;

use super::object::Notice;
use super::planned::PlannedLetter;
use crate::action::cancel_notice::{Stopped, Which, cancel_notice};
use crate::action::resend_notice::resend_notice;
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{self, Kind};
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

impl CancelNoticeInput {
    fn read(self) -> std::result::Result<Which, Refused> {
        let Self { notice_id, registration_id, rule, occurrence } = self;
        match (notice_id, registration_id, rule, occurrence) {
            (Some(id), None, None, None) => Ok(Which::Noticed(
                global_id::of(Kind::Notice, &id).ok_or_else(|| Refused::not_found("letter"))?,
            )),
            (None, Some(id), Some(rule), Some(occurrence)) => Ok(Which::Planned {
                registration_id: global_id::of(Kind::Registration, &id)
                    .ok_or_else(|| Refused::not_found("registration"))?,
                rule,
                occurrence,
            }),
            (_, _, _, _) => Err(Refused::invalid(
                "Give either noticeId, or registrationId, rule and occurrence.",
                &["noticeId"],
            )),
        }
    }
}

/// A letter is to be sent again.
#[derive(Clone, Debug, InputObject)]
pub struct ResendNoticeInput {
    /// The letter in the ledger.
    notice_id: ID,
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

payload! {
    /// What came of sending a letter again.
    ResendNoticePayload {
        /// The letter that is to be sent again. Null where refused.
        notice: Notice,
    }
}

/// What staff do with single letters.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoticeMutation;

#[Object]
impl NoticeMutation {
    /// Stops a letter about a registration for, or an enquiry about, a course that the viewer runs, as long
    /// as it was not handed over. A letter that still lies ahead can be stopped, too.
    #[graphql(directive = cost::apply(of_act()))]
    async fn cancel_notice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which letter.")] input: CancelNoticeInput,
    ) -> Result<CancelNoticePayload> {
        let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
        answer(match viewer.signed_in().cloned().and_then(|_| input.read()) {
            Ok(which) => stop(app, viewer, which).await,
            Err(no) => Err(no.into()),
        })
    }

    /// Sends a letter again, at once and with the facts as they are, unless they stand against it; then the
    /// refusal says why. Sign-in codes are not sent again.
    #[graphql(directive = cost::apply(of_act()))]
    async fn resend_notice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which letter.")] input: ResendNoticeInput,
    ) -> Result<ResendNoticePayload> {
        let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
        let id = viewer.signed_in().cloned().and_then(|_| {
            global_id::of(Kind::Notice, &input.notice_id).ok_or_else(|| Refused::not_found("letter"))
        });
        let ended: error::Result<Notice> = match id {
            Ok(id) => {
                resend_notice(app, viewer, id).await.map(|row| Notice { row: Box::new(row), staff: true })
            }
            Err(no) => Err(no.into()),
        };
        answer(ended)
    }
}

async fn stop(app: &AppState, viewer: &Viewer, which: Which) -> error::Result<CancelNoticePayload> {
    match cancel_notice(app, viewer, which).await? {
        Stopped::Noticed(row) => Ok(Notice { row, staff: true }.into()),
        Stopped::Planned(planned, course_id) => {
            let page = app.catalogue.page(&app.db, course_id).await?;
            let zone = page.map_or_else(entity::Zone::utc, |page| page.course.time_zone.clone());
            Ok(PlannedLetter::new(*planned, 1, zone).into())
        }
    }
}
