//! Bringing a list of registrations in.

use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::Refusal as Refused;

use super::object::RegistrationImport;
use crate::action::import_registrations::{ImportRegistrations, List, import_registrations};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

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

payload! {
    /// What came of bringing a list in.
    ImportRegistrationsPayload {
        /// The verdicts. Null where the file as a whole is refused.
        registration_import: RegistrationImport,
    }
}

impl ImportRegistrationsInput {
    fn read(self) -> std::result::Result<ImportRegistrations, Refused> {
        let Self { course_id, file_id, csv, skip_refused, check, idempotency_key } = self;
        let list = match (file_id, csv) {
            (Some(id), None) => List::File(must(Kind::File, &id)?),
            (None, Some(text)) => List::Text(text),
            (None, None) => {
                return Err(Refused::invalid(
                    "Send the list to /files and name it here by its id.",
                    &["fileId"],
                ));
            }
            (Some(_), Some(_)) => {
                return Err(Refused::invalid("Name a file or give a text, not both.", &["csv"]));
            }
        };
        Ok(ImportRegistrations {
            course_id: must(Kind::Course, &course_id)?,
            list,
            skip_refused,
            check,
            idempotency_key,
        })
    }
}

/// Bringing a list of registrations in.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImportRegistrationsMutation;

#[Object]
impl ImportRegistrationsMutation {
    /// Takes registrations for a course that the viewer runs from a list (CSV and its kin), or says what they
    /// would come to. A row is about the registration with its external id, or else the live one of its
    /// address, or else a new one. New ones are priced as of now and take a seat; confirmed ones are paid by
    /// a payment of the method OTHER with the reference `import`, or free. Nothing is taken back: a row never
    /// cancels, never unconfirms, and never changes a profession. The name of somebody who is registered for
    /// the course is corrected, and with the registration's external id the address, which both addresses are
    /// told; somebody who is known and new to the course keeps an own name. A file changes 100 addresses at
    /// most. All rows count or none, unless `skipRefused` is said. Letters follow as they always do;
    /// reminders whose moment has passed do not.
    #[graphql(directive = cost::apply(of_act()))]
    async fn import_registrations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file, and for which course.")] input: ImportRegistrationsInput,
    ) -> Result<ImportRegistrationsPayload> {
        answer(import(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn import(
    app: &AppState,
    viewer: &Viewer,
    input: ImportRegistrationsInput,
) -> error::Result<RegistrationImport> {
    viewer.signed_in()?;
    import_registrations(app, viewer, &input.read()?).await.map(RegistrationImport::from)
}
