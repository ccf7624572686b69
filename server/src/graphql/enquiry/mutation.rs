//! Asking about a course, and answering.

use async_graphql::{Context, Object, Result, SimpleObject};
use entity::Refusal as Refused;

use super::input::{AnswerEnquiryInput, RequestInformationInput};
use super::object::Enquiry;
use crate::action::answer_enquiry::answer_enquiry;
use crate::action::request_information::request_information;
use crate::app::AppState;
use crate::graphql::course::Course;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{self, Kind};
use crate::graphql::payload::{answer, payload};
use crate::graphql::refusal::OrOpaque;
use crate::viewer::Viewer;

/// The information is on its way. The answer is the same whether or not the address is known here.
#[derive(Clone, Debug, SimpleObject)]
pub struct InformationRequest {
    /// The course; null in the rare case that it has just gone.
    course: Option<Course>,
    /// The address to which the information goes.
    email: String,
    /// Whether letters about the course's deadlines will go there, too: until the person registers, has
    /// enough of them, or the course starts.
    deadline_letters: bool,
}

payload! {
    /// What came of asking about a course.
    RequestInformationPayload {
        /// The information is on its way. Null where refused.
        information_request: InformationRequest,
    }
}

payload! {
    /// What came of answering an enquiry.
    AnswerEnquiryPayload {
        /// The enquiry, answered. Null where refused.
        enquiry: Enquiry,
    }
}

/// What people do about enquiries.
#[derive(Clone, Copy, Debug, Default)]
pub struct EnquiryMutation;

#[Object]
impl EnquiryMutation {
    /// Asks about a course that is announced and not over. A letter with the essentials goes to the address
    /// at once; staff answer questions. Nobody need sign in, but a proof of work is asked for.
    #[graphql(directive = cost::apply(of_act()))]
    async fn request_information(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who asks, and what.")] input: RequestInformationInput,
    ) -> Result<RequestInformationPayload> {
        let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
        let ended = match input.read() {
            Ok(input) => request_information(app, viewer, &input).await,
            Err(no) => Err(no.into()),
        };
        let course = match &ended {
            Ok(requested) => app
                .catalogue
                .page(&app.db, requested.course_id)
                .await
                .or_opaque()?
                .filter(|page| viewer.sees_course(page)),
            Err(_) => None,
        };
        answer(ended.map(|requested| InformationRequest {
            course: course.map(Course::new),
            email: requested.email,
            deadline_letters: requested.consents,
        }))
    }

    /// Answers an enquiry about a course that the viewer runs: once, because the answer is sent at once.
    #[graphql(directive = cost::apply(of_act()))]
    async fn answer_enquiry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which enquiry, and the answer.")] input: AnswerEnquiryInput,
    ) -> Result<AnswerEnquiryPayload> {
        let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
        let AnswerEnquiryInput { enquiry_id, answer: text } = input;
        let known = viewer.signed_in().and_then(|_| {
            let id = global_id::of(Kind::Enquiry, &enquiry_id);
            id.ok_or_else(|| Refused::not_found("enquiry"))
        });
        answer(match known {
            Ok(id) => answer_enquiry(app, viewer, id, &text.0).await.map(Enquiry::from),
            Err(no) => Err(no.into()),
        })
    }
}
