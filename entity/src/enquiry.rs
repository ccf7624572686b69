//! Enquiries: somebody asks about a course without registering.

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect};

use crate::profession::Profession;
use crate::{Instant, Refusal, course};

/// For how long the answer of the office to a question is worth sending, in days.
pub const LIFE_DAYS: i64 = 7;
/// Enquiries that one client can make within an hour for one address: nobody uses up somebody else's.
pub const HOURLY_PER_CLIENT_AND_ADDRESS: u64 = 5;
/// Enquiries that can be made within an hour for one address at all, because each is answered by a letter to
/// it.
pub const HOURLY_PER_ADDRESS: u64 = 20;
/// Enquiries that a client can make within an hour; a whole hospital may ask through one network address.
pub const HOURLY_PER_CLIENT: u64 = 30;

/// A wording of the consent to letters about deadlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Its name, which is stored with everybody who agrees to it.
    pub version: &'static str,
    /// What one agrees to. Plain text.
    pub text: &'static str,
}

/// Every wording there has ever been, oldest first. One that somebody may have agreed to is never changed: a
/// new one is added, and counts from then on.
pub const CONSENTS: [Consent; 2] = [
    Consent {
        version: "2026-11",
        text: "Please e-mail me about the deadlines of this course: when the early fee ends, and when registration closes. I can have enough of \
               this at any time, with one click in each of these letters.",
    },
    Consent {
        version: "2026-11-26",
        text: "Please e-mail me about the deadlines of this course: when the early price ends and when registration closes. Every e-mail has \
               a link to stop them.",
    },
];

/// The wording that people agree to today.
pub const CONSENT: Consent = CONSENTS[CONSENTS.len() - 1];

/// One enquiry.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "enquiry")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// Name.
    pub name: String,
    /// Address as mail is sent to it.
    pub email: String,
    /// Address in lower case.
    pub email_key: String,
    /// As what the person would take part.
    pub profession: Option<Profession>,
    /// What the person wants to know; plain text.
    pub question: Option<String>,
    /// Which wording of the consent to letters about deadlines the person agreed to; none: to none.
    pub consent_version: Option<String>,
    /// When.
    pub consented_at: Option<Instant>,
    /// What staff answered. Markdown.
    pub answer: Option<String>,
    /// Who answered.
    pub answered_by: Option<Uuid>,
    /// When.
    pub answered_at: Option<Instant>,
    /// When the person asked.
    pub created_at: Instant,
    /// When anything about it last changed: what the sweep goes by.
    pub updated_at: Instant,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Whether one can ask about the course at `now`: it is announced, and not over.
pub fn taken_for(course: &course::Model, now: Instant) -> Result<(), Refusal> {
    if course.is_cancelled() {
        return Err(Refusal::CourseCancelled);
    }
    match course.status {
        course::Status::Draft => Err(Refusal::not_found("course")),
        course::Status::Published if now < course.last_instant() => Ok(()),
        course::Status::Published | course::Status::Cancelled | course::Status::Archived => {
            Err(Refusal::CourseOver)
        }
    }
}

impl Model {
    /// The wording that the person agreed to, where it is one of ours.
    pub fn consent(&self) -> Option<Consent> {
        let version = self.consent_version.as_deref()?;
        CONSENTS.into_iter().find(|consent| consent.version == version)
    }

    /// What [`Model::updated_at`] becomes with a change at `now`: always later than before, as with
    /// registrations.
    pub fn changed_at(&self, now: Instant) -> Instant {
        now.max(Instant::from_micros(self.updated_at.as_micros().saturating_add(1)))
    }
}

/// Enquiries of people who agreed to letters about deadlines.
pub fn consenting() -> Condition {
    Condition::all().add(Column::ConsentedAt.is_not_null())
}

/// A page of enquiries in the order of their ids, for walking through many without holding them all.
pub fn page_after(last: Option<Uuid>, size: u64) -> Select<Entity> {
    let page = Entity::find().order_by_asc(Column::Id).limit(size);
    match last {
        Some(id) => page.filter(Column::Id.gt(id)),
        None => page,
    }
}
