//! What letters add to a course, for the staff who run it: the plan before, the record after.

use std::sync::Arc;

use async_graphql::{Context, Enum, InputObject, Object, Result};
use entity::agenda::plan;
use entity::{notice, registration};
use sea_orm::sea_query::{Expr, Order};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter};

use super::object::{Notice, NoticeState};
use super::planned::{NotSentReason, PlannedLetter};
use crate::catalogue::CoursePage;
use crate::desk::Desk;
use crate::facts;
use crate::graphql::keyset::{Key, Page, Shape, Wanted};
use crate::graphql::letter::Letter;
use crate::graphql::refusal::OrOpaque;
use crate::viewer::Viewer;

/// The letters of a course.
#[derive(Clone, Debug)]
pub struct LettersOfCourse(pub Arc<CoursePage>);

/// Kinds of learners, as letters tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "plan::LearnerKind")]
pub enum LearnerKind {
    /// Begun and not paid.
    Started,
    /// Confirmed.
    Confirmed,
}

/// Which notices; what is left out does not narrow.
#[derive(Clone, Debug, Default, InputObject)]
pub struct NoticeFilter {
    /// In one of these states.
    state: Option<Vec<NoticeState>>,
    /// This letter.
    letter: Option<Letter>,
    /// Not sent for this reason.
    reason: Option<NotSentReason>,
}

impl NoticeFilter {
    fn condition(self) -> Condition {
        let Self { state, letter, reason } = self;
        Condition::all()
            .add_option(state.map(|states| notice::Column::Status.is_in(states.into_iter().map(notice::Status::from))))
            .add_option(letter.map(|letter| notice::Column::Letter.eq(entity::agenda::Letter::from(letter))))
            .add_option(reason.map(|reason| notice::Column::Reason.eq(entity::agenda::Reason::from(reason))))
    }
}

#[Object]
impl LettersOfCourse {
    /// The letters to come that are counted from the course's own dates, in the order of their moments, with the number of people of the kind as of
    /// now; null for who does not run the course.
    async fn plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To which kind of learner; to all kinds, one after the other, where it is not given.")] learner_kind: Option<
            LearnerKind,
        >,
    ) -> Result<Option<Vec<PlannedLetter>>> {
        let (desk, viewer) = (ctx.data::<Desk>()?, ctx.data::<Viewer>()?);
        if !viewer.runs_course(&self.0) {
            return Ok(None);
        }
        let now = desk.nature.now();
        let news = facts::news(&desk.db, &[self.0.course.id]).await.or_opaque()?.remove(&self.0.course.id);
        let facts = self.0.facts(news.unwrap_or_default());
        let kinds = learner_kind.map_or_else(|| vec![plan::LearnerKind::Started, plan::LearnerKind::Confirmed], |kind| vec![kind.into()]);
        let mut letters = Vec::new();
        for kind in kinds {
            let people = registration::Entity::find()
                .filter(registration::Column::CourseId.eq(self.0.course.id))
                .filter(registration::seated(now))
                .filter(registration::Column::Status.eq(kind.status()))
                .count(&desk.db)
                .await
                .or_opaque()?;
            let people = i32::try_from(people).unwrap_or(i32::MAX);
            letters.extend(plan::of_kind(&facts, kind, now).into_iter().map(|occasion| PlannedLetter::new(occasion, people)));
        }
        Ok(Some(letters))
    }

    /// The letters of the course that fell due, newest first: sent, on their way, or not sent and why; null for who does not run the course.
    async fn notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Which ones; all where it is not given.")] filter: Option<NoticeFilter>,
    ) -> Result<Option<Page<Notice>>> {
        let (desk, viewer) = (ctx.data::<Desk>()?, ctx.data::<Viewer>()?);
        if !viewer.runs_course(&self.0) {
            return Ok(None);
        }
        let select =
            notice::Entity::find().filter(notice::Column::CourseId.eq(self.0.course.id)).filter(filter.unwrap_or_default().condition());
        let total = match ctx.look_ahead().field("totalCount").exists() {
            true => Some(select.clone().count(&desk.db).await.or_opaque()?),
            false => None,
        };
        let order = [
            (Expr::col((notice::Entity, notice::Column::DueAt)), Order::Desc),
            (Expr::col((notice::Entity, notice::Column::Id)), Order::Desc),
        ];
        let wanted = Wanted::read(first, after, None, None)?.shaped("course.notices", &[Shape::At, Shape::Id])?;
        let slice = wanted.fetch(&desk.db, select, &order).await.or_opaque()?;
        Ok(Some(slice.connection(total, |row| (vec![Key::At(row.due_at), Key::Id(row.id)], Notice { row: Box::new(row), staff: true }))))
    }
}
