//! Rosters in the API: lists of registrations that leave Lectern, and that come in.

mod export_registrations;
mod import_registrations;
mod object;

use async_graphql::MergedObject;

/// What staff do with rosters.
#[derive(Debug, Default, MergedObject)]
pub struct RosterMutation(
    export_registrations::ExportRegistrationsMutation,
    import_registrations::ImportRegistrationsMutation,
);
