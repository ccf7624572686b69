//! Taking a list of registrations out.

use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::Refusal as Refused;

use super::object::RegistrationExport;
use crate::action::export_registrations::{ExportRegistrations, export_registrations};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::payload::{answer, payload};
use crate::graphql::registration::input::{RegistrationFilter, RegistrationOrder};
use crate::roster::file::Asked;
use crate::roster::{Field, Order};
use crate::viewer::Viewer;

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

payload! {
    /// What came of asking for a list.
    ExportRegistrationsPayload {
        /// Where the list is. Null where refused.
        registration_export: RegistrationExport,
    }
}

impl ExportRegistrationsInput {
    fn read(self) -> std::result::Result<ExportRegistrations, Refused> {
        let Self { course_id, filter, order_by, purpose } = self;
        let oldest_first = Order { field: Field::StartedAt, descending: false };
        Ok(ExportRegistrations {
            course_id: must(Kind::Course, &course_id)?,
            asked: Asked {
                filter: filter.unwrap_or_default().read()?,
                order: order_by.map_or(oldest_first, |order| order.read()),
            },
            purpose,
        })
    }
}

/// Taking a list of registrations out.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExportRegistrationsMutation;

#[Object]
impl ExportRegistrationsMutation {
    /// Gives an address at which the registrations of a course that the viewer runs can be had as a file
    /// (CSV) for ten minutes, and writes down who asked, for which of them, and what for. The file can be
    /// read by `importRegistrations`; a cell that a spreadsheet would run begins with an apostrophe.
    #[graphql(directive = cost::apply(of_act()))]
    async fn export_registrations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which registrations, and what for.")] input: ExportRegistrationsInput,
    ) -> Result<ExportRegistrationsPayload> {
        answer(export(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn export(
    app: &AppState,
    viewer: &Viewer,
    input: ExportRegistrationsInput,
) -> error::Result<RegistrationExport> {
    viewer.signed_in()?;
    let ticket = export_registrations(app, viewer, &input.read()?).await?;
    Ok(RegistrationExport::new(app, ticket))
}
