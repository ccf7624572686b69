//! What letters add to a course, for the staff who run it: the plan before, the record after.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object};
use entity::mailing::{plan, reach};
use entity::notice;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;
use worker::facts;

use super::object::{Notice, NoticeState};
use super::planned::{LearnerKind, NotSentReason, PlannedLetter};
use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::census::{self, Crowd};
use crate::graphql::directive::{cost, list_size, of_list};
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::keyset::{Page, Shape, Sort, Wanted, total};
use crate::graphql::letter::Letter;
use crate::graphql::refusal::OrOpaque;
use crate::viewer::Viewer;

/// The letters of a course.
#[derive(Clone, Debug)]
pub struct LettersOfCourse(pub Arc<CoursePage>);

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
    /// The same, for a query over notices.
    fn condition(self) -> Condition {
        let Self { state, letter, reason } = self;
        Condition::all()
            .add_option(
                state
                    .map(|states| notice::Column::Status.is_in(states.into_iter().map(notice::Status::from))),
            )
            .add_option(letter.map(|letter| notice::Column::Letter.eq(entity::mailing::Letter::from(letter))))
            .add_option(
                reason.map(|reason| notice::Column::Reason.eq(entity::mailing::NotSentReason::from(reason))),
            )
    }
}

/// How many of those to whom a planned letter goes are named.
const SAMPLES: usize = 3;

/// The letters to come for people of these kinds; some of them are named where that is asked for.
async fn coming(
    app: &AppState,
    page: &CoursePage,
    kinds: &[plan::LearnerKind],
    named: bool,
) -> Result<Vec<PlannedLetter>, DbErr> {
    let now = app.nature.now();
    let course_id = page.course.id;
    let facts = page.facts(facts::news_of(&app.db, course_id).await?);
    let mut crowds = Vec::new();
    if kinds.iter().any(|kind| kind.status().is_some()) {
        crowds.extend(census::registered(&app.db, &[course_id], now).await?);
    }
    if kinds.contains(&plan::LearnerKind::Enquirer) {
        crowds.extend(census::interested(&app.db, course_id, now).await?);
    }
    let mut letters = Vec::new();
    for kind in kinds {
        let of_kind: Vec<&Crowd> = crowds.iter().filter(|crowd| crowd.is(*kind)).collect();
        let counted: Vec<(plan::Somebody, u64)> =
            of_kind.iter().map(|crowd| (crowd.somebody.clone(), crowd.people)).collect();
        for reach in reach::of_letters(&facts, *kind, &counted, now) {
            let reached = reach.crowds.iter().filter_map(|place| of_kind.get(*place));
            let samples: Vec<Uuid> =
                reached.flat_map(|crowd| crowd.examples.iter().copied()).take(SAMPLES).collect();
            letters.push((*kind, reach, samples));
        }
    }
    letters.sort_by(|(_, one, _), (_, other, _)| one.planned.in_time(&other.planned));
    let wanted: Vec<Uuid> = if named {
        letters.iter().flat_map(|(_, _, samples)| samples.iter().copied()).collect()
    } else {
        Vec::new()
    };
    let learners = census::learners(&app.db, wanted).await?;
    let letter = |(kind, reach, samples): (plan::LearnerKind, reach::Reach, Vec<Uuid>)| {
        let people = i32::try_from(reach.people).unwrap_or(i32::MAX);
        let samples = samples.iter().filter_map(|id| learners.get(id)).cloned().collect();
        PlannedLetter::new(reach.planned, people, page.course.time_zone.clone()).to(kind, samples)
    };
    Ok(letters.into_iter().map(letter).collect())
}

#[Object]
impl LettersOfCourse {
    /// The letters to come that are counted from the course's own dates, or tell of its news, in the order of
    /// their moments, each with the kind of learner and the number of people to whom it goes as of now; null
    /// for who does not run the course.
    #[graphql(directive = list_size::apply(40))]
    async fn plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To which kind of learner; to all kinds where it is not given.")]
        learner_kind: Option<LearnerKind>,
    ) -> Nullable<Vec<PlannedLetter>> {
        nullable(async {
            let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
            if !viewer.runs_course(&self.0) {
                return Ok(None);
            }
            let kinds = learner_kind.map_or_else(
                || {
                    vec![
                        plan::LearnerKind::Started,
                        plan::LearnerKind::Confirmed,
                        plan::LearnerKind::Enquirer,
                    ]
                },
                |kind| vec![kind.into()],
            );
            let named = ctx.look_ahead().field("sampleRecipients").exists();
            coming(app, &self.0, &kinds, named).await.or_opaque().map(Some)
        })
        .await
    }

    /// The letters of the course that fell due, newest first: sent, on their way, or not sent and why; null
    /// for who does not run the course.
    #[graphql(directive = cost::apply(of_list()))]
    async fn notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones; all where it is not given.")] filter: Option<NoticeFilter>,
    ) -> Nullable<Page<Notice>> {
        nullable(async { notices(ctx, &self.0, Wanted::read(first, after, last, before)?, filter).await })
            .await
    }
}

/// A page of the letters of a course that fell due, for `Course.notices` and for those who follow them; none
/// for who does not run the course.
pub async fn notices(
    ctx: &Context<'_>,
    page: &CoursePage,
    wanted: Wanted,
    filter: Option<NoticeFilter>,
) -> async_graphql::Result<Option<Page<Notice>>> {
    if !ctx.data::<Viewer>()?.runs_course(page) {
        return Ok(None);
    }
    let scope = Condition::all().add(notice::Column::CourseId.eq(page.course.id));
    page_of(ctx, "course.notices", scope, wanted, filter).await.map(Some)
}

/// A page of the letters within `scope`, newest first, for staff; `of` is what its cursors say they come
/// from.
pub async fn page_of(
    ctx: &Context<'_>,
    of: &'static str,
    scope: Condition,
    wanted: Wanted,
    filter: Option<NoticeFilter>,
) -> async_graphql::Result<Page<Notice>> {
    let select = notice::Entity::find()
        .filter(scope)
        .filter(notice::readable())
        .filter(filter.unwrap_or_default().condition());
    let total = total(ctx, || select.clone()).await?;
    let sort = Sort::descending([
        (Expr::col((notice::Entity, notice::Column::DueAt)), Shape::At),
        (Expr::col((notice::Entity, notice::Column::Id)), Shape::Id),
    ]);
    let slice = wanted
        .shaped(of, &sort.shape())?
        .fetch(&ctx.data::<AppState>()?.db, select, &sort)
        .await
        .or_opaque()?;
    Ok(slice.connection_of(total, |row| Notice { row: Box::new(row), staff: true }))
}
