//! Importing a course file through the API.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use serde_json::Value;
use uuid::Uuid;

use super::Course;
use super::warning::CourseWarning;
use crate::action::import_course::{ImportCourse, import_course};
use crate::app::AppState;
use crate::catalogue::draft::{Change, Manner};
use crate::error;
use crate::graphql::directive::{cost, list_size, of_act};
use crate::graphql::global_id::{Kind, global};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// A course file: everything about one course in one text.
#[derive(Clone, Debug, InputObject)]
pub struct ImportCourseInput {
    /// The text of the file, in TOML. How to write one stands in the manual; `lectern export` writes one.
    pub file: String,
    /// Only says what would change.
    #[graphql(default)]
    pub check: bool,
    /// The version of the course that the file was written for; where it is given and the course has changed
    /// since, the file is refused.
    pub version: Option<i32>,
    /// Whether sessions of a published course that are still to come may move to where they would have begun.
    /// Left out, that is refused.
    #[graphql(default)]
    pub into_the_past: bool,
}

/// What importing a file changed, or would change.
#[derive(Clone, Debug, SimpleObject)]
pub struct ImportedCourse {
    /// The course as it stands now; null where a check speaks of a course that is not there yet.
    pub course: Option<Course>,
    /// Every difference between what was stored and what the file says.
    #[graphql(directive = list_size::apply(50))]
    pub changes: Vec<CourseChange>,
    /// What is allowed and still worth a second look.
    #[graphql(directive = list_size::apply(10))]
    pub warnings: Vec<CourseWarning>,
    /// Whether anything was written: false for a check, and where nothing differs.
    pub applied: bool,
}

/// One difference between a course as it was and as it became.
#[derive(Clone, Debug, SimpleObject)]
pub struct CourseChange {
    /// What changed, such as `session d1-welcome`.
    thing: String,
    /// Which field of it; null where the whole thing came or went.
    field: Option<String>,
    /// As it was: text as it is, a list or a whole thing as JSON; null where there was nothing.
    before: Option<String>,
    /// As it became, written in the same way; null where there is nothing any more.
    after: Option<String>,
    /// The same in words for people.
    sentence: String,
}

payload! {
    /// What came of importing a course file.
    ImportCoursePayload {
        /// What changed, or would change. Null where refused; then `details` of the refusal has every mistake
        /// with its line.
        imported_course: ImportedCourse,
        /// Sessions that there were and the file has no more; none for a check. Null where refused.
        #[graphql(directive = list_size::apply(40))]
        removed_session_ids: Vec<ID>,
        /// Tracks that there were and the file has no more; none for a check. Null where refused.
        #[graphql(directive = list_size::apply(4))]
        removed_track_ids: Vec<ID>,
    }
}

impl From<&Change> for CourseChange {
    fn from(change: &Change) -> Self {
        let told = |value: &Value| match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Some(value.to_string()),
        };
        Self {
            thing: change.thing.clone(),
            field: change.field.map(str::to_owned),
            before: told(&change.before),
            after: told(&change.after),
            sentence: change.to_string(),
        }
    }
}

/// Importing a course file.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImportCourseMutation;

#[Object]
impl ImportCourseMutation {
    /// Makes a course say what a course file says, all of it or nothing; a course that is not there yet is
    /// created. With `check`, only tells what would change.
    #[graphql(directive = cost::apply(of_act()))]
    async fn import_course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file, and whether it is only checked.")] input: ImportCourseInput,
    ) -> Result<ImportCoursePayload> {
        answer(import(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn import(
    app: &AppState,
    viewer: &Viewer,
    input: ImportCourseInput,
) -> error::Result<(ImportedCourse, Vec<ID>, Vec<ID>)> {
    let ImportCourseInput { file, check, version, into_the_past } = input;
    let manner = Manner { version, into_the_past, check };
    let done = import_course(app, viewer, &ImportCourse { file, manner }).await?;
    // A check speaks of the course as it is; the id of one that is not there yet is nobody's.
    let page = app.catalogue.page(&app.db, done.course_id).await?;
    let gone = |kind: Kind, ids: &[Uuid]| {
        if check { Vec::new() } else { ids.iter().map(|id| global(kind, *id)).collect() }
    };
    let (sessions, tracks) =
        (gone(Kind::Session, &done.removed.sessions), gone(Kind::Track, &done.removed.tracks));
    let imported = ImportedCourse {
        course: page.map(Course::new),
        changes: done.changes.0.iter().map(Into::into).collect(),
        warnings: done.warnings.iter().map(CourseWarning::of_file).collect(),
        applied: !check && !done.changes.is_empty(),
    };
    Ok((imported, sessions, tracks))
}
