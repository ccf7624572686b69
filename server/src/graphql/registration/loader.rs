//! What registrations need beside their own row: one statement per table, however many registrations there are.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, Loader};
use entity::agenda::CourseFacts;
use entity::{Instant, evaluation, learner, payment, quote, quote_line, registration};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::catalogue::{Catalogue, CoursePage};
use crate::desk::Desk;
use crate::graphql::notice::loader::NoticesOf;
use crate::graphql::refusal::OrOpaque;
use crate::viewer::Viewer;

/// Puts what registrations load through into a request: as seen by `viewer`, and for this request alone.
pub fn loaders(request: async_graphql::Request, desk: &Desk, viewer: &Viewer) -> async_graphql::Request {
    let db = || desk.db.clone();
    request
        .data(DataLoader::new(QuoteOf(db()), tokio::spawn))
        .data(DataLoader::new(PaidFor(db()), tokio::spawn))
        .data(DataLoader::new(EvaluatedAt(db()), tokio::spawn))
        .data(DataLoader::new(LearnerById(db()), tokio::spawn))
        .data(DataLoader::new(PageById(Arc::clone(&desk.catalogue)), tokio::spawn))
        .data(DataLoader::new(FactsById(Arc::clone(&desk.catalogue)), tokio::spawn))
        .data(DataLoader::new(ViewerRegistrations::new(desk, viewer), tokio::spawn))
        .data(DataLoader::new(NoticesOf(db()), tokio::spawn))
}

/// What the loader `L` knows of `key`.
pub async fn load<L: Loader<Uuid, Error = async_graphql::Error>>(ctx: &Context<'_>, key: Uuid) -> async_graphql::Result<Option<L::Value>> {
    ctx.data::<DataLoader<L>>()?.load_one(key).await
}

/// The course page of a registration, which is always there.
pub async fn page(ctx: &Context<'_>, course_id: Uuid) -> async_graphql::Result<Arc<CoursePage>> {
    must(load::<PageById>(ctx, course_id).await?, "course", course_id)
}

/// What a row points at, and so must be there.
pub fn must<T>(found: Option<T>, what: &str, id: Uuid) -> async_graphql::Result<T> {
    found.ok_or_else(|| crate::answer::Fault::Stored(format!("there is no {what} for {id}"))).or_opaque()
}

/// A quote and its lines in order.
#[derive(Clone, Debug)]
pub struct QuoteRow {
    /// The quote.
    pub quote: quote::Model,
    /// Its lines.
    pub lines: Vec<quote_line::Model>,
}

/// Quotes by registration.
#[derive(Debug)]
pub struct QuoteOf(DatabaseConnection);

impl Loader<Uuid> for QuoteOf {
    type Value = Arc<QuoteRow>;
    type Error = async_graphql::Error;

    async fn load(&self, keys: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, Self::Error> {
        let quotes = quote::Entity::find().filter(quote::Column::RegistrationId.is_in(keys.to_vec())).all(&self.0).await.or_opaque()?;
        let lines = quote_line::Entity::find()
            .filter(quote_line::Column::QuoteId.is_in(quotes.iter().map(|quote| quote.id)))
            .order_by_asc(quote_line::Column::Position)
            .all(&self.0)
            .await
            .or_opaque()?;
        let mut lines_of: HashMap<Uuid, Vec<quote_line::Model>> = HashMap::new();
        for line in lines {
            lines_of.entry(line.quote_id).or_default().push(line);
        }
        let row = |quote: quote::Model| QuoteRow { lines: lines_of.remove(&quote.id).unwrap_or_default(), quote };
        Ok(quotes.into_iter().map(row).map(|row| (row.quote.registration_id, Arc::new(row))).collect())
    }
}

/// What came in, in cents, by registration.
#[derive(Debug)]
pub struct PaidFor(DatabaseConnection);

impl Loader<Uuid> for PaidFor {
    type Value = i64;
    type Error = async_graphql::Error;

    async fn load(&self, keys: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, Self::Error> {
        let sums: Vec<(Uuid, i64)> = payment::Entity::find()
            .select_only()
            .column(payment::Column::RegistrationId)
            .column_as(payment::Column::AmountCents.sum().cast_as("bigint"), "paid")
            .filter(payment::Column::RegistrationId.is_in(keys.to_vec()))
            .group_by(payment::Column::RegistrationId)
            .into_tuple()
            .all(&self.0)
            .await
            .or_opaque()?;
        Ok(sums.into_iter().collect())
    }
}

/// When the evaluation was handed in, by registration.
#[derive(Debug)]
pub struct EvaluatedAt(DatabaseConnection);

impl Loader<Uuid> for EvaluatedAt {
    type Value = Instant;
    type Error = async_graphql::Error;

    async fn load(&self, keys: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, Self::Error> {
        let rows: Vec<(Uuid, Instant)> = evaluation::Entity::find()
            .select_only()
            .column(evaluation::Column::RegistrationId)
            .column(evaluation::Column::SubmittedAt)
            .filter(evaluation::Column::RegistrationId.is_in(keys.to_vec()))
            .into_tuple()
            .all(&self.0)
            .await
            .or_opaque()?;
        Ok(rows.into_iter().collect())
    }
}

/// Learners by id. Whom the viewer may see is decided by the registration through which one is reached.
#[derive(Debug)]
pub struct LearnerById(DatabaseConnection);

impl Loader<Uuid> for LearnerById {
    type Value = learner::Model;
    type Error = async_graphql::Error;

    async fn load(&self, keys: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, Self::Error> {
        let rows = learner::Entity::find().filter(learner::Column::Id.is_in(keys.to_vec())).all(&self.0).await.or_opaque()?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// Course pages by id, drafts included.
#[derive(Debug)]
pub struct PageById(Arc<Catalogue>);

impl Loader<Uuid> for PageById {
    type Value = Arc<CoursePage>;
    type Error = async_graphql::Error;

    async fn load(&self, keys: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, Self::Error> {
        let pages = self.0.pages(keys).await.or_opaque()?;
        Ok(pages.into_iter().map(|page| (page.course.id, page)).collect())
    }
}

/// What the agenda goes by, by course; made once for all registrations of a course that a request shows.
#[derive(Debug)]
pub struct FactsById(Arc<Catalogue>);

impl Loader<Uuid> for FactsById {
    type Value = Arc<CourseFacts>;
    type Error = async_graphql::Error;

    async fn load(&self, keys: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, Self::Error> {
        let pages = self.0.pages(keys).await.or_opaque()?;
        Ok(pages.into_iter().map(|page| (page.course.id, Arc::new(page.facts()))).collect())
    }
}

/// The viewer's registration by course: the live one, or else the newest.
#[derive(Debug)]
pub struct ViewerRegistrations {
    desk: Desk,
    learner_id: Option<Uuid>,
}

impl ViewerRegistrations {
    fn new(desk: &Desk, viewer: &Viewer) -> Self {
        Self { desk: desk.clone(), learner_id: viewer.learner.as_ref().map(|learner| learner.id) }
    }
}

impl Loader<Uuid> for ViewerRegistrations {
    type Value = registration::Model;
    type Error = async_graphql::Error;

    async fn load(&self, keys: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, Self::Error> {
        use registration::Status;
        let Some(learner_id) = self.learner_id else { return Ok(HashMap::new()) };
        let mut rows = registration::Entity::find()
            .filter(registration::Column::LearnerId.eq(learner_id))
            .filter(registration::Column::CourseId.is_in(keys.to_vec()))
            .all(&self.desk.db)
            .await
            .or_opaque()?;
        let now = self.desk.nature.now();
        // The best comes last, and so stays in the map.
        rows.sort_by_key(|row| {
            let live = match row.status_at(now) {
                Status::Started | Status::Confirmed | Status::Waitlisted => true,
                Status::Cancelled | Status::Expired => false,
            };
            (live, row.started_at, row.id)
        });
        Ok(rows.into_iter().map(|row| (row.course_id, row)).collect())
    }
}
