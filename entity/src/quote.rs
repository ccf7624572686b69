//! What a registration costs, as it was told to the learner.

mod received;

pub use received::{Receipt, Reckoned, reckon};
use sea_orm::entity::prelude::*;

use crate::quote_line::Kind;
use crate::{Refusal, course, price, quote_line, registration};

/// Which price a quote rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Basis {
    /// The early price; it holds until the early deadline.
    Early,
    /// The regular price.
    Regular,
}

/// The quote of one registration.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "quote")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The registration.
    pub registration_id: Uuid,
    /// ISO 4217.
    pub currency: String,
    /// Early or regular.
    pub basis: Basis,
    /// Sum of the lines, in the smallest unit of its currency.
    pub total_minor: i64,
    /// Until when it can be paid; none once it is paid, or where nothing is to be paid.
    pub valid_until: Option<crate::Instant>,
    /// When it was made.
    pub created_at: crate::Instant,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether it can be paid at `at`, as far as it says itself.
    pub fn is_good_at(&self, at: crate::Instant) -> bool {
        self.valid_until.is_some_and(|until| at < until)
    }

    /// Whether it does not count at `at` any more although `registration`, whose it is, is still to be paid: by
    /// what [`terms`] tells then.
    pub fn has_lapsed(&self, registration: &registration::Model, at: crate::Instant) -> bool {
        let payable = registration.status_at(at) == registration::Status::Started;
        payable && self.valid_until.is_some() && !self.is_good_at(at)
    }
}

/// A quote that is not a row yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Early or regular.
    pub basis: Basis,
    /// Kind, words, amount in the smallest unit; in the order in which they are shown.
    pub lines: Vec<(Kind, String, i64)>,
    /// Until when it can be paid; none where nothing is to be paid.
    pub valid_until: Option<crate::Instant>,
}

impl Draft {
    /// Sum of the lines, in the smallest unit of its currency.
    pub fn total_minor(&self) -> i64 {
        self.lines.iter().map(|(_, _, minor)| minor).sum()
    }

    /// The rows of the quote `id` of a registration for this course, made at `now`; `line_id` gives each line
    /// an id.
    pub fn rows(
        &self,
        (id, registration_id): (Uuid, Uuid),
        course: &course::Model,
        now: crate::Instant,
        line_id: impl Fn() -> Uuid,
    ) -> (Model, Vec<quote_line::Model>) {
        let quote = Model {
            id,
            registration_id,
            currency: course.currency.clone(),
            basis: self.basis,
            total_minor: self.total_minor(),
            valid_until: self.valid_until,
            created_at: now,
        };
        let line = |(position, (kind, label, minor)): (i16, &(Kind, String, i64))| quote_line::Model {
            id: line_id(),
            quote_id: id,
            position,
            kind: *kind,
            label: label.clone(),
            amount_minor: *minor,
        };
        (quote, (1..).zip(&self.lines).map(line).collect())
    }
}

/// The quote that a course gives at `now` for `price`, for a seat that is held until `hold_until`.
///
/// An early quote ends with the early deadline, even where the seat is held for longer. The processing fee is
/// a line of its own, and is not asked for where the course itself is free.
pub fn draft(
    course: &course::Model,
    price: &price::Model,
    hold_until: crate::Instant,
    now: crate::Instant,
) -> Draft {
    let (basis, tuition) = price.at(course, now);
    let words = match basis {
        Basis::Early => "early registration",
        Basis::Regular => "registration",
    };
    let mut lines = vec![(Kind::Tuition, format!("{}, {words}: {}", course.title, price.label), tuition)];
    if let Some(fee) = course.processing_fee_minor.filter(|fee| *fee > 0 && tuition > 0) {
        lines.push((Kind::ProcessingFee, "Processing fee (not refundable)".to_owned(), fee));
    }
    Draft { basis, lines, valid_until: (tuition > 0).then(|| valid_until(course, basis, hold_until)) }
}

/// Until when a quote on this basis is good, for a seat that is held until `hold_until`: one at the early
/// price ends with that.
pub fn valid_until(course: &course::Model, basis: Basis, hold_until: crate::Instant) -> crate::Instant {
    match (basis, course.early_ends_at()) {
        (Basis::Early, Some(ends)) => hold_until.min(ends),
        (Basis::Early, None) | (Basis::Regular, _) => hold_until,
    }
}

/// What a registration is paid by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Until when the seat is held, or would be.
    pub hold_until: crate::Instant,
    /// The quote in the place of the one that was told, where that one no longer holds.
    pub anew: Option<Draft>,
    /// What the registration costs, in the smallest unit of its currency.
    pub total_minor: i64,
}

/// What money that is received at `at` for `registration` is measured by: the quote `told` while it holds,
/// and today's price after that.
///
/// One rule for payments, pages and rosters. What counts is when the money was received, not when somebody
/// wrote it down: who has paid in time has paid what was told. A quote holds while the seat is held, and no
/// longer than it says itself. Nor does one at the regular price count that was made after `at` in the place of
/// an early one: it followed from money that came later and was written down first.
///
/// # Errors
/// Where the course has no price for the profession any more.
pub fn terms(
    course: &course::Model,
    prices: &[price::Model],
    registration: &registration::Model,
    told: Option<&Model>,
    at: crate::Instant,
) -> Result<Terms, Refusal> {
    let held = registration.held_until().filter(|until| at < *until);
    let hold_until = held.unwrap_or_else(|| course.hold_until(at));
    let early_then = |told: &Model| {
        let price = price::for_profession(prices, registration.profession);
        told.basis == Basis::Regular
            && (registration.started_at..told.created_at).contains(&at)
            && price.is_some_and(|price| price.at(course, at).0 == Basis::Early)
    };
    let told = told.filter(|told| held.is_some() && told.is_good_at(at) && !early_then(told));
    if let Some(told) = told {
        return Ok(Terms { hold_until, anew: None, total_minor: told.total_minor });
    }
    let price = price::for_profession(prices, registration.profession).ok_or(Refusal::NoPrice)?;
    let anew = draft(course, price, hold_until, at);
    Ok(Terms { hold_until, total_minor: anew.total_minor(), anew: Some(anew) })
}
