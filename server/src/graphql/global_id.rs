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
    /// A suppressed address.
    Suppression,
}

/// Each type with its name in ids, and with what people call it.
const KINDS: [(Kind, &str, &str); 18] = [
    (Kind::Course, "course", "course"),
    (Kind::Session, "session", "session"),
    (Kind::FacultyMember, "faculty", "faculty member"),
    (Kind::Series, "series", "series"),
    (Kind::Track, "track", "track"),
    (Kind::Organization, "organization", "organization"),
    (Kind::Objective, "objective", "objective"),
    (Kind::Statement, "statement", "statement"),
    (Kind::Learner, "learner", "learner"),
    (Kind::Registration, "registration", "registration"),
    (Kind::Payment, "payment", "payment"),
    (Kind::Notice, "notice", "letter"),
    (Kind::AuditEntry, "audit", "entry"),
    (Kind::Enquiry, "enquiry", "enquiry"),
    (Kind::Announcement, "announcement", "announcement"),
    (Kind::File, "file", "file"),
    (Kind::StaffRole, "staff_role", "role"),
    (Kind::Suppression, "suppression", "suppression"),
];

/// The global id of the row `id` of the type `kind`.
pub fn global(kind: Kind, id: Uuid) -> ID {
    let name = KINDS.iter().find(|(known, ..)| *known == kind).map_or("", |(_, name, _)| name);
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
    let (kind, ..) = KINDS.iter().find(|(_, known, _)| *known == name)?;
    Some((*kind, Uuid::try_parse(id).ok()?))
}

/// The row that a global id names, where it is of the type `kind`.
pub fn of(kind: Kind, id: &ID) -> Option<Uuid> {
    parse(id).filter(|(found, _)| *found == kind).map(|(_, id)| id)
}

/// The row that a global id names, or that there is no such thing.
///
/// # Errors
/// An id that is none, or one of another type.
pub fn must(kind: Kind, id: &ID) -> Result<Uuid, Refusal> {
    let what = KINDS.iter().find(|(known, ..)| *known == kind).map_or("thing", |(.., what)| what);
    of(kind, id).ok_or_else(|| Refusal::not_found(what))
}

/// The thing that an input names by its id and the version that somebody saw; none where it names none, and
/// so means a new one.
///
/// # Errors
/// An id that names no such thing, and one without the other.
pub fn seen(kind: Kind, id: Option<&ID>, version: Option<i32>) -> Result<Option<Seen>, Refusal> {
    match (id, version) {
        (None, None) => Ok(None),
        (Some(id), Some(version)) => Ok(Some(Seen { id: must(kind, id)?, version })),
        (Some(_), None) => {
            Err(Refusal::invalid("A change names the version that it was made for.", &["version"]))
        }
        (None, Some(_)) => {
            Err(Refusal::invalid("A version belongs to a thing that is named by its id.", &["id"]))
        }
    }
}
