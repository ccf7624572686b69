//! Enquiries: people who ask about a course without an account, and the staff who answer.

mod consent;
mod input;
mod mutation;
mod object;
mod of_course;
mod query;
mod together;

pub use consent::ConsentWording;
pub use input::EnquiryFilter;
pub use mutation::EnquiryMutation;
pub use object::Enquiry;
pub use of_course::EnquiriesOfCourse;
pub use query::{EnquiryQuery, seen};
