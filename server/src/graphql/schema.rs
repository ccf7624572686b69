//! The schema: all nouns together, and how a request is made ready for it.

use async_graphql::{EmptySubscription, MergedObject, Request, SDLExportOptions, Schema};

use super::announcement::AnnouncementMutation;
use super::course::{CourseQuery, ReminderRuleMutation};
use super::faculty::FacultyQuery;
use super::node::NodeQuery;
use super::notice::{ExplainQuery, NoticeMutation};
use super::registration::{RegistrationMutation, RegistrationQuery};
use super::series::SeriesQuery;
use super::session::SessionQuery;
use super::sign_in::SignInMutation;
use super::viewer::ViewerQuery;
use crate::desk::Desk;
use crate::viewer::Viewer;

/// What can be asked.
#[derive(Debug, Default, MergedObject)]
pub struct Query(NodeQuery, ViewerQuery, CourseQuery, FacultyQuery, SeriesQuery, SessionQuery, RegistrationQuery, ExplainQuery);

/// What can be done. Every mutation takes one input, and answers with the thing or with a refusal.
#[derive(Debug, Default, MergedObject)]
pub struct Mutation(SignInMutation, RegistrationMutation, AnnouncementMutation, NoticeMutation, ReminderRuleMutation);

/// The schema of the API.
pub type LecternSchema = Schema<Query, Mutation, EmptySubscription>;

/// Builds the schema. The library's own limits stand behind those of [`crate::http::measure`].
pub fn build() -> LecternSchema {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription).limit_recursive_depth(64).limit_directives(16).finish()
}

/// Gives a request what its resolvers need: the desk, the viewer, and loaders that live as long as the request.
pub fn prepare(request: Request, desk: &Desk, viewer: Viewer) -> Request {
    let request = super::course::loaders(request, desk, &viewer);
    let request = super::registration::loaders(request, desk, &viewer);
    let request = super::notice::loaders(request, desk);
    request.data(desk.clone()).data(viewer)
}

/// The schema in its own language, as it stands in `schema.graphql`.
pub fn print(schema: &LecternSchema) -> String {
    schema
        .sdl_with_options(SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().prefer_single_line_descriptions())
}
