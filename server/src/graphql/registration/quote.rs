//! What a registration costs: the quote that counts now, and what is paid and due of it.

use async_graphql::{Context, Enum, SimpleObject};
use entity::registration::{self, Status};
use entity::{Instant, quote};

use super::together::Together;
use crate::graphql::directive::list_size;
use crate::graphql::scalar::{DateTime, Money};

/// Which price a quote rests on. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "quote::Basis")]
pub enum QuoteBasis {
    /// The early price; it holds until the early deadline.
    Early,
    /// The regular price.
    Regular,
}

/// What a line of a quote is for. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::quote_line::Kind")]
pub enum QuoteLineKind {
    /// The course itself.
    Tuition,
    /// Added to every paid registration; never paid back.
    ProcessingFee,
    /// Taken off; zero or less.
    Discount,
}

/// A line of a quote.
#[derive(Clone, Debug, SimpleObject)]
pub struct QuoteLine {
    /// What it is for.
    kind: QuoteLineKind,
    /// The same in words.
    label: String,
    /// How much; negative for a discount.
    amount: Money,
}

/// What a registration costs.
#[derive(Clone, Debug, SimpleObject)]
pub struct Quote {
    /// What the total is made of, in the order in which it is shown.
    #[graphql(directive = list_size::apply(4))]
    lines: Vec<QuoteLine>,
    /// Sum of the lines.
    total: Money,
    /// Until when this can be paid; after that the registration is priced anew, or has expired. Null where
    /// nothing is to be paid any more.
    valid_until: Option<DateTime>,
    /// Whether it rests on the early or the regular price.
    basis: QuoteBasis,
}

/// A registration's account at a moment.
#[derive(Clone, Debug)]
pub struct Account {
    /// The quote that counts.
    pub quote: Quote,
    /// Which price it rests on.
    pub basis: quote::Basis,
    /// What came in.
    pub paid: Money,
    /// What is still to be paid.
    pub due: Money,
}

/// The account of `registration` at `now`. A quote that has lapsed while the seat is still held is shown at
/// today's price, because that is what a payment would be measured by.
pub async fn account(
    ctx: &Context<'_>,
    together: &Together,
    registration: &registration::Model,
    now: Instant,
) -> async_graphql::Result<Account> {
    let row = together.quote(ctx, registration.id).await?;
    let paid = together.paid(ctx, registration.id).await?;
    let currency = row.quote.currency.as_str();
    let payable = registration.status_at(now) == Status::Started;
    let anew = if row.quote.has_lapsed(registration, now) {
        let page = together.page(ctx, registration.course_id).await?;
        quote::terms(&page.course, &page.prices, registration, Some(&row.quote), now)
            .ok()
            .and_then(|terms| terms.anew)
    } else {
        None
    };
    let line = |kind: entity::quote_line::Kind, label: &str, minor| QuoteLine {
        kind: kind.into(),
        label: label.to_owned(),
        amount: Money::of(minor, currency),
    };
    let (basis, total, valid_until, lines) = match &anew {
        Some(draft) => {
            let lines = draft.lines.iter().map(|(kind, label, minor)| line(*kind, label, *minor)).collect();
            (draft.basis, draft.total_minor(), draft.valid_until, lines)
        }
        None => {
            let lines = row.lines.iter().map(|row| line(row.kind, &row.label, row.amount_minor)).collect();
            (row.quote.basis, row.quote.total_minor, row.quote.valid_until, lines)
        }
    };
    let due = if payable { (total - paid).max(0) } else { 0 };
    Ok(Account {
        quote: Quote {
            lines,
            total: Money::of(total, currency),
            valid_until: valid_until.map(DateTime),
            basis: basis.into(),
        },
        basis,
        paid: Money::of(paid, currency),
        due: Money::of(due, currency),
    })
}
