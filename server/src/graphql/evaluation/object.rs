//! Where an evaluation stands.

use std::sync::Arc;

use async_graphql::{Enum, Object};
use entity::{Instant, evaluation};
use uuid::Uuid;

use crate::catalogue::CoursePage;
use crate::graphql::directive::list_size;
use crate::graphql::list::Items;
use crate::graphql::scalar::DateTime;
use crate::graphql::session::Session;

/// What an evaluation is doing. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "evaluation::State")]
pub enum EvaluationState {
    /// The course is not over.
    NotOpen,
    /// It can be handed in.
    Open,
    /// It was handed in.
    Submitted,
    /// It was not handed in, and it is too late, or the course was cancelled.
    Closed,
}

/// Where the evaluation of a confirmed registration stands.
#[derive(Clone, Debug)]
pub struct EvaluationStanding {
    page: Arc<CoursePage>,
    track_id: Option<Uuid>,
    submitted_at: Option<Instant>,
    now: Instant,
}

impl EvaluationStanding {
    /// The standing at `now` of the evaluation of a course by a learner in this track.
    pub fn new(
        page: Arc<CoursePage>,
        track_id: Option<Uuid>,
        submitted_at: Option<Instant>,
        now: Instant,
    ) -> Self {
        Self { page, track_id, submitted_at, now }
    }
}

/// Where the evaluation of a confirmed registration stands, and what it asks.
#[Object]
impl EvaluationStanding {
    /// What it is doing at this moment.
    async fn state(&self) -> EvaluationState {
        evaluation::state(&self.page.course, self.submitted_at.is_some(), self.now).into()
    }

    /// When it opens: the end of the last session.
    async fn opens_at(&self) -> DateTime {
        DateTime(self.page.course.last_instant())
    }

    /// The first moment at which it is no longer taken: the evaluation deadline is a day, and counts whole in
    /// the course's time zone.
    async fn closes_at(&self) -> DateTime {
        DateTime(self.page.course.evaluation_closes_at())
    }

    /// When it was handed in; null until it is.
    async fn submitted_at(&self) -> Option<DateTime> {
        self.submitted_at.map(DateTime)
    }

    /// The sessions that can be rated, with those who speak in them, in the order of the agenda: those that
    /// teach and belong to the learner's track, or to all. Beside them every one of the course's
    /// `learningObjectives` is rated.
    #[graphql(directive = list_size::apply(40))]
    async fn sessions(&self) -> Items<Session> {
        let rows = self.page.taught(self.track_id);
        Items(rows.filter_map(|row| Session::find(&self.page, row.session.id)).collect())
    }
}
