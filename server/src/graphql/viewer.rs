//! Who is asking, in the API.

use async_graphql::{Context, Enum, Object, Result};
use entity::{learner, staff_role};

use super::keyset::{Page, Wanted};
use super::learner::Learner;
use super::refusal::OrOpaque;
use super::registration::input::RegistrationFilter;
use super::registration::{Registration, query};
use super::scalar::Url;
use super::session::Session;
use super::staff::{self, StaffRole};
use super::subscription::LetterTopic;
use crate::app::AppState;
use crate::calendar;
use crate::graphql::directive::{cost, list_size, of_list};
use crate::graphql::fault::{Nullable, nullable};
use crate::viewer;

/// The person who is signed in.
///
/// It carries its own viewer, because the answer to a sign-in speaks of somebody who was not yet the viewer
/// when the request came.
#[derive(Clone, Debug)]
pub struct Viewer {
    learner: learner::Model,
    viewer: viewer::Viewer,
}

impl Viewer {
    /// `learner`, who asks as `viewer`.
    pub fn new(learner: learner::Model, viewer: viewer::Viewer) -> Self {
        Self { learner, viewer }
    }
}

/// What a person may be here. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum Role {
    /// Registers for courses; everybody who signs in.
    Learner,
    /// Runs courses: those of some organizations, or all.
    Staff,
    /// Runs the office: everything that staff may, everywhere, and people's roles.
    Admin,
}

/// The person who is asking.
#[Object]
impl Viewer {
    /// Who it is.
    async fn learner(&self) -> Learner {
        Learner(self.learner.clone())
    }

    /// What the person may be here, each role once: learner, then staff, then administrator.
    #[graphql(directive = list_size::apply(2))]
    async fn roles(&self) -> Vec<Role> {
        let has = |wanted: staff_role::Role| self.viewer.roles.iter().any(|held| held.role == wanted);
        let mut roles = vec![Role::Learner];
        roles.extend(has(staff_role::Role::Staff).then_some(Role::Staff));
        roles.extend(has(staff_role::Role::Admin).then_some(Role::Admin));
        roles
    }

    /// The roles by which the person works here, and for which organizations; empty for who does not.
    #[graphql(directive = list_size::apply(2))]
    async fn staff_roles(&self, ctx: &Context<'_>) -> Result<Vec<StaffRole>> {
        let organizations =
            staff::organizations(ctx.data::<AppState>()?, self.viewer.roles.iter()).await.or_opaque()?;
        let organization =
            |row: &staff_role::Model| row.organization_id.and_then(|id| organizations.get(&id)).cloned();
        Ok(self
            .viewer
            .roles
            .iter()
            .map(|row| StaffRole::new(row.clone(), self.learner.clone(), organization(row)))
            .collect())
    }

    /// Where the days of the courses that the person is confirmed for are as a calendar (iCalendar, RFC
    /// 5545). Whoever has the address can read it, so it is the person's to keep; `rotateCalendarUrl` moves
    /// it.
    async fn calendar_url(&self, ctx: &Context<'_>) -> Result<Url> {
        let app = ctx.data::<AppState>()?;
        Ok(Url(app.office.public_url.own_calendar(&calendar::token_of(app, &self.learner))))
    }

    /// The kinds of letters that the person does not want; none in the beginning.
    #[graphql(directive = list_size::apply(3))]
    async fn unsubscribed_from(&self, ctx: &Context<'_>) -> Result<Vec<LetterTopic>> {
        let topics = crate::subscription::unsubscribed_from(ctx.data::<AppState>()?, &self.learner.email_key)
            .await
            .or_opaque()?;
        Ok(topics.into_iter().map(LetterTopic::from).collect())
    }

    /// The person's registrations, newest first.
    #[graphql(directive = cost::apply(of_list()))]
    async fn registrations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones; all where it is not given.")] filter: Option<RegistrationFilter>,
    ) -> Result<Page<Registration>> {
        query::of_viewer(ctx, self.learner.id, Wanted::read(first, after, last, before)?, filter).await
    }

    /// The sessions to come of all courses that the person is confirmed for, in the order of time: those that
    /// teach, in the person's track.
    #[graphql(directive = cost::apply(of_list()))]
    async fn upcoming_sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Page<Session>> {
        query::upcoming_sessions(ctx, self.learner.id, Wanted::read(first, after, last, before)?).await
    }
}

/// Questions about who is asking.
#[derive(Clone, Copy, Debug, Default)]
pub struct ViewerQuery;

#[Object]
impl ViewerQuery {
    /// The person who is asking; null where nobody is signed in.
    async fn viewer(&self, ctx: &Context<'_>) -> Nullable<Viewer> {
        nullable(async {
            let viewer = ctx.data::<viewer::Viewer>()?;
            Ok(viewer.learner.clone().map(|learner| Viewer::new(learner, viewer.clone())))
        })
        .await
    }
}
