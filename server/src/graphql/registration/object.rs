//! A registration in the API.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result};
use entity::mailing::of_registration;
use entity::registration::{self, Status};
use entity::suppression;

use super::quote::{Quote, account};
use super::together::Together;
use crate::app::AppState;
use crate::graphql::course::{Course, CourseDay, Statement};
use crate::graphql::directive::{cost, list_size, of_list};
use crate::graphql::evaluation::EvaluationStanding;
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::global_id::{Kind, global};
use crate::graphql::keyset::{Page, Wanted};
use crate::graphql::learner::Learner;
use crate::graphql::list::Items;
use crate::graphql::notice::{Notice, PlannedLetter, coming, page_at_hand};
use crate::graphql::profession::Profession;
use crate::graphql::scalar::{DateTime, Money};
use crate::graphql::session::Session;
use crate::graphql::suppression::Suppression;
use crate::graphql::track::Track;
use crate::viewer::Viewer;

/// Where a registration is in its life. A started, confirmed or waitlisted one is live; a learner has one
/// live registration for a course. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Status")]
pub enum RegistrationStatus {
    /// Begun; a seat is held until `holdUntil`, and payment is awaited.
    Started,
    /// Paid in full, or free.
    Confirmed,
    /// Waiting for a seat.
    Waitlisted,
    /// Given up by the learner or by staff.
    Cancelled,
    /// Not paid in time; the seat is free for others.
    Expired,
}

/// Something that a certificate or a roster needs and nobody has said yet. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "registration::Missing")]
pub enum MissingDetail {
    /// The learner's name: `updateProfile`.
    Name,
    /// One of the course's tracks.
    Track,
}

/// A registration that the viewer may see: an own one, or one of a course that the viewer runs.
#[derive(Clone, Debug)]
pub struct Registration {
    row: registration::Model,
    together: Arc<Together>,
}

impl Registration {
    /// Registrations that are shown together, in the order given; whether the viewer may see them has been
    /// decided before.
    pub fn together(rows: Vec<registration::Model>) -> Vec<Self> {
        let together = Arc::new(Together::new(&rows));
        rows.into_iter().map(|row| Self { row, together: Arc::clone(&together) }).collect()
    }

    /// The stored registration.
    pub fn row(&self) -> &registration::Model {
        &self.row
    }
}

impl From<registration::Model> for Registration {
    fn from(row: registration::Model) -> Self {
        let together = Arc::new(Together::new(std::slice::from_ref(&row)));
        Self { row, together }
    }
}

/// A learner's place in a course. The learner and staff who run the course see it.
#[Object]
impl Registration {
    /// Global id.
    pub async fn id(&self) -> ID {
        global(Kind::Registration, self.row.id)
    }

    /// What the learner reads out on the phone: ten letters and digits.
    async fn code(&self) -> &str {
        &self.row.code
    }

    /// The id that another system knows it by, given by an import; null where it has none, and for who does
    /// not run the course.
    async fn external_id(&self, ctx: &Context<'_>) -> Nullable<&str> {
        nullable(async {
            let Some(id) = self.row.external_id.as_deref() else { return Ok(None) };
            Ok(ctx
                .data::<Viewer>()?
                .runs_course(self.together.page(ctx, self.row.course_id).await?)
                .then_some(id))
        })
        .await
    }

    /// The member of staff who entered it, by hand or with a roster, by name or else by e-mail address; null
    /// where the learner began it, where nobody wrote it down, and for who does not run the course.
    async fn entered_by(&self, ctx: &Context<'_>) -> Nullable<String> {
        nullable(async {
            let Some(id) = self.row.entered_by else { return Ok(None) };
            if !ctx.data::<Viewer>()?.runs_course(self.together.page(ctx, self.row.course_id).await?) {
                return Ok(None);
            }
            let staff = self.together.learner(ctx, id).await?;
            Ok(Some(staff.name.as_ref().unwrap_or(&staff.email).clone()))
        })
        .await
    }

    /// What is kept back from the person's address at the moment, and why: where it is several things, what
    /// keeps back most; null where nothing is, and for who does not run the course.
    async fn suppression(&self, ctx: &Context<'_>) -> Nullable<Suppression> {
        nullable(async {
            let page = self.together.page(ctx, self.row.course_id).await?;
            if !ctx.data::<Viewer>()?.runs_course(page) {
                return Ok(None);
            }
            let now = ctx.data::<AppState>()?.nature.now();
            let person = self.together.person(ctx, self.row.id).await?;
            Ok(suppression::widest(&person.suppressions, now).cloned().map(Suppression))
        })
        .await
    }

    /// The course.
    async fn course(&self, ctx: &Context<'_>) -> Result<Course> {
        Ok(Course::new(Arc::clone(self.together.page(ctx, self.row.course_id).await?)))
    }

    /// The person.
    async fn learner(&self, ctx: &Context<'_>) -> Result<Learner> {
        Ok(Learner(self.together.learner(ctx, self.row.learner_id).await?.clone()))
    }

    /// As what the person takes part; it decides the price.
    async fn profession(&self) -> Profession {
        self.row.profession.into()
    }

    /// The track that was chosen; null where the course has none.
    async fn track(&self, ctx: &Context<'_>) -> Nullable<Track> {
        nullable(async {
            let Some(track_id) = self.row.track_id else { return Ok(None) };
            let page = self.together.page(ctx, self.row.course_id).await?;
            Ok(page.tracks.iter().find(|track| track.id == track_id).map(|track| Track(Arc::clone(track))))
        })
        .await
    }

    /// The sessions in which the person takes part, by the days on which they begin: those of the track that
    /// was chosen and those for everyone, or all where no track was chosen.
    #[graphql(directive = list_size::apply(4))]
    async fn agenda(&self, ctx: &Context<'_>) -> Result<Items<CourseDay>> {
        let page = self.together.page(ctx, self.row.course_id).await?;
        Ok(CourseDay::of(Session::all(page).filter(|session| session.concerns(self.row.track_id))))
    }

    /// Where it is in its life at this moment. A hold that has ended makes it expired at once.
    async fn status(&self, ctx: &Context<'_>) -> Result<RegistrationStatus> {
        Ok(self.row.status_at(ctx.data::<AppState>()?.nature.now()).into())
    }

    /// What it costs: as it was told to the learner, or at today's price where that quote has lapsed and the
    /// seat is still held.
    async fn quote(&self, ctx: &Context<'_>) -> Result<Quote> {
        let now = ctx.data::<AppState>()?.nature.now();
        Ok(account(ctx, &self.together, &self.row, now).await?.quote)
    }

    /// What came in so far.
    async fn paid(&self, ctx: &Context<'_>) -> Result<Money> {
        let now = ctx.data::<AppState>()?.nature.now();
        Ok(account(ctx, &self.together, &self.row, now).await?.paid)
    }

    /// What is still to be paid; zero where it is confirmed, or no longer live.
    async fn due(&self, ctx: &Context<'_>) -> Result<Money> {
        let now = ctx.data::<AppState>()?.nature.now();
        Ok(account(ctx, &self.together, &self.row, now).await?.due)
    }

    /// What a certificate or a roster will need and nobody has said yet, so that it can be asked for; empty
    /// where nothing is missing, or where it is no longer live.
    #[graphql(directive = list_size::apply(1))]
    async fn missing(&self, ctx: &Context<'_>) -> Result<Vec<MissingDetail>> {
        let now = ctx.data::<AppState>()?.nature.now();
        let learner = self.together.learner(ctx, self.row.learner_id).await?;
        let page = self.together.page(ctx, self.row.course_id).await?;
        Ok(self
            .row
            .missing(learner, !page.tracks.is_empty(), now)
            .into_iter()
            .map(MissingDetail::from)
            .collect())
    }

    /// The statements of the course in the versions that counted when the registration was begun, and so were
    /// accepted with it.
    #[graphql(directive = list_size::apply(4))]
    async fn accepted_statements(&self, ctx: &Context<'_>) -> Result<Vec<Statement>> {
        Ok(self.together.statements(ctx, self.row.id).await?.iter().map(Statement::of).collect())
    }

    /// When it was begun.
    async fn started_at(&self) -> DateTime {
        DateTime(self.row.started_at)
    }

    /// Until when the seat is held while payment is awaited; null where it is not, or no longer, awaited.
    async fn hold_until(&self) -> Option<DateTime> {
        self.row.hold_until.filter(|_| self.row.status == Status::Started).map(DateTime)
    }

    /// When it was paid in full, or begun where the course is free; null until then.
    async fn confirmed_at(&self) -> Option<DateTime> {
        self.row.confirmed_at.map(DateTime)
    }

    /// When it was given up; null unless it was.
    async fn cancelled_at(&self) -> Option<DateTime> {
        self.row.cancelled_at.map(DateTime)
    }

    /// Where its evaluation stands; null unless the registration is confirmed.
    async fn evaluation(&self, ctx: &Context<'_>) -> Nullable<EvaluationStanding> {
        nullable(async {
            let now = ctx.data::<AppState>()?.nature.now();
            if self.row.status_at(now) != Status::Confirmed {
                return Ok(None);
            }
            let page = self.together.page(ctx, self.row.course_id).await?;
            let submitted_at = self.together.evaluated_at(ctx, self.row.id).await?;
            Ok(Some(EvaluationStanding::new(Arc::clone(page), self.row.track_id, submitted_at, now)))
        })
        .await
    }

    /// The letters to come, in the order of their moments, as of now: also those that will not be sent, with
    /// the reason.
    #[graphql(directive = list_size::apply(20))]
    async fn upcoming_letters(&self, ctx: &Context<'_>) -> Result<Vec<PlannedLetter>> {
        let now = ctx.data::<AppState>()?.nature.now();
        let facts = self.together.facts(ctx, self.row.course_id).await?;
        let person = self.together.person(ctx, self.row.id).await?;
        Ok(coming(of_registration(facts, person, now), facts, now))
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
        let wanted = Wanted::read(first, after, last, before)?;
        let rows = self.together.notices(ctx, self.row.id).await?;
        let staff = ctx.data::<Viewer>()?.runs_course(self.together.page(ctx, self.row.course_id).await?);
        page_at_hand("registration.notices", wanted, rows, staff)
    }
}
