//! Enquiries that are shown together, such as those of a page, and what they need beside their own rows: each
//! read once for all of them.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Result};
use entity::mailing::{CourseFacts, EnquiryFacts};
use entity::{enquiry, learner, notice};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tokio::sync::OnceCell;
use uuid::Uuid;
use worker::facts;

use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::graphql::together::{Read, once, read, there};

/// Enquiries that are shown together.
#[derive(Debug)]
pub(super) struct Together {
    ids: Vec<Uuid>,
    course_ids: Vec<Uuid>,
    answerer_ids: Vec<Uuid>,
    rows: Vec<enquiry::Model>,
    people: Read<EnquiryFacts>,
    pages: Read<Arc<CoursePage>>,
    facts: Read<CourseFacts>,
    answerers: Read<learner::Model>,
    notices: Read<Vec<notice::Model>>,
}

impl Together {
    /// These enquiries, of which nothing else is known yet.
    pub(super) fn new(rows: &[enquiry::Model]) -> Self {
        Self {
            ids: once(rows.iter().map(|row| row.id)),
            course_ids: once(rows.iter().map(|row| row.course_id)),
            answerer_ids: once(rows.iter().filter_map(|row| row.answered_by)),
            rows: rows.to_vec(),
            people: OnceCell::new(),
            pages: OnceCell::new(),
            facts: OnceCell::new(),
            answerers: OnceCell::new(),
            notices: OnceCell::new(),
        }
    }

    /// A course page.
    pub(super) async fn page(&self, ctx: &Context<'_>, course_id: Uuid) -> Result<&Arc<CoursePage>> {
        there(self.pages(ctx).await?.get(&course_id), "course", course_id)
    }

    /// What the mailing plan goes by of a course.
    pub(super) async fn course_facts(&self, ctx: &Context<'_>, course_id: Uuid) -> Result<&CourseFacts> {
        let pages = self.pages(ctx).await?;
        let made = async |app: &AppState| {
            let mut news = facts::news(&app.db, &self.course_ids).await?;
            Ok(pages
                .iter()
                .map(|(id, page)| (*id, page.facts(news.remove(id).unwrap_or_default())))
                .collect())
        };
        there(read(ctx, &self.facts, made).await?.get(&course_id), "course", course_id)
    }

    /// What the mailing plan goes by of an enquiry.
    pub(super) async fn person(&self, ctx: &Context<'_>, id: Uuid) -> Result<&EnquiryFacts> {
        let made = async |app: &AppState| {
            let people = facts::of_enquiries(&app.db, self.rows.clone()).await?;
            Ok(people.into_iter().map(|person| (person.enquiry.id, person)).collect())
        };
        there(read(ctx, &self.people, made).await?.get(&id), "enquiry", id)
    }

    /// The member of staff who answered.
    pub(super) async fn answerer(&self, ctx: &Context<'_>, id: Uuid) -> Result<&learner::Model> {
        let find = async |app: &AppState| {
            let rows = learner::Entity::find()
                .filter(learner::Column::Id.is_in(self.answerer_ids.iter().copied()))
                .all(&app.db)
                .await?;
            Ok(rows.into_iter().map(|row| (row.id, row)).collect())
        };
        there(read(ctx, &self.answerers, find).await?.get(&id), "learner", id)
    }

    /// The notices about an enquiry, in the order in which they were entered.
    pub(super) async fn notices(&self, ctx: &Context<'_>, id: Uuid) -> Result<&[notice::Model]> {
        let find = async |app: &AppState| {
            let rows = notice::Entity::find()
                .filter(notice::Column::EnquiryId.is_in(self.ids.iter().copied()))
                .filter(notice::readable())
                .order_by_asc(notice::Column::Id)
                .all(&app.db)
                .await?;
            let mut of: HashMap<Uuid, Vec<notice::Model>> = HashMap::new();
            for row in rows {
                of.entry(row.enquiry_id.unwrap_or_default()).or_default().push(row);
            }
            Ok(of)
        };
        Ok(read(ctx, &self.notices, find).await?.get(&id).map(Vec::as_slice).unwrap_or_default())
    }

    async fn pages(&self, ctx: &Context<'_>) -> Result<&HashMap<Uuid, Arc<CoursePage>>> {
        let find = async |app: &AppState| app.catalogue.pages_by_id(&app.db, &self.course_ids).await;
        read(ctx, &self.pages, find).await
    }
}
