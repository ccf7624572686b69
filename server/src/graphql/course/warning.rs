//! What is worth a second look about a course.

use async_graphql::SimpleObject;

use crate::catalogue::draft::{Warning, sentence};
use crate::graphql::directive::list_size;

/// Something worth a second look.
#[derive(Clone, Debug, SimpleObject)]
pub struct CourseWarning {
    /// The place in the course, from the outermost in; a place in a list is a number from 0. `importCourse`
    /// speaks of the fields of its file, a course of those that inputs have. What concerns a session stands
    /// under its day and its place on that day (`days.0.sessions.2.joinUrl`), both in the order of the
    /// agenda; inputs name a session by its id.
    #[graphql(directive = list_size::apply(3))]
    path: Vec<String>,
    /// What was seen, and what it leads to.
    message: String,
}

impl CourseWarning {
    /// In the words of a course file.
    pub fn of_file(Warning { path, message }: &Warning) -> Self {
        Self { path: path.in_file(), message: sentence(message) }
    }

    /// In the words of inputs.
    pub fn of_course(Warning { path, message }: &Warning) -> Self {
        Self { path: path.in_input(), message: sentence(message) }
    }
}
