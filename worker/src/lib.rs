//! What the house says unasked.

pub mod calendar;
pub mod letter;
