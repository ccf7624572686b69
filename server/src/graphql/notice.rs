//! Letters about a registration: those in the ledger, and those to come.

pub mod object;
pub mod planned;
pub mod query;

pub use object::Notice;
pub use planned::PlannedLetter;
