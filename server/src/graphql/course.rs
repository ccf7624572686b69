//! Courses in the API. All that is the same for everybody is answered from pages in memory; what is personal or counted comes through the
//! loaders of the request.

mod agenda;
mod credit;
pub mod edit;
pub mod head;
mod input;
mod loader;
mod object;
mod offer;
mod price;
mod query;
mod rule;
mod set_rules;
mod statement;

use async_graphql::Request;
use async_graphql::dataloader::DataLoader;

pub use agenda::{Agenda, CourseDay};
pub use credit::{CreditOffer, CreditPart, CreditRequirement, CreditRequirementKind, CreditType, CreditUnit};
pub use edit::CourseMutation;
pub use input::{CourseFilter, CourseOrder, CourseOrderField, OrderDirection};
pub use loader::{Confirmed, Taken};
pub use object::{AudienceGroup, Business, CompetencyGroup, Course, CourseFormat, CourseStatus, Identity, LearningObjective};
pub use offer::Offer;
pub use price::{Price, RegistrationWindow, RegistrationWindowState, Seats};
pub use query::CourseQuery;
pub use rule::{ReminderAnchor, ReminderAudience, ReminderOffset, ReminderRule};
pub use set_rules::ReminderRuleMutation;
pub use statement::{Statement, StatementKind};

use crate::app::AppState;
use crate::graphql::owned::Owned;
use crate::viewer::Viewer;

/// Adds the loaders of the catalogue to a request. They are made anew for each request and remember nothing, so nothing personal reaches
/// another request, and a mutation's answer shows what the mutation did.
pub fn loaders(request: Request, app: &AppState, viewer: &Viewer) -> Request {
    request
        .data(DataLoader::new(Taken::new(app, viewer), tokio::spawn))
        .data(DataLoader::new(Confirmed::new(app, viewer), tokio::spawn))
        .data(DataLoader::new(Owned::new(app, viewer), tokio::spawn))
}
