//! Enquiries: people who ask about a course without an account, and the staff who answer.

mod challenge;
mod input;
mod mutation;
mod object;
mod of_course;
mod query;
mod together;

pub use challenge::{ConsentWording, EnquiryChallenge};
pub use input::EnquiryFilter;
pub use mutation::EnquiryMutation;
pub use object::Enquiry;
pub use of_course::EnquiriesOfCourse;
pub use query::{EnquiryQuery, seen};
