//! Enquiries that are shown together, such as those of a page, and what they need beside their own rows: each read once for all of them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_graphql::{Context, Result};
use entity::mailing::{CourseFacts, EnquiryFacts, Topic};
use entity::{Instant, enquiry, learner, letter_instruction, notice, registration, unsubscription};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::error::Fault;
use crate::facts;
use crate::graphql::refusal::OrOpaque;

/// Something known by the id of what it belongs to, once it is read.
type Read<T> = OnceCell<HashMap<Uuid, T>>;

/// What is known about the people who asked, beyond their enquiries.
#[derive(Debug, Default)]
struct People {
    /// Courses and addresses with a registration.
    registered: HashSet<(Uuid, String)>,
    /// Since when an address does not want letters about deadlines.
    unsubscribed: HashMap<String, Instant>,
    /// What staff said about single letters, oldest first.
    instructions: HashMap<Uuid, Vec<letter_instruction::Model>>,
}

/// Enquiries that are shown together.
#[derive(Debug)]
pub(super) struct Together {
    ids: Vec<Uuid>,
    course_ids: Vec<Uuid>,
    answerer_ids: Vec<Uuid>,
    addresses: Vec<String>,
    people: OnceCell<People>,
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
            addresses: once(rows.iter().map(|row| row.email_key.clone())),
            people: OnceCell::new(),
            pages: OnceCell::new(),
            facts: OnceCell::new(),
            answerers: OnceCell::new(),
            notices: OnceCell::new(),
        }
    }

    /// A course page.
    pub(super) async fn page(&self, ctx: &Context<'_>, course_id: Uuid) -> Result<&Arc<CoursePage>> {
        must(self.pages(ctx).await?.get(&course_id), "course", course_id)
    }

    /// What the mailing plan goes by of a course.
    pub(super) async fn course_facts(&self, ctx: &Context<'_>, course_id: Uuid) -> Result<&CourseFacts> {
        let pages = self.pages(ctx).await?;
        let made = async |app: &AppState| {
            let mut news = facts::news(&app.db, &self.course_ids).await?;
            Ok(pages.iter().map(|(id, page)| (*id, page.facts(news.remove(id).unwrap_or_default()))).collect())
        };
        must(read(ctx, &self.facts, made).await?.get(&course_id), "course", course_id)
    }

    /// What the mailing plan goes by of an enquiry.
    pub(super) async fn facts(&self, ctx: &Context<'_>, row: &enquiry::Model) -> Result<EnquiryFacts> {
        let app = ctx.data::<AppState>()?;
        let people = self.people.get_or_try_init(|| self.find_people(app)).await.or_opaque()?;
        Ok(EnquiryFacts {
            enquiry: row.clone(),
            has_registered: people.registered.contains(&(row.course_id, row.email_key.clone())),
            unsubscribed_at: people.unsubscribed.get(&row.email_key).copied(),
            instructions: people.instructions.get(&row.id).cloned().unwrap_or_default(),
        })
    }

    /// The member of staff who answered.
    pub(super) async fn answerer(&self, ctx: &Context<'_>, id: Uuid) -> Result<&learner::Model> {
        let find = async |app: &AppState| {
            let rows = learner::Entity::find().filter(learner::Column::Id.is_in(self.answerer_ids.iter().copied())).all(&app.db).await?;
            Ok(rows.into_iter().map(|row| (row.id, row)).collect())
        };
        must(read(ctx, &self.answerers, find).await?.get(&id), "learner", id)
    }

    /// The notices about an enquiry, in the order in which they were entered.
    pub(super) async fn notices(&self, ctx: &Context<'_>, id: Uuid) -> Result<&[notice::Model]> {
        let find = async |app: &AppState| {
            let rows = notice::Entity::find()
                .filter(notice::Column::EnquiryId.is_in(self.ids.iter().copied()))
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

    /// Three statements, however many there are.
    async fn find_people(&self, app: &AppState) -> Result<People, DbErr> {
        let theirs = registration::Entity::belongs_to(learner::Entity).from(registration::Column::LearnerId).to(learner::Column::Id);
        let registered: Vec<(Uuid, String)> = registration::Entity::find()
            .select_only()
            .column(registration::Column::CourseId)
            .column(learner::Column::EmailKey)
            .join(JoinType::InnerJoin, theirs.into())
            .filter(learner::Column::EmailKey.is_in(&self.addresses))
            .filter(registration::Column::CourseId.is_in(self.course_ids.iter().copied()))
            .into_tuple()
            .all(&app.db)
            .await?;
        let unsubscribed = unsubscription::Entity::find()
            .filter(unsubscription::Column::EmailKey.is_in(&self.addresses))
            .filter(unsubscription::Column::Topic.eq(Topic::Deadlines))
            .all(&app.db)
            .await?;
        let mut instructions: HashMap<Uuid, Vec<letter_instruction::Model>> = HashMap::new();
        for said in letter_instruction::about(self.ids.iter().copied()).all(&app.db).await? {
            instructions.entry(said.subject_id).or_default().push(said);
        }
        Ok(People {
            registered: registered.into_iter().collect(),
            unsubscribed: unsubscribed.into_iter().map(|row| (row.email_key, row.at)).collect(),
            instructions,
        })
    }
}

/// Each once.
fn once<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What is in `cell`, read by the first who asks.
async fn read<'a, 'c, T, F>(ctx: &'c Context<'_>, cell: &'a Read<T>, load: impl FnOnce(&'c AppState) -> F) -> Result<&'a HashMap<Uuid, T>>
where
    F: Future<Output = Result<HashMap<Uuid, T>, DbErr>>,
{
    let app = ctx.data::<AppState>()?;
    cell.get_or_try_init(|| load(app)).await.or_opaque()
}

/// What a row points at, and so must be there.
fn must<T>(found: Option<T>, what: &str, id: Uuid) -> Result<T> {
    found.ok_or_else(|| Fault::Stored(format!("there is no {what} {id}"))).or_opaque()
}
