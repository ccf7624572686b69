//! Series in the API.

mod mutation;
mod object;
mod query;

pub use mutation::SeriesMutation;
pub use object::{Series, SeriesPart, SeriesPlacement, SeriesRun};
pub use query::SeriesQuery;
