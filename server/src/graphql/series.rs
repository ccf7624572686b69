//! Series in the API.

mod object;
mod query;
mod upsert_series;

pub use object::{Series, SeriesPart, SeriesPlacement, SeriesRun};
pub use query::SeriesQuery;
pub use upsert_series::UpsertSeriesMutation;
