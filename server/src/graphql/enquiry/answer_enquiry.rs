//! Answering an enquiry.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::object::Enquiry;
use crate::action::answer_enquiry::answer_enquiry;
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::Markdown;
use crate::viewer::Viewer;

/// What staff answer to an enquiry.
#[derive(Clone, Debug, InputObject)]
pub struct AnswerEnquiryInput {
    /// The enquiry.
    enquiry_id: ID,
    /// The answer, at most 20,000 characters. It is sent at once, and cannot be changed afterwards.
    answer: Markdown,
}

payload! {
    /// What came of answering an enquiry.
    AnswerEnquiryPayload {
        /// The enquiry, answered. Null where refused.
        enquiry: Enquiry,
    }
}

/// Answering an enquiry.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnswerEnquiryMutation;

#[Object]
impl AnswerEnquiryMutation {
    /// Answers an enquiry about a course that the viewer runs: once, because the answer is sent at once.
    #[graphql(directive = cost::apply(of_act()))]
    async fn answer_enquiry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which enquiry, and the answer.")] input: AnswerEnquiryInput,
    ) -> Result<AnswerEnquiryPayload> {
        answer(reply(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn reply(app: &AppState, viewer: &Viewer, input: AnswerEnquiryInput) -> error::Result<Enquiry> {
    viewer.signed_in()?;
    let id = must(Kind::Enquiry, &input.enquiry_id)?;
    answer_enquiry(app, viewer, id, &input.answer.0).await.map(Enquiry::from)
}
