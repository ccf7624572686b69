//! Announcements: what staff write to the registrants of a course.

mod announce;
mod confirm_announcement;
pub mod object;
pub mod of_course;
mod stop_announcement;
pub mod together;

use async_graphql::MergedObject;

pub use object::Announcement;
pub use of_course::{AnnouncementsOfCourse, seen};

/// What staff do with announcements.
#[derive(Debug, Default, MergedObject)]
pub struct AnnouncementMutation(
    announce::AnnounceMutation,
    confirm_announcement::ConfirmAnnouncementMutation,
    stop_announcement::StopAnnouncementMutation,
);
