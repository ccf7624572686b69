//! Opaque ids that are unique across types (Relay's global object identification).

use async_graphql::ID;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::Refusal;
use uuid::Uuid;

use crate::catalogue::draft::alone::Seen;

/// The types that have ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A course.
    Course,
    /// A session.
    Session,
    /// A member of the faculty.
    FacultyMember,
    /// A series.
    Series,
    /// A track.
    Track,
    /// An organization.
    Organization,
    /// A learning objective.
    Objective,
    /// A version of a statement.
    Statement,
    /// A learner.
    Learner,
    /// A registration.
    Registration,
    /// A payment.
    Payment,
    /// A letter in the ledger.
    Notice,
    /// An act in the audit trail.
    AuditEntry,
    /// An enquiry.
    Enquiry,
    /// An announcement.
    Announcement,
    /// A file that was sent.
    File,
    /// A role of staff.
    StaffRole,
}

const KINDS: [(Kind, &str); 17] = [
    (Kind::Course, "course"),
    (Kind::Session, "session"),
    (Kind::FacultyMember, "faculty"),
    (Kind::Series, "series"),
    (Kind::Track, "track"),
    (Kind::Organization, "organization"),
    (Kind::Objective, "objective"),
    (Kind::Statement, "statement"),
    (Kind::Learner, "learner"),
    (Kind::Registration, "registration"),
    (Kind::Payment, "payment"),
    (Kind::Notice, "notice"),
    (Kind::AuditEntry, "audit"),
    (Kind::Enquiry, "enquiry"),
    (Kind::Announcement, "announcement"),
    (Kind::File, "file"),
    (Kind::StaffRole, "staff_role"),
];

/// The global id of the row `id` of the type `kind`.
pub fn global(kind: Kind, id: Uuid) -> ID {
    let name = KINDS.iter().find(|(known, _)| *known == kind).map_or("", |(_, name)| name);
    ID(URL_SAFE_NO_PAD.encode(format!("{name}:{}", id.simple())))
}

/// The global id of the row `id` of a table. A table whose rows are nothing in the API gives ids that lead
/// nowhere.
pub fn of_table(table: &str, id: Uuid) -> ID {
    let name = if table == "faculty_member" { "faculty" } else { table };
    ID(URL_SAFE_NO_PAD.encode(format!("{name}:{}", id.simple())))
}

/// What a global id names; none if it is not one of ours.
pub fn parse(id: &str) -> Option<(Kind, Uuid)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id).ok()?).ok()?;
    let (name, id) = text.split_once(':')?;
    let (kind, _) = KINDS.iter().find(|(_, known)| *known == name)?;
    Some((*kind, Uuid::try_parse(id).ok()?))
}

/// The row that a global id names, where it is of the type `kind`.
pub fn of(kind: Kind, id: &ID) -> Option<Uuid> {
    parse(id).filter(|(found, _)| *found == kind).map(|(_, id)| id)
}

/// The row that a global id names, or that there is no such `what`.
///
/// # Errors
/// An id that is none, or one of another type.
pub fn must(kind: Kind, id: &ID, what: &'static str) -> Result<Uuid, Refusal> {
    of(kind, id).ok_or_else(|| Refusal::not_found(what))
}

/// The thing that an input names by its id and the version that somebody saw; none where it names none, and
/// so means a new one.
///
/// # Errors
/// An id that names no such `what`, and one without the other.
pub fn seen(
    kind: Kind,
    id: Option<&ID>,
    version: Option<i32>,
    what: &'static str,
) -> Result<Option<Seen>, Refusal> {
    match (id, version) {
        (None, None) => Ok(None),
        (Some(id), Some(version)) => Ok(Some(Seen { id: must(kind, id, what)?, version })),
        (Some(_), None) => {
            Err(Refusal::invalid("A change names the version that it was made for.", &["version"]))
        }
        (None, Some(_)) => {
            Err(Refusal::invalid("A version belongs to a thing that is named by its id.", &["id"]))
        }
    }
}
