//! Registrations that are shown together, such as those of a page, and what they need beside their own rows.
//!
//! Whatever one of them is first asked for is read for all, in one statement per table, and kept as long as
//! they are shown. That makes the number of statements the same for one registration and for a hundred, and
//! does not depend on who asks when, as gathering by time would.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Result};
use entity::mailing::{CourseFacts, RegistrationFacts};
use entity::{
    Instant, evaluation, learner, notice, payment, quote, quote_line, registration, registration_statement,
    statement,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use tokio::sync::OnceCell;
use uuid::Uuid;
use worker::facts;

use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::graphql::together::{Read, once, read, there};

/// A quote and its lines in order.
#[derive(Clone, Debug)]
pub struct QuoteRow {
    /// The quote.
    pub quote: quote::Model,
    /// Its lines.
    pub lines: Vec<quote_line::Model>,
}

/// Registrations that are shown together.
#[derive(Debug)]
pub struct Together {
    ids: Vec<Uuid>,
    course_ids: Vec<Uuid>,
    learner_ids: Vec<Uuid>,
    rows: Vec<registration::Model>,
    quotes: Read<QuoteRow>,
    paid: Read<i64>,
    evaluated: Read<Instant>,
    learners: Read<learner::Model>,
    pages: Read<Arc<CoursePage>>,
    facts: Read<CourseFacts>,
    notices: Read<Vec<notice::Model>>,
    people: Read<RegistrationFacts>,
    statements: Read<Vec<statement::Model>>,
}

impl Together {
    /// These registrations, of which nothing else is known yet.
    pub fn new(rows: &[registration::Model]) -> Self {
        let people = rows.iter().flat_map(|row| [Some(row.learner_id), row.entered_by]).flatten();
        Self {
            ids: once(rows.iter().map(|row| row.id)),
            course_ids: once(rows.iter().map(|row| row.course_id)),
            learner_ids: once(people),
            rows: rows.to_vec(),
            quotes: OnceCell::new(),
            paid: OnceCell::new(),
            evaluated: OnceCell::new(),
            learners: OnceCell::new(),
            pages: OnceCell::new(),
            facts: OnceCell::new(),
            notices: OnceCell::new(),
            people: OnceCell::new(),
            statements: OnceCell::new(),
        }
    }

    /// The quote of a registration.
    pub async fn quote(&self, ctx: &Context<'_>, registration_id: Uuid) -> Result<&QuoteRow> {
        let quotes = read(ctx, &self.quotes, |app| quotes(app, &self.ids)).await?;
        there(quotes.get(&registration_id), "quote", registration_id)
    }

    /// What came in for a registration, in the smallest unit of its currency.
    pub async fn paid(&self, ctx: &Context<'_>, registration_id: Uuid) -> Result<i64> {
        let paid = read(ctx, &self.paid, |app| paid(app, &self.ids)).await?;
        Ok(paid.get(&registration_id).copied().unwrap_or(0))
    }

    /// When the evaluation of a registration was handed in, if it was.
    pub async fn evaluated_at(&self, ctx: &Context<'_>, registration_id: Uuid) -> Result<Option<Instant>> {
        let evaluated = read(ctx, &self.evaluated, |app| evaluated(app, &self.ids)).await?;
        Ok(evaluated.get(&registration_id).copied())
    }

    /// Whose a registration is, or who entered it.
    pub async fn learner(&self, ctx: &Context<'_>, learner_id: Uuid) -> Result<&learner::Model> {
        let learners = read(ctx, &self.learners, |app| learners(app, &self.learner_ids)).await?;
        there(learners.get(&learner_id), "learner", learner_id)
    }

    /// A course page.
    pub async fn page(&self, ctx: &Context<'_>, course_id: Uuid) -> Result<&Arc<CoursePage>> {
        let pages = read(ctx, &self.pages, |app| pages(app, &self.course_ids)).await?;
        there(pages.get(&course_id), "course", course_id)
    }

    /// What the mailing plan goes by.
    pub async fn facts(&self, ctx: &Context<'_>, course_id: Uuid) -> Result<&CourseFacts> {
        let pages = read(ctx, &self.pages, |app| pages(app, &self.course_ids)).await?;
        let made = async |app: &AppState| {
            let mut news = facts::news(&app.db, &self.course_ids).await?;
            Ok(pages
                .iter()
                .map(|(id, page)| (*id, page.facts(news.remove(id).unwrap_or_default())))
                .collect())
        };
        there(read(ctx, &self.facts, made).await?.get(&course_id), "course", course_id)
    }

    /// What the mailing plan goes by of a registration.
    pub async fn person(&self, ctx: &Context<'_>, registration_id: Uuid) -> Result<&RegistrationFacts> {
        let made = async |app: &AppState| {
            let people = facts::of_registrations(&app.db, self.rows.clone()).await?;
            Ok(people.into_iter().map(|person| (person.registration.id, person)).collect())
        };
        there(read(ctx, &self.people, made).await?.get(&registration_id), "registration", registration_id)
    }

    /// The notices about a registration, in the order in which they were entered.
    pub async fn notices(&self, ctx: &Context<'_>, registration_id: Uuid) -> Result<&[notice::Model]> {
        let notices = read(ctx, &self.notices, |app| notices(app, &self.ids)).await?;
        Ok(notices.get(&registration_id).map(Vec::as_slice).unwrap_or_default())
    }

    /// The statements that a registration was made under, in the order of the course page of its day.
    pub async fn statements(&self, ctx: &Context<'_>, registration_id: Uuid) -> Result<&[statement::Model]> {
        let statements = read(ctx, &self.statements, |app| statements(app, &self.ids)).await?;
        Ok(statements.get(&registration_id).map(Vec::as_slice).unwrap_or_default())
    }
}

async fn quotes(app: &AppState, ids: &[Uuid]) -> Result<HashMap<Uuid, QuoteRow>, DbErr> {
    let quotes = quote::Entity::find()
        .filter(quote::Column::RegistrationId.is_in(ids.iter().copied()))
        .all(&app.db)
        .await?;
    let lines = quote_line::Entity::find()
        .filter(quote_line::Column::QuoteId.is_in(quotes.iter().map(|quote| quote.id)))
        .order_by_asc(quote_line::Column::Position)
        .all(&app.db)
        .await?;
    let mut lines_of: HashMap<Uuid, Vec<quote_line::Model>> = HashMap::new();
    for line in lines {
        lines_of.entry(line.quote_id).or_default().push(line);
    }
    let row = |quote: quote::Model| QuoteRow { lines: lines_of.remove(&quote.id).unwrap_or_default(), quote };
    Ok(quotes.into_iter().map(row).map(|row| (row.quote.registration_id, row)).collect())
}

async fn paid(app: &AppState, ids: &[Uuid]) -> Result<HashMap<Uuid, i64>, DbErr> {
    let sums: Vec<(Uuid, i64)> = payment::sums(ids.iter().copied()).into_tuple().all(&app.db).await?;
    Ok(sums.into_iter().collect())
}

async fn evaluated(app: &AppState, ids: &[Uuid]) -> Result<HashMap<Uuid, Instant>, DbErr> {
    let rows: Vec<(Uuid, Instant)> =
        evaluation::submitted(ids.iter().copied()).into_tuple().all(&app.db).await?;
    Ok(rows.into_iter().collect())
}

/// Whom the viewer may see is decided by the registration through which a learner is reached.
async fn learners(app: &AppState, ids: &[Uuid]) -> Result<HashMap<Uuid, learner::Model>, DbErr> {
    let rows =
        learner::Entity::find().filter(learner::Column::Id.is_in(ids.iter().copied())).all(&app.db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

async fn pages(app: &AppState, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<CoursePage>>, DbErr> {
    app.catalogue.pages_by_id(&app.db, ids).await
}

async fn notices(app: &AppState, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<notice::Model>>, DbErr> {
    let rows = notice::Entity::find()
        .filter(notice::Column::RegistrationId.is_in(ids.iter().copied()))
        .filter(notice::readable())
        .order_by_asc(notice::Column::Id)
        .all(&app.db)
        .await?;
    let mut of: HashMap<Uuid, Vec<notice::Model>> = HashMap::new();
    for row in rows {
        if let Some(registration_id) = row.registration_id {
            of.entry(registration_id).or_default().push(row);
        }
    }
    Ok(of)
}

async fn statements(app: &AppState, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<statement::Model>>, DbErr> {
    use registration_statement::{Column, Entity};
    let links = Entity::find().filter(Column::RegistrationId.is_in(ids.iter().copied())).all(&app.db).await?;
    let mut wanted: Vec<Uuid> = links.iter().map(|link| link.statement_id).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let rows = statement::Entity::find()
        .filter(statement::Column::Id.is_in(wanted))
        .order_by_asc(statement::Column::Position)
        .order_by_asc(statement::Column::Id)
        .all(&app.db)
        .await?;
    let mut of: HashMap<Uuid, Vec<statement::Model>> = HashMap::new();
    for row in &rows {
        for link in links.iter().filter(|link| link.statement_id == row.id) {
            of.entry(link.registration_id).or_default().push(row.clone());
        }
    }
    Ok(of)
}
