//! What asking costs, for those who ask.

use async_graphql::{Context, Object, Result, SimpleObject};

use super::scalar::DateTime;
use crate::viewer::Viewer;

/// What the operation that is running costs, and how the budget of its client stood when it began. The
/// transport hands it in.
#[derive(Clone, Copy, Debug)]
pub struct Spending {
    /// The cost of the operation.
    pub cost: u64,
    /// The budget, where there is one.
    pub budget: Option<Budget>,
}

/// A budget of cost.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// What may be spent in a minute.
    pub limit: u64,
    /// What was left of it, this operation's cost taken off.
    pub remaining: u64,
    /// When all of it is there again, if nothing more is asked.
    pub resets_at: entity::Instant,
}

/// What asking costs, and how much more may be asked. Whoever is signed in has a budget as a person,
/// everybody else shares that of their network address. What is spent comes back evenly within a minute, and
/// what an operation did not use of its cost comes back when it is done. The same is said in the headers
/// `RateLimit` and `RateLimit-Policy` of every answer.
#[derive(Debug, SimpleObject)]
pub struct RateLimit {
    /// What this operation may cost at most: how many values its answer can hold, by the sizes of its pages
    /// and the schema's `@listSize` and `@cost`.
    cost: i32,
    /// What may be spent in a minute. Null where there is no limit.
    limit: Option<i32>,
    /// What is left of it after this operation, at least. Null where there is no limit.
    remaining: Option<i32>,
    /// When all of it is there again, if nothing more is asked. Null where there is no limit.
    reset_at: Option<DateTime>,
}

/// Questions about asking.
#[derive(Debug, Default)]
pub struct RateLimitQuery;

#[Object]
impl RateLimitQuery {
    /// What this operation costs, and how much more may be asked.
    async fn rate_limit(&self, ctx: &Context<'_>) -> Result<RateLimit> {
        // How a budget stands is between us and who has it.
        ctx.data::<Viewer>()?.provenance.is_personal();
        let Spending { cost, budget } = *ctx.data::<Spending>()?;
        let number = |value: u64| i32::try_from(value).unwrap_or(i32::MAX);
        Ok(RateLimit {
            cost: number(cost),
            limit: budget.map(|budget| number(budget.limit)),
            remaining: budget.map(|budget| number(budget.remaining)),
            reset_at: budget.map(|budget| DateTime(budget.resets_at)),
        })
    }
}
