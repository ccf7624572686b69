//! Anything that has a global id, found by it (Relay's global object identification).
#![allow(
    missing_docs,
    reason = "the derive of `Node` makes a method for `id` without a comment; the schema has its description"
)]

mod find;
mod query;

use async_graphql::{ID, Interface};

use super::announcement::Announcement;
use super::audit::AuditEntry;
use super::course::Course;
use super::enquiry::Enquiry;
use super::faculty::FacultyMember;
use super::notice::Notice;
use super::organization::Organization;
use super::registration::Registration;
use super::series::Series;
use super::session::Session;
use super::staff::StaffRole;
use super::suppression::Suppression;
use super::track::Track;

pub use find::find;
pub use query::NodeQuery;

/// Anything with an id that is unique across types.
#[derive(Clone, Debug, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque id, unique across types."))]
pub enum Node {
    /// A course.
    Course(Course),
    /// A session.
    Session(Session),
    /// A member of the faculty.
    FacultyMember(FacultyMember),
    /// A series.
    Series(Series),
    /// A track.
    Track(Track),
    /// An organization.
    Organization(Organization),
    /// A registration.
    Registration(Registration),
    /// A letter about a registration or an enquiry.
    Notice(Notice),
    /// An act in the audit trail.
    AuditEntry(AuditEntry),
    /// An enquiry about a course.
    Enquiry(Enquiry),
    /// An announcement to the registrants of a course.
    Announcement(Announcement),
    /// A role of staff.
    StaffRole(StaffRole),
    /// A suppressed address.
    Suppression(Suppression),
}
