//! Courses in the API. All that is the same for everybody is answered from pages in memory; what is personal
//! or counted comes through the loaders of the request.

mod about;
mod agenda;
mod archive_course;
mod cancel_course;
mod copy_course;
mod create_course;
mod credit;
mod describe;
pub mod head;
mod import_course;
mod input;
mod loader;
mod move_course;
mod object;
mod offer;
mod offered;
mod price;
mod publish_course;
mod query;
mod rule;
mod set_reminder_rules;
mod statement;
mod terms;
mod update_course;
mod warning;
mod written;

use async_graphql::dataloader::DataLoader;
use async_graphql::{MergedObject, Request};

pub use about::{AudienceGroup, CompetencyGroup, CourseFormat, CourseStatus, LearningObjective};
pub use agenda::{Agenda, CourseDay};
pub use credit::{CreditOffer, CreditPart, CreditRequirement, CreditRequirementKind, CreditType, CreditUnit};
pub use input::{CourseFilter, CourseOrder, CourseOrderField, OrderDirection};
pub use loader::{Confirmed, Taken};
pub use object::{Business, Course, Identity};
pub use offer::Offer;
pub use price::{Price, RegistrationWindow, RegistrationWindowState, Seats};
pub use query::CourseQuery;
pub use rule::{ReminderAnchor, ReminderAudience, ReminderOffset, ReminderRule};
pub use statement::{Statement, StatementKind};
pub use written::written;

/// What staff do with courses. Every act answers with the course as it then stands, or with the refusal.
#[derive(Clone, Copy, Debug, Default, MergedObject)]
pub struct CourseMutation(
    create_course::CreateCourseMutation,
    update_course::UpdateCourseMutation,
    publish_course::PublishCourseMutation,
    cancel_course::CancelCourseMutation,
    archive_course::ArchiveCourseMutation,
    move_course::MoveCourseMutation,
    copy_course::CopyCourseMutation,
    import_course::ImportCourseMutation,
    set_reminder_rules::SetReminderRulesMutation,
);

use crate::app::AppState;
use crate::graphql::owned::Owned;
use crate::viewer::Viewer;

/// Adds the loaders of the catalogue to a request. They are made anew for each request and remember nothing,
/// so nothing personal reaches another request, and a mutation's answer shows what the mutation did.
pub fn loaders(request: Request, app: &AppState, viewer: &Viewer) -> Request {
    request
        .data(DataLoader::new(Taken::new(app, viewer), tokio::spawn))
        .data(DataLoader::new(Confirmed::new(app, viewer), tokio::spawn))
        .data(DataLoader::new(Owned::new(app, viewer), tokio::spawn))
}
