//! Changing a course.

use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::Refusal as Refused;

use super::describe::{CourseDescriptionInput, described, organizations};
use super::offered::CourseOfferInput;
use super::terms::CourseTermsInput;
use super::{Course, CourseFormat, written};
use crate::action::update_course::{UpdateCourse, update_course};
use crate::app::AppState;
use crate::catalogue::draft::{CourseChange, Field, Mistakes, at};
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::input::Reader;
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::{CurrencyCode, Date, TimeZone};
use crate::viewer::Viewer;

/// Changes to a course. What is left out stays as it is; null takes away what may be missing; a list replaces
/// the whole list.
#[derive(Clone, Debug, InputObject)]
pub struct UpdateCourseInput {
    /// The course.
    course_id: ID,
    /// The version of the course that the change was made for: `Course.version` as it was read.
    version: i32,
    /// Name as people read it; up to 300 characters.
    title: Option<String>,
    /// How it is taught.
    format: Option<CourseFormat>,
    /// The zone in which all its dates and times on the clock are meant; sessions keep their times on the
    /// clock.
    time_zone: Option<TimeZone>,
    /// First day. Sessions do not move with it.
    starts_on: Option<Date>,
    /// Last day. Sessions do not move with it.
    ends_on: Option<Date>,
    /// Organizations that offer it, in order: ids, or slugs.
    offered_by: Option<Vec<ID>>,
    /// The currency of all its prices; it stays once the course is published.
    currency: Option<CurrencyCode>,
    /// Whether sessions of a published course that are still to come may move to where they would have begun,
    /// as they could with another time zone. Left out, that is refused.
    #[graphql(default)]
    into_the_past: bool,
    /// What it is about.
    #[graphql(flatten)]
    description: CourseDescriptionInput,
    /// How people register.
    #[graphql(flatten)]
    terms: CourseTermsInput,
    /// What it costs and gives.
    #[graphql(flatten)]
    offer: CourseOfferInput,
}

payload! {
    /// What came of changing a course.
    UpdateCoursePayload {
        /// The course as it stands now. Null where refused.
        course: Course,
    }
}

impl UpdateCourseInput {
    fn read(self) -> std::result::Result<(UpdateCourse, Mistakes), Refused> {
        let Self {
            course_id,
            version,
            title,
            format,
            time_zone,
            starts_on,
            ends_on,
            offered_by,
            currency,
            into_the_past,
            description,
            terms,
            offer,
        } = self;
        let course_id = must(Kind::Course, &course_id)?;
        let mut mistakes = Mistakes::default();
        let mut change = described(description, terms, offer, &mut mistakes);
        change.offer.currency = Reader::at(at![Fees], &mut mistakes)
            .some_text(Field::Currency, currency.map(|currency| currency.0));
        change.course = CourseChange {
            title: Reader::at(at![Course], &mut mistakes).some_text(Field::Title, title),
            format: format.map(Into::into),
            time_zone: time_zone.map(|zone| zone.0),
            starts_on: starts_on.map(|day| day.0),
            ends_on: ends_on.map(|day| day.0),
            offered_by: offered_by.map(|ids| organizations(&ids)),
            ..change.course
        };
        Ok((UpdateCourse { course_id, version, change, into_the_past }, mistakes))
    }
}

/// Changing a course.
#[derive(Clone, Copy, Debug, Default)]
pub struct UpdateCourseMutation;

#[Object]
impl UpdateCourseMutation {
    /// Changes a course that the viewer runs: what the input leaves out stays. A change of what everybody
    /// sees shows at once.
    #[graphql(directive = cost::apply(of_act()))]
    async fn update_course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which course, and what is to be different.")] input: UpdateCourseInput,
    ) -> Result<UpdateCoursePayload> {
        answer(update(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn update(app: &AppState, viewer: &Viewer, input: UpdateCourseInput) -> error::Result<Course> {
    viewer.signed_in()?;
    written(app, &update_course(app, viewer, input.read()?).await?).await
}
