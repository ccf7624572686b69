//! Evaluations: where one stands, what can be rated, and the form that is handed in.

pub mod input;
pub mod object;

pub use object::EvaluationStanding;
