//! A new course, and changes to one.

use async_graphql::{ID, InputObject};
use entity::course::Status;

use super::describe::{CourseDescriptionInput, organizations};
use super::offer::CourseOfferInput;
use super::terms::CourseTermsInput;
use crate::catalogue::draft::text::{Currency, Title};
use crate::catalogue::draft::{self, Course, Draft, Fees, Field, Mistakes, Needs, Open, Registration, at};
use crate::graphql::course::CourseFormat;
use crate::graphql::global_id::Kind;
use crate::graphql::input::{Reader, named};
use crate::graphql::scalar::{CurrencyCode, Date, TimeZone};

/// A new course: a draft, which only staff see, with the default reminder rules.
#[derive(Clone, Debug, InputObject)]
pub struct CreateCourseInput {
    /// Unique, stable name for addresses and files: 1 to 100 small letters, digits, `-` and `_`. It never changes.
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
    /// Organizations that offer it, in order: ids, or slugs. Their staff run it; one of them must be the viewer's own, for who does not run all.
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

/// Changes to a course. What is left out stays as it is; null takes away what may be missing; a list replaces the whole list.
#[derive(Clone, Debug, InputObject)]
pub struct UpdateCourseInput {
    /// The course.
    pub course_id: ID,
    /// The version of the course that the change was made for: `Course.version` as it was read.
    pub version: i32,
    /// Name as people read it; up to 300 characters.
    title: Option<String>,
    /// How it is taught.
    format: Option<CourseFormat>,
    /// The zone in which all its dates and times on the clock are meant; sessions keep their times on the clock.
    time_zone: Option<TimeZone>,
    /// First day. Sessions do not move with it.
    starts_on: Option<Date>,
    /// Last day. Sessions do not move with it.
    ends_on: Option<Date>,
    /// Organizations that offer it, in order: ids, or slugs.
    offered_by: Option<Vec<ID>>,
    /// The currency of all its prices; it stays once the course is published.
    currency: Option<CurrencyCode>,
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

impl CreateCourseInput {
    /// What must be read for it.
    pub fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        needs.organizations.extend(self.offered_by.iter().map(|id| named(Kind::Organization, id)));
        self.description.needs(&mut needs);
        self.terms.needs(&mut needs);
        needs
    }

    /// The course that it speaks of, as far as that can be said before anything is read, and the mistakes in it.
    pub fn begin(&self) -> (Draft, Mistakes) {
        let mut mistakes = Mistakes::default();
        let mut read = Reader::at(at![Course], &mut mistakes);
        let course = Course {
            slug: read.text(Field::Slug, &self.slug),
            title: read.text(Field::Title, &self.title),
            kind: Title::stored(draft::KIND),
            status: Status::Draft,
            cancellation_note: None,
            format: self.format.into(),
            length: None,
            time_zone: self.time_zone.0.clone(),
            starts_on: self.starts_on.0,
            ends_on: self.ends_on.0,
            evaluation_deadline: None,
            summary: None,
            overview: None,
            centre: None,
            contact_email: None,
            credit_headline: None,
            offered_by: Vec::new(),
            accredited_by: Vec::new(),
            objectives: Vec::new(),
            domains: Vec::new(),
            topics: Vec::new(),
            audiences: Vec::new(),
        };
        let currency: Currency = Reader::at(at![Fees], &mut mistakes).text(Field::Currency, &self.currency.0);
        let draft = Draft {
            course,
            registration: Registration {
                opens: None,
                early_deadline: None,
                deadline: None,
                payment_days: draft::PAYMENT_DAYS,
                capacity: None,
                site: None,
            },
            fees: Fees { currency, processing_fee: None, prices: Vec::new() },
            series: None,
            organizations: Vec::new(),
            faculty: Vec::new(),
            tracks: Vec::new(),
            days: Vec::new(),
            credits: Vec::new(),
            competencies: Vec::new(),
            statements: Vec::new(),
            reminder_rules: None,
        };
        (draft, mistakes)
    }

    /// Writes the rest into the course that was begun.
    pub fn write(self, open: &mut Open<'_>) {
        let Self {
            slug: _,
            title: _,
            format: _,
            time_zone: _,
            starts_on: _,
            ends_on: _,
            offered_by,
            currency: _,
            description,
            terms,
            offer,
        } = self;
        open.draft.course.offered_by = organizations(open, &offered_by, Field::OfferedBy);
        description.write(open);
        terms.write(open);
        offer.write(open);
    }
}

impl UpdateCourseInput {
    /// What must be read for it.
    pub fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        needs.organizations.extend(self.offered_by.iter().flatten().map(|id| named(Kind::Organization, id)));
        self.description.needs(&mut needs);
        self.terms.needs(&mut needs);
        needs
    }

    /// Writes it into the course.
    pub fn write(self, open: &mut Open<'_>) {
        let Self {
            course_id: _,
            version: _,
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
        let course = &mut open.draft.course;
        let mut read = Reader::at(at![Course], &mut open.mistakes);
        course.title = read.some_text(Field::Title, title).unwrap_or_else(|| course.title.clone());
        course.format = format.map_or(course.format, Into::into);
        course.time_zone = time_zone.map_or_else(|| course.time_zone.clone(), |zone| zone.0);
        course.starts_on = starts_on.map_or(course.starts_on, |day| day.0);
        course.ends_on = ends_on.map_or(course.ends_on, |day| day.0);
        let mut read = Reader::at(at![Fees], &mut open.mistakes);
        let currency = read.some_text(Field::Currency, currency.map(|currency| currency.0));
        if let Some(currency) = currency.filter(|currency| *currency != open.draft.fees.currency) {
            if open.draft.course.status == Status::Draft {
                let (fee, prices) = offer.keeps();
                if !open.draft.fees.exchange(currency, fee, prices) {
                    read.wrong(
                        Field::Currency,
                        "There are prices with more places than this currency has; say them anew together with it.",
                    );
                }
            } else {
                read.wrong(Field::Currency, "People have been told prices in the old currency, so it stays.");
            }
        }
        if let Some(ids) = offered_by {
            open.draft.course.offered_by = organizations(open, &ids, Field::OfferedBy);
        }
        description.write(open);
        terms.write(open);
        offer.write(open);
    }
}
