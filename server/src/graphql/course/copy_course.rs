//! Teaching a course again.

use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::Refusal as Refused;

use super::{Course, written};
use crate::action::copy_course::{CopyCourse, copy_course};
use crate::app::AppState;
use crate::catalogue::draft::{Distance, Field, Mistakes, at};
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::input::Reader;
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::Date;
use crate::viewer::Viewer;

/// A course is taught again. Exactly one of `moveByDays` and `startsOn` says when.
#[derive(Clone, Debug, InputObject)]
pub struct CopyCourseInput {
    /// The course to copy; in any state.
    course_id: ID,
    /// The slug of the new course: 1 to 100 small letters, digits, `-` and `_`.
    slug: String,
    /// The name of the new course; left out: the same.
    title: Option<String>,
    /// By how many days every date moves, negative: back; at most 36,500 either way.
    move_by_days: Option<i32>,
    /// The first day of the new course; every date moves as far.
    starts_on: Option<Date>,
}

payload! {
    /// What came of copying a course.
    CopyCoursePayload {
        /// The new course, a draft. Null where refused.
        course: Course,
    }
}

impl CopyCourseInput {
    fn read(self) -> std::result::Result<(CopyCourse, Mistakes), Refused> {
        let Self { course_id, slug, title, move_by_days, starts_on } = self;
        let course_id = must(Kind::Course, &course_id)?;
        let mut mistakes = Mistakes::default();
        let mut read = Reader::at(at![Course], &mut mistakes);
        let (slug, title) = (read.text(Field::Slug, &slug), read.some_text(Field::Title, title));
        let distance = Distance { move_by_days, starts_on: starts_on.map(|day| day.0) };
        Ok((CopyCourse { course_id, slug, title, distance }, mistakes))
    }
}

/// Teaching a course again.
#[derive(Clone, Copy, Debug, Default)]
pub struct CopyCourseMutation;

#[Object]
impl CopyCourseMutation {
    /// Makes a draft that is like a course that the viewer runs, at another time: sessions keep their times
    /// on the clock. Statements begin with version 1, reminder rules look forward from now. Links to join,
    /// registrations and letters stay behind.
    #[graphql(directive = cost::apply(of_act()))]
    async fn copy_course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which course, and when it is taught again.")] input: CopyCourseInput,
    ) -> Result<CopyCoursePayload> {
        answer(copy(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn copy(app: &AppState, viewer: &Viewer, input: CopyCourseInput) -> error::Result<Course> {
    viewer.signed_in()?;
    written(app, &copy_course(app, viewer, input.read()?).await?).await
}
