//! Asking about a course.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use entity::Refusal as Refused;

use crate::action::request_information::{RequestInformation, request_information};
use crate::app::AppState;
use crate::error;
use crate::graphql::course::Course;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::payload::{answer, payload};
use crate::graphql::vocabulary::coded;
use crate::viewer::Viewer;
use crate::write::mistakes::Mistakes;

/// Somebody asks about a course; no account is needed.
#[derive(Clone, Debug, InputObject)]
pub struct RequestInformationInput {
    /// The course.
    course_id: ID,
    /// The person's name: one line, at most 200 characters.
    name: String,
    /// The e-mail address to which the information goes.
    email: String,
    /// As what the person would take part: the code of a profession, such as `nurse`. It decides which price
    /// the letters name.
    profession_code: Option<String>,
    /// What the person wants to know, for staff to answer. Plain text, at most 5,000 characters.
    question: Option<String>,
    /// Whether the person agrees to letters about the course's deadlines: only if they ticked a box beside
    /// `Course.enquiryConsent`.
    consent: bool,
    /// Which wording the person agreed to: `Course.enquiryConsent.version`. Required with a consent.
    consent_version: Option<String>,
    /// The solved challenge (`Query.enquiryChallenge`) in base64, as the ALTCHA widget gives it. Each counts
    /// once.
    proof: String,
    /// Chosen by the client, 1 to 255 visible ASCII characters. The same key with the same input from the
    /// same address gives the same answer for at least 30 days and acts once, also with another proof; with
    /// another input it is refused.
    idempotency_key: Option<String>,
}

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

impl RequestInformationInput {
    fn read(self) -> std::result::Result<(RequestInformation, Mistakes), Refused> {
        let Self {
            course_id,
            name,
            email,
            profession_code,
            question,
            consent,
            consent_version,
            proof,
            idempotency_key,
        } = self;
        let course_id = must(Kind::Course, &course_id)?;
        let mut mistakes = Mistakes::default();
        let profession = profession_code.map(|code| coded(&code, &["professionCode"])).transpose();
        let profession = mistakes.read(profession);
        let input = RequestInformation {
            course_id,
            name,
            email,
            profession,
            question,
            consent,
            consent_version,
            proof,
            idempotency_key,
        };
        Ok((input, mistakes))
    }
}

/// Asking about a course.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestInformationMutation;

#[Object]
impl RequestInformationMutation {
    /// Asks about a course that is announced and not over. A letter with the essentials goes to the address
    /// at once; staff answer questions. Nobody need sign in, but a proof of work is asked for.
    #[graphql(directive = cost::apply(of_act()))]
    async fn request_information(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who asks, and what.")] input: RequestInformationInput,
    ) -> Result<RequestInformationPayload> {
        answer(request(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn request(
    app: &AppState,
    viewer: &Viewer,
    input: RequestInformationInput,
) -> error::Result<InformationRequest> {
    let requested = request_information(app, viewer, input.read()?).await?;
    let page = app.catalogue.page(&app.db, requested.course_id).await?;
    Ok(InformationRequest {
        course: page.filter(|page| viewer.sees_course(page)).map(Course::new),
        email: requested.email,
        deadline_letters: requested.consents,
    })
}
