//! What is worth a second look about a course.

use async_graphql::SimpleObject;

use crate::catalogue::draft::Warning;
use crate::graphql::directive::list_size;

/// Something worth a second look.
#[derive(Clone, Debug, SimpleObject)]
pub struct CourseWarning {
    /// Where: names of the fields of a course file from the outermost in; a place in a list is a number from
    /// 0.
    #[graphql(directive = list_size::apply(3))]
    path: Vec<String>,
    /// What was seen, and what it leads to.
    message: String,
}

impl From<&Warning> for CourseWarning {
    fn from(warning: &Warning) -> Self {
        let Warning { path, message } = warning;
        Self { path: path.in_file(), message: message.clone() }
    }
}
