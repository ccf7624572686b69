//! Calling a course off.

use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::Refusal as Refused;

use super::{Course, written};
use crate::action::cancel_course::{CancelCourse, cancel_course};
use crate::app::AppState;
use crate::catalogue::draft::{Field, Mistakes, at};
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::input::Reader;
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::Markdown;
use crate::viewer::Viewer;

/// A course will not take place.
#[derive(Clone, Debug, InputObject)]
pub struct CancelCourseInput {
    /// The course.
    course_id: ID,
    /// The version of it that was looked at: `Course.version` as it was read.
    version: i32,
    /// Why, and what people should do: shown on the page and in the letter to everyone who registered. Up to
    /// 20,000 characters.
    note: Option<Markdown>,
}

payload! {
    /// What came of cancelling a course.
    CancelCoursePayload {
        /// The course as it stands now. Null where refused.
        course: Course,
    }
}

impl CancelCourseInput {
    fn read(self) -> std::result::Result<(CancelCourse, Mistakes), Refused> {
        let Self { course_id, version, note } = self;
        let course_id = must(Kind::Course, &course_id)?;
        let mut mistakes = Mistakes::default();
        let note = Reader::at(at![Course], &mut mistakes)
            .some_text(Field::CancellationNote, note.map(|note| note.0));
        Ok((CancelCourse { course_id, version, note }, mistakes))
    }
}

/// Calling a course off.
#[derive(Clone, Copy, Debug, Default)]
pub struct CancelCourseMutation;

#[Object]
impl CancelCourseMutation {
    /// Calls a published course off, until it is over. Everyone with a live registration is written to;
    /// nothing else is sent any more.
    #[graphql(directive = cost::apply(of_act()))]
    async fn cancel_course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which course, and why.")] input: CancelCourseInput,
    ) -> Result<CancelCoursePayload> {
        answer(cancel(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn cancel(app: &AppState, viewer: &Viewer, input: CancelCourseInput) -> error::Result<Course> {
    viewer.signed_in()?;
    written(app, &cancel_course(app, viewer, input.read()?).await?).await
}
