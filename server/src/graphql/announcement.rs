//! Announcements: what staff write to the registrants of a course.

pub mod input;
pub mod mutation;
pub mod object;
pub mod of_course;
pub mod together;

pub use mutation::AnnouncementMutation;
pub use object::Announcement;
pub use of_course::{AnnouncementsOfCourse, seen};
