//! The part of a course that says under which terms one can take part.

use std::sync::Arc;

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Object};
use entity::Instant;

use super::loader::Taken;
use super::{CreditOffer, Price, RegistrationWindow, ReminderRule, Seats, Statement};
use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::graphql::directive::list_size;
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::scalar::{CurrencyCode, Money};
use crate::graphql::series::SeriesPlacement;
use crate::viewer::Viewer;

/// Registration, prices, credit and statements of a course.
#[derive(Clone, Debug)]
pub struct Offer(pub(super) Arc<CoursePage>);

impl Offer {
    /// The present moment, for what stays as it is until the terms of the course change.
    fn now(&self, ctx: &Context<'_>) -> async_graphql::Result<Instant> {
        let until = |now| self.0.course.terms_change_after(now);
        Ok(ctx.data::<Viewer>()?.provenance.now_until(ctx.data::<AppState>()?, until))
    }
}

#[Object]
impl Offer {
    /// The series that the course belongs to, and its place there; null where it stands alone.
    async fn series(&self) -> Option<SeriesPlacement> {
        SeriesPlacement::in_series(&self.0)
    }

    /// When one can register.
    async fn registration_window(&self, ctx: &Context<'_>) -> async_graphql::Result<RegistrationWindow> {
        Ok(RegistrationWindow::at(&self.0.course, self.now(ctx)?))
    }

    /// What the course costs, by profession, in order. A profession without a price of its own pays that of
    /// `allied_health_other`.
    #[graphql(directive = list_size::apply(6))]
    async fn prices(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Price>> {
        let now = self.now(ctx)?;
        Ok(self.0.prices.iter().map(|price| Price::at(&self.0, price, now)).collect())
    }

    /// Added to every paid registration, and never paid back; null where there is none.
    async fn processing_fee(&self) -> Option<Money> {
        let course = &self.0.course;
        course.processing_fee_minor.map(|minor| Money::of(minor, &course.currency))
    }

    /// The currency in which the course is paid for.
    async fn currency(&self) -> CurrencyCode {
        CurrencyCode(self.0.course.currency.clone())
    }

    /// For how many days a seat is held for somebody who has begun to register; the last of them counts
    /// whole.
    async fn payment_days(&self) -> i32 {
        self.0.course.payment_days.into()
    }

    /// Seats; null where their number is not limited.
    async fn seats(&self, ctx: &Context<'_>) -> Nullable<Seats> {
        nullable(async {
            let Some(capacity) = self.0.course.capacity else { return Ok(None) };
            let taken =
                ctx.data::<DataLoader<Taken>>()?.load_one(self.0.course.id).await?.unwrap_or_default();
            Ok(Some(Seats::of(capacity, taken.seats)))
        })
        .await
    }

    /// Continuing-education credit that the course offers, in order.
    #[graphql(directive = list_size::apply(6))]
    async fn credits(&self) -> Vec<CreditOffer> {
        self.0.credits.iter().map(CreditOffer::of).collect()
    }

    /// What the course page must state, each in its current version, in order.
    #[graphql(directive = list_size::apply(8))]
    async fn statements(&self) -> Vec<Statement> {
        self.0.statements.iter().map(Statement::of).collect()
    }

    /// The rules by which letters are sent for this course, in order; null for who does not run it.
    #[graphql(directive = list_size::apply(20))]
    async fn reminder_rules(&self, ctx: &Context<'_>) -> Nullable<Vec<ReminderRule>> {
        nullable(async {
            let runs = ctx.data::<Viewer>()?.runs_course(&self.0);
            Ok(runs.then(|| ReminderRule::all(&self.0)))
        })
        .await
    }
}
