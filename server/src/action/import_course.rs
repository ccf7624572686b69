//! Making a course say what a course file says.

use entity::Refusal;

use crate::app::AppState;
use crate::catalogue::draft::{Manner, Saved, import_by};
use crate::course_file::{self, Mistake};
use crate::error::Result;
use crate::viewer::Viewer;

/// A course file.
#[derive(Clone, Debug)]
pub struct ImportCourse {
    /// Its text, in TOML.
    pub file: String,
    /// What else the person says.
    pub manner: Manner,
}

/// Imports a course file, all of it or nothing; a course that is not there yet is created.
///
/// # Errors
/// Refuses who is not staff; every mistake in the file, with its line; and as [`import_by`].
pub async fn import_course(app: &AppState, viewer: &Viewer, input: &ImportCourse) -> Result<Saved> {
    viewer.must_be_staff()?;
    let ImportCourse { file, manner } = input;
    let draft = course_file::parse(file)
        .map_err(|mistakes| Refusal::mistakes(mistakes.iter().map(Mistake::detail).collect()))?;
    import_by(app, viewer, &draft, *manner).await
}
