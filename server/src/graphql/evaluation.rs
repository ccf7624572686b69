//! Evaluations: where one stands, what can be rated, and the form that is handed in.

pub mod object;
mod submit_evaluation;

pub use object::EvaluationStanding;
pub use submit_evaluation::SubmitEvaluationMutation;
