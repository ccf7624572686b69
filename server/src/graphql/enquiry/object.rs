//! An enquiry in the API.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use entity::enquiry;
use entity::mailing::of_enquiry;
use entity::suppression;

use super::together::Together;
use crate::app::AppState;
use crate::graphql::course::Course;
use crate::graphql::directive::{cost, list_size, of_list};
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::global_id::{Kind, global};
use crate::graphql::keyset::{Page, Wanted};
use crate::graphql::learner::Learner;
use crate::graphql::notice::{Notice, PlannedLetter, coming, page_at_hand};
use crate::graphql::profession::Profession;
use crate::graphql::scalar::{DateTime, Markdown};
use crate::graphql::suppression::Suppression;

/// Somebody's consent to letters about the deadlines of a course.
#[derive(Clone, Debug, SimpleObject)]
pub struct EnquiryConsent {
    /// The name of the wording that the person agreed to.
    version: String,
    /// The wording. Plain text; null where it is no longer on record.
    text: Option<&'static str>,
    /// When the person agreed.
    at: DateTime,
}

/// An enquiry about a course that the viewer runs.
#[derive(Clone, Debug)]
pub struct Enquiry {
    row: Box<enquiry::Model>,
    together: Arc<Together>,
}

impl Enquiry {
    /// Enquiries that are shown together, in the order given; whether the viewer may see them has been
    /// decided before.
    pub fn together(rows: Vec<enquiry::Model>) -> Vec<Self> {
        let together = Arc::new(Together::new(&rows));
        rows.into_iter().map(|row| Self { row: Box::new(row), together: Arc::clone(&together) }).collect()
    }

    /// The stored enquiry.
    pub fn row(&self) -> &enquiry::Model {
        &self.row
    }
}

impl From<enquiry::Model> for Enquiry {
    fn from(row: enquiry::Model) -> Self {
        let together = Arc::new(Together::new(std::slice::from_ref(&row)));
        Self { row: Box::new(row), together }
    }
}

/// Somebody asked about a course. Only staff who run the course see it.
#[Object]
impl Enquiry {
    /// Global id.
    pub async fn id(&self) -> ID {
        global(Kind::Enquiry, self.row.id)
    }

    /// The course.
    async fn course(&self, ctx: &Context<'_>) -> Result<Course> {
        Ok(Course::new(Arc::clone(self.together.page(ctx, self.row.course_id).await?)))
    }

    /// The person's name. Plain text.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// The address that the letters go to. Nobody has shown that it is the person's own.
    async fn email(&self) -> &str {
        &self.row.email
    }

    /// As what the person would take part; null where it was not said.
    async fn profession(&self) -> Option<Profession> {
        self.row.profession.map(Profession::from)
    }

    /// What the person wants to know. Plain text; null where there is no question.
    async fn question(&self) -> Option<&str> {
        self.row.question.as_deref()
    }

    /// The consent to letters about the course's deadlines; null where there is none, or where a later
    /// enquiry of the same address has renewed it.
    async fn consent(&self) -> Option<EnquiryConsent> {
        let (version, at) = self.row.consent_version.clone().zip(self.row.consented_at)?;
        Some(EnquiryConsent {
            version,
            text: self.row.consent().map(|consent| consent.text),
            at: DateTime(at),
        })
    }

    /// Since when the address does not want letters about deadlines; null where it has not said so.
    async fn unsubscribed_at(&self, ctx: &Context<'_>) -> Nullable<DateTime> {
        nullable(async { Ok(self.together.person(ctx, self.row.id).await?.unsubscribed_at.map(DateTime)) })
            .await
    }

    /// What is kept back from the address at the moment, and why: where it is several things, what keeps back
    /// most; null where nothing is.
    async fn suppression(&self, ctx: &Context<'_>) -> Nullable<Suppression> {
        nullable(async {
            let now = ctx.data::<AppState>()?.nature.now();
            let person = self.together.person(ctx, self.row.id).await?;
            Ok(suppression::widest(&person.suppressions, now).cloned().map(Suppression))
        })
        .await
    }

    /// Whether somebody with the same address has begun to register for the course.
    async fn has_registered(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.together.person(ctx, self.row.id).await?.has_registered)
    }

    /// When the person asked.
    async fn created_at(&self) -> DateTime {
        DateTime(self.row.created_at)
    }

    /// What staff answered; null until they do.
    async fn answer(&self) -> Option<Markdown> {
        self.row.answer.clone().map(Markdown)
    }

    /// When; null until they do.
    async fn answered_at(&self) -> Option<DateTime> {
        self.row.answered_at.map(DateTime)
    }

    /// Who answered; null until somebody does.
    async fn answered_by(&self, ctx: &Context<'_>) -> Nullable<Learner> {
        nullable(async {
            let Some(id) = self.row.answered_by else { return Ok(None) };
            Ok(Some(Learner(self.together.answerer(ctx, id).await?.clone())))
        })
        .await
    }

    /// The letters to come, in the order of their moments, as of now: also those that will not be sent, with
    /// the reason.
    #[graphql(directive = list_size::apply(5))]
    async fn upcoming_letters(&self, ctx: &Context<'_>) -> Result<Vec<PlannedLetter>> {
        let now = ctx.data::<AppState>()?.nature.now();
        let person = self.together.person(ctx, self.row.id).await?;
        let course = self.together.course_facts(ctx, self.row.course_id).await?;
        Ok(coming(of_enquiry(course, person, now), course, now))
    }

    /// The letters about it that fell due, in the order in which they were entered: sent, on their way, or
    /// not sent and why.
    #[graphql(directive = cost::apply(of_list()))]
    async fn notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Page<Notice>> {
        let rows = self.together.notices(ctx, self.row.id).await?;
        page_at_hand("enquiry.notices", Wanted::read(first, after, last, before)?, rows, true)
    }
}
