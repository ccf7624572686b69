//! Series in the API.

mod object;
mod query;

pub use object::{Series, SeriesPart, SeriesPlacement, SeriesRun};
pub use query::SeriesQuery;
