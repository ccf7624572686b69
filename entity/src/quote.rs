//! What a registration costs, as it was told to the learner.

use sea_orm::entity::prelude::*;

use crate::quote_line::Kind;
use crate::{course, price};

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
    /// Sum of the lines, in cents.
    pub total_cents: i64,
    /// Until when it can be paid; none once it is paid, or where nothing is to be paid.
    pub valid_until: Option<crate::Instant>,
    /// When it was made.
    pub created_at: crate::Instant,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A quote that is not a row yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Early or regular.
    pub basis: Basis,
    /// Kind, words, cents; in the order in which they are shown.
    pub lines: Vec<(Kind, String, i64)>,
    /// Until when it can be paid; none where nothing is to be paid.
    pub valid_until: Option<crate::Instant>,
}

impl Draft {
    /// Sum of the lines, in cents.
    pub fn total_cents(&self) -> i64 {
        self.lines.iter().map(|(_, _, cents)| cents).sum()
    }
}

/// The quote that a course gives at `now` for `price`, for a seat that is held until `hold_until`.
///
/// An early quote ends with the early deadline, even where the seat is held for longer. The processing fee is a line of its own, and is not
/// asked for where the course itself is free.
pub fn draft(course: &course::Model, price: &price::Model, hold_until: crate::Instant, now: crate::Instant) -> Draft {
    let (basis, tuition) = price.at(course, now);
    let words = match basis {
        Basis::Early => "early registration",
        Basis::Regular => "registration",
    };
    let mut lines = vec![(Kind::Tuition, format!("{}, {words}: {}", course.title, price.label), tuition)];
    if let Some(fee) = course.processing_fee_cents.filter(|fee| *fee > 0 && tuition > 0) {
        lines.push((Kind::ProcessingFee, "Processing fee (not refundable)".to_owned(), fee));
    }
    let valid_until = match (basis, course.early_ends_at()) {
        (Basis::Early, Some(ends)) => hold_until.min(ends),
        (Basis::Early, None) | (Basis::Regular, _) => hold_until,
    };
    Draft { basis, lines, valid_until: (tuition > 0).then_some(valid_until) }
}
