//! Teaching a course again: everything but what belongs to the people who took it.

use entity::course::Status;
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::draft::text::{Slug, Title};
use crate::catalogue::draft::{Distance, Mistakes, Open, Saved, move_by_days};
use crate::error::Result;
use crate::viewer::Viewer;

/// A new course that is like another.
#[derive(Clone, Debug)]
pub struct CopyCourse {
    /// The course to copy.
    pub course_id: Uuid,
    /// The slug of the new one.
    pub slug: Slug,
    /// Its title; none: the same.
    pub title: Option<Title>,
    /// How far every date moves.
    pub distance: Distance,
}

/// Copies a course into a draft. Dates move, times on the clock stay; statements begin anew with version 1,
/// rules look forward from now; links to join, registrations and letters stay behind. `mistakes` are those of
/// reading the input.
///
/// # Errors
/// As [`Open::save`]; and refuses who is not staff.
pub async fn copy_course(
    app: &AppState,
    viewer: &Viewer,
    (input, mistakes): (CopyCourse, Mistakes),
) -> Result<Saved> {
    let CopyCourse { course_id, slug, title, distance } = input;
    let mut open = Open::copy_of(app, viewer, "copyCourse", course_id).await?;
    open.mistakes = mistakes;
    open.telling = distance.telling();
    if let Some(days) = distance.days(open.draft.course.starts_on, &mut open.mistakes) {
        move_by_days(&mut open.draft, days);
    }
    let course = &mut open.draft.course;
    course.slug = slug;
    course.title = title.unwrap_or_else(|| course.title.clone());
    course.status = Status::Draft;
    course.cancellation_note = None;
    open.draft.days.iter_mut().flat_map(|day| &mut day.sessions).for_each(|session| session.join_url = None);
    open.save().await
}
