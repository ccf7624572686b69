//! Sending a letter again.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::object::Notice;
use crate::action::resend_notice::resend_notice;
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// A letter is to be sent again.
#[derive(Clone, Debug, InputObject)]
pub struct ResendNoticeInput {
    /// The letter in the ledger.
    notice_id: ID,
}

payload! {
    /// What came of sending a letter again.
    ResendNoticePayload {
        /// The letter that is to be sent again. Null where refused.
        notice: Notice,
    }
}

/// Sending a letter again.
#[derive(Clone, Copy, Debug, Default)]
pub struct ResendNoticeMutation;

#[Object]
impl ResendNoticeMutation {
    /// Sends a letter again, at once and with the facts as they are, unless they stand against it; then the
    /// refusal says why. Sign-in codes are not sent again.
    #[graphql(directive = cost::apply(of_act()))]
    async fn resend_notice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which letter.")] input: ResendNoticeInput,
    ) -> Result<ResendNoticePayload> {
        answer(resend(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn resend(app: &AppState, viewer: &Viewer, input: ResendNoticeInput) -> error::Result<Notice> {
    viewer.signed_in()?;
    let id = must(Kind::Notice, &input.notice_id)?;
    resend_notice(app, viewer, id).await.map(|row| Notice { row: Box::new(row), staff: true })
}
