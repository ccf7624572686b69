//! An announcement in the API.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result};
use entity::{announcement, notice};
use sea_orm::{ColumnTrait, Condition};

use super::together::Together;
use crate::app::AppState;
use crate::graphql::course::Course;
use crate::graphql::directive::{cost, list_size, of_list};
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::global_id::{Kind, global};
use crate::graphql::keyset::{Page, Wanted};
use crate::graphql::learner::Learner;
use crate::graphql::notice::{Notice, NoticeFilter, page_of};
use crate::graphql::profession::Profession;
use crate::graphql::registration::object::RegistrationStatus;
use crate::graphql::scalar::{DateTime, Markdown};
use crate::graphql::track::Track;

/// How many of the recipients are named.
const SAMPLES: usize = 5;

/// Where an announcement is in its life. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "announcement::State")]
pub enum AnnouncementState {
    /// Written; it reaches nobody until it is confirmed.
    Draft,
    /// Confirmed; it goes out at `dueAt`, and can be stopped until then.
    Waiting,
    /// It goes out, or has gone out.
    Sent,
    /// Stopped before it went out.
    Stopped,
}

/// An announcement of a course that the viewer runs.
#[derive(Clone, Debug)]
pub struct Announcement {
    row: announcement::Model,
    together: Arc<Together>,
}

impl Announcement {
    /// Announcements that are shown together, in the order given; whether the viewer may see them has been
    /// decided before.
    pub fn together(rows: Vec<announcement::Model>) -> Vec<Self> {
        let together = Arc::new(Together::new(&rows));
        rows.into_iter().map(|row| Self { row, together: Arc::clone(&together) }).collect()
    }

    /// The stored announcement.
    pub fn row(&self) -> &announcement::Model {
        &self.row
    }
}

impl From<announcement::Model> for Announcement {
    fn from(row: announcement::Model) -> Self {
        let together = Arc::new(Together::new(std::slice::from_ref(&row)));
        Self { row, together }
    }
}

/// What staff write to the registrants of a course. Only staff who run the course see it. As a letter,
/// `previewLetter` shows it by its `announcementId`, a draft, too.
#[Object]
impl Announcement {
    /// Opaque id, unique across types.
    pub async fn id(&self) -> ID {
        global(Kind::Announcement, self.row.id)
    }

    /// The course.
    async fn course(&self, ctx: &Context<'_>) -> Result<Course> {
        Ok(Course::new(self.together.page(ctx, &self.row).await?))
    }

    /// One line of plain text.
    async fn subject(&self) -> &str {
        &self.row.subject
    }

    /// What it says.
    async fn body(&self) -> Markdown {
        Markdown(self.row.body.clone())
    }

    /// To people whose registration is in one of these states when it goes out.
    #[graphql(directive = list_size::apply(3))]
    async fn statuses(&self) -> Vec<RegistrationStatus> {
        self.row.statuses.0.iter().map(|status| (*status).into()).collect()
    }

    /// To people of these professions alone; empty: to all.
    #[graphql(directive = list_size::apply(3))]
    async fn professions(&self) -> Vec<Profession> {
        self.row.professions.0.iter().map(|profession| (*profession).into()).collect()
    }

    /// To people in this track, and those who have chosen none; null: to all.
    async fn track(&self, ctx: &Context<'_>) -> Nullable<Track> {
        nullable(async {
            let Some(track_id) = self.row.track_id else { return Ok(None) };
            let page = self.together.page(ctx, &self.row).await?;
            Ok(page.tracks.iter().find(|track| track.id == track_id).map(|track| Track(Arc::clone(track))))
        })
        .await
    }

    /// To how many people it would go as of now; once it goes out, for how many it is in the ledger.
    async fn recipient_count(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(i32::try_from(self.together.recipients(ctx, &self.row).await?).unwrap_or(i32::MAX))
    }

    /// Up to five of those to whom it would go as of now.
    #[graphql(directive = list_size::apply(5))]
    async fn sample_recipients(&self, ctx: &Context<'_>) -> Result<Vec<Learner>> {
        Ok(self.together.samples(ctx, &self.row, SAMPLES).await?.into_iter().map(Learner).collect())
    }

    /// Where it is in its life.
    async fn state(&self, ctx: &Context<'_>) -> Result<AnnouncementState> {
        Ok(self.row.state(ctx.data::<AppState>()?.nature.now()).into())
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        DateTime(self.row.created_at)
    }

    /// When it was confirmed; null: it is a draft.
    async fn confirmed_at(&self) -> Option<DateTime> {
        self.row.confirmed_at.map(DateTime)
    }

    /// When it goes out, or went out; null: it is a draft.
    async fn due_at(&self) -> Option<DateTime> {
        self.row.due_at.map(DateTime)
    }

    /// When it was stopped; null unless it was.
    async fn stopped_at(&self) -> Option<DateTime> {
        self.row.stopped_at.map(DateTime)
    }

    /// Who wrote it: the name, or the e-mail address where there is none.
    async fn author(&self, ctx: &Context<'_>) -> Result<String> {
        self.together.author(ctx, &self.row).await
    }

    /// Its letters in the ledger, newest first: sent, on their way, or not sent and why.
    #[graphql(directive = cost::apply(of_list()))]
    async fn notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones; all where it is not given.")] filter: Option<NoticeFilter>,
    ) -> Result<Page<Notice>> {
        let scope = Condition::all()
            .add(notice::Column::CourseId.eq(self.row.course_id))
            .add(notice::Column::Letter.eq(entity::mailing::Letter::Announcement))
            .add(notice::Column::Occurrence.starts_with(self.row.id.to_string()));
        page_of(ctx, "announcement.notices", scope, Wanted::read(first, after, last, before)?, filter).await
    }
}
