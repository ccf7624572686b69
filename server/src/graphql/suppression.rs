//! Addresses to which nothing, or less, is sent, and what staff do about them.

mod lift_suppression;
mod object;
mod query;
mod suppress_address;

use async_graphql::MergedObject;

pub use object::Suppression;
pub use query::{SuppressionQuery, seen};

/// What staff do about suppressed addresses.
#[derive(Debug, Default, MergedObject)]
pub struct SuppressionMutation(
    suppress_address::SuppressAddressMutation,
    lift_suppression::LiftSuppressionMutation,
);
