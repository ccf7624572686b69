//! Teaching a course again: everything but what belongs to the people who took it.

use entity::Refusal;
use entity::course::Status;
use uuid::Uuid;

use super::distance::Distance;
use crate::app::AppState;
use crate::course_file::{Imported, Needs, create, move_by_days, stored_file};
use crate::error::Result;
use crate::viewer::Viewer;

/// A new course that is like another.
#[derive(Clone, Debug)]
pub struct Copy {
    /// The course to copy.
    pub course_id: Uuid,
    /// The slug of the new one.
    pub slug: String,
    /// Its title; none: the same.
    pub title: Option<String>,
    /// How far every date moves.
    pub distance: Distance,
}

/// Copies a course into a draft. Dates move, times on the clock stay; statements begin anew with version 1, rules look forward from now; links
/// to join, registrations and letters stay behind.
pub async fn copy(app: &AppState, viewer: &Viewer, input: Copy) -> Result<Imported> {
    let Copy { course_id, slug, title, distance } = input;
    create(app, viewer, "copyCourse", Some(course_id), Needs::default(), |stored| {
        let Some(page) = stored.page else { return Err(Refusal::not_found("course")) };
        let mut file = stored_file(page);
        let days = distance.days(file.course.starts_on)?;
        move_by_days(&mut file, days);
        let course = &mut file.course;
        course.slug = slug;
        course.title = title.unwrap_or_else(|| course.title.clone());
        course.status = Status::Draft;
        course.cancellation_note = None;
        file.days.iter_mut().flat_map(|day| &mut day.sessions).for_each(|session| session.join_url = None);
        Ok(file)
    })
    .await
}
