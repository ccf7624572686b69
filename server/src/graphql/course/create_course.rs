//! Creating a course.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::describe::{CourseDescriptionInput, described, organizations};
use super::offered::CourseOfferInput;
use super::terms::CourseTermsInput;
use super::{Course, CourseFormat, written};
use crate::action::create_course::{CreateCourse, create_course};
use crate::app::AppState;
use crate::catalogue::draft::{Field, Mistakes, at};
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::input::Reader;
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::{CurrencyCode, Date, TimeZone};
use crate::viewer::Viewer;

/// A new course: a draft, which only staff see, with the default reminder rules.
#[derive(Clone, Debug, InputObject)]
pub struct CreateCourseInput {
    /// Unique, stable name for addresses and files: 1 to 100 small letters, digits, `-` and `_`. It never
    /// changes.
    slug: String,
    /// Name as people read it; up to 300 characters.
    title: String,
    /// How it is taught.
    format: CourseFormat,
    /// The zone in which all its dates and times on the clock are meant.
    time_zone: TimeZone,
    /// First day.
    starts_on: Date,
    /// Last day.
    ends_on: Date,
    /// Organizations that offer it, in order: ids, or slugs. Their staff run it; one of them must be the
    /// viewer's own, for who does not run all.
    offered_by: Vec<ID>,
    /// The currency of all its prices.
    currency: CurrencyCode,
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
    /// What came of creating a course.
    CreateCoursePayload {
        /// The course, a draft. Null where refused.
        course: Course,
    }
}

impl CreateCourseInput {
    fn read(self) -> (CreateCourse, Mistakes) {
        let Self {
            slug,
            title,
            format,
            time_zone,
            starts_on,
            ends_on,
            offered_by,
            currency,
            description,
            terms,
            offer,
        } = self;
        let mut mistakes = Mistakes::default();
        let mut change = described(description, terms, offer, &mut mistakes);
        change.course.offered_by = Some(organizations(&offered_by));
        let currency = Reader::at(at![Fees], &mut mistakes).text(Field::Currency, &currency.0);
        let mut read = Reader::at(at![Course], &mut mistakes);
        let input = CreateCourse {
            slug: read.text(Field::Slug, &slug),
            title: read.text(Field::Title, &title),
            format: format.into(),
            time_zone: time_zone.0,
            starts_on: starts_on.0,
            ends_on: ends_on.0,
            currency,
            change,
        };
        (input, mistakes)
    }
}

/// Creating a course.
#[derive(Clone, Copy, Debug, Default)]
pub struct CreateCourseMutation;

#[Object]
impl CreateCourseMutation {
    /// Creates a course: a draft, which only the staff who run it see. Sessions, tracks and people are added
    /// to it afterwards.
    #[graphql(directive = cost::apply(of_act()))]
    async fn create_course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the course is.")] input: CreateCourseInput,
    ) -> Result<CreateCoursePayload> {
        answer(create(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn create(app: &AppState, viewer: &Viewer, input: CreateCourseInput) -> error::Result<Course> {
    written(app, &create_course(app, viewer, input.read()).await?).await
}
