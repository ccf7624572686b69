//! What staff say to take a list out, or to bring one in.

use async_graphql::{ID, InputObject};
use entity::Refusal;

use crate::action::export_registrations::ExportRegistrations;
use crate::action::import_registrations::ImportRegistrations;
use crate::graphql::global_id::Kind;
use crate::graphql::registration::input::{RegistrationFilter, RegistrationOrder, known};
use crate::roster::file::Asked;
use crate::roster::{Field, Order};

/// Which registrations of a course are taken out, in which order, and what for.
#[derive(Clone, Debug, InputObject)]
pub struct ExportRegistrationsInput {
    /// The course.
    course_id: ID,
    /// Which of its registrations; all where it is not given.
    filter: Option<RegistrationFilter>,
    /// In which order; oldest first where it is not given.
    order_by: Option<RegistrationOrder>,
    /// What the list is for, in words, 1 to 500 characters. It is kept in the audit trail with the viewer's name.
    purpose: String,
}

impl ExportRegistrationsInput {
    /// The same, for the action.
    pub fn read(self) -> Result<ExportRegistrations, Refusal> {
        let Self { course_id, filter, order_by, purpose } = self;
        let oldest_first = Order { field: Field::StartedAt, descending: false };
        Ok(ExportRegistrations {
            course_id: known(Kind::Course, &course_id, "course")?,
            asked: Asked { filter: filter.unwrap_or_default().read()?, order: order_by.map_or(oldest_first, |order| order.read()) },
            purpose,
        })
    }
}

/// Registrations for a course, from a file.
#[derive(Clone, Debug, InputObject)]
pub struct ImportRegistrationsInput {
    /// The course. It must be published.
    course_id: ID,
    /// The file: CSV (RFC 4180), UTF-8, at most 5,000 rows, below a first line that names the columns, in any order. `email` is required.
    /// `profession` (such as `NURSE`) and, where the course has tracks, `track` (its slug or its name) are required of new registrations. `name`
    /// is taken for learners who are new here; known ones keep their own. `external_id`, up to 200 characters, is the registration's id in
    /// another system. `status` is `STARTED`, which is meant where it is empty, or `CONFIRMED`. `paid` is what was paid for it in all, such as
    /// `1995.00`; where it is empty and the status is `CONFIRMED`, the whole price. The other columns of an exported file are passed over; a
    /// column that is unknown is refused.
    csv: String,
    /// Whether only to say what would happen; nothing is changed then.
    #[graphql(default = true)]
    check: bool,
    /// Chosen by the client, 1 to 255 visible ASCII characters. The same key with the same input acts once and gives the same answer for at
    /// least 30 days; with another input it is refused. A refusal keeps nothing: the key may be used again. A dry run does not use it.
    idempotency_key: Option<String>,
}

impl ImportRegistrationsInput {
    /// The same, for the action.
    pub fn read(self) -> Result<ImportRegistrations, Refusal> {
        let Self { course_id, csv, check, idempotency_key } = self;
        Ok(ImportRegistrations { course_id: known(Kind::Course, &course_id, "course")?, csv, check, idempotency_key })
    }
}
