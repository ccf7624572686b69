//! The schema: all nouns together, and how a request is made ready for it.

use std::sync::{Arc, LazyLock};

use async_graphql::{MergedObject, Request, SDLExportOptions, Schema, SchemaBuilder, ValidationMode};

use super::account::AccountMutation;
use super::announcement::AnnouncementMutation;
use super::audit::AuditQuery;
use super::calendar::RotateCalendarUrlMutation;
use super::course::{CourseMutation, CourseQuery};
use super::enquiry::{EnquiryMutation, EnquiryQuery};
use super::evaluation::SubmitEvaluationMutation;
use super::faculty::{FacultyMutation, FacultyQuery};
use super::learner::{CorrectLearnerMutation, MergeLearnersMutation};
use super::live::Live;
use super::node::NodeQuery;
use super::notice::{ExplainQuery, NoticeMutation};
use super::organization::{OrganizationQuery, UpsertOrganizationMutation};
use super::preview::PreviewQuery;
use super::rate_limit::RateLimitQuery;
use super::registration::{RegistrationMutation, RegistrationQuery};
use super::roster::RosterMutation;
use super::running::Running;
use super::series::{SeriesQuery, UpsertSeriesMutation};
use super::session::{SessionMutation, SessionQuery};
use super::staff::{StaffMutation, StaffQuery};
use super::step::Steps;
use super::subscription::SetSubscriptionMutation;
use super::suppression::{SuppressionMutation, SuppressionQuery};
use super::track::SetTracksMutation;
use super::viewer::ViewerQuery;
use super::vocabulary::VocabularyQuery;
use crate::app::AppState;
use crate::preview::Preview;
use crate::viewer::Viewer;

/// What can be asked. The API grows: types may get fields, enums values, and lists of codes words, so a
/// client must get by with what it does not know. Nothing that is here goes away without having been
/// deprecated before.
#[derive(Debug, Default, MergedObject)]
pub struct Query(
    AuditQuery,
    CourseQuery,
    EnquiryQuery,
    FacultyQuery,
    NodeQuery,
    OrganizationQuery,
    PreviewQuery,
    ExplainQuery,
    RateLimitQuery,
    RegistrationQuery,
    SeriesQuery,
    SessionQuery,
    StaffQuery,
    SuppressionQuery,
    ViewerQuery,
    VocabularyQuery,
);

/// What can be done. Every mutation takes one input, and answers with a payload of its own, which holds the
/// thing or a refusal.
#[derive(Debug, Default, MergedObject)]
pub struct Mutation(
    RotateCalendarUrlMutation,
    AccountMutation,
    CorrectLearnerMutation,
    CourseMutation,
    EnquiryMutation,
    FacultyMutation,
    UpsertOrganizationMutation,
    AnnouncementMutation,
    MergeLearnersMutation,
    NoticeMutation,
    RegistrationMutation,
    SubmitEvaluationMutation,
    RosterMutation,
    UpsertSeriesMutation,
    SessionMutation,
    StaffMutation,
    SetSubscriptionMutation,
    SuppressionMutation,
    SetTracksMutation,
);

/// The schema of the API.
pub type LecternSchema = Schema<Query, Mutation, Live>;

fn builder() -> SchemaBuilder<Query, Mutation, Live> {
    Schema::build(Query::default(), Mutation::default(), Live)
}

/// The schema with nothing behind it: to be printed and looked at.
pub fn build() -> LecternSchema {
    builder().finish()
}

/// The schema that is served; letters are shown by `preview`. It runs what [`super::document`] has validated
/// and bounded, so the library validates nothing again; its own bound on depth stands behind ours, which
/// settings can raise to 100 fields with a fragment around each.
pub fn served(preview: Preview) -> LecternSchema {
    builder()
        .validation_mode(ValidationMode::Fast)
        .limit_recursive_depth(256)
        .directive(Steps)
        .data(preview)
        .finish()
}

/// Gives a request what its resolvers need: the app's state with a connection of its own, the viewer, loaders
/// that live as long as the request, and the account of what it takes, which rests while it waits for the
/// database.
pub fn prepare(request: Request, app: &AppState, viewer: Viewer, running: Arc<Running>) -> Request {
    let (asked, rests) = (Arc::clone(&running), Arc::clone(&running));
    let app = app.for_operation(viewer.client, move || asked.may_go_on()).resting(move || rests.rest());
    let request = super::course::loaders(request, &app, &viewer);
    let request = super::registration::loaders(request, &app, &viewer);
    let request = super::notice::loaders(request, &app);
    request.data(app).data(viewer).data(running)
}

/// The schema in its own language. It follows from the code, so every server of a process has the same.
pub fn printed() -> &'static str {
    static PRINTED: LazyLock<String> = LazyLock::new(|| print(&build()));
    &PRINTED
}

/// A schema in its own language, as it stands in `schema.graphql`.
pub fn print(schema: &LecternSchema) -> String {
    schema.sdl_with_options(
        SDLExportOptions::new()
            .sorted_fields()
            .sorted_arguments()
            .sorted_enum_items()
            .prefer_single_line_descriptions()
            .include_specified_by(),
    )
}
