//! What people say who ask about a course, what staff answer, and how enquiries are found.

use async_graphql::{ID, InputObject};
use entity::{Refusal, enquiry};
use sea_orm::{ColumnTrait, Condition};

use crate::action::request_information::RequestInformation;
use crate::graphql::directive::{cost, max_length, of_search};
use crate::graphql::global_id::{self, Kind};
use crate::graphql::scalar::Markdown;
use crate::graphql::vocabulary::coded;

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

impl RequestInformationInput {
    /// The same, for the action.
    ///
    /// # Errors
    /// An id that is no course's, and a code that is no profession's.
    pub fn read(self) -> Result<RequestInformation, Refusal> {
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
        Ok(RequestInformation {
            course_id: global_id::of(Kind::Course, &course_id).ok_or_else(|| Refusal::not_found("course"))?,
            name,
            email,
            profession: profession_code.map(|code| coded(&code, &["professionCode"])).transpose()?,
            question,
            consent,
            consent_version,
            proof,
            idempotency_key,
        })
    }
}

/// What staff answer to an enquiry.
#[derive(Clone, Debug, InputObject)]
pub struct AnswerEnquiryInput {
    /// The enquiry.
    pub enquiry_id: ID,
    /// The answer, at most 20,000 characters. It is sent at once, and cannot be changed afterwards.
    pub answer: Markdown,
}

/// Which enquiries are asked for: those that meet everything that is given.
#[derive(Clone, Debug, Default, InputObject)]
pub struct EnquiryFilter {
    /// True: answered by staff; false: not answered.
    answered: Option<bool>,
    /// Words, each of which must be, or begin, a word of the name, the e-mail address or the first 2,000
    /// characters of the question; case, accents and signs do not matter. At most ten words and 200
    /// characters.
    #[graphql(directive = max_length::apply(200, Some(10)), directive = cost::apply(of_search()))]
    pub text: Option<String>,
}

impl EnquiryFilter {
    /// The filter for a query over enquiries, but for its text.
    pub fn condition(&self) -> Condition {
        use enquiry::Column::AnsweredAt;
        let Self { answered, text: _ } = self;
        let answered =
            answered.map(|answered| if answered { AnsweredAt.is_not_null() } else { AnsweredAt.is_null() });
        Condition::all().add_option(answered)
    }
}
