//! Importing a course file through the API.

use async_graphql::{InputObject, SimpleObject};
use serde_json::Value;

use crate::catalogue::draft::{Change, Warning};
use crate::graphql::course::Course;
use crate::graphql::directive::list_size;

/// A course file: everything about one course in one text.
#[derive(Clone, Debug, InputObject)]
pub struct ImportCourseInput {
    /// The text of the file, in TOML. How to write one stands in the manual; `lectern export` writes one.
    pub file: String,
    /// Only says what would change.
    #[graphql(default)]
    pub check: bool,
    /// The version of the course that the file was written for; where it is given and the course has changed since, the file is refused.
    pub version: Option<i32>,
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

/// Something worth a second look.
#[derive(Clone, Debug, SimpleObject)]
pub struct CourseWarning {
    /// Where: names of the fields of a course file from the outermost in; a place in a list is a number from 0.
    #[graphql(directive = list_size::apply(3))]
    path: Vec<String>,
    /// What was seen, and what it leads to.
    message: String,
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

impl From<&Warning> for CourseWarning {
    fn from(warning: &Warning) -> Self {
        let Warning { path, message } = warning;
        Self { path: path.in_file(), message: message.clone() }
    }
}
