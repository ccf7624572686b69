//! Entering a course: a draft, with the default reminder rules.

use entity::course::Format;
use entity::{LocalDate, Zone};

use crate::app::AppState;
use crate::catalogue::draft::text::{Currency, Slug, Title};
use crate::catalogue::draft::{Draft, DraftChange, Mistakes, Open, Saved};
use crate::error::Result;
use crate::viewer::Viewer;

/// A new course.
#[derive(Clone, Debug)]
pub struct CreateCourse {
    /// Unique, stable name.
    pub slug: Slug,
    /// Name as people read it.
    pub title: Title,
    /// How it is taught.
    pub format: Format,
    /// The zone of all its dates and times.
    pub time_zone: Zone,
    /// First day.
    pub starts_on: LocalDate,
    /// Last day.
    pub ends_on: LocalDate,
    /// The currency of all its prices.
    pub currency: Currency,
    /// What more it is.
    pub change: DraftChange,
}

/// Creates a course as a draft; `mistakes` are those of reading the input.
///
/// # Errors
/// As [`Open::save`]; and refuses who is not staff.
pub async fn create_course(
    app: &AppState,
    viewer: &Viewer,
    (input, mistakes): (CreateCourse, Mistakes),
) -> Result<Saved> {
    let CreateCourse { slug, title, format, time_zone, starts_on, ends_on, currency, change } = input;
    let draft = Draft::new(slug, title, format, time_zone, (starts_on, ends_on), currency);
    let mut open = Open::new_course(app, viewer, "createCourse", &change.needs(), draft).await?;
    open.mistakes = mistakes;
    change.write(&mut open);
    open.save().await
}
