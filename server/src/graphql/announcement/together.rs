//! Announcements that are shown together, and what they need beside their own rows: read once for all of
//! them.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Result};
use entity::announcement::{self, State};
use entity::{Instant, learner, notice};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::census::{self, Crowd};
use crate::graphql::refusal::OrOpaque;
use crate::graphql::together::{Read, once, read, there};

/// Announcements that are shown together.
#[derive(Debug)]
pub struct Together {
    rows: Vec<announcement::Model>,
    census: OnceCell<Vec<Crowd>>,
    told: OnceCell<HashMap<String, i64>>,
    people: Read<learner::Model>,
    authors: Read<learner::Model>,
    pages: Read<Arc<CoursePage>>,
}

impl Together {
    /// These announcements, of which nothing else is known yet.
    pub fn new(rows: &[announcement::Model]) -> Self {
        Self {
            rows: rows.to_vec(),
            census: OnceCell::new(),
            told: OnceCell::new(),
            people: OnceCell::new(),
            authors: OnceCell::new(),
            pages: OnceCell::new(),
        }
    }

    fn course_ids(&self) -> Vec<Uuid> {
        once(self.rows.iter().map(|row| row.course_id))
    }

    async fn census(&self, app: &AppState) -> Result<&Vec<Crowd>, DbErr> {
        self.census
            .get_or_try_init(async || census::registered(&app.db, &self.course_ids(), app.nature.now()).await)
            .await
    }

    /// To how many people an announcement goes as of now; once it goes out, to how many it went.
    pub async fn recipients(&self, ctx: &Context<'_>, row: &announcement::Model) -> Result<u64> {
        let app = ctx.data::<AppState>()?;
        match row.state(app.nature.now()) {
            State::Sent => {
                let told = self
                    .told
                    .get_or_try_init(|| told(app, &self.rows, app.nature.now()))
                    .await
                    .or_opaque()?;
                Ok(told.get(&row.id.to_string()).and_then(|count| u64::try_from(*count).ok()).unwrap_or(0))
            }
            State::Draft | State::Waiting | State::Stopped => {
                let census = self.census(app).await.or_opaque()?;
                Ok(census.iter().filter(|crowd| reaches(row, crowd)).map(|crowd| crowd.people).sum())
            }
        }
    }

    /// Up to `most` of those to whom an announcement goes as of now.
    pub async fn samples(
        &self,
        ctx: &Context<'_>,
        row: &announcement::Model,
        most: usize,
    ) -> Result<Vec<learner::Model>> {
        let app = ctx.data::<AppState>()?;
        let census = self.census(app).await.or_opaque()?;
        let of = |row: &announcement::Model| -> Vec<Uuid> {
            census
                .iter()
                .filter(|crowd| reaches(row, crowd))
                .flat_map(|crowd| crowd.examples.iter().copied())
                .take(most)
                .collect()
        };
        let all = || census::learners(&app.db, self.rows.iter().flat_map(of).collect());
        let people = self.people.get_or_try_init(all).await.or_opaque()?;
        Ok(of(row).iter().filter_map(|id| people.get(id)).cloned().collect())
    }

    /// Who wrote an announcement: the name, or the address where there is none.
    pub async fn author(&self, ctx: &Context<'_>, row: &announcement::Model) -> Result<String> {
        let app = ctx.data::<AppState>()?;
        let all = || census::learners(&app.db, self.rows.iter().map(|row| row.written_by).collect());
        let authors = self.authors.get_or_try_init(all).await.or_opaque()?;
        Ok(authors
            .get(&row.written_by)
            .map(|author| author.name.clone().unwrap_or_else(|| author.email.clone()))
            .unwrap_or_default())
    }

    /// The page of an announcement's course.
    pub async fn page(&self, ctx: &Context<'_>, row: &announcement::Model) -> Result<Arc<CoursePage>> {
        let ids = self.course_ids();
        let pages = read(ctx, &self.pages, |app| app.catalogue.pages_by_id(&app.db, &ids)).await?;
        there(pages.get(&row.course_id).map(Arc::clone), "course", row.course_id)
    }
}

/// Whether the announcement is meant for this crowd: as [`announcement::Model::reaches`], for many at once.
fn reaches(row: &announcement::Model, crowd: &Crowd) -> bool {
    let is_for = |status, profession| row.is_for(status, profession, crowd.somebody.track_id);
    crowd.course_id == row.course_id
        && crowd
            .status
            .zip(crowd.somebody.profession)
            .is_some_and(|(status, profession)| is_for(status, profession))
}

/// To how many people each of these announcements went, by its occurrence in the ledger.
async fn told(
    app: &AppState,
    rows: &[announcement::Model],
    now: Instant,
) -> Result<HashMap<String, i64>, DbErr> {
    let gone: Vec<&announcement::Model> = rows.iter().filter(|row| row.state(now) == State::Sent).collect();
    let counts: Vec<(String, i64)> = notice::Entity::find()
        .select_only()
        .column(notice::Column::Occurrence)
        .column_as(notice::Column::Id.count(), "people")
        .filter(notice::Column::CourseId.is_in(gone.iter().map(|row| row.course_id)))
        .filter(notice::Column::Letter.eq(entity::mailing::Letter::Announcement))
        .filter(notice::Column::Occurrence.is_in(gone.iter().map(|row| row.id.to_string())))
        .group_by(notice::Column::Occurrence)
        .into_tuple()
        .all(&app.db)
        .await?;
    Ok(counts.into_iter().collect())
}
