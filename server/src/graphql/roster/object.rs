//! What comes of taking a list out, and of bringing one in.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, Object, SimpleObject};
use entity::registration;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::action::export_registrations::Ticket;
use crate::action::import_registrations::{Imported, Row, Verdict};
use crate::app::AppState;
use crate::graphql::directive::list_size;
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::refusal::OrOpaque;
use crate::graphql::registration::Registration;
use crate::graphql::scalar::{DateTime, Url};

/// Registrations to a statement.
const AT_ONCE: usize = 500;

/// A list that can be taken out of Lectern.
#[derive(Clone, Debug, SimpleObject)]
pub struct RegistrationExport {
    /// Where to get it: a file (CSV, UTF-8), for whoever has the address, while the viewer runs the course.
    url: Url,
    /// From when on there is nothing at the address.
    expires_at: DateTime,
}

impl RegistrationExport {
    /// What `ticket` opens.
    pub fn new(app: &AppState, ticket: Ticket) -> Self {
        let Ticket { token, expires_at } = ticket;
        Self { url: Url(app.office.public_url.registrations_file(&token)), expires_at: DateTime(expires_at) }
    }
}

/// What became, or would become, of a row. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Verdict")]
pub enum ImportVerdict {
    /// A new registration.
    Created,
    /// A known registration that changes.
    Updated,
    /// A known registration that is so already.
    Unchanged,
    /// Not possible; the message says why.
    Refused,
}

/// The verdicts on a file of registrations.
#[derive(Clone, Debug)]
pub struct RegistrationImport {
    imported: Imported,
    named: Arc<Named>,
}

/// The registrations that the rows name, once one of them is asked for.
#[derive(Debug)]
struct Named {
    ids: Vec<Uuid>,
    found: OnceCell<HashMap<Uuid, Registration>>,
}

impl From<Imported> for RegistrationImport {
    fn from(imported: Imported) -> Self {
        let ids = imported.rows.iter().filter_map(|row| row.registration_id).collect();
        Self { imported, named: Arc::new(Named { ids, found: OnceCell::new() }) }
    }
}

impl RegistrationImport {
    fn counted(&self, verdict: Verdict) -> i32 {
        i32::try_from(self.imported.count(verdict)).unwrap_or(i32::MAX)
    }
}

/// What a file of registrations did, or would do.
#[Object]
impl RegistrationImport {
    /// Whether the rows count that are not refused. False for a dry run, and where a row is refused that was
    /// not to be skipped.
    async fn applied(&self) -> bool {
        self.imported.applied
    }

    /// The verdict on each row, in the order of the file.
    #[graphql(directive = list_size::apply(100))]
    async fn rows(&self) -> Vec<RegistrationImportRow> {
        self.imported
            .rows
            .iter()
            .map(|row| RegistrationImportRow { row: row.clone(), named: Arc::clone(&self.named) })
            .collect()
    }

    /// How many rows make, or would make, a new registration.
    async fn created(&self) -> i32 {
        self.counted(Verdict::Created)
    }

    /// How many rows change, or would change, a known registration.
    async fn updated(&self) -> i32 {
        self.counted(Verdict::Updated)
    }

    /// How many rows say what is so already.
    async fn unchanged(&self) -> i32 {
        self.counted(Verdict::Unchanged)
    }

    /// How many rows are refused.
    async fn refused(&self) -> i32 {
        self.counted(Verdict::Refused)
    }
}

/// The verdict on a row.
#[derive(Clone, Debug)]
pub struct RegistrationImportRow {
    row: Row,
    named: Arc<Named>,
}

/// The verdict on a row of a file of registrations.
#[Object]
impl RegistrationImportRow {
    /// The line of the file on which the row begins, from 1; the first line names the columns.
    async fn line(&self) -> i32 {
        i32::try_from(self.row.line).unwrap_or(i32::MAX)
    }

    /// The verdict.
    async fn verdict(&self) -> ImportVerdict {
        self.row.verdict.into()
    }

    /// Why it is refused, or what else there is to know, in English; null where there is nothing to say.
    async fn message(&self) -> Option<&str> {
        self.row.message.as_deref()
    }

    /// The registration as it is now; null where the row is refused, or would make one and did not.
    async fn registration(&self, ctx: &Context<'_>) -> Nullable<Registration> {
        nullable(async {
            let Some(id) = self.row.registration_id else { return Ok(None) };
            let app = ctx.data::<AppState>()?;
            let read = || async {
                let mut rows = Vec::with_capacity(self.named.ids.len());
                for ids in self.named.ids.chunks(AT_ONCE) {
                    rows.extend(
                        registration::Entity::find()
                            .filter(registration::Column::Id.is_in(ids.iter().copied()))
                            .all(&app.db)
                            .await
                            .or_opaque()?,
                    );
                }
                Ok::<_, async_graphql::Error>(
                    Registration::together(rows).into_iter().map(|found| (found.row().id, found)).collect(),
                )
            };
            Ok(self.named.found.get_or_try_init(read).await?.get(&id).cloned())
        })
        .await
    }
}
