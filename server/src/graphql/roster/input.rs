//! What staff say to take a list out, or to bring one in.

use async_graphql::{ID, InputObject};
use entity::Refusal;

use crate::action::export_registrations::ExportRegistrations;
use crate::action::import_registrations::{ImportRegistrations, List};
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
    /// What the list is for, in words, 1 to 500 characters. It is kept in the audit trail with the viewer's
    /// name.
    purpose: String,
}

impl ExportRegistrationsInput {
    /// The same, for the action.
    pub fn read(self) -> Result<ExportRegistrations, Refusal> {
        let Self { course_id, filter, order_by, purpose } = self;
        let oldest_first = Order { field: Field::StartedAt, descending: false };
        Ok(ExportRegistrations {
            course_id: known(Kind::Course, &course_id, "course")?,
            asked: Asked {
                filter: filter.unwrap_or_default().read()?,
                order: order_by.map_or(oldest_first, |order| order.read()),
            },
            purpose,
        })
    }
}

/// Registrations for a course, from a file.
#[derive(Clone, Debug, InputObject)]
pub struct ImportRegistrationsInput {
    /// The course. It must be published.
    course_id: ID,
    /// The file that was sent to `/files`: its id, for whoever sent it. At most 5,000 rows and 10 MB, as a
    /// spreadsheet or another program saves a list: encoding (UTF-8, UTF-16, Windows-1252) and separator
    /// (comma, semicolon, tab, bar) are found from it. Its first row names the columns, in any order, in any
    /// case: `email`, which is required; `name`, or `first name` and `last name`; `profession` (such as
    /// `NURSE`) and, where the course has tracks, `track` (its slug or its name), which are required of new
    /// registrations; `external_id`, up to 200 characters, the registration's id in another system; `status`,
    /// `STARTED`, which is meant where it is empty, or `CONFIRMED`; `paid`, what was paid in all, such as
    /// `1995.00` or `1.995,00`; where it is empty and the status is `CONFIRMED`, the whole price. The other
    /// columns of an exported file are passed over; a column that is unknown is refused.
    file_id: Option<ID>,
    /// The same as a text, where it is short and the client has it as one. Either a file is named or a text
    /// is given.
    csv: Option<String>,
    /// Whether the rows that can be done count though others are refused. Otherwise all rows count or none.
    #[graphql(default = false)]
    skip_refused: bool,
    /// Whether only to say what would happen; nothing is changed then.
    #[graphql(default = true)]
    check: bool,
    /// Chosen by the client, 1 to 255 visible ASCII characters. The same key with the same input acts once
    /// and gives the same answer for at least 30 days; with another input it is refused. A refusal keeps
    /// nothing: the key may be used again. A dry run does not use it.
    idempotency_key: Option<String>,
}

impl ImportRegistrationsInput {
    /// The same, for the action.
    pub fn read(self) -> Result<ImportRegistrations, Refusal> {
        let Self { course_id, file_id, csv, skip_refused, check, idempotency_key } = self;
        let list = match (file_id, csv) {
            (Some(id), None) => List::File(known(Kind::File, &id, "file")?),
            (None, Some(text)) => List::Text(text),
            (None, None) => {
                return Err(Refusal::invalid(
                    "Send the list to /files and name it here by its id.",
                    &["fileId"],
                ));
            }
            (Some(_), Some(_)) => {
                return Err(Refusal::invalid("Name a file or give a text, not both.", &["csv"]));
            }
        };
        Ok(ImportRegistrations {
            course_id: known(Kind::Course, &course_id, "course")?,
            list,
            skip_refused,
            check,
            idempotency_key,
        })
    }
}
