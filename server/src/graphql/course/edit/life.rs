//! The turns in the life of a course, as staff ask for them.

use async_graphql::{ID, InputObject};

use crate::graphql::scalar::{Date, Markdown};

/// A draft is announced.
#[derive(Clone, Debug, InputObject)]
pub struct PublishCourseInput {
    /// The course.
    pub course_id: ID,
    /// The version of it that was looked at: `Course.version` as it was read.
    pub version: i32,
}

/// A course will not take place.
#[derive(Clone, Debug, InputObject)]
pub struct CancelCourseInput {
    /// The course.
    pub course_id: ID,
    /// The version of it that was looked at: `Course.version` as it was read.
    pub version: i32,
    /// Why, and what people should do: shown on the page and in the letter to everyone who registered. Up to 20,000 characters.
    pub note: Option<Markdown>,
}

/// A course is put away for reference.
#[derive(Clone, Debug, InputObject)]
pub struct ArchiveCourseInput {
    /// The course.
    pub course_id: ID,
    /// The version of it that was looked at: `Course.version` as it was read.
    pub version: i32,
}

/// A course is taught at another time. Exactly one of `moveByDays` and `startsOn` says when.
#[derive(Clone, Debug, InputObject)]
pub struct MoveCourseInput {
    /// The course; a draft, or published.
    pub course_id: ID,
    /// The version of the course that you saw.
    pub version: i32,
    /// By how many days every date moves, negative: back; at most 36,500 either way.
    pub move_by_days: Option<i32>,
    /// The new first day of the course; every date moves as far.
    pub starts_on: Option<Date>,
    /// Whether the dates of registration (opening, early deadline, deadline) move along; the deadline of the evaluation always does.
    #[graphql(default = true)]
    pub with_deadlines: bool,
}

/// A course is taught again. Exactly one of `moveByDays` and `startsOn` says when.
#[derive(Clone, Debug, InputObject)]
pub struct CopyCourseInput {
    /// The course to copy; in any state.
    pub course_id: ID,
    /// The slug of the new course: 1 to 100 small letters, digits, `-` and `_`.
    pub slug: String,
    /// The name of the new course; left out: the same.
    pub title: Option<String>,
    /// By how many days every date moves, negative: back; at most 36,500 either way.
    pub move_by_days: Option<i32>,
    /// The first day of the new course; every date moves as far.
    pub starts_on: Option<Date>,
}
