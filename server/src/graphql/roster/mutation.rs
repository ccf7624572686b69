//! What staff do with rosters.

use async_graphql::{Context, Object, Result};

use super::input::{ExportRegistrationsInput, ImportRegistrationsInput};
use super::object::{RegistrationExport, RegistrationImport};
use crate::action::export_registrations::export_registrations;
use crate::action::import_registrations::import_registrations;
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

payload! {
    /// What came of asking for a list.
    ExportRegistrationsPayload {
        /// Where the list is. Null where refused.
        registration_export: RegistrationExport,
    }
}

payload! {
    /// What came of bringing a list in.
    ImportRegistrationsPayload {
        /// The verdicts. Null where the file as a whole is refused.
        registration_import: RegistrationImport,
    }
}

/// What staff do with rosters.
#[derive(Clone, Copy, Debug, Default)]
pub struct RosterMutation;

#[Object]
impl RosterMutation {
    /// Gives an address at which the registrations of a course that the viewer runs can be had as a file
    /// (CSV) for ten minutes, and writes down who asked, for which of them, and what for. The file can be
    /// read by `importRegistrations`; a cell that a spreadsheet would run begins with an apostrophe.
    #[graphql(directive = cost::apply(of_act()))]
    async fn export_registrations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which registrations, and what for.")] input: ExportRegistrationsInput,
    ) -> Result<ExportRegistrationsPayload> {
        let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
        let done: error::Result<_> = async {
            viewer.signed_in()?;
            let input = input.read()?;
            export_registrations(app, viewer, &input).await
        }
        .await;
        answer(done.map(|ticket| RegistrationExport::new(app, ticket)))
    }

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
        let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
        let done: error::Result<_> = async {
            viewer.signed_in()?;
            let input = input.read()?;
            import_registrations(app, viewer, &input).await
        }
        .await;
        answer(done.map(RegistrationImport::from))
    }
}
