//! Enquiries: somebody asks about a course without registering.

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect};

use crate::Instant;
use crate::profession::Profession;

/// For how long the answer of the house to a question is worth sending, in days.
pub const LIFE_DAYS: i64 = 7;

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

impl Model {
    /// What [`Model::updated_at`] becomes with a change at `now`: always later than before, as with registrations.
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
