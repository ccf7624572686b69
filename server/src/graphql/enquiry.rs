//! Enquiries: people who ask about a course without an account, and the staff who answer.

mod answer_enquiry;
mod consent;
mod input;
mod object;
mod of_course;
mod query;
mod request_information;
mod together;

use async_graphql::MergedObject;

pub use consent::ConsentWording;
pub use input::EnquiryFilter;
pub use object::Enquiry;
pub use of_course::EnquiriesOfCourse;
pub use query::{EnquiryQuery, seen};

/// What people do about enquiries.
#[derive(Debug, Default, MergedObject)]
pub struct EnquiryMutation(
    request_information::RequestInformationMutation,
    answer_enquiry::AnswerEnquiryMutation,
);
