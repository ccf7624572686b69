//! A new course, and changes to one.

use async_graphql::{ID, InputObject};
use entity::Refusal;
use entity::course::Status;

use super::describe::{CourseDescriptionInput, named, organizations};
use super::offer::CourseOfferInput;
use super::terms::CourseTermsInput;
use crate::course_file::format::{self, CourseFile};
use crate::course_file::{Needs, Stored};
use crate::graphql::course::CourseFormat;
use crate::graphql::global_id::Kind;
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

    /// The course that it speaks of.
    pub fn read(self, stored: &Stored<'_>) -> Result<CourseFile, Refusal> {
        let Self { slug, title, format, time_zone, starts_on, ends_on, offered_by, currency, description, terms, offer } = self;
        let mut file = CourseFile {
            course: format::Course {
                slug,
                title,
                kind: format::KIND.to_owned(),
                status: Status::Draft,
                cancellation_note: None,
                format: format.into(),
                length: None,
                time_zone: time_zone.0,
                starts_on: starts_on.0,
                ends_on: ends_on.0,
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
            },
            registration: format::Registration {
                opens: None,
                early_deadline: None,
                deadline: None,
                payment_days: format::PAYMENT_DAYS,
                capacity: None,
                site: None,
            },
            fees: format::Fees { currency: currency.0, processing_fee: None, prices: Vec::new() },
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
        file.course.offered_by = organizations(stored, &mut file, &offered_by, "offeredBy")?;
        description.write(stored, &mut file)?;
        terms.write(stored, &mut file)?;
        offer.write(&mut file)?;
        Ok(file)
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

    /// Changes the course.
    pub fn write(self, stored: &Stored<'_>, file: &mut CourseFile) -> Result<(), Refusal> {
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
        let course = &mut file.course;
        if let Some(title) = title {
            course.title = title;
        }
        if let Some(format) = format {
            course.format = format.into();
        }
        if let Some(zone) = time_zone {
            course.time_zone = zone.0;
        }
        if let Some(day) = starts_on {
            course.starts_on = day.0;
        }
        if let Some(day) = ends_on {
            course.ends_on = day.0;
        }
        if let Some(currency) = currency.map(|currency| currency.0).filter(|currency| *currency != file.fees.currency) {
            if file.course.status != Status::Draft {
                let message = "People have been told prices in the old currency, so it stays.";
                return Err(Refusal::invalid(message, &["currency"]));
            }
            file.fees.currency = currency;
        }
        if let Some(ids) = offered_by {
            file.course.offered_by = organizations(stored, file, &ids, "offeredBy")?;
        }
        description.write(stored, file)?;
        terms.write(stored, file)?;
        offer.write(file)
    }
}
